import { allSnapshots, summaryOf } from '../store/snapshot-queries.ts';
import type { Handler } from './context.ts';

export const snapshotsList: Handler<'snapshots.list'> = (context) => {
  const now = context.clock.now();
  return { snapshots: allSnapshots(context.workspace().reader).map((stored) => summaryOf(stored, now)) };
};
