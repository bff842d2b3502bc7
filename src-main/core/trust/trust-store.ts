/**
 * Publisher keys that are trusted, and for what: registries, time, and sequence numbers.
 *
 * Revocation is by last accepted sequence: time that a publisher claims is under the control of whoever holds a stolen key,
 * a sequence number that everybody has seen is not (snapshot-format.md).
 */
import type { TrustedKey, TrustStore } from '../../../src-shared/domain/trust.ts';
import { lastAccepted, trustStoreSchema } from '../../../src-shared/domain/trust.ts';
import { raise } from '../../../src-shared/result.ts';
import { earliest } from '../ports.ts';
import { type PublisherKey, publisherKeyFromRaw } from './keys.ts';

/** Everything about a snapshot that decides whether a key may speak for it. */
export interface SignedClaim {
  readonly registryId: string;
  /** null: it stands in no chain (an answer to a request), so that a revocation by sequence leaves nothing of it. */
  readonly sequence: number | null;
  /** The publisher's own claim of time, RFC 3339. */
  readonly createdAt: string;
}

/** Trust store file. Raises `input` / `trust.malformed`, `trust.key_mismatch`, `trust.duplicate_key`, `trust.scope`, `trust.validity`, `trust.revocation`. */
export function parseTrustStore(text: string, file: string): TrustStore {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return refuse('malformed', file, 'it is not JSON');
  }
  const parsed = trustStoreSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return refuse(
      'malformed',
      file,
      `${issue?.message ?? 'unexpected content'} at ${issue?.path.join('.') || 'the top level'}`,
    );
  }
  checkTrustStore(parsed.data, file);
  return parsed.data;
}

/** Refuses a trust store whose entries contradict each other or themselves. */
export function checkTrustStore(trust: TrustStore, file: string): void {
  const seen = new Set<string>();
  for (const key of trust.keys) {
    if (seen.has(key.hint)) refuse('duplicate_key', file, `key ${key.hint} is listed twice`);
    seen.add(key.hint);
    checkTrustedKey(key, file);
  }
}

/** The one way a trust store is written, so that equal stores are equal files. */
export const formatTrustStore = (trust: TrustStore): string =>
  // Parsing puts the fields into the order of the schema, whatever order they were set in.
  `${JSON.stringify(trustStoreSchema.parse(trust), null, 2)}\n`;

/** Refuses a key entry whose parts contradict each other. Also for entries that a person adds. */
export function checkTrustedKey(key: TrustedKey, file: string): PublisherKey {
  const publisher = publisherKeyFromRaw(key.rawBytes);
  if (publisher.keyId !== key.hint)
    refuse('key_mismatch', file, `the hint of key "${key.label}" is not the digest of its bytes`);
  if (key.registryIds.includes('*') && key.registryIds.length > 1) {
    refuse('scope', file, `key "${key.label}" lists "*" beside other registries; "*" stands alone`);
  }
  const { start, end } = key.validFor;
  if (start !== undefined && end !== undefined && Date.parse(start) > Date.parse(end)) {
    refuse('validity', file, `key "${key.label}" would end before it starts`);
  }
  for (const ends of [key.revoked?.accepted ?? [], key.retired ?? []]) {
    if (new Set(ends.map(({ registryId }) => registryId)).size !== ends.length)
      refuse('revocation', file, `key "${key.label}" ends twice for one registry`);
  }
  return publisher;
}

export const isInScope = (key: TrustedKey, registryId: string): boolean =>
  key.registryIds.includes('*') || key.registryIds.includes(registryId);

/** Distinct trusted keys that a snapshot of this registry needs; null: nobody knows which registry it is of. */
export function thresholdFor(trust: TrustStore, registryId: string | null): number {
  const { thresholds = {} } = trust;
  const own = registryId !== null && Object.hasOwn(thresholds, registryId) ? thresholds[registryId] : undefined;
  return Math.max(trust.threshold, own ?? 1);
}

/** Where a key's word ends in one registry. */
export interface KeyEnd {
  readonly at: string;
  readonly reason: string;
  /** Last accepted sequence; null: nothing is accepted. */
  readonly maxSequence: number | null;
}

/** What ends the key for this registry: its revocation or a rotation that retired it, whichever leaves less; null when nothing does. */
export function revocationOf(key: TrustedKey, registryId: string): KeyEnd | null {
  const { revoked, retired = [] } = key;
  const all: readonly KeyEnd[] = [
    ...(revoked ? [{ ...revoked, maxSequence: lastAccepted(revoked, registryId) }] : []),
    ...retired.filter((entry) => entry.registryId === registryId),
  ];
  return all.reduce<KeyEnd | null>((first, end) => (first === null || leavesLess(end, first) ? end : first), null);
}

