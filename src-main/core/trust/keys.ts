/**
 * Publisher keys: ECDSA P-256, the one choice that every tool which reads these bundles shares (snapshot-format.md).
 *
 * A key is named by base64(SHA-256(SPKI DER)), as cosign writes it; people compare the same digest as hex in groups of four.
 */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { raise } from '../../../src-shared/result.ts';
import { decodeBase64 } from './base64.ts';

/** DER of a P-256 SubjectPublicKeyInfo with a named curve and an uncompressed point (RFC 5480 section 2). */
const spkiBytes = 91;

export interface PublisherKey {
  readonly key: KeyObject;
  /** base64(SHA-256(SPKI DER)): the `hint` of a bundle. */
  readonly keyId: string;
  /** hex SHA-256 of the SPKI DER in groups of four, for reading aloud. */
  readonly fingerprint: string;
  /** base64 of the SPKI DER. */
  readonly rawBytes: string;
}

export interface PublisherKeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export function generatePublisherKey(): PublisherKeyPair {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

/** PKCS#8 PEM; with a passphrase encrypted by PBES2 (PBKDF2, AES-256-CBC), which openssl reads too. */
export function exportPrivateKeyPem(key: KeyObject, passphrase?: string): string {
  if (passphrase === undefined) return key.export({ type: 'pkcs8', format: 'pem' }).toString();
  return key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }).toString();
}

export const exportPublicKeyPem = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();

/**
 * Private key from PEM. Raises `locked` / `key.wrong_passphrase` or `key.passphrase_needed`, `input` / `key.unreadable` or
 * `key.unsupported`; the PEM text never reaches a message.
 */
export function loadPrivateKey(pem: string, passphrase?: string): KeyObject {
  const encrypted = pem.includes('ENCRYPTED');
  if (encrypted && passphrase === undefined) {
    raise('locked', 'key.passphrase_needed', 'The private key is encrypted; give its passphrase.');
  }
  let key: KeyObject;
  try {
    key = createPrivateKey(passphrase === undefined ? { key: pem } : { key: pem, passphrase });
  } catch {
    if (encrypted)
      raise('locked', 'key.wrong_passphrase', 'The passphrase does not open this private key; nothing was signed.');
    return raise(
      'input',
      'key.unreadable',
      'The file holds no private key in PEM form; give the file that `keys generate` wrote.',
    );
  }
  return requireP256(key);
}

/** Public key from SPKI PEM. Raises `input` / `key.*`; a private key is refused so that nobody hands one around by mistake. */
export function readPublicKey(pem: string): PublisherKey {
  if (pem.includes('PRIVATE KEY')) {
    raise(
      'input',
      'key.private_given',
      'This file holds a private key; give the public key file instead and keep the private one secret.',
    );
  }
  return describePublicKey(openPublicKey(() => createPublicKey(pem)));
}

/** Public key from base64 SPKI DER, as trust stores hold it. Only the canonical DER of the key is accepted. */
export function publisherKeyFromRaw(rawBytes: string): PublisherKey {
  const der = decodeBase64(rawBytes);
  if (!der)
    return raise(
      'input',
      'key.unreadable',
      'The public key is not canonical base64; copy it again from the publisher.',
    );
  const described = describePublicKey(openPublicKey(() => createPublicKey({ key: der, format: 'der', type: 'spki' })));
  return described.rawBytes === der.toString('base64') ? described : notCanonical();
}

/** The public half of a key with its names. */
export function describePublicKey(key: KeyObject): PublisherKey {
  const publicKey = requireP256(key.type === 'private' ? createPublicKey(key) : key);
  const der = publicKey.export({ type: 'spki', format: 'der' });
  if (der.length !== spkiBytes) notCanonical();
  const digest = createHash('sha256').update(der).digest();
  return {
    key: publicKey,
    keyId: digest.toString('base64'),
    fingerprint: digest.toString('hex').replaceAll(/(.{4})(?=.)/g, '$1 '),
    rawBytes: der.toString('base64'),
  };
}

/** Key id in hex, as it stands in the name of a co-signature member. */
export const keyIdHex = (keyId: string): string => Buffer.from(keyId, 'base64').toString('hex');

function notCanonical(): never {
  return raise(
    'input',
    'key.not_canonical',
    'The public key is not in its usual form (named curve, uncompressed point); export it again with `openssl ec -pubout`.',
  );
}

function openPublicKey(open: () => KeyObject): KeyObject {
  try {
    return open();
  } catch {
    return raise(
      'input',
      'key.unreadable',
      'The file holds no public key in PEM form (SubjectPublicKeyInfo); give the `.pub.pem` file.',
    );
  }
}

function requireP256(key: KeyObject): KeyObject {
  if (key.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
    raise(
      'input',
      'key.unsupported',
      'Publisher keys are ECDSA P-256; this key is of another kind. Generate one with `keys generate`.',
      {
        type: key.asymmetricKeyType ?? 'unknown',
        curve: key.asymmetricKeyDetails?.namedCurve ?? 'none',
      },
    );
  }
  return key;
}
