/**
 * DSSE v1 (secure-systems-lab/dsse protocol.md 1.0.2): what exactly is signed, with ECDSA P-256 over SHA-256.
 *
 * Signatures are DER (RFC 3279 section 2.2.3), as Sigstore bundles hold them. Raw r||s of the specification's own vector is
 * refused, so that one signature has one spelling.
 */
import { sign as cryptoSign, verify as cryptoVerify, type KeyObject } from 'node:crypto';

/** Pre-authentication encoding; both lengths count bytes. */
export function pae(payloadType: string, payload: Uint8Array): Buffer {
  const type = Buffer.from(payloadType, 'utf8');
  return Buffer.concat([Buffer.from(`DSSEv1 ${type.length} `), type, Buffer.from(` ${payload.length} `), payload]);
}

export const signDsse = (payloadType: string, payload: Uint8Array, key: KeyObject): Buffer =>
  cryptoSign('sha256', pae(payloadType, payload), { key, dsaEncoding: 'der' });

/** True when `signature` is strict DER and verifies. Never throws for a bad signature. */
export const verifyDsse = (payloadType: string, payload: Uint8Array, signature: Uint8Array, key: KeyObject): boolean =>
  verifyEcdsa(pae(payloadType, payload), signature, key);

/** ECDSA over SHA-256 of the message itself, the signature in strict DER. */
export const verifyEcdsa = (message: Uint8Array, signature: Uint8Array, key: KeyObject): boolean =>
  isDerSignature(signature) && cryptoVerify('sha256', message, { key, dsaEncoding: 'der' }, signature);

/** SEQUENCE of two positive, minimally encoded INTEGERs and nothing else (X.690 section 8.3.2). P-256 needs short lengths only. */
export function isDerSignature(bytes: Uint8Array): boolean {
  if (bytes.length < 8 || bytes[0] !== 0x30 || bytes[1] !== bytes.length - 2) return false;
  const afterR = endOfInteger(bytes, 2);
  return afterR !== null && endOfInteger(bytes, afterR) === bytes.length;
}

function endOfInteger(bytes: Uint8Array, start: number): number | null {
  const length = bytes[start + 1];
  const first = bytes[start + 2];
  const second = bytes[start + 3];
  if (bytes[start] !== 0x02 || length === undefined || first === undefined) return null;
  if (length < 1 || length > 33 || start + 2 + length > bytes.length) return null;
  if (first >= 0x80) return null;
  if (length > 1 && first === 0 && (second === undefined || second < 0x80)) return null;
  return start + 2 + length;
}
