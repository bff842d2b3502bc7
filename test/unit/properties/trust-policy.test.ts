/** Who signed and may they: what can only ever take acceptance away, and what can never bring it. */
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { readBundle, type SignatureBundle, writeBundle } from '../../../src-main/core/trust/bundle.ts';
import { describePublicKey, generatePublisherKey } from '../../../src-main/core/trust/keys.ts';
import { formatTrustStore, parseTrustStore, type SignedClaim } from '../../../src-main/core/trust/trust-store.ts';
import { checkSignatures, decideSigner } from '../../../src-main/core/trust/verify-signatures.ts';
import { lastAccepted, type TrustedKey, type TrustStore } from '../../../src-shared/domain/trust.ts';
import { now, trustedKey } from '../snapshot/fixture.ts';
import { anyText, applyEdits, bytes, edit, jsonValue } from './arbitraries.ts';
import { expectRefusal, failureOf, holds } from './property.ts';

const payload = Buffer.from('{"what":"was signed"}');
const pairs = Array.from({ length: 5 }, generatePublisherKey);
const bundleOf = (content: Buffer, index: number): SignatureBundle => {
  const pair = pairs[index] ?? generatePublisherKey();
  return readBundle('m', writeBundle(content, pair.privateKey));
};
const genuine = pairs.map((_, index) => bundleOf(payload, index));
/** Under the name of each key, a signature that it made over something else. */
const forged = pairs.map((_, index) => ({ ...bundleOf(Buffer.from('{"what":"else"}'), index), payload }));

const registry: fc.Arbitrary<string> = fc.constantFrom('r1', 'r2', 'r3');
const instant = fc
  .date({ min: new Date('2026-01-01'), max: new Date('2027-01-01'), noInvalidDate: true })
  .map((date) => `${date.toISOString().slice(0, 19)}Z`);
const ended = { at: instant, reason: fc.constant<string>('lost') };
const accepted = fc.uniqueArray(fc.record({ registryId: registry, maxSequence: fc.nat(20) }), {
  selector: ({ registryId }) => registryId,
});
const revocation = fc.record({ ...ended, accepted });
const retirement = fc.record({ ...ended, registryId: registry, maxSequence: fc.option(fc.nat(20)) });
const keyFacts = fc.record(
  {
    registryIds: fc.oneof(fc.constant<string[]>(['*']), fc.uniqueArray(registry, { minLength: 1 })),
    validFor: fc.record({ start: instant, end: instant }, { requiredKeys: [], noNullPrototype: true }),
    revoked: revocation,
    retired: fc.uniqueArray(retirement, { maxLength: 2, selector: ({ registryId }) => registryId }),
  },
  { requiredKeys: ['registryIds', 'validFor'], noNullPrototype: true },
);
const threshold = fc.integer({ min: 1, max: 3 });
const trustStore: fc.Arbitrary<TrustStore> = fc
  .record({
    indexes: fc.subarray([0, 1, 2, 3, 4]),
    facts: fc.array(keyFacts, { minLength: 5, maxLength: 5 }),
    threshold,
    thresholds: fc.dictionary(registry, threshold, { noNullPrototype: true }),
  })
  .map(({ indexes, facts, ...thresholds }) => ({
    schemaVersion: 1,
    ...thresholds,
    keys: indexes.map((index) => trustedKey(pairs[index] ?? generatePublisherKey(), facts[index])),
  }));
const signatures = fc.array(fc.oneof(fc.constantFrom(...genuine), fc.constantFrom(...forged)), { maxLength: 6 });
const claim: fc.Arbitrary<SignedClaim> = fc.record({
  registryId: registry,
  sequence: fc.oneof({ weight: 9, arbitrary: fc.nat(20) }, { weight: 1, arbitrary: fc.constant(null) }),
  createdAt: instant,
});

function accepts(
  bundles: readonly SignatureBundle[],
  trust: TrustStore,
  of: SignedClaim | null,
  threshold?: number,
): boolean {
  const policy = { trust, now, ...(threshold === undefined ? {} : { threshold }) };
  return decideSigner(checkSignatures(bundles, trust), of, policy).state !== 'fail';
}