const leavesLess = (one: KeyEnd, other: KeyEnd): boolean => (one.maxSequence ?? -1) < (other.maxSequence ?? -1);

/** Whether a snapshot with this number is still good; what stands outside the chain never is. */
const isAccepted = ({ maxSequence }: KeyEnd, sequence: number | null): boolean =>
  maxSequence !== null && sequence !== null && sequence <= maxSequence;

/** "up to sequence 12", "nothing": what is left of a key that ended. */
export const acceptedText = (maxSequence: number | null): string =>
  maxSequence === null ? 'nothing' : `up to sequence ${maxSequence}`;

export interface KeyRefusal {
  readonly code: 'signer.out_of_scope' | 'signer.revoked' | 'signer.not_valid';
  readonly reason: string;
}

/** Why this trusted key may not speak for this snapshot, or null when it may: scope, then revocation, then validity. */
export function refusalOf(key: TrustedKey, claim: SignedClaim): KeyRefusal | null {
  if (!isInScope(key, claim.registryId)) {
    return { code: 'signer.out_of_scope', reason: `not trusted for registry ${claim.registryId}` };
  }
  const revocation = revocationOf(key, claim.registryId);
  if (revocation && !isAccepted(revocation, claim.sequence)) {
    const used = claim.sequence === null ? 'and this is outside the chain' : `this snapshot is ${claim.sequence}`;
    return {
      code: 'signer.revoked',
      reason: `revoked (${revocation.reason}): accepted ${acceptedText(revocation.maxSequence)}, ${used}`,
    };
  }
  const created = Date.parse(claim.createdAt);
  if (hasNotStarted(key, created)) {
    return {
      code: 'signer.not_valid',
      reason: `the key is valid from ${key.validFor.start}, the snapshot says ${claim.createdAt}`,
    };
  }
  if (hasEnded(key, created)) {
    return {
      code: 'signer.not_valid',
      reason: `the key was valid until ${key.validFor.end}, the snapshot says ${claim.createdAt}`,
    };
  }
  return null;
}

const hasNotStarted = (key: TrustedKey, time: number): boolean =>
  key.validFor.start !== undefined && time < Date.parse(key.validFor.start);

/** Whether the key's validity is over at `time` (milliseconds since 1970). */
export const hasEnded = (key: TrustedKey, time: number): boolean =>
  key.validFor.end !== undefined && time > Date.parse(key.validFor.end);

const isWithinValidity = (key: TrustedKey, now: Date): boolean =>
  !hasNotStarted(key, now.getTime()) && !hasEnded(key, now.getTime());

/** Keys that could sign a snapshot made at `now`: neither revoked nor retired everywhere, and within their validity. */
export const usableKeys = (trust: TrustStore, now: Date): readonly TrustedKey[] =>
  trust.keys.filter(
    (key) => key.registryIds.some((id) => revocationOf(key, id) === null) && isWithinValidity(key, now),
  );

/** The same for snapshots of one registry: also in its scope and not retired by its rotations. */
export const usableKeysFor = (trust: TrustStore, registryId: string, now: Date): readonly TrustedKey[] =>
  trust.keys.filter(
    (key) => isInScope(key, registryId) && revocationOf(key, registryId) === null && isWithinValidity(key, now),
  );

/** Until when it is known that the key was not revoked: when somebody last said so, else when it was compared and added. */
export const revocationKnownAt = (key: TrustedKey): string => key.confirmedAt ?? key.addedAt;

/**
 * The keys of a signed trust file as far as they can be believed: nobody can know about a key's revocation later than he wrote the
 * file, nor about a time that has not come yet, whatever the file says.
 */
export const confirmedUntil = (keys: readonly TrustedKey[], issuedAt: string, now: string): readonly TrustedKey[] =>
  keys.map((key) => ({ ...key, confirmedAt: earliest([revocationKnownAt(key), issuedAt, now]) }));

/** When keys, scopes or thresholds last changed; null for an empty store. */
export function lastChange(trust: TrustStore): string | null {
  const instants = trust.keys.flatMap((key) => [
    key.addedAt,
    ...(key.revoked ? [key.revoked.at] : []),
    ...(key.retired ?? []).map((entry) => entry.at),
  ]);
  if (trust.changedAt !== undefined) instants.push(trust.changedAt);
  return instants.reduce<string | null>(
    (last, at) => (last === null || Date.parse(at) > Date.parse(last) ? at : last),
    null,
  );
}

function refuse(code: string, file: string, why: string): never {
  return raise('input', `trust.${code}`, `The trust store ${file} cannot be used: ${why}.`, { file, reason: why });
}
