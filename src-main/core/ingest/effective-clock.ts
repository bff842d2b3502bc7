/** The clock that staleness is judged by: this computer's, or the newest creation time of a stored snapshot where that is later. */
import type { ReadableDb } from '../store/database.ts';
import { chooseClock, isFuture } from '../trust/decide-freshness.ts';
import { registryLines } from './registry-line.ts';

export type EffectiveClock = ReturnType<typeof chooseClock>;

export function effectiveClock(db: ReadableDb, now: Date): EffectiveClock {
  const newest = newestCreatedAt(db);
  return chooseClock({ now, ...(newest === null ? {} : { newestCreatedAt: newest }) });
}

/**
 * Newest `createdAt` of the stored snapshots: the clock never counts as earlier than this (snapshot-format.md). One publisher must
 * not set it for all: what no longer counts, and what was ahead of this computer's clock when it came in, says nothing here.
 */
export function newestCreatedAt(db: ReadableDb): string | null {
  const instants = [...registryLines(db).values()].flatMap((line) =>
    line
      .filter(({ disowned, createdAt, importedAt }) => !disowned && !isFuture(createdAt, Date.parse(importedAt)))
      .map(({ createdAt }) => createdAt),
  );
  return instants.reduce<string | null>(
    (newest, at) => (newest === null || Date.parse(at) > Date.parse(newest) ? at : newest),
    null,
  );
}
