/** Records that snapshots of different registries hold differently under one id: only the later is read, and that is said. */
import type { Kind } from '../../../src-shared/domain/dictionary.ts';
import type { RecordConflict, RecordSet } from '../record-set.ts';

/** Kinds that decide what is observed, and what is claimed. */
export const observedKinds = ['deployment', 'model_version'] as const satisfies readonly Kind[];
export const claimedKinds = ['model', 'model_version', 'deployment'] as const satisfies readonly Kind[];

/** Most ids that one sentence names. */
const namedIds = 10;

export const conflictsOf = (set: RecordSet, kinds: readonly Kind[]): readonly RecordConflict[] =>
  kinds.flatMap((kind) => set.conflicts(kind));

/** One sentence per kind, with the ids. */
export function conflictSentences(set: RecordSet, kinds: readonly Kind[]): string[] {
  return kinds.flatMap((kind) => {
    const conflicts = set.conflicts(kind);
    if (conflicts.length === 0) return [];
    const snapshots = [...new Set(conflicts.flatMap((conflict) => conflict.snapshots))].sort((a, b) => a - b);
    const more = conflicts.length - namedIds;
    const ids = conflicts.slice(0, namedIds).map(({ id }) => id);
    return [
      `Different registries (snapshots ${snapshots.join(', ')}) hold different ${kind} records under the same id, of which only the later is read: ${ids.join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
    ];
  });
}
