/** The clock that staleness is judged by: this computer's, or the newest creation time of a stored snapshot where that is later. */
import type { ReadableDb } from '../store/database.ts';
import { newestCreatedAt } from '../store/snapshot-queries.ts';
import { chooseClock } from '../trust/decide-freshness.ts';

export type EffectiveClock = ReturnType<typeof chooseClock>;

export function effectiveClock(db: ReadableDb, now: Date): EffectiveClock {
  const newest = newestCreatedAt(db);
  return chooseClock({ now, ...(newest === null ? {} : { newestCreatedAt: newest }) });
}
