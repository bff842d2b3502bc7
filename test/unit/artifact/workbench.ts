/** Folders, keys and signatures for the tests of this area, made fresh each time. */
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readArtifactKey } from '../../../src-main/core/artifact/artifact-key.ts';
import { readAuthorities } from '../../../src-main/core/artifact/certificate-chain.ts';
import { signModel } from '../../../src-main/core/artifact/sign-model.ts';
import { type ArtifactTrust, namedKey } from '../../../src-main/core/artifact/signers.ts';
import { type VerifyArtifactOptions, verifyArtifact } from '../../../src-main/core/artifact/verify-artifact.ts';
import { silentJob } from '../../../src-main/core/ports.ts';
import { pae } from '../../../src-main/core/trust/dsse.ts';
import type { ArtifactVerification } from '../../../src-shared/domain/artifact.ts';

export const now = new Date('2026-11-23T12:00:00Z');
export const vectors = join(import.meta.dirname, '..', '..', 'fixtures', 'vectors', 'model-signing');

const folders: string[] = [];
export function makeFolder(files: Readonly<Record<string, string | Buffer>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'assay-artifact-'));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) put(join(folder, name), content);
  return folder;
}
export function put(path: string, content: string | Buffer): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
export const copyVector = (name: string): string => {
  const folder = join(makeFolder(), name);
  cpSync(join(vectors, name), folder, { recursive: true });
  return folder;
};
export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

const pemOf = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();
export const trustKey = (key: KeyObject): ArtifactTrust => ({
  candidates: [namedKey(readArtifactKey(pemOf(key), 'signer.pub.pem'), 'signer.pub.pem')],
  authorities: [],
  source: 'the key signer.pub.pem',
});
export const trustAuthority = (file: string): ArtifactTrust => ({
  candidates: [],
  authorities: readAuthorities(readFileSync(file, 'utf8'), file),
  source: 'the authorities',
});
const certificates = join(vectors, 'keys', 'certificate');
export const vectorKey: ArtifactTrust = {
  candidates: [
    namedKey(readArtifactKey(readFileSync(join(certificates, 'signing-key-pub.pem'), 'utf8'), 'pub.pem'), 'pub.pem'),
  ],
  authorities: [],
  source: 'the key pub.pem',
};
export const vectorAuthority = trustAuthority(join(certificates, 'ca-cert.pem'));
export const nobody: ArtifactTrust = { candidates: [], authorities: [], source: 'an empty trust store' };

export const publisher = generateKeyPairSync('ec', { namedCurve: 'P-256' });
export const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

/** A folder with `model.sig` over these files, as `pack --model-signing` writes it. */
export function signedFolder(
  files: Readonly<Record<string, string | Buffer>>,
  ignored: readonly string[] = ['model.sig'],
): string {
  const digests = new Map(Object.entries(files).map(([name, content]) => [name, sha256(content)]));
  const folder = makeFolder(files);
  put(join(folder, 'model.sig'), signModel({ name: 'sample', files: digests, ignored }, publisher.privateKey));
  return folder;
}

export interface SignedStatement {
  readonly payload: string;
  readonly key?: KeyObject;
  readonly encoding?: 'der' | 'ieee-p1363';
  readonly hash?: string | null;
  readonly payloadType?: string;
  readonly keyid?: string;
}

/** A DSSE envelope alone. */
export function envelopeOf(statement: SignedStatement): Record<string, unknown> {
  const { payload, key = publisher.privateKey, payloadType = 'application/vnd.in-toto+json' } = statement;
  const message = pae(payloadType, Buffer.from(payload));
  const signature = sign(statement.hash === undefined ? 'sha256' : statement.hash, message, {
    key,
    dsaEncoding: statement.encoding ?? 'der',
  });
  return {
    payload: Buffer.from(payload).toString('base64'),
    payloadType,
    signatures: [{ sig: signature.toString('base64'), keyid: statement.keyid ?? '' }],
  };
}

/** A model-signing payload with anything in it. */
export const modelPayload = (
  resources: readonly { readonly name: string; readonly algorithm?: string; readonly digest: string }[],
  serialization: Readonly<Record<string, unknown>> = {},
): string =>
  JSON.stringify({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [
      {
        name: 'sample',
        digest: { sha256: sha256(Buffer.concat(resources.map(({ digest }) => Buffer.from(digest, 'hex')))) },
      },
    ],
    predicateType: 'https://model_signing/signature/v1.0',
    predicate: {
      serialization: { method: 'files', hash_type: 'sha256', allow_symlinks: false, ...serialization },
      resources: resources.map((resource) => ({ algorithm: 'sha256', ...resource })),
    },
  });

export const verify = (
  path: string,
  trust: ArtifactTrust,
  rest: Partial<VerifyArtifactOptions> = {},
): Promise<ArtifactVerification> => verifyArtifact({ path, trust, now, job: silentJob, ...rest });

export const stateOf = ({ files }: ArtifactVerification, name: string): string | undefined =>
  files.find((file) => file.name === name)?.state;