/** The policy written down once more, from scratch: distinct keys that signed, are in scope, not revoked and in time. */
function countingKeys(bundles: readonly SignatureBundle[], trust: TrustStore, of: SignedClaim): number {
  return trust.keys.filter((key) => {
    const signed = bundles.some((bundle) => genuine.includes(bundle) && bundle.keyId === key.hint);
    const inScope = key.registryIds.some((id) => id === '*' || id === of.registryId);
    const here = <T extends { registryId: string }>(list: readonly T[]) =>
      list.filter((entry) => entry.registryId === of.registryId);
    const reaches = (last: number | null | undefined) =>
      of.sequence !== null && typeof last === 'number' && of.sequence <= last;
    const revoked =
      (key.revoked !== undefined && !reaches(here(key.revoked.accepted)[0]?.maxSequence)) ||
      here(key.retired ?? []).some((end) => !reaches(end.maxSequence));
    const { start = '', end = '9' } = key.validFor;
    return signed && inScope && !revoked && start <= of.createdAt && of.createdAt <= end;
  }).length;
}

const needed = (trust: TrustStore, { registryId }: SignedClaim): number =>
  Math.max(trust.threshold, trust.thresholds?.[registryId] ?? 1);

const withKey = (trust: TrustStore, index: number, change: (key: TrustedKey) => TrustedKey): TrustStore => ({
  ...trust,
  keys: trust.keys.map((key, at) => (at === index % Math.max(1, trust.keys.length) ? change(key) : key)),
});
const scenario = [signatures, trustStore, claim] as const;

describe('a signature decision', () => {
  holds(
    'accepts exactly when as many distinct keys as needed signed, in scope, unrevoked and in time',
    600,
    [...scenario],
    (bundles, trust, of) => {
      expect(accepts(bundles, trust, of)).toBe(countingKeys(bundles, trust, of) >= needed(trust, of));
    },
  );

  holds(
    'never turns to acceptance when an untrusted key signs as well',
    300,
    [...scenario, fc.nat(4)],
    (bundles, trust, of, index) => {
      const stranger = genuine[index] ?? bundleOf(payload, index);
      const without = { ...trust, keys: trust.keys.filter((key) => key.hint !== stranger.keyId) };
      expect(accepts([...bundles, stranger], without, of)).toBe(accepts(bundles, without, of));
    },
  );

  holds(
    'never turns to acceptance when a signature is taken away, and never to refusal when one is added',
    300,
    [...scenario, fc.nat(), fc.nat(4)],
    (bundles, trust, of, at, index) => {
      const fewer = bundles.toSpliced(at % (bundles.length + 1), 1);
      if (accepts(fewer, trust, of)) expect(accepts(bundles, trust, of)).toBe(true);
      if (accepts(bundles, trust, of))
        expect(accepts([...bundles, genuine[index] ?? bundleOf(payload, index)], trust, of)).toBe(true);
    },
  );

  holds(
    'does not change when signatures are repeated or come in another order',
    300,
    [...scenario, fc.nat()],
    (bundles, trust, of, turn) => {
      const expected = accepts(bundles, trust, of);
      const at = turn % (bundles.length + 1);
      expect(accepts([...bundles.slice(at), ...bundles.slice(0, at)], trust, of)).toBe(expected);
      expect(accepts([...bundles, ...bundles, ...bundles.slice(at)], trust, of)).toBe(expected);
    },
  );

  holds(
    'is never helped by a signature that does not verify',
    300,
    [...scenario, fc.nat(4)],
    (bundles, trust, of, index) => {
      const forgery = forged[index] ?? bundleOf(payload, index);
      expect(accepts([...bundles, forgery], trust, of)).toBe(accepts(bundles, trust, of));
    },
  );

  holds(
    'loses acceptance and never gains it by revoking a key, or by revoking it earlier',
    300,
    [...scenario, fc.nat(), revocation],
    (bundles, trust, of, index, revoked) => {
      const after = withKey(trust, index, (key) => ({
        ...key,
        revoked: {
          ...revoked,
          accepted: revoked.accepted.flatMap(({ registryId, maxSequence }) => {
            const before = key.revoked ? lastAccepted(key.revoked, registryId) : 20;
            return before === null ? [] : [{ registryId, maxSequence: Math.min(maxSequence, before) }];
          }),
        },
      }));
      if (accepts(bundles, after, of)) expect(accepts(bundles, trust, of)).toBe(true);
    },
  );

  holds(
    'loses acceptance and never gains it by removing a key, narrowing its scope or ending it',
    300,
    [...scenario, fc.nat(), registry, instant],
    (bundles, trust, of, index, other, end) => {
      const removed = { ...trust, keys: trust.keys.toSpliced(index % Math.max(1, trust.keys.length), 1) };
      const narrowed = withKey(trust, index, (key) => ({
        ...key,
        registryIds: key.registryIds.includes('*') || key.registryIds.includes(other) ? [other] : key.registryIds,
      }));
      const ended = withKey(trust, index, (key) => ({
        ...key,
        validFor: { ...key.validFor, end: key.validFor.end && key.validFor.end < end ? key.validFor.end : end },
      }));
      for (const less of [removed, narrowed, ended])
        if (accepts(bundles, less, of)) expect(accepts(bundles, trust, of)).toBe(true);
    },
  );

  holds(
    'asks for at least the threshold of the trust store, whatever a caller asks for',
    300,
    [...scenario, fc.integer({ min: 0, max: 5 })],
    (bundles, trust, of, asked) => {
      expect(accepts(bundles, trust, of, asked)).toBe(
        countingKeys(bundles, trust, of) >= Math.max(needed(trust, of), asked),
      );
    },
  );

  holds('never accepts what is no statement, however it is signed', 200, [signatures, trustStore], (bundles, trust) => {
    expect(accepts(bundles, trust, null)).toBe(false);
  });
});

