import { findSnapshot, storedVerification, summaryOf } from '../store/snapshot-queries.ts';
import type { Handler } from './context.ts';

export const snapshotsShow: Handler<'snapshots.show'> = (context, input) => {
  const { reader } = context.workspace();
  const stored = findSnapshot(reader, input.snapshot);
  return {
    summary: summaryOf(stored, context.clock.now()),
    predicate: stored.statement.predicate,
    verification: storedVerification(reader, input.snapshot),
  };
};
