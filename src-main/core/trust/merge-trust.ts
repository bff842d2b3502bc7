/**
 * What a signed trust file changes here. Pure, so that the preview and the import are the same computation.
 *
 * A file adds keys, tells what was revoked, narrows what keys may do, and raises thresholds. It never takes a revocation back,
 * loosens one, or lowers a threshold: for these a person in this workspace has to act. What it would let a known key do beyond
 * what that key may do here needs a person's consent. Keys that only this workspace knows stay as they are.
 */
import type { TrustedKey, TrustStore } from '../../../src-shared/domain/trust.ts';
import { toInstant } from '../ports.ts';
import { isFuture } from './decide-freshness.ts';
import { mergeRetired, mergeRevocation } from './merge-revocations.ts';
import type { TrustDocument } from './trust-file.ts';
import { acceptedText, confirmedUntil, revocationKnownAt } from './trust-store.ts';

export interface TrustChange {
  /** `wider`: the file asks for it, and nobody here has consented; `kept`: the file asks for it and it is never done. */
  readonly kind: 'added' | 'revoked' | 'scope' | 'validity' | 'threshold' | 'confirmed' | 'wider' | 'kept';
  /** Key id, or null where it is about a threshold. */
  readonly hint: string | null;
  /** One sentence. */
  readonly text: string;
}

/** Whether a change is one that is made; the others are only told. */
export const isMade = ({ kind }: Pick<TrustChange, 'kind'>): boolean => kind !== 'wider' && kind !== 'kept';

export interface TrustMerge {
  readonly trust: TrustStore;
  readonly changes: readonly TrustChange[];
}

/** `widen`: a person consented to what known keys may do afterwards. */
export function mergeTrust(
  mine: TrustStore,
  { trust: theirs, issuer, issuedAt }: TrustDocument,
  { now, widen }: { readonly now: Date; readonly widen: boolean },
): TrustMerge {
  const changes: TrustChange[] = [];
  const merged = new Map(mine.keys.map((key) => [key.hint, key]));
  for (const key of confirmedUntil(theirs.keys, issuedAt, toInstant(now))) {
    const own = merged.get(key.hint);
    merged.set(key.hint, own ? mergeKey(own, key, { now, widen, changes }) : newKey(key));
    if (!own) changes.push({ kind: 'added', hint: key.hint, text: addedText(key) });
  }
  const thresholds = mergeThresholds(mine, theirs, changes);
  return {
    trust: {
      ...mine,
      ...thresholds,
      keys: [...merged.values()].sort((a, b) => (a.hint < b.hint ? -1 : 1)),
      ...(changes.some((change) => isMade(change) && change.kind !== 'confirmed') ? { changedAt: toInstant(now) } : {}),
    },
    changes,
  };

  function newKey(key: TrustedKey): TrustedKey {
    return { ...key, addedAt: toInstant(now), addedBy: `${issuer.name} (trust file)` };
  }
}

function addedText({ label, registryIds, revoked, retired = [] }: TrustedKey): string {
  const ends = [
    ...(revoked
      ? [
          `revoked, with ${revoked.accepted.map((entry) => `${entry.registryId} accepted ${acceptedText(entry.maxSequence)}`).join(' and ') || 'nothing accepted'}`,
        ]
      : []),
    ...retired.map((entry) => `retired for ${entry.registryId}, accepted ${acceptedText(entry.maxSequence)}`),
  ];
  return `${[`Trust the key "${label}" for ${scopeText(registryIds)}`, ...ends].join('; ')}.`;
}

const scopeText = (registryIds: readonly string[]): string =>
  registryIds.includes('*') ? 'every registry' : registryIds.join(', ');

interface MergeContext {
  readonly now: Date;
  readonly widen: boolean;
  readonly changes: TrustChange[];
}

