/** Ids under which stored snapshots of different registries hold different bodies. */
import type { Kind } from '../../../src-shared/domain/dictionary.ts';
import { conflictsIn, type RecordConflict, type SnapshotMeta } from '../record-set.ts';
import type { ReadableDb } from './database.ts';

/** Asks the store only where at least two registries hold the kind; equal bodies are stored once, so their number decides. */
export function recordConflicts(db: ReadableDb, metas: readonly SnapshotMeta[], kind: Kind): readonly RecordConflict[] {
  const holding = metas.filter((meta) => (meta.counts[kind] ?? 0) > 0);
  if (new Set(holding.map((meta) => meta.registryId)).size < 2) return [];
  const numbers = holding.map((meta) => meta.snapshot);
  const marks = numbers.map(() => '?').join(', ');
  const rows = db
    .readRaw<readonly (string | number)[], [string, number, number]>(
      `SELECT id, body, snapshot FROM snapshot_record WHERE snapshot IN (${marks}) AND kind = ? AND id IN
         (SELECT id FROM snapshot_record WHERE snapshot IN (${marks}) AND kind = ? GROUP BY id HAVING count(DISTINCT body) > 1)
       ORDER BY id, snapshot`,
    )
    .all(...numbers, kind, ...numbers, kind);
  return conflictsIn(
    holding,
    rows.map(([id, body, snapshot]) => ({ id, content: body, snapshot })),
  );
}
