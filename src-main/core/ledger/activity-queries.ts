/** Pages of the activity log, newest first. */

import { z } from 'zod';
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import type { ReadableDb } from '../store/database.ts';
import { desc, lt } from '../store/drizzle.ts';
import { activity } from '../store/schema.ts';

const entrySchema = z.object({ details: z.record(z.string(), z.unknown()) });

/** A damaged entry still has its line: `verifyActivity` says what is wrong with it, a list must not hide the others. */
function detailsOf(entry: string): Readonly<Record<string, unknown>> {
  try {
    return entrySchema.parse(JSON.parse(entry)).details;
  } catch {
    return {};
  }
}

/** Entries before a sequence number (null: the newest), at most `limit`. */
export function activityPage(db: ReadableDb, before: number | null, limit: number): OutputOf<'activity.list'> {
  const rows = db.orm
    .select()
    .from(activity)
    .where(before === null ? undefined : lt(activity.seq, before))
    .orderBy(desc(activity.seq))
    .limit(limit)
    .all();
  const last = rows.at(-1);
  return {
    entries: rows.map((row) => ({
      seq: row.seq,
      at: row.at,
      actor: row.actor,
      action: row.action,
      summary: row.summary,
      details: { ...detailsOf(row.entry) },
      hash: row.hash.toString('hex'),
    })),
    total: db.readRaw<[], [number]>('SELECT count(*) FROM activity').get()?.[0] ?? 0,
    next: last && rows.length === limit && last.seq > 1 ? last.seq : null,
  };
}
