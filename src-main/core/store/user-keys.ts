/** A user's own keys: Ed25519 for what he decides, P-256 with a self-issued certificate for the PDFs he signs (decisions.md 10). */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';

/** RFC 8410: the fixed head of an Ed25519 PKCS#8 key and SPKI; 32 bytes follow. */
const ed25519Pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex');
const ed25519SpkiHead = Buffer.from('302a300506032b6570032100', 'hex');
const certificateYears = 5;

export interface NewUserKeys {
  readonly ed25519Seed: Uint8Array;
  readonly p256Pkcs8: Uint8Array;
  readonly certificate: Uint8Array;
}

export async function newUserKeys(commonName: string, now: Date): Promise<NewUserKeys> {
  // Only a new user needs the X.509 library; every unlock would wait for it.
  const { selfIssuedCertificate } = await import('../trust/certificate.ts');
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const notAfter = new Date(now);
  notAfter.setUTCFullYear(notAfter.getUTCFullYear() + certificateYears);
  // An hour of tolerance, so that a report signed at once on a machine with a slower clock is not "before its start".
  const notBefore = new Date(now.getTime() - 3_600_000);
  return {
    ed25519Seed: Uint8Array.from(randomBytes(32)),
    p256Pkcs8: Uint8Array.from(privateKey.export({ type: 'pkcs8', format: 'der' })),
    certificate: await selfIssuedCertificate({ privateKey, commonName, notBefore, notAfter }),
  };
}

export const ed25519PrivateKey = (seed: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.concat([ed25519Pkcs8Head, seed]), format: 'der', type: 'pkcs8' });

export const ed25519PublicKey = (raw: Uint8Array): KeyObject =>
  createPublicKey({ key: Buffer.concat([ed25519SpkiHead, raw]), format: 'der', type: 'spki' });

/** The 32 raw bytes of the public half of a private key. */
export const ed25519PublicBytes = (key: KeyObject): Buffer =>
  createPublicKey(key).export({ type: 'spki', format: 'der' }).subarray(ed25519SpkiHead.length);

export const p256PrivateKey = (pkcs8: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });

/** Names a public key in the activity log. */
export const actorKeyId = (publicBytes: Uint8Array): string => createHash('sha256').update(publicBytes).digest('hex');
