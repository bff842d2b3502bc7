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
import { toInstant } from '../ports.ts';
import { hasEnded, lastChange, revocationKnownAt } from './trust-store.ts';
import type { SignatureCheck, SignaturePolicy } from './verify-signatures.ts';

/** Clocks of two machines may differ by this much before "created in the future" is said. */
const clockSkewMs = 5 * 60_000;
const dayMs = 24 * 60 * 60_000;

type Times = Pick<Predicate, 'createdAt' | 'expiresAt'>;

/** The line and the four answers behind it. Its text is the first thing to worry about. */
export function decideFreshness(predicate: Times, check: SignatureCheck, policy: SignaturePolicy): FreshnessLine {
  const clock = chooseClock(policy);
  const time = Date.parse(clock.at);
  const signers = signingKeys(check);
  const parts: FreshnessParts = {
    clock,
    expiry: judgeExpiry(predicate, time),
    ...trustAge(policy.trust, signers, time),
  };
  return { ...worst(predicate, signers, parts), parts };
}

/** Trusted keys that really signed, each once. */
const signingKeys = ({ attempts }: SignatureCheck): readonly TrustedKey[] => [
  ...new Set(attempts.flatMap(({ genuine, key }) => (genuine && key ? [key] : []))),
];

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
  if (Date.parse(createdAt) > time + clockSkewMs)
    return say('warn', `It says it was created at ${createdAt}, which is in the future.`);
  if (expiresAt === undefined) return say('pass', `It was created at ${createdAt} and states no expiry.`);
  if (Date.parse(expiresAt) < time)
    return say('warn', `It was created at ${createdAt} and expired at ${expiresAt}; ask for a newer snapshot.`);
  return say('pass', `It was created at ${createdAt} and is good until ${expiresAt}.`);
}

/** Age of the trust roots, and of the word on the keys that signed: the key least heard of decides. `time`: ms since 1970. */
export function trustAge(
  trust: TrustStore,
  signers: readonly TrustedKey[],
  time: number,
): Pick<FreshnessParts, 'trustRoots' | 'revocation'> {
  const changedAt = lastChange(trust);
  const unknownSince = signers
    .map(revocationKnownAt)
    .reduce<string | null>(
      (oldest, at) => (oldest === null || Date.parse(at) < Date.parse(oldest) ? at : oldest),
      null,
    );
  const changedDays = daysBetween(changedAt, time);
  const days = daysBetween(unknownSince, time);
  return {
    trustRoots: {
      state: changedAt === null ? 'unknown' : 'pass',
      changedAt,
      days: changedDays,
      text:
        changedAt === null
          ? 'The trust store is empty.'
          : `The trust store last changed at ${changedAt}, ${ago(changedDays)}.`,
    },
    revocation: {
      state: days === null ? 'unknown' : days > trustMaxAgeDays ? 'warn' : 'pass',
      unknownSince,
      days,
      text: revocationText(unknownSince, days),
    },
  };
}

function revocationText(unknownSince: string | null, days: number | null): string {
  if (unknownSince === null) return 'Revocation unknown: no trusted key signed this.';
  const since = `Revocation unknown since ${unknownSince}, ${ago(days)}`;
  return days !== null && days > trustMaxAgeDays
    ? `${since}: longer than ${trustMaxAgeDays} days; ask the publisher, then confirm or import a newer trust file.`
    : `${since}: nobody has told this workspace about revocations after that.`;
}

const daysBetween = (instant: string | null, time: number): number | null =>
  instant === null ? null : Math.max(0, Math.floor((time - Date.parse(instant)) / dayMs));

function ago(days: number | null): string {
  if (days === null || days === 0) return 'less than a day ago';
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
  if (clock.state === 'warn') return warn('freshness.clock_behind', "This computer's clock was set back.");
  if (revocation.state === 'warn') return warn('freshness.trust_stale', 'What is known about its keys is old.');
  return {
    state: 'pass',
    code: 'freshness.current',
    text: expiresAt === undefined ? 'It is current as far as anybody here knows.' : 'It is current.',
  };
}
