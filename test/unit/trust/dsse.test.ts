import { createPublicKey, verify as cryptoVerify } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { decodeBase64 } from '../../../src-main/core/trust/base64.ts';
import { isDerSignature, pae, signDsse, verifyDsse } from '../../../src-main/core/trust/dsse.ts';
import { generatePublisherKey } from '../../../src-main/core/trust/keys.ts';

const vectorFile = resolve(import.meta.dirname, '../../../../shared/data/dsse/derived/vectors.json');
const vectorSchema = z.object({
  payloadType: z.string(),
  payloadUtf8: z.string(),
  paeUtf8: z.string(),
  publicKeyPem: z.string(),
  envelope: z.object({ signatures: z.array(z.object({ sig: z.string() })).min(1) }),
});

describe('when something is pre-authenticated for DSSE', () => {
  it('counts bytes, not characters', () => {
    expect(pae('ü', Buffer.from('€')).toString()).toBe('DSSEv1 2 ü 3 €');
    expect(pae('application/vnd.in-toto+json', Buffer.alloc(0)).toString()).toBe(
      'DSSEv1 28 application/vnd.in-toto+json 0 ',
    );
  });

  it.skipIf(!existsSync(vectorFile))(
    'agrees with the vector of the specification, whose raw r||s form is refused in bundles',
    () => {
      const vector = vectorSchema.parse(JSON.parse(readFileSync(vectorFile, 'utf8')));
      const payload = Buffer.from(vector.payloadUtf8);
      expect(pae(vector.payloadType, payload).toString()).toBe(vector.paeUtf8);
      const key = createPublicKey(vector.publicKeyPem);
      const raw = Buffer.from(vector.envelope.signatures[0]?.sig ?? '', 'base64');
      expect(cryptoVerify('sha256', pae(vector.payloadType, payload), { key, dsaEncoding: 'ieee-p1363' }, raw)).toBe(
        true,
      );
      expect(verifyDsse(vector.payloadType, payload, raw, key)).toBe(false);
      expect(verifyDsse(vector.payloadType, payload, toDer(raw), key)).toBe(true);
    },
  );
});

/** DER of a raw r||s signature. */
function toDer(raw: Buffer): Buffer {
  const integer = (bytes: Buffer): Buffer => {
    const start = bytes.findIndex((byte) => byte !== 0);
    const trimmed = bytes.subarray(start);
    const body = (trimmed[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), trimmed]) : trimmed;
    return Buffer.concat([Buffer.from([2, body.length]), body]);
  };
  const body = Buffer.concat([integer(raw.subarray(0, 32)), integer(raw.subarray(32))]);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}

describe('when a payload is signed', () => {
  const { privateKey, publicKey } = generatePublisherKey();
  const payload = Buffer.from('{"a":1}');
  const signature = signDsse('t', payload, privateKey);

  it('verifies for exactly this type, payload and key', () => {
    expect(verifyDsse('t', payload, signature, publicKey)).toBe(true);
    expect(verifyDsse('u', payload, signature, publicKey)).toBe(false);
    expect(verifyDsse('t', Buffer.from('{"a":2}'), signature, publicKey)).toBe(false);
    expect(verifyDsse('t', payload, signature, generatePublisherKey().publicKey)).toBe(false);
  });

  it('does not verify after any change of one bit of the signature', () => {
    for (let bit = 0; bit < signature.length * 8; bit += 1) {
      const changed = Buffer.from(signature);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(verifyDsse('t', payload, changed, publicKey)).toBe(false);
    }
  });

  it('takes every signature it makes for strict DER', () => {
    for (let round = 0; round < 300; round += 1)
      expect(isDerSignature(signDsse('t', Buffer.from([round & 255]), privateKey))).toBe(true);
  });

  it.each([
    ['empty', ''],
    ['zero r and s', '3006020100020100'.slice(0, 14)],
    ['trailing byte', '300602010102010100'],
    ['padded integer', '300702020001020101'],
    ['negative integer', '3006020181020101'],
    ['long-form length', '308106020101020101'],
    ['empty integer', '30050200020101'],
  ])('refuses %s as DER', (_name, hex) => {
    expect(isDerSignature(Buffer.from(hex, 'hex'))).toBe(false);
  });
});

describe('when base64 is decoded', () => {
  it('accepts standard and url-safe spelling', () => {
    expect(decodeBase64('+/8=')).toEqual(Buffer.from([0xfb, 0xff]));
    expect(decodeBase64('-_8=')).toEqual(Buffer.from([0xfb, 0xff]));
  });

  it.each(['aGVs!bG8', 'aGVsbG8', ' aGVsbG8=', 'aGVsbG8=\n', 'aGVsbG9=', '+_8=', 'aGVsbG8==', 'aGVs=bG8=', '-_8'])(
    'refuses %j',
    (text) => {
      expect(decodeBase64(text)).toBeNull();
    },
  );

  it('gives back any bytes, and never accepts two texts of one alphabet for the same bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.string({ maxLength: 12 }), (bytes, noise) => {
        const buffer = Buffer.from(bytes);
        expect(decodeBase64(buffer.toString('base64'))).toEqual(buffer);
        const standard = buffer.toString('base64');
        expect(decodeBase64(standard.replaceAll('+', '-').replaceAll('/', '_'))).toEqual(buffer);
        const decoded = decodeBase64(noise);
        if (decoded) expect(decoded.toString('base64')).toBe(noise.replaceAll('-', '+').replaceAll('_', '/'));
      }),
    );
  });
});