describe('a trust store file', () => {
  holds('gives back the trust store that was written, and equal stores are equal files', 200, [trustStore], (trust) => {
    const sound = { ...trust, keys: trust.keys.filter(({ validFor: { start = '', end = '9' } }) => start <= end) };
    const text = formatTrustStore(sound);
    expect(parseTrustStore(text, 'f')).toEqual(sound);
    expect(formatTrustStore(parseTrustStore(text, 'f'))).toBe(text);
  });

  holds(
    'of any content is read or refused with a typed failure',
    1000,
    [
      fc.oneof(
        anyText,
        jsonValue.map((value) => JSON.stringify(value)),
        fc
          .tuple(trustStore, fc.array(edit, { minLength: 1, maxLength: 2 }))
          .map(([trust, edits]) => applyEdits(Buffer.from(formatTrustStore(trust)), edits).toString('latin1')),
      ),
    ],
    (text) => {
      const failure = failureOf(() => parseTrustStore(text, 'f'));
      if (failure) expectRefusal(failure, 'input', /^(trust|key)\./);
    },
  );

  holds(
    'never names a key by anything but the digest of its own bytes',
    300,
    [trustStore, fc.nat(), bytes(40)],
    (trust, index, noise) => {
      fc.pre(trust.keys.length > 0);
      const at = index % trust.keys.length;
      const foreign = describePublicKey(
        pairs.find((pair) => describePublicKey(pair.publicKey).keyId !== trust.keys[at]?.hint)?.publicKey ??
          generatePublisherKey().publicKey,
      );
      for (const change of [
        { hint: foreign.keyId },
        { rawBytes: foreign.rawBytes },
        { rawBytes: noise.toString('base64') },
        { hint: noise.toString('base64') },
      ]) {
        const text = formatTrustStore(withKey(trust, at, (key) => ({ ...key, ...change })));
        expect(failureOf(() => parseTrustStore(text, 'f'))).not.toBeNull();
      }
    },
  );
});
