/** Records that lack what their source could have said (mission I3). */
import { z } from 'zod';
import type { OutputOf, ParsedInputOf } from '../../../src-shared/contract/contract.ts';
import { kindSchema } from '../../../src-shared/domain/dictionary.ts';
import { raise } from '../../../src-shared/result.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import type { ReadableDb, SqlValue } from './database.ts';
import { defaultSnapshots } from './record-set.ts';
import { findSnapshot } from './snapshot-queries.ts';

const keySchema = z.tuple([z.int(), z.string(), z.string()]);
const missingSchema = z.array(z.string());

function keyOf(cursor: string): z.infer<typeof keySchema> {
  const parsed = keySchema.safeParse(decodeCursor(cursor));
  return parsed.success
    ? parsed.data
    : raise('usage', 'cursor.invalid', 'That page cursor belongs to another list; start from the first page.');
}

/** A page of the queue over the named snapshot, or the newest of every registry and discovery. */
export function reviewQueuePage(
  db: ReadableDb,
  input: ParsedInputOf<'inventory.reviewQueue'>,
): OutputOf<'inventory.reviewQueue'> {
  const { registry, discovery } = defaultSnapshots(db);
  const snapshots = input.snapshot === undefined ? [...registry, ...discovery] : [input.snapshot];
  const checked = snapshots
    .map((snapshot) => findSnapshot(db, snapshot))
    .reduce((sum, stored) => sum + (input.kind === undefined ? stored.records : (stored.counts[input.kind] ?? 0)), 0);
  const scope = `snapshot IN (SELECT value FROM json_each(?))${input.kind === undefined ? '' : ' AND kind = ?'}`;
  const scopeValues: SqlValue[] = [JSON.stringify(snapshots), ...(input.kind === undefined ? [] : [input.kind])];
  const after = input.cursor === undefined ? null : keyOf(input.cursor);
  const rows = db
    .readRaw<readonly SqlValue[], [number, string, string, string, string]>(
      `SELECT snapshot, kind, id, name, missing FROM review_queue WHERE ${scope}
       ${after ? 'AND (snapshot, kind, id) > (?, ?, ?)' : ''} ORDER BY snapshot, kind, id LIMIT ?`,
    )
    .all(...scopeValues, ...(after ?? []), input.limit + 1);
  const shown = rows.slice(0, input.limit);
  const last = shown.at(-1);
  return {
    total:
      db
        .readRaw<readonly SqlValue[], [number]>(`SELECT count(*) FROM review_queue WHERE ${scope}`)
        .get(...scopeValues)?.[0] ?? 0,
    checked,
    rows: shown.map(([snapshot, kind, id, name, missing]) => ({
      kind: kindSchema.parse(kind),
      id,
      name,
      snapshot,
      missing: missingSchema.parse(JSON.parse(missing)),
    })),
    next: rows.length > input.limit && last ? encodeCursor([last[0], last[1], last[2]]) : null,
  };
}
