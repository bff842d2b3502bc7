/** Time and freshness: which clock, expiry, how old the trust roots are, and since when revocation is unknown. */
import { describe, expect, it } from 'vitest';
import { decideFreshness } from '../../../src-main/core/trust/decide-freshness.ts';
import { checkSignatures } from '../../../src-main/core/trust/verify-signatures.ts';
import { fullText, type TrustStore, verificationSchema } from '../../../src-shared/domain/trust.ts';
import { type LabKey, labKey, now, signedBy, trusting } from './policy-lab.ts';

const made = { createdAt: '2026-11-20T00:00:00Z' };
const decide = (
  keys: readonly LabKey[],
  options: {
    at?: Date;
    newestCreatedAt?: string;
    more?: Partial<TrustStore>;
    expiresAt?: string;
    createdAt?: string;
  } = {},
) => {
  const { at = now, newestCreatedAt, more = {}, expiresAt, createdAt = made.createdAt } = options;
  const trust = trusting(keys, more);
  const times = { createdAt, ...(expiresAt === undefined ? {} : { expiresAt }) };
  const policy = { trust, now: at, ...(newestCreatedAt === undefined ? {} : { newestCreatedAt }) };
  return verificationSchema.shape.freshness.parse(
    decideFreshness(times, checkSignatures(signedBy(...keys), trust), policy),
  );
};
const daysLater = (from: string, days: number): Date => new Date(Date.parse(from) + days * 86_400_000);

describe('which clock', () => {
  it("is this computer's, with its time", () => {
    const { parts } = decide([labKey()]);
    expect(parts?.clock).toMatchObject({ state: 'pass', source: 'computer', at: '2026-11-23T12:00:00Z' });
  });

  it('is the newest snapshot seen where the computer was set back, and warns', () => {
    const line = decide([labKey()], { at: new Date('2026-11-01T00:00:00Z'), newestCreatedAt: '2026-11-22T00:00:00Z' });
    expect(line).toMatchObject({ state: 'warn', code: 'freshness.clock_behind' });
    expect(line.parts?.clock).toMatchObject({ state: 'warn', source: 'newest_snapshot', at: '2026-11-22T00:00:00Z' });
  });

  it('setting the clock back does not make an expired snapshot good again', () => {
    const options = { at: new Date('2026-11-01T00:00:00Z'), expiresAt: '2026-11-21T00:00:00Z' };
    expect(decide([labKey()], options).code).not.toBe('freshness.expired');
    expect(decide([labKey()], { ...options, newestCreatedAt: '2026-11-22T00:00:00Z' }).code).toBe('freshness.expired');
  });
});

describe('how old the trust roots are', () => {
  it('counts from the last change of the trust store, which later than any key may be', () => {
    const key = labKey({ addedAt: '2026-11-01T12:00:00Z' });
    expect(decide([key]).parts?.trustRoots).toMatchObject({ changedAt: '2026-11-01T12:00:00Z', days: 22 });
    expect(decide([key], { more: { changedAt: '2026-11-13T12:00:00Z' } }).parts?.trustRoots).toMatchObject({
      days: 10,
    });
  });
});

