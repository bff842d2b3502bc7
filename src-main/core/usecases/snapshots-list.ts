import { effectiveClock } from '../ingest/effective-clock.ts';
import { allSnapshots, summaryOf } from '../store/snapshot-queries.ts';
import type { Handler } from './context.ts';

export const snapshotsList: Handler<'snapshots.list'> = (context) => {
  const { reader } = context.workspace();
  const clock = new Date(effectiveClock(reader, context.clock.now()).at);
  return { snapshots: allSnapshots(reader).map((stored) => summaryOf(stored, clock)) };
};
