/**
 * What a signed trust file changes here. Pure, so that the preview and the import are the same computation.
 *
 * A file adds keys, tells what was revoked, and raises thresholds. It never takes a revocation back, loosens one, or lowers a
 * threshold: for these a person in this workspace has to act. Keys that only this workspace knows stay as they are.
 */
import type { TrustedKey, TrustStore } from '../../../src-shared/domain/trust.ts';
import { toInstant } from '../ports.ts';
import type { TrustDocument } from './trust-file.ts';
import { revocationKnownAt } from './trust-store.ts';

export interface TrustChange {
  /** `kept`: the file asks for it and it is not done. */
  readonly kind: 'added' | 'revoked' | 'scope' | 'validity' | 'threshold' | 'confirmed' | 'kept';
  /** Key id, or null where it is about a threshold. */
  readonly hint: string | null;
  /** One sentence. */
  readonly text: string;
}

export interface TrustMerge {
  readonly trust: TrustStore;
  readonly changes: readonly TrustChange[];
}

export function mergeTrust(
  mine: TrustStore,
  { trust: theirs, issuer, issuedAt }: TrustDocument,
  now: Date,
): TrustMerge {
  const changes: TrustChange[] = [];
  const merged = new Map(mine.keys.map((key) => [key.hint, key]));
  for (const key of theirs.keys) {
    // Nobody can know about a time that has not come yet, whatever a file says.
    const knownAt = earliest([revocationKnownAt(key), issuedAt, toInstant(now)]);
    const own = merged.get(key.hint);
    merged.set(key.hint, own ? mergeKey(own, key, knownAt, changes) : newKey(key, knownAt));
    if (!own) changes.push({ kind: 'added', hint: key.hint, text: addedText(key) });
  }
  const thresholds = mergeThresholds(mine, theirs, changes);
  return {
    trust: {
      ...mine,
      ...thresholds,
      keys: [...merged.values()].sort((a, b) => (a.hint < b.hint ? -1 : 1)),
      ...(changes.some(({ kind }) => kind !== 'confirmed' && kind !== 'kept') ? { changedAt: toInstant(now) } : {}),
    },
    changes,
  };

  function newKey(key: TrustedKey, knownAt: string): TrustedKey {
    return { ...key, addedAt: toInstant(now), addedBy: `${issuer.name} (trust file)`, confirmedAt: knownAt };
  }
}

const addedText = (key: TrustedKey): string =>
  `Trust the key "${key.label}" for ${scopeOf(key)}${key.revoked ? `, revoked after sequence ${key.revoked.maxSequence}` : ''}.`;

const scopeOf = ({ registryIds }: TrustedKey): string =>
  registryIds.includes('*') ? 'every registry' : registryIds.join(', ');

function mergeKey(own: TrustedKey, key: TrustedKey, knownAt: string, changes: TrustChange[]): TrustedKey {
  const note = (kind: TrustChange['kind'], text: string) => changes.push({ kind, hint: own.hint, text });
  const revoked = mergeRevocation(own, key, note);
  const retired = mergeRetired(own, key, note);
  if (scopeOf(own) !== scopeOf(key))
    note('scope', `"${own.label}" may speak for ${scopeOf(key)}; until now for ${scopeOf(own)}.`);
  if (own.validFor.start !== key.validFor.start || own.validFor.end !== key.validFor.end)
    note('validity', `"${own.label}" is valid ${validity(key)}; until now ${validity(own)}.`);
  const before = revocationKnownAt(own);
  const isNewer = Date.parse(knownAt) > Date.parse(before);
  if (isNewer) note('confirmed', `"${own.label}" is confirmed as of ${knownAt}; until now as of ${before}.`);
  return {
    ...own,
    validFor: key.validFor,
    registryIds: key.registryIds,
    ...(revoked ? { revoked } : {}),
    ...(retired.length > 0 ? { retired } : {}),
    ...(isNewer ? { confirmedAt: knownAt } : {}),
  };
}

type Note = (kind: TrustChange['kind'], text: string) => void;

function mergeRevocation(own: TrustedKey, key: TrustedKey, note: Note): TrustedKey['revoked'] {
  if (!key.revoked) {
    if (own.revoked) note('kept', `"${own.label}" stays revoked here: a trust file does not take a revocation back.`);
    return own.revoked;
  }
  if (own.revoked && own.revoked.maxSequence <= key.revoked.maxSequence) {
    if (own.revoked.maxSequence < key.revoked.maxSequence)
      note(
        'kept',
        `"${own.label}" stays revoked after sequence ${own.revoked.maxSequence}; the file says ${key.revoked.maxSequence}.`,
      );
    return own.revoked;
  }
  note('revoked', `Revoke "${own.label}" after sequence ${key.revoked.maxSequence}: ${key.revoked.reason}`);
  return key.revoked;
}

function mergeRetired(own: TrustedKey, key: TrustedKey, note: Note): NonNullable<TrustedKey['retired']> {
  const merged = new Map((own.retired ?? []).map((entry) => [entry.registryId, entry]));
  for (const entry of key.retired ?? []) {
    const known = merged.get(entry.registryId);
    if (known && known.maxSequence <= entry.maxSequence) continue;
    merged.set(entry.registryId, entry);
    note('revoked', `Retire "${own.label}" for ${entry.registryId} after sequence ${entry.maxSequence}.`);
  }
  return [...merged.values()];
}

const validity = ({ validFor: { start, end } }: TrustedKey): string =>
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

const earliest = (instants: readonly string[]): string =>
  instants.reduce((first, at) => (Date.parse(at) < Date.parse(first) ? at : first));