function mergeKey(own: TrustedKey, key: TrustedKey, { now, widen, changes }: MergeContext): TrustedKey {
  const note = (kind: TrustChange['kind'], text: string) => changes.push({ kind, hint: own.hint, text });
  const revoked = mergeRevocation(own, key, note);
  const retired = mergeRetired(own, key, note);
  const registryIds = mergeScope(own, key, widen, note);
  const validFor = mergeValidity(own, key, widen, note);
  const knownAt = revocationKnownAt(key);
  const before = revocationKnownAt(own);
  // A word of the future is none: the clock that wrote it was wrong.
  const isNewer = Date.parse(knownAt) > Date.parse(before) || isFuture(before, now.getTime());
  if (isNewer) note('confirmed', `"${own.label}" is confirmed as of ${knownAt}; until now as of ${before}.`);
  return {
    ...own,
    validFor,
    registryIds,
    ...(revoked ? { revoked } : {}),
    ...(retired.length > 0 ? { retired } : {}),
    ...(isNewer ? { confirmedAt: knownAt } : {}),
  };
}

type Note = (kind: TrustChange['kind'], text: string) => void;

/** The registries that both name, and where a person consented those of the file. */
function mergeScope(own: TrustedKey, key: TrustedKey, widen: boolean, note: Note): string[] {
  const within = (scope: readonly string[]) => (id: string) => scope.includes('*') || scope.includes(id);
  const wider = key.registryIds.filter((id) => !within(own.registryIds)(id));
  const narrowed = own.registryIds.includes('*') ? key.registryIds : own.registryIds.filter(within(key.registryIds));
  // A key that shares no registry with the file's would have none left: a move, which is no narrowing.
  const merged = widen ? key.registryIds : narrowed.length > 0 ? narrowed : own.registryIds;
  const now = scopeText(own.registryIds);
  if (scopeText(merged) !== now)
    note('scope', `"${own.label}" may speak for ${scopeText(merged)}; until now for ${now}.`);
  if (wider.length > 0 && !widen)
    note(
      'wider',
      `"${own.label}" does not speak for ${scopeText(wider)}, as the file would have it: that needs your consent.`,
    );
  return [...merged];
}

/** The time that both allow, and where a person consented that of the file. */
function mergeValidity(own: TrustedKey, key: TrustedKey, widen: boolean, note: Note): TrustedKey['validFor'] {
  const start = pick(own.validFor.start, key.validFor.start, Math.max);
  const end = pick(own.validFor.end, key.validFor.end, Math.min);
  // Two times that do not meet leave none: a move, which is no narrowing.
  const isNarrowing = start === undefined || end === undefined || Date.parse(start) <= Date.parse(end);
  const narrowed = {
    ...(start === undefined ? {} : { start }),
    ...(end === undefined ? {} : { end }),
  };
  const merged = widen ? key.validFor : isNarrowing ? narrowed : own.validFor;
  if (validity(merged) !== validity(own.validFor))
    note('validity', `"${own.label}" is valid ${validity(merged)}; until now ${validity(own.validFor)}.`);
  if (validity(merged) !== validity(key.validFor))
    note(
      'wider',
      `"${own.label}" is not valid ${validity(key.validFor)}, as the file would have it: that needs your consent.`,
    );
  return merged;
}

function pick(
  one: string | undefined,
  other: string | undefined,
  choose: (...times: number[]) => number,
): string | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return choose(Date.parse(one), Date.parse(other)) === Date.parse(one) ? one : other;
}

const validity = ({ start, end }: TrustedKey['validFor']): string =>
  start === undefined && end === undefined ? 'without a limit' : `${start ?? 'always'} to ${end ?? 'no end'}`;

function mergeThresholds(
  mine: TrustStore,
  theirs: TrustStore,
  changes: TrustChange[],
): Pick<TrustStore, 'threshold' | 'thresholds'> {
  const raise = (what: string, before: number, after: number): number => {
    if (after > before)
      changes.push({ kind: 'threshold', hint: null, text: `${what} ${after} signatures; until now ${before}.` });
    else if (after < before)
      changes.push({
        kind: 'kept',
        hint: null,
        text: `${what} ${before} signatures as before; the file says ${after}, and a trust file lowers no threshold.`,
      });
    return Math.max(before, after);
  };
  const thresholds = { ...mine.thresholds };
  for (const [registryId, wanted] of Object.entries(theirs.thresholds ?? {})) {
    const own = Object.hasOwn(thresholds, registryId) ? (thresholds[registryId] ?? 1) : 1;
    thresholds[registryId] = raise(`A snapshot of ${registryId} needs`, own, wanted);
  }
  return {
    threshold: raise('A snapshot needs', mine.threshold, theirs.threshold),
    ...(Object.keys(thresholds).length > 0 ? { thresholds } : {}),
  };
}
