/** Whom a check of files believes: a key or authorities that a person named, else a trust file, else the open workspace. */
import { basename } from 'node:path';
import type { Grant } from '../../../src-shared/contract/schemas/workspace.ts';
import { readArtifactKey } from '../artifact/artifact-key.ts';
import { type ArtifactTrust, namedKey, storeTrust } from '../artifact/signers.ts';
import type { EngineContext } from './context.ts';
import { readBoundedFile } from './read-bounded-file.ts';
import { namedTrust } from './read-trust.ts';

const mostPemBytes = 1024 * 1024;

interface TrustInput {
  readonly publicKey?: Grant | undefined;
  readonly certificates?: Grant | undefined;
  readonly trust?: Grant | undefined;
}

/** `registryId`: the registry of the record that is checked; null: not known. Raises `input` / `key.*`, `certificate.*`, `trust.*`. */
export async function artifactTrust(
  context: EngineContext,
  input: TrustInput,
  registryId: string | null,
): Promise<ArtifactTrust> {
  const key = input.publicKey === undefined ? null : pemOf(context, input.publicKey);
  const certificates = input.certificates === undefined ? null : pemOf(context, input.certificates);
  if (key === null && certificates === null) {
    const { trust, source } = namedTrust(context, input);
    const place = source.kind === 'workspace' ? "the workspace's trust store" : 'the trust file';
    return storeTrust(trust, registryId, context.clock.now(), place);
  }
  return {
    candidates: key ? [namedKey(readArtifactKey(key.text, key.file), key.file)] : [],
    authorities: certificates ? await authoritiesIn(certificates.text, certificates.file) : [],
    source: [key ? `the key ${key.file}` : '', certificates ? `the authorities in ${certificates.file}` : '']
      .filter(Boolean)
      .join(' and '),
  };
}

/** The X.509 library costs start-up time that only this way of trusting has to pay. */
async function authoritiesIn(pem: string, file: string): Promise<readonly Buffer[]> {
  const { readAuthorities } = await import('../artifact/certificate-chain.ts');
  return readAuthorities(pem, file);
}

function pemOf(context: EngineContext, grant: Grant): { readonly text: string; readonly file: string } {
  const path = context.grants.resolve(grant);
  return { text: Buffer.from(readBoundedFile(path, 'key', mostPemBytes)).toString('utf8'), file: basename(path) };
}
