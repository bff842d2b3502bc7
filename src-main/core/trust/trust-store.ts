/**
 * Publisher keys that are trusted, and for what: registries, time, and sequence numbers.
 *
 * Revocation is by last accepted sequence: time that a publisher claims is under the control of whoever holds a stolen key,
 * a sequence number that everybody has seen is not (snapshot-format.md).
 */
import type { TrustedKey, TrustStore } from '../../../src-shared/domain/trust.ts';
import { trustStoreSchema } from '../../../src-shared/domain/trust.ts';
import { raise } from '../../../src-shared/result.ts';
import { type PublisherKey, publisherKeyFromRaw } from './keys.ts';

/** Everything about a snapshot that decides whether a key may speak for it. */
export interface SignedClaim {
  readonly registryId: string;
  readonly sequence: number;
  /** The publisher's own claim of time, RFC 3339. */
  readonly createdAt: string;
}

/** Trust store file. Raises `input` / `trust.malformed`, `trust.key_mismatch`, `trust.duplicate_key`, `trust.scope`, `trust.validity`. */
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
  const seen = new Set<string>();
  for (const key of parsed.data.keys) {
    if (seen.has(key.hint)) refuse('duplicate_key', file, `key ${key.hint} is listed twice`);
    seen.add(key.hint);
    checkTrustedKey(key, file);
  }
  return parsed.data;
}

/** The one way a trust store is written, so that equal stores are equal files. */
export const formatTrustStore = (trust: TrustStore): string => `${JSON.stringify(trust, null, 2)}\n`;

/** Refuses a key entry whose parts contradict each other. Also for entries that a person adds. */
export function checkTrustedKey(key: TrustedKey, file: string): PublisherKey {
  const publisher = publisherKeyFromRaw(key.rawBytes);
  if (publisher.keyId !== key.hint)
    refuse('key_mismatch', file, `the hint of key "${key.label}" is not the digest of its bytes`);
  if (key.registryIds.includes('*') && key.registryIds.length > 1) {
    refuse('scope', file, `key "${key.label}" lists "*" beside other registries; "*" stands alone`);
  }
  const { start, end } = key.validFor;
  for (const instant of [start, end]) {
    if (instant !== undefined && Number.isNaN(Date.parse(instant)))
      refuse('validity', file, `"${instant}" is not a date (key "${key.label}")`);
  }
  if (start !== undefined && end !== undefined && Date.parse(start) > Date.parse(end)) {
    refuse('validity', file, `key "${key.label}" would end before it starts`);
  }
  return publisher;
}

export const isInScope = (key: TrustedKey, registryId: string): boolean =>
  key.registryIds.includes('*') || key.registryIds.includes(registryId);

export const keysInScope = (trust: TrustStore, registryId: string): readonly TrustedKey[] =>
  trust.keys.filter((key) => isInScope(key, registryId));

export interface KeyRefusal {
  readonly code: 'signer.out_of_scope' | 'signer.revoked' | 'signer.not_valid';
  readonly reason: string;
}

/** Why this trusted key may not speak for this snapshot, or null when it may. */
export function refusalOf(key: TrustedKey, claim: SignedClaim): KeyRefusal | null {
  if (!isInScope(key, claim.registryId)) {
    return { code: 'signer.out_of_scope', reason: `not trusted for registry ${claim.registryId}` };
  }
  if (key.revoked && claim.sequence > key.revoked.maxSequence) {
    return {
      code: 'signer.revoked',
      reason: `revoked (${key.revoked.reason}): accepted up to sequence ${key.revoked.maxSequence}, this snapshot is ${claim.sequence}`,
    };
  }
  const created = Date.parse(claim.createdAt);
  if (key.validFor.start !== undefined && created < Date.parse(key.validFor.start)) {
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

/** Whether the key's validity is over at `time` (milliseconds since 1970). */
export const hasEnded = (key: TrustedKey, time: number): boolean =>
  key.validFor.end !== undefined && time > Date.parse(key.validFor.end);

/** Keys that could sign a snapshot made at `now`: not revoked, and within their validity. */
export const usableKeys = (trust: TrustStore, now: Date): readonly TrustedKey[] =>
  trust.keys.filter(
    (key) =>
      !key.revoked &&
      !hasEnded(key, now.getTime()) &&
      (key.validFor.start === undefined || Date.parse(key.validFor.start) <= now.getTime()),
  );

function refuse(code: string, file: string, why: string): never {
  return raise('input', `trust.${code}`, `The trust store ${file} cannot be used: ${why}.`, { file, reason: why });
}
