/**
 * A further signature over the same payload bytes, added by somebody who does not hold the first key (decisions.md 6).
 *
 * Whoever co-signs vouches for the content, so all of it is checked against the statement first. The statement is copied byte for
 * byte and the members keep theirs; only the container is written anew.
 */
import type { KeyObject } from 'node:crypto';
import { Readable } from 'node:stream';
import { raise } from '../../../src-shared/result.ts';
import { sha256Hex } from '../canonical-json.ts';
import type { JobContext } from '../ports.ts';
import { writeBundle } from '../trust/bundle.ts';
import { describePublicKey, keyIdHex } from '../trust/keys.ts';
import { openContent } from './content.ts';
import { limits } from './limits.ts';
import { coSignatureName, isSignatureFile } from './names.ts';
import { type Container, openContainer, readMember } from './read.ts';
import { primaryOf, readSignatures } from './read-signatures.ts';
import { parseStatement } from './statement.ts';
import { type WritableMember, writeContainer } from './zip-write.ts';

export interface CosignOptions {
  readonly file: string;
  readonly out: string;
  readonly privateKey: KeyObject;
  readonly job: JobContext;
}

export interface CosignedSnapshot {
  readonly statementSha256: string;
  readonly keyId: string;
  readonly keyIds: string[];
  readonly members: number;
  readonly bytes: number;
}

/**
 * Writes `out`, replaced only on success; it may be `file` itself. Raises `usage` / `cosign.already_signed`, `input` /
 * `cosign.too_many`, `trust` / `content.*` where the content is not what the statement says, and what reading a bundle raises.
 */
export async function cosignSnapshot({ file, out, privateKey, job }: CosignOptions): Promise<CosignedSnapshot> {
  const container = await openContainer(file);
  try {
    const bundles = await readSignatures(container, null);
    const { payload } = primaryOf(bundles);
    const { keyId } = describePublicKey(privateKey);
    const signedBy = bundles.map((bundle) => bundle.keyId);
    requireRoom(file, signedBy, keyId);
    const statement = parseStatement(payload);
    // A person chose to read this file whole: he is about to vouch for it.
    container.allowAll();
    await (await openContent(container, statement)).finish(job);
    const added = memberOf(coSignatureName(keyIdHex(keyId)), writeBundle(payload, privateKey));
    const members = await copiedMembers(container, job);
    const signatures = members.filter(({ name }) => isSignatureFile(name));
    const content = members.filter(({ name }) => !isSignatureFile(name));
    return {
      statementSha256: sha256Hex(payload),
      keyId,
      keyIds: [...signedBy, keyId],
      members: content.length,
      bytes: await writeContainer(out, [...signatures, added, ...content], [], job),
    };
  } finally {
    await container.close();
  }
}

function requireRoom(file: string, signedBy: readonly string[], keyId: string): void {
  if (signedBy.includes(keyId))
    raise(
      'usage',
      'cosign.already_signed',
      `This key has already signed ${file}; a threshold counts distinct keys. Nothing was written.`,
      { file, keyId },
    );
  if (signedBy.length > limits.coSignatures)
    raise(
      'input',
      'cosign.too_many',
      `${file} already carries ${limits.coSignatures} co-signatures, and no reader takes more. Nothing was written.`,
      { file },
    );
}

const memberOf = (name: string, bytes: Buffer): WritableMember => ({
  name,
  sha256: sha256Hex(bytes),
  bytes: bytes.length,
  open: () => Readable.from([bytes]),
});

/** Every member as it is, in its order, hashed once more so that a file that changes meanwhile is noticed. */
async function copiedMembers(container: Container, job: JobContext): Promise<readonly WritableMember[]> {
  const members: WritableMember[] = [];
  for (const { name, bytes } of container.members.values()) {
    job.throwIfCancelled();
    const content = await readMember(container, name, limits.memberBytes);
    members.push({ name, sha256: sha256Hex(content), bytes, open: () => container.stream(name) });
  }
  return members;
}
