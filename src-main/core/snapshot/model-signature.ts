/**
 * The `model.sig` that a bundle may carry for tools that know nothing of snapshots (snapshot-format.md).
 *
 * Nothing rests on it here: the statement vouches for every member, and a companion can be added or damaged by anybody. But a
 * reader who is told nothing would rely on it elsewhere, so one that does not fit is reported as an altered container.
 */
import type { TrustedKey } from '../../../src-shared/domain/trust.ts';
import { AssayError } from '../../../src-shared/result.ts';
import { describeArtifactKey, envelopeVerifier } from '../artifact/artifact-key.ts';
import { readSignatureFile } from '../artifact/signature-file.ts';
import { readArtifactStatement } from '../artifact/statement.ts';
import { publisherKeyFromRaw } from '../trust/keys.ts';
import { limits } from './limits.ts';
import { modelSignatureMember } from './names.ts';
import { type Container, readMember } from './read.ts';

/** What is wrong with the companion, in a few words; null: it fits, or there is none. `keys`: those that really signed the snapshot. */
export async function modelSignatureProblem(
  container: Container,
  members: readonly { readonly name: string; readonly sha256: string }[],
  keys: readonly TrustedKey[],
): Promise<string | null> {
  if (!container.members.has(modelSignatureMember)) return null;
  try {
    const bytes = await readMember(container, modelSignatureMember, limits.signatureBytes);
    const { content } = readSignatureFile(modelSignatureMember, bytes);
    if (content.form !== 'dsse') return 'model.sig signs no statement';
    const { envelope } = content;
    const holds = envelopeVerifier(envelope);
    const known = keys.map(({ rawBytes }) => describeArtifactKey(publisherKeyFromRaw(rawBytes).key));
    const isSigned = envelope.signatures.some(({ signature }) => known.some((key) => holds(signature, key)));
    if (!isSigned) return 'model.sig is not signed by a key that signed the snapshot';
    const { files } = readArtifactStatement(envelope.payload).manifest;
    const fits =
      files.size === members.length &&
      members.every(({ name, sha256 }) =>
        files.get(name)?.digests.some((digest) => digest.algorithm === 'sha256' && digest.hex === sha256),
      );
    return fits ? null : 'model.sig is about other files';
  } catch (error) {
    if (error instanceof AssayError && error.failure.kind !== 'cancelled') return 'model.sig cannot be used';
    throw error;
  }
}
