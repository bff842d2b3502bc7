/** What a trust file says of a known key's end: it may accept less than this workspace does, never more. */
import { lastAccepted, type TrustedKey } from '../../../src-shared/domain/trust.ts';
import { acceptedText } from './trust-store.ts';

type Note = (kind: 'revoked' | 'kept', text: string) => void;
type Revocation = NonNullable<TrustedKey['revoked']>;

export function mergeRevocation(own: TrustedKey, key: TrustedKey, note: Note): TrustedKey['revoked'] {
  const [mine, theirs] = [own.revoked, key.revoked];
  if (!theirs) {
    if (mine) note('kept', `"${own.label}" stays revoked here: a trust file does not take a revocation back.`);
    return mine;
  }
  if (!mine) {
    note('revoked', `Revoke "${own.label}" (${theirs.reason}); accepted: ${reach(theirs)}.`);
    return theirs;
  }
  const tighter: Revocation = { ...theirs, accepted: lessOf(mine, theirs) };
  if (reach(tighter) !== reach(mine)) {
    note('revoked', `Revoke "${own.label}" (${theirs.reason}); accepted: ${reach(tighter)}, until now ${reach(mine)}.`);
    return tighter;
  }
  if (reach(theirs) !== reach(mine))
    note('kept', `"${own.label}" stays revoked, accepted: ${reach(mine)}; the file would accept ${reach(theirs)}.`);
  return mine;
}

/** A registry that one of them does not name accepts nothing, so only those remain that both name. */
const lessOf = (mine: Revocation, theirs: Revocation): Revocation['accepted'] =>
  mine.accepted.flatMap(({ registryId, maxSequence }) => {
    const other = lastAccepted(theirs, registryId);
    return other === null ? [] : [{ registryId, maxSequence: Math.min(maxSequence, other) }];
  });

const reach = ({ accepted }: Revocation): string =>
  accepted
    .map(({ registryId, maxSequence }) => `${registryId} ${acceptedText(maxSequence)}`)
    .sort()
    .join(', ') || 'nothing';

export function mergeRetired(own: TrustedKey, key: TrustedKey, note: Note): NonNullable<TrustedKey['retired']> {
  const merged = new Map((own.retired ?? []).map((entry) => [entry.registryId, entry]));
  for (const entry of key.retired ?? []) {
    const known = merged.get(entry.registryId);
    if (known && (known.maxSequence ?? -1) <= (entry.maxSequence ?? -1)) continue;
    merged.set(entry.registryId, entry);
    note('revoked', `Retire "${own.label}" for ${entry.registryId}; accepted: ${acceptedText(entry.maxSequence)}.`);
  }
  return [...merged.values()];
}