describe('since when revocation is unknown', () => {
  it('is when the key was compared, and then when somebody last said that it stands', () => {
    const added = { addedAt: '2026-11-01T00:00:00Z' };
    expect(decide([labKey(added)]).parts?.revocation.unknownSince).toBe('2026-11-01T00:00:00Z');
    const confirmed = labKey({ ...added, confirmedAt: '2026-11-20T00:00:00Z' });
    const { revocation } = decide([confirmed]).parts ?? {};
    expect(revocation).toMatchObject({ state: 'pass', unknownSince: '2026-11-20T00:00:00Z', days: 3 });
    expect(revocation?.text).toBe(
      'Revocation unknown since 2026-11-20T00:00:00Z, 3 days ago: nobody has told this workspace about revocations after that.',
    );
  });

  it('the key least heard of decides, and a key that did not sign does not', () => {
    const old = labKey({ addedAt: '2026-09-01T00:00:00Z' });
    const fresh = labKey();
    expect(decide([fresh, old]).parts?.revocation.unknownSince).toBe('2026-09-01T00:00:00Z');
    const trust = trusting([fresh, old]);
    const line = decideFreshness(made, checkSignatures(signedBy(fresh), trust), { trust, now });
    expect(line.parts?.revocation.unknownSince).toBe('2026-11-01T00:00:00Z');
  });

  it('adding another key says nothing about this one', () => {
    const signer = labKey({ addedAt: '2026-01-01T00:00:00Z' });
    const trust = trusting([signer, labKey({ addedAt: '2026-11-23T00:00:00Z' })]);
    const line = decideFreshness(made, checkSignatures(signedBy(signer), trust), { trust, now });
    expect(line.parts?.trustRoots.days).toBe(0);
    expect(line).toMatchObject({ state: 'warn', code: 'freshness.trust_stale' });
  });

  it('90 days pass and 91 warn: a stale trust root never passes silently', () => {
    const addedAt = '2026-08-01T00:00:00Z';
    const key = labKey({ addedAt });
    expect(decide([key], { at: daysLater(addedAt, 90), createdAt: addedAt }).state).toBe('pass');
    const stale = decide([key], { at: daysLater(addedAt, 91), createdAt: addedAt });
    expect(stale).toMatchObject({ state: 'warn', code: 'freshness.trust_stale' });
    expect(fullText(stale)).toContain('91 days ago: longer than 90 days; ask the publisher');
  });

  it('is unknown altogether where no trusted key signed', () => {
    const trust = trusting([labKey()]);
    const line = decideFreshness(made, checkSignatures(signedBy(labKey()), trust), { trust, now });
    expect(line.parts?.revocation).toMatchObject({ state: 'unknown', unknownSince: null });
  });
});

describe('expiry', () => {
  it.each([
    ['a creation time in the future', { createdAt: '2026-11-24T00:00:00Z' }, 'freshness.future'],
    ['an expiry that has passed', { expiresAt: '2026-11-22T00:00:00Z' }, 'freshness.expired'],
  ])('%s warns', (_name, times, code) => {
    expect(decide([labKey()], times)).toMatchObject({ state: 'warn', code, parts: { expiry: { state: 'warn' } } });
  });

  it('a key that has ended since warns, because the snapshot itself says that it is older', () => {
    const line = decide([labKey({ validFor: { end: '2026-11-21T00:00:00Z' } })]);
    expect(line).toMatchObject({ state: 'warn', code: 'freshness.key_ended' });
  });

  it('two worries are both shown: the first as the line, both in the parts', () => {
    const line = decide([labKey({ addedAt: '2026-01-01T00:00:00Z' })], { expiresAt: '2026-11-22T00:00:00Z' });
    expect(line.code).toBe('freshness.expired');
    expect([line.parts?.expiry.state, line.parts?.revocation.state]).toEqual(['warn', 'warn']);
  });
});

describe('when the word on a key is of a time that has not come', () => {
  it('warns: a clock that was set forward once does not silence the question for ever', () => {
    const line = decide([labKey({ confirmedAt: '2099-01-01T00:00:00Z' })]);
    expect(line).toMatchObject({ state: 'warn', code: 'freshness.trust_stale' });
    expect(line.parts?.revocation).toMatchObject({ state: 'warn', days: null, unknownSince: '2099-01-01T00:00:00Z' });
    expect(line.parts?.revocation.text).toContain('which is in the future');
  });

  it('one such key among others is enough, and a few minutes are a difference of clocks', () => {
    const [sound, ahead] = [labKey(), labKey({ confirmedAt: '2026-11-24T00:00:00Z' })];
    expect(decide([sound, ahead]).state).toBe('warn');
    expect(decide([labKey({ confirmedAt: '2026-11-23T12:04:00Z' })]).state).toBe('pass');
  });

  it('a trust store that was changed in the future says so', () => {
    const { parts } = decide([labKey()], { more: { changedAt: '2099-01-01T00:00:00Z' } });
    expect(parts?.trustRoots).toMatchObject({ state: 'warn', days: null });
  });
});
