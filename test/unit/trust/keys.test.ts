import { execFileSync } from 'node:child_process';
import { createHash, generateKeyPairSync, sign, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  describePublicKey,
  exportPrivateKeyPem,
  exportPublicKeyPem,
  generatePublisherKey,
  keyIdHex,
  loadPrivateKey,
  publisherKeyFromRaw,
  readPublicKey,
} from '../../../src-main/core/trust/keys.ts';

const failure = (kind: string, code: string) =>
  expect.objectContaining({ failure: expect.objectContaining({ kind, code }) });
const pair = generatePublisherKey();
const publicPem = exportPublicKeyPem(pair.publicKey);

describe('when a publisher key is written and read', () => {
  it.each([undefined, 'correct horse battery'])('gives the same key back (passphrase %s)', (passphrase) => {
    const pem = exportPrivateKeyPem(pair.privateKey, passphrase);
    expect(pem.includes('ENCRYPTED')).toBe(passphrase !== undefined);
    const signature = sign('sha256', Buffer.from('x'), loadPrivateKey(pem, passphrase));
    expect(verify('sha256', Buffer.from('x'), pair.publicKey, signature)).toBe(true);
  });

  it('says "locked" for a wrong or absent passphrase and keeps the key out of the message', () => {
    const pem = exportPrivateKeyPem(pair.privateKey, 'right');
    expect(() => loadPrivateKey(pem, 'wrong')).toThrow(failure('locked', 'key.wrong_passphrase'));
    expect(() => loadPrivateKey(pem)).toThrow(failure('locked', 'key.passphrase_needed'));
    try {
      loadPrivateKey(pem, 'wrong');
    } catch (error) {
      expect(JSON.stringify(error)).not.toContain(pem.slice(60, 90));
    }
  });

  it('writes an encrypted key that openssl opens', () => {
    const pem = exportPrivateKeyPem(pair.privateKey, 'right');
    const out = execFileSync('openssl', ['pkey', '-passin', 'pass:right', '-pubout'], {
      input: pem,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    expect(out.toString()).toBe(publicPem);
  });

  it('names a key by the digest of its SPKI DER', () => {
    const der = pair.publicKey.export({ type: 'spki', format: 'der' });
    const key = readPublicKey(publicPem);
    expect(key.keyId).toBe(createHash('sha256').update(der).digest('base64'));
    expect(key.fingerprint).toMatch(/^([0-9a-f]{4} ){15}[0-9a-f]{4}$/);
    expect(key.fingerprint.replaceAll(' ', '')).toBe(keyIdHex(key.keyId));
    expect(publisherKeyFromRaw(key.rawBytes).keyId).toBe(key.keyId);
    expect(describePublicKey(pair.privateKey).keyId).toBe(key.keyId);
  });
});

describe('when something else is given as a key', () => {
  it('refuses other kinds of key', () => {
    const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    const ed25519 = generateKeyPairSync('ed25519');
    for (const other of [p384, ed25519]) {
      expect(() => readPublicKey(exportPublicKeyPem(other.publicKey))).toThrow(failure('input', 'key.unsupported'));
      expect(() => loadPrivateKey(exportPrivateKeyPem(other.privateKey))).toThrow(failure('input', 'key.unsupported'));
    }
  });

  it('refuses a private key where a public one belongs', () => {
    expect(() => readPublicKey(exportPrivateKeyPem(pair.privateKey))).toThrow(failure('input', 'key.private_given'));
  });

  it('refuses garbage', () => {
    expect(() => readPublicKey('hello')).toThrow(failure('input', 'key.unreadable'));
    expect(() => loadPrivateKey('hello')).toThrow(failure('input', 'key.unreadable'));
    expect(() => publisherKeyFromRaw('!!')).toThrow(failure('input', 'key.unreadable'));
  });

  it('refuses a second spelling of the same key: a compressed point, or bytes after the DER', () => {
    const der = pair.publicKey.export({ type: 'spki', format: 'der' });
    const point = der.subarray(-64);
    const parity = (point.at(-1) ?? 0) % 2 === 0 ? 2 : 3;
    const head = Buffer.from('3039301306072a8648ce3d020106082a8648ce3d030107032200', 'hex');
    const compressed = Buffer.concat([head, Buffer.from([parity]), point.subarray(0, 32)]);
    for (const other of [compressed, Buffer.concat([der, Buffer.from([0])])]) {
      expect(() => publisherKeyFromRaw(other.toString('base64'))).toThrow(
        expect.objectContaining({ failure: expect.objectContaining({ kind: 'input' }) }),
      );
    }
  });
});
