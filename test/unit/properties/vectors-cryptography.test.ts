/** Published vectors for the primitives that Assay's answers rest on: signatures, key encodings, trees, key derivation. */
import { argon2Sync, hkdfSync, verify } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { verifyInclusion } from '../../../src-main/core/snapshot/merkle.ts';
import { argon2Kdf, hkdf } from '../../../src-main/core/store/kdf.ts';
import { ed25519PublicKey } from '../../../src-main/core/store/user-keys.ts';
import { verifyEcdsa } from '../../../src-main/core/trust/dsse.ts';
import { publisherKeyFromRaw } from '../../../src-main/core/trust/keys.ts';
import { bytes } from './arbitraries.ts';
import { expectRefusal, failureOf, holds } from './property.ts';
import { listVectors, readVector } from './vectors.ts';

const result = z.enum(['valid', 'invalid', 'acceptable']);
const signatureTest = z.object({ tcId: z.int(), comment: z.string(), msg: z.string(), sig: z.string(), result });
const signatures = <K extends z.ZodType>(file: string, publicKey: K) =>
  z
    .object({ testGroups: z.array(z.object({ publicKey, publicKeyDer: z.string(), tests: z.array(signatureTest) })) })
    .parse(JSON.parse(readVector('wycheproof', 'testvectors_v1', file).toString())).testGroups;
const hex = (text: string): Buffer => Buffer.from(text, 'hex');

describe('Wycheproof, ECDSA P-256 with SHA-256 in DER', () => {
  const groups = signatures('ecdsa_secp256r1_sha256_test.json', z.object({ uncompressed: z.string() }));
  const cases = groups.flatMap((group) => group.tests.map((test) => ({ ...test, der: group.publicKeyDer })));

  it('is there whole: 174 valid and 310 invalid signatures, and none that a verifier may choose about', () => {
    const count = (of: string) => cases.filter((test) => test.result === of).length;
    expect([count('valid'), count('invalid'), count('acceptable')]).toEqual([174, 310, 0]);
  });

  it('is judged as published, case by case', () => {
    const wrong = cases.filter(({ msg, sig, der, result: expected }) => {
      const { key } = publisherKeyFromRaw(hex(der).toString('base64'));
      return verifyEcdsa(hex(msg), hex(sig), key) !== (expected === 'valid');
    });
    expect(wrong).toEqual([]);
  });
});

