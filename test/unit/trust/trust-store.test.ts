import { describe, expect, it } from 'vitest';
import { describePublicKey, generatePublisherKey } from '../../../src-main/core/trust/keys.ts';
import { formatTrustStore, isInScope, parseTrustStore, refusalOf } from '../../../src-main/core/trust/trust-store.ts';
import type { TrustedKey } from '../../../src-shared/domain/trust.ts';

function makeKey(overrides: Partial<TrustedKey> = {}): TrustedKey {
  const { keyId, rawBytes } = describePublicKey(generatePublisherKey().publicKey);
  return {
    hint: keyId,
    rawBytes,
    keyDetails: 'PKIX_ECDSA_P256_SHA_256',
    label: 'Publisher',
    validFor: {},
    registryIds: ['r1'],
    addedAt: '2026-01-01T00:00:00Z',
    addedBy: 'tester',
    ...overrides,
  };
}
const store = (...keys: readonly TrustedKey[]) => ({ schemaVersion: 1, threshold: 1, keys });
const parse = (value: unknown) => parseTrustStore(JSON.stringify(value), 'TRUST.json');
const refusal = (code: string) =>
  expect.objectContaining({ failure: expect.objectContaining({ kind: 'input', code }) });

describe('when a trust store file is read', () => {
  it('gives back what was written', () => {
    const trust = parse(store(makeKey(), makeKey({ registryIds: ['*'] })));
    expect(parseTrustStore(formatTrustStore(trust), 'TRUST.json')).toEqual(trust);
    expect(trust.keys.filter((key) => isInScope(key, 'r1'))).toHaveLength(2);
    expect(trust.keys.filter((key) => isInScope(key, 'r2'))).toHaveLength(1);
  });

  const twice = makeKey();
  const last = (maxSequence: number) => ({ registryId: 'r1', maxSequence });
  it.each([
    ['text that is not JSON', '{', 'trust.malformed'],
    ['an unknown field', JSON.stringify({ ...store(), extra: 1 }), 'trust.malformed'],
    ['a threshold of 0', JSON.stringify({ ...store(), threshold: 0 }), 'trust.malformed'],
    ['a hint of another key', JSON.stringify(store(makeKey({ hint: makeKey().hint }))), 'trust.key_mismatch'],
    ['a key twice', JSON.stringify(store(twice, twice)), 'trust.duplicate_key'],
    ['"*" beside a registry', JSON.stringify(store(makeKey({ registryIds: ['*', 'r1'] }))), 'trust.scope'],
    ['a date that is none', JSON.stringify(store(makeKey({ validFor: { end: 'soon' } }))), 'trust.malformed'],
    [
      'a date that readers take for different instants',
      JSON.stringify(store(makeKey({ validFor: { end: '11/24/26' } }))),
      'trust.malformed',
    ],
    ['a time without its zone', JSON.stringify(store(makeKey({ addedAt: '2026-11-24T00:00:00' }))), 'trust.malformed'],
    [
      'a revocation with two numbers for one registry',
      JSON.stringify(
        store(makeKey({ revoked: { at: '2026-06-01T00:00:00Z', reason: 'lost', accepted: [last(1), last(9)] } })),
      ),
      'trust.revocation',
    ],
    [
      'an end before its start',
      JSON.stringify(store(makeKey({ validFor: { start: '2026-02-01T00:00:00Z', end: '2026-01-01T00:00:00Z' } }))),
      'trust.validity',
    ],
  ])('refuses %s', (_name, text, code) => {
    expect(() => parseTrustStore(text, 'TRUST.json')).toThrow(refusal(code));
  });
});

describe('when a key speaks for a snapshot', () => {
  const claim = { registryId: 'r1', sequence: 10, createdAt: '2026-06-01T00:00:00Z' };
  const revoked = (maxSequence: number) =>
    makeKey({ revoked: { at: '2026-06-01T00:00:00Z', reason: 'lost', accepted: [{ registryId: 'r1', maxSequence }] } });

  it.each<[string, TrustedKey, string | null]>([
    ['accepts its own registry', makeKey(), null],
    ['accepts every registry for "*"', makeKey({ registryIds: ['*'] }), null],
    ['refuses another registry', makeKey({ registryIds: ['r2'] }), 'signer.out_of_scope'],
    ['accepts the last sequence before revocation', revoked(10), null],
    ['refuses the first sequence after revocation', revoked(9), 'signer.revoked'],
    ['refuses before the key starts', makeKey({ validFor: { start: '2026-06-02' } }), 'signer.not_valid'],
    ['refuses after the key ends', makeKey({ validFor: { end: '2026-05-31' } }), 'signer.not_valid'],
    ['accepts within validity', makeKey({ validFor: { start: '2026-01-01', end: '2026-12-31' } }), null],
  ])('%s', (_name, key, code) => {
    expect(refusalOf(key, claim)?.code ?? null).toBe(code);
  });
});
