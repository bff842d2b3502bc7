/** What exactly is signed and how a signature is spelled: DSSE, base64, DER. */
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { decodeBase64 } from '../../../src-main/core/trust/base64.ts';
import { readBundle, writeBundle } from '../../../src-main/core/trust/bundle.ts';
import { isDerSignature, pae, signDsse, verifyDsse } from '../../../src-main/core/trust/dsse.ts';
import { generatePublisherKey } from '../../../src-main/core/trust/keys.ts';
import { anyText, applyEdits, bytes, edit, jsonValue } from './arbitraries.ts';
import { expectRefusal, failureOf, holds } from './property.ts';

const pairs = Array.from({ length: 3 }, generatePublisherKey);
const pair = fc.constantFrom(...pairs);
const typeAndPayload = fc.tuple(fc.string({ unit: 'grapheme' }), bytes());

/** Reads a pre-authentication encoding back by its own lengths (DSSE protocol.md 1.0.2). */
function readPae(encoded: Buffer): { type: Buffer; payload: Buffer } {
  const take = (from: number): { value: Buffer; end: number } => {
    const space = encoded.indexOf(0x20, from);
    const length = Number(encoded.subarray(from, space).toString());
    return { value: encoded.subarray(space + 1, space + 1 + length), end: space + 1 + length };
  };
  const type = take('DSSEv1 '.length);
  return { type: type.value, payload: take(type.end + 1).value };
}

/** X.690 lengths and integers without any limit on size, to build DER and everything near it. */
const integer = fc
  .record({ value: bytes(34), lead: fc.constantFrom([], [0], [0, 0], [0x80]) })
  .map(({ value, lead }) => Buffer.from([0x02, lead.length + value.length, ...lead, ...value]));
const nearSignature = fc
  .record({
    parts: fc.array(integer, { maxLength: 3 }),
    tag: fc.constantFrom(0x30, 0x31),
    tail: bytes(2),
    off: fc.integer({ min: -1, max: 1 }),
  })
  .map(({ parts, tag, tail, off }) => {
    const body = Buffer.concat(parts);
    return Buffer.concat([Buffer.from([tag, (body.length + off) & 0xff]), body, tail]);
  });

/** The one DER of the two integers found in a signature. */
function derOf(r: bigint, s: bigint): Buffer {
  const encode = (value: bigint): Buffer => {
    const hex = value.toString(16);
    const magnitude = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
    const body = (magnitude[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), magnitude]) : magnitude;
    return Buffer.concat([Buffer.from([0x02, body.length]), body]);
  };
  const body = Buffer.concat([encode(r), encode(s)]);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}
const numberOf = (part: Buffer): bigint => (part.length === 0 ? 0n : BigInt(`0x${part.toString('hex')}`));

describe('pre-authentication encoding', () => {
  holds(
    'gives type and payload back, so two different pairs never share one encoding',
    1000,
    [typeAndPayload],
    ([type, payload]) => {
      const read = readPae(pae(type, payload));
      expect(read.type.toString()).toBe(type.toWellFormed());
      expect(read.payload.equals(payload)).toBe(true);
    },
  );

  holds(
    'differs as soon as a byte moves from the type into the payload',
    500,
    [fc.string({ unit: 'binary-ascii', minLength: 1 }), bytes()],
    (type, payload) => {
      const moved = Buffer.concat([Buffer.from(type.slice(-1)), payload]);
      expect(pae(type.slice(0, -1), moved).equals(pae(type, payload))).toBe(false);
    },
  );
});

describe('base64', () => {
  holds('decodes what was encoded in either alphabet', 1000, [bytes()], (data) => {
    const standard = data.toString('base64');
    expect(decodeBase64(standard)).toEqual(data);
    expect(decodeBase64(standard.replaceAll('+', '-').replaceAll('/', '_'))).toEqual(data);
  });

  const nearBase64 = fc.oneof(
    fc.string({ unit: fc.constantFrom(...'AQgw+/-_= \n!'), maxLength: 12 }),
    fc
      .tuple(bytes(20), fc.array(edit, { minLength: 1, maxLength: 2 }))
      .map(([data, edits]) => applyEdits(Buffer.from(data.toString('base64')), edits).toString('latin1')),
    anyText,
  );
  holds(
    'accepts of all spellings of some bytes only the one per alphabet that an encoder writes',
    1000,
    [nearBase64],
    (text) => {
      const decoded = decodeBase64(text);
      if (decoded === null) return;
      const standard = decoded.toString('base64');
      expect([standard, standard.replaceAll('+', '-').replaceAll('/', '_')]).toContain(text);
    },
  );
});

describe('ECDSA signatures', () => {
  holds(
    'are accepted in exactly one spelling: the DER of their two numbers',
    1000,
    [fc.oneof(nearSignature, bytes(80))],
    (signature) => {
      if (!isDerSignature(signature)) return;
      const rEnd = 4 + (signature[3] ?? 0);
      const r = numberOf(signature.subarray(4, rEnd));
      const s = numberOf(signature.subarray(rEnd + 2));
      expect(derOf(r, s).equals(signature)).toBe(true);
    },
  );

  holds(
    'of any two positive numbers of up to 256 bits are taken for DER',
    1000,
    [fc.bigInt(1n, 2n ** 256n - 1n), fc.bigInt(1n, 2n ** 256n - 1n)],
    (r, s) => {
      expect(isDerSignature(derOf(r, s))).toBe(true);
    },
  );

  holds(
    'verify for exactly the type, payload and key they were made with',
    150,
    [pair, pair, typeAndPayload, typeAndPayload],
    (signer, reader, [type, payload], [otherType, otherPayload]) => {
      const signature = signDsse(type, payload, signer.privateKey);
      expect(verifyDsse(type, payload, signature, reader.publicKey)).toBe(signer === reader);
      const same = pae(type, payload).equals(pae(otherType, otherPayload));
      expect(verifyDsse(otherType, otherPayload, signature, signer.publicKey)).toBe(same);
    },
  );

  holds(
    'never verify once they are edited, and never make the check throw',
    300,
    [pair, bytes(40), fc.array(edit, { minLength: 1, maxLength: 3 })],
    (signer, payload, edits) => {
      const signature = signDsse('t', payload, signer.privateKey);
      const edited = applyEdits(signature, edits);
      if (!edited.equals(signature)) expect(verifyDsse('t', payload, edited, signer.publicKey)).toBe(false);
    },
  );
});

describe('signature files', () => {
  holds(
    'give back payload, signature and key that were written',
    150,
    [pair, bytes().filter((data) => data.length > 0)],
    (signer, payload) => {
      const bundle = readBundle('m', writeBundle(payload, signer.privateKey));
      expect(bundle.payload.equals(payload)).toBe(true);
      expect(verifyDsse(bundle.payloadType, bundle.payload, bundle.signature, signer.publicKey)).toBe(true);
    },
  );

  const written = writeBundle(Buffer.from('{"a":1}'), pairs[0]?.privateKey ?? generatePublisherKey().privateKey);
  const hostile = fc.oneof(
    bytes(),
    jsonValue.map((value) => Buffer.from(JSON.stringify(value))),
    fc.array(edit, { minLength: 1, maxLength: 3 }).map((edits) => applyEdits(written, edits)),
  );
  holds('of any content are read or refused as a matter of trust, never anything else', 1000, [hostile], (content) => {
    const failure = failureOf(() => readBundle('m', content));
    if (failure) expectRefusal(failure, 'trust', /^signature\./);
  });
});
