/**
 * The policy over time: which clock, is the snapshot still good, how old are the trust roots, and since when is revocation unknown.
 *
 * Warns at most: an audit tool imports an expired snapshot and says so. Nothing stale passes silently.
 */
import type { Predicate } from '../../../src-shared/domain/snapshot.ts';
import {
  type CheckState,
  type FreshnessLine,
  type FreshnessParts,
  type TrustedKey,
  type TrustStore,
  trustMaxAgeDays,
} from '../../../src-shared/domain/trust.ts';
import { earliest, toInstant } from '../ports.ts';
import { hasEnded, lastChange, revocationKnownAt } from './trust-store.ts';
import { genuineKeysOf, type SignatureCheck, type SignaturePolicy } from './verify-signatures.ts';

/** Clocks of two machines may differ by this much before "created in the future" is said. */
const clockSkewMs = 5 * 60_000;
const dayMs = 24 * 60 * 60_000;

type Times = Pick<Predicate, 'createdAt' | 'expiresAt'>;

/** The line and the four answers behind it. Its text is the first thing to worry about. */
export const decideFreshness = (predicate: Times, check: SignatureCheck, policy: SignaturePolicy): FreshnessLine =>
  judgeFreshness(predicate, genuineKeysOf(check), policy.trust, chooseClock(policy));

/** The same for a snapshot that was verified before: `signers` are the trusted keys that its signatures count for. */
export function judgeFreshness(
  times: Times,
  signers: readonly TrustedKey[],
  trust: TrustStore,
  clock: FreshnessParts['clock'],
): FreshnessLine & { readonly parts: FreshnessParts } {
  const time = Date.parse(clock.at);
  const parts: FreshnessParts = { clock, expiry: judgeExpiry(times, time), ...trustAge(trust, signers, time) };
  return { ...worst(times, signers, parts), parts };
}

/** The clock that everything here is judged by: this computer's, or the newest creation time seen where that is later. */
export function chooseClock({
  now,
  newestCreatedAt,
}: Pick<SignaturePolicy, 'now' | 'newestCreatedAt'>): FreshnessParts['clock'] {
  const newest = newestCreatedAt === undefined ? 0 : Date.parse(newestCreatedAt);
  const at = toInstant(new Date(Math.max(now.getTime(), newest)));
  if (newest > now.getTime() + clockSkewMs) {
    const text = `Judged by the newest snapshot's time ${at}, because this computer's clock, ${toInstant(now)}, is behind it.`;
    return { state: 'warn', source: 'newest_snapshot', at, text };
  }
  return { state: 'pass', source: 'computer', at, text: `Judged by this computer's clock, ${at}.` };
}

function judgeExpiry({ createdAt, expiresAt }: Times, time: number): FreshnessParts['expiry'] {
  const say = (state: CheckState, text: string) => ({ state, text, createdAt, expiresAt: expiresAt ?? null });
  if (isFuture(createdAt, time)) return say('warn', `It says it was created at ${createdAt}, which is in the future.`);
  if (expiresAt === undefined) return say('pass', `It was created at ${createdAt} and states no expiry.`);
  if (Date.parse(expiresAt) < time)
    return say('warn', `It was created at ${createdAt} and expired at ${expiresAt}; ask for a newer snapshot.`);
  return say('pass', `It was created at ${createdAt} and is good until ${expiresAt}.`);
}

/** Later than the clock allows for: no clock that ran right has written that time. `time`: ms since 1970. */
export const isFuture = (instant: string, time: number): boolean => Date.parse(instant) > time + clockSkewMs;

/** Age of the trust roots, and of the word on the keys that signed: the key least heard of decides. `time`: ms since 1970. */
export function trustAge(
  trust: TrustStore,
  signers: readonly TrustedKey[],
  time: number,
): Pick<FreshnessParts, 'trustRoots' | 'revocation'> {
  return { trustRoots: judgeRoots(lastChange(trust), time), revocation: judgeRevocation(signers, time) };
}

function judgeRoots(changedAt: string | null, time: number): FreshnessParts['trustRoots'] {
  if (changedAt === null) return { state: 'unknown', changedAt, days: null, text: 'The trust store is empty.' };
  const text = `The trust store last changed at ${changedAt}`;
  if (isFuture(changedAt, time))
    return { state: 'warn', changedAt, days: null, text: `${text}, which is in the future.` };
  const days = daysBetween(changedAt, time);
  return { state: 'pass', changedAt, days, text: `${text}, ${ago(days)}.` };
}

function judgeRevocation(signers: readonly TrustedKey[], time: number): FreshnessParts['revocation'] {
  const known = signers.map(revocationKnownAt);
  const future = known.find((at) => isFuture(at, time));
  if (future !== undefined) {
    const text = `Revocation unknown: the last word on a key that signed is of ${future}, which is in the future, so a clock was wrong; ask the publisher, then confirm.`;
    return { state: 'warn', unknownSince: future, days: null, text };
  }
  if (known.length === 0) {
    const text = 'Revocation unknown: no trusted key signed this.';
    return { state: 'unknown', unknownSince: null, days: null, text };
  }
  const unknownSince = earliest(known);
  const days = daysBetween(unknownSince, time);
  const since = `Revocation unknown since ${unknownSince}, ${ago(days)}`;
  return days > trustMaxAgeDays
    ? {
        state: 'warn',
        unknownSince,
        days,
        text: `${since}: longer than ${trustMaxAgeDays} days; ask the publisher, then confirm or import a newer trust file.`,
      }
    : {
        state: 'pass',
        unknownSince,
        days,
        text: `${since}: nobody has told this workspace about revocations after that.`,
      };
}

/** Within the clocks' difference "later" is now. */
const daysBetween = (instant: string, time: number): number =>
  Math.max(0, Math.floor((time - Date.parse(instant)) / dayMs));

function ago(days: number): string {
  if (days === 0) return 'less than a day ago';
  return days === 1 ? '1 day ago' : `${days} days ago`;
}

function worst(
  { createdAt, expiresAt }: Times,
  signers: readonly TrustedKey[],
  { clock, expiry, revocation }: FreshnessParts,
): Omit<FreshnessLine, 'parts'> {
  const warn = (code: string, text: string) => ({ state: 'warn' as const, code, text });
  const ended = signers.find((key) => hasEnded(key, Date.parse(clock.at)));
  if (expiry.state === 'warn') {
    return Date.parse(createdAt) > Date.parse(clock.at)
      ? warn('freshness.future', 'It comes from the future: a clock is wrong, here or at the publisher.')
      : warn('freshness.expired', 'It has expired.');
  }
  if (ended) {
    return warn(
      'freshness.key_ended',
      `The key "${ended.label}" ended at ${ended.validFor.end}; that the snapshot is older is the publisher's own claim.`,
    );
  }
  if (clock.state === 'warn')
    return warn(
      'freshness.clock_behind',
      "This computer's clock is behind the newest time seen here: it was set back, or was ahead before.",
    );
  if (revocation.state === 'warn') return warn('freshness.trust_stale', 'What is known about its keys is old.');
  return {
    state: 'pass',
    code: 'freshness.current',
    text: expiresAt === undefined ? 'It is current as far as anybody here knows.' : 'It is current.',
  };
}