/** Points of order 1, 2, 4 and 8 on edwards25519 in every encoding that fits into 32 bytes, canonical or not. */
const smallOrder = [
  `01${'00'.repeat(31)}`,
  `01${'00'.repeat(30)}80`,
  '00'.repeat(32),
  `${'00'.repeat(31)}80`,
  `ec${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
];

describe('Wycheproof, Ed25519 as the activity log uses it', () => {
  const groups = signatures('ed25519_test.json', z.object({ pk: z.string() }));
  const cases = groups.flatMap((group) => group.tests.map((test) => ({ ...test, pk: group.publicKey.pk })));

  it('is there whole: 88 valid and 63 invalid signatures', () => {
    const count = (of: string) => cases.filter((test) => test.result === of).length;
    expect([count('valid'), count('invalid'), count('acceptable')]).toEqual([88, 63, 0]);
  });

  it('is judged as published, case by case', () => {
    const wrong = cases.filter(
      ({ msg, sig, pk, result: expected }) =>
        verify(null, hex(msg), ed25519PublicKey(hex(pk)), hex(sig)) !== (expected === 'valid'),
    );
    expect(wrong).toEqual([]);
  });

  it('is not the whole of it: no point of small order is a key under which anything verifies', () => {
    const accepted = smallOrder.flatMap((key) =>
      smallOrder.flatMap((r) =>
        Array.from({ length: 16 }, (_, n) => Buffer.from(`message ${n}`)).filter((message) =>
          verify(null, message, ed25519PublicKey(hex(key)), Buffer.concat([hex(r), Buffer.alloc(32)])),
        ),
      ),
    );
    expect(accepted).toEqual([]);
  });
});

describe('Wycheproof, points of P-256 as publisher keys', () => {
  const pointTest = z.object({
    tcId: z.int(),
    comment: z.string(),
    flags: z.array(z.string()),
    public: z.string(),
    result,
  });
  const cases = z
    .object({ testGroups: z.array(z.object({ tests: z.array(pointTest) })) })
    .parse(JSON.parse(readVector('wycheproof', 'testvectors_v1', 'ecdh_secp256r1_ecpoint_test.json').toString()))
    .testGroups.flatMap((group) => group.tests);
  const bitString = hex('3059301306072a8648ce3d020106082a8648ce3d030107034200');
  /** SubjectPublicKeyInfo (RFC 5480) around a point; lengths follow the point, so that only the point can be wrong. */
  const spki = (point: Buffer): string => {
    const head = Buffer.from(bitString);
    head[1] = head.length - 2 + point.length;
    head[24] = point.length + 1;
    return Buffer.concat([head, point]).toString('base64');
  };

  it('is there whole: 330 good points, 24 bad ones, 1 compressed', () => {
    const count = (of: string) => cases.filter((test) => test.result === of).length;
    expect([count('valid'), count('invalid'), count('acceptable')]).toEqual([330, 24, 1]);
  });

  it('is judged as published, case by case; a compressed point is a second spelling of a key and refused', () => {
    for (const { public: point, result: expected, comment } of cases) {
      const failure = failureOf(() => publisherKeyFromRaw(spki(hex(point))));
      expect(failure === null, comment).toBe(expected === 'valid');
      if (failure) expectRefusal(failure, 'input', /^key\.(unreadable|not_canonical)$/);
    }
  });
});

describe('inclusion proofs over the reference tree of Certificate Transparency', () => {
  const base64 = z.string().transform((text) => Buffer.from(text, 'base64'));
  const proofTest = z.object({
    leafIdx: z.number(),
    treeSize: z.number(),
    root: base64,
    leafHash: base64,
    proof: z.array(base64).nullable(),
    wantErr: z.boolean(),
  });
  const files = listVectors('merkle', 'testdata', 'inclusion');

  it('are there: 98 good and spoiled proofs', () => {
    expect(files.length).toBe(98);
  });

  it('are judged as published, one by one', () => {
    const wrong = files.filter((name) => {
      const test = proofTest.parse(JSON.parse(readVector('merkle', 'testdata', 'inclusion', name).toString()));
      const { leafHash, leafIdx, treeSize, proof, root, wantErr } = test;
      return verifyInclusion(leafHash, leafIdx, treeSize, proof ?? [], root) === wantErr;
    });
    expect(wrong).toEqual([]);
  });
});

describe('key derivation', () => {
  it('gives the tag of the Argon2 reference implementation (argon2id, version 19, 64 MiB, 2 passes, 1 lane)', async () => {
    const tag = await argon2Kdf.derive(Buffer.from('password'), Buffer.from('somesalt'), { m: 65_536, t: 2, p: 1 });
    expect(Buffer.from(tag).toString('hex')).toBe('09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7');
  });

  it('agrees with an implementation that passes the vector of RFC 9106 section 5.3, secret and associated data included', async () => {
    const fill = (length: number, value: number): Buffer => Buffer.alloc(length, value);
    const vector = argon2Sync('argon2id', {
      message: fill(32, 1),
      nonce: fill(16, 2),
      secret: fill(8, 3),
      associatedData: fill(12, 4),
      memory: 32,
      passes: 3,
      parallelism: 4,
      tagLength: 32,
    });
    expect(vector.toString('hex')).toBe('0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659');
    for (const p of [1, 4]) {
      const ours = await argon2Kdf.derive(fill(20, 7), fill(32, 9), { m: 65_536, t: 2, p });
      const theirs = argon2Sync('argon2id', {
        message: fill(20, 7),
        nonce: fill(32, 9),
        memory: 65_536,
        passes: 2,
        parallelism: p,
        tagLength: 32,
      });
      expect(Buffer.from(ours).equals(theirs)).toBe(true);
    }
  });

  it('is compared with an HKDF that passes the first vector of RFC 5869', () => {
    const okm = hkdfSync(
      'sha256',
      Buffer.alloc(22, 0x0b),
      hex('000102030405060708090a0b0c'),
      hex('f0f1f2f3f4f5f6f7f8f9'),
      42,
    );
    expect(Buffer.from(okm).toString('hex')).toBe(
      '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
    );
  });

  holds(
    'by HKDF is RFC 5869 with the label as info, for every key, salt and length',
    500,
    [
      bytes(64),
      fc.string({ unit: 'grapheme' }),
      fc.uint8Array({ minLength: 1, maxLength: 64 }),
      fc.integer({ min: 1, max: 200 }),
    ],
    (key, label, salt, length) => {
      const expected = Buffer.from(hkdfSync('sha256', key, salt, Buffer.from(`assay.v1.${label}`), length));
      expect(hkdf(key, label, salt, length).equals(expected)).toBe(true);
    },
  );
});
