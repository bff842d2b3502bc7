/**
 * Public keys that may sign artifacts, and how each signs: ECDSA on the NIST curves with the hash of its strength
 * (protobuf-specs `PublicKeyDetails`: P-256/SHA-256, P-384/SHA-384, P-521/SHA-512), or Ed25519 over the message itself.
 *
 * Wider than the publisher keys of snapshots (decisions.md 10), because other people's tools made these signatures.
 */
import { createHash, createPublicKey, createVerify, type KeyObject, type Verify, verify } from 'node:crypto';
import { raise } from '../../../src-shared/result.ts';
import { pae } from '../trust/dsse.ts';
import { legacyPae } from './legacy-encodings.ts';
import type { Envelope, MessageAlgorithm } from './signature-file.ts';

const curves = new Map([
  ['prime256v1', { hash: 'sha256', bytes: 32, name: 'ECDSA P-256' }],
  ['secp384r1', { hash: 'sha384', bytes: 48, name: 'ECDSA P-384' }],
  ['secp521r1', { hash: 'sha512', bytes: 66, name: 'ECDSA P-521' }],
]);

export interface ArtifactKey {
  readonly key: KeyObject;
  /** `ECDSA P-384`, for people. */
  readonly name: string;
  /** Null for Ed25519, which hashes inside. */
  readonly hash: string | null;
  /** Length of one half of a raw r||s signature; 0 for Ed25519. */
  readonly scalarBytes: number;
  /** hex SHA-256 of the SPKI DER in groups of four. */
  readonly fingerprint: string;
  /** What tools put into hints: cosign's and Assay's base64, model-signing's digest of the PEM text, and the fingerprint. */
  readonly names: readonly string[];
}

/** Describes a public key. Raises `input` / `key.unsupported` for a kind of key that signs no artifacts. */
export function describeArtifactKey(key: KeyObject): ArtifactKey {
  const der = key.export({ type: 'spki', format: 'der' });
  const digest = createHash('sha256').update(der).digest();
  const hex = digest.toString('hex');
  const curve = curves.get(key.asymmetricKeyDetails?.namedCurve ?? '');
  if (!curve && key.asymmetricKeyType !== 'ed25519') {
    return raise(
      'input',
      'key.unsupported',
      `Artifacts are signed with ECDSA P-256, P-384, P-521 or Ed25519; this key is of another kind (${key.asymmetricKeyType ?? 'unknown'}). Nothing was checked.`,
      { type: key.asymmetricKeyType ?? 'unknown', curve: key.asymmetricKeyDetails?.namedCurve ?? 'none' },
    );
  }
  return {
    key,
    name: curve?.name ?? 'Ed25519',
    hash: curve?.hash ?? null,
    scalarBytes: curve?.bytes ?? 0,
    fingerprint: hex.replaceAll(/(.{4})(?=.)/g, '$1 '),
    names: [digest.toString('base64'), modelSigningHint(key), hex],
  };
}

/** hex SHA-256 of the SPKI as PEM text, as the OpenSSF model-signing library names a key. */
export const modelSigningHint = (key: KeyObject): string =>
  createHash('sha256')
    .update(key.export({ type: 'spki', format: 'pem' }))
    .digest('hex');

/** Public key from SPKI PEM. Raises `input` / `key.private_given`, `key.unreadable`, `key.unsupported`. */
export function readArtifactKey(pem: string, file: string): ArtifactKey {
  if (pem.includes('PRIVATE KEY')) {
    raise(
      'input',
      'key.private_given',
      `${file} holds a private key; give the public key instead and keep the private one secret. Nothing was checked.`,
      { file },
    );
  }
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch {
    return raise('input', 'key.unreadable', `${file} holds no public key in PEM form. Nothing was checked.`, { file });
  }
  return describeArtifactKey(key);
}

/** Payloads of releases that wrote the mistaken encoding are small, and it takes up to four times their space. */
const mostLegacyBytes = 4 * 1024 * 1024;

/**
 * Tells whether a key signed the envelope: DER or raw r||s (both are in use around DSSE), today's encoding or the mistaken one.
 * Anybody can write an envelope with many signatures, so what they are over is encoded once.
 */
export function envelopeVerifier({ payloadType, payload }: Envelope): (signature: Buffer, key: ArtifactKey) => boolean {
  const message = pae(payloadType, payload);
  let legacy: Buffer | null = null;
  return (signature, { key, hash, scalarBytes }) => {
    if (hash === null) return verify(null, message, key, signature);
    const holds = (bytes: Buffer, digest: string): boolean =>
      verify(digest, bytes, { key, dsaEncoding: 'der' }, signature) ||
      (signature.length === 2 * scalarBytes && verify(digest, bytes, { key, dsaEncoding: 'ieee-p1363' }, signature));
    if (holds(message, hash)) return true;
    if (payload.length > mostLegacyBytes) return false;
    legacy ??= legacyPae(payloadType, payload);
    return holds(legacy, hash) || (hash !== 'sha256' && holds(legacy, 'sha256'));
  };
}

const messageHashes: Readonly<Record<MessageAlgorithm, string>> = {
  SHA2_256: 'sha256',
  SHA2_384: 'sha384',
  SHA2_512: 'sha512',
};

/** Checks a signature over a file while it streams; null where the key cannot do that (Ed25519 needs the whole message). */
export function messageVerifier(
  { key, hash }: ArtifactKey,
  algorithm: MessageAlgorithm | null,
): { update(chunk: Buffer): void; holds(signature: Buffer): boolean } | null {
  if (hash === null) return null;
  const verifier: Verify = createVerify(algorithm === null ? hash : messageHashes[algorithm]);
  return {
    update: (chunk) => void verifier.update(chunk),
    holds: (signature) => verifier.verify({ key, dsaEncoding: 'der' }, signature),
  };
}
