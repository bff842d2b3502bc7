/** Counts for the dashboard. */
import { z } from 'zod';
import type { Kind } from '../../../src-shared/domain/dictionary.ts';
import { severitySchema } from '../../../src-shared/domain/finding.ts';
import { columnsOf } from './columns.ts';
import type { ReadableDb, SqlValue } from './database.ts';

const subjectRow = z.object({ kind: z.string(), id: z.string(), severity: severitySchema });

/** Subject and severity of every open finding. */
export function openFindingSubjects(db: ReadableDb): z.infer<typeof subjectRow>[] {
  return z
    .array(subjectRow)
    .parse(
      db
        .read<readonly SqlValue[], unknown>(
          "SELECT subject_kind AS kind, subject_id AS id, severity FROM finding WHERE state = 'open'",
        )
        .all(),
    );
}

/** Mandatory fields by how many records of these snapshots lack them, most first, and the number of such records. */
export function missingFieldCounts(db: ReadableDb, snapshots: readonly number[]) {
  const list = JSON.stringify(snapshots);
  const fields = z.array(z.object({ kind: z.string(), field: z.string(), missing: z.int() })).parse(
    db
      .read<readonly SqlValue[], unknown>(
        `SELECT q.kind AS kind, m.value AS field, count(*) AS missing FROM review_queue q, json_each(q.missing) m
           WHERE q.snapshot IN (SELECT value FROM json_each(?)) GROUP BY q.kind, m.value ORDER BY missing DESC, q.kind, m.value`,
      )
      .all(list),
  );
  const { n } = z
    .object({ n: z.int() })
    .parse(
      db
        .read<readonly SqlValue[], unknown>(
          'SELECT count(*) AS n FROM review_queue WHERE snapshot IN (SELECT value FROM json_each(?))',
        )
        .get(list),
    );
  return { fields, records: n };
}

/** Values of one facet field over several snapshots, most frequent first; records without a value count under ''. */
export function facetCounts(
  db: ReadableDb,
  snapshots: readonly number[],
  kind: Kind,
  field: string,
): { value: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const snapshot of snapshots) {
    const column = columnsOf(db, snapshot, kind).facets.get(field);
    for (const code of column?.codes ?? []) {
      for (const value of code === 0 ? [''] : (column?.labels[code - 1] ?? []))
        counts.set(value, (counts.get(value) ?? 0) + 1);
    }
  }
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || a.value.localeCompare(b.value, 'en'));
}
