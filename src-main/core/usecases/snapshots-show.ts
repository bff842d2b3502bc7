import { effectiveClock } from '../ingest/effective-clock.ts';
import { judgeFreshnessToday, judgeSignersToday } from '../report/snapshot-trust.ts';
import { findSnapshot, storedVerification, summaryOf } from '../store/snapshot-queries.ts';
import { loadTrustStore } from '../store/trust-queries.ts';
import type { Handler } from './context.ts';

export const snapshotsShow: Handler<'snapshots.show'> = (context, input) => {
  const { reader } = context.workspace();
  const stored = findSnapshot(reader, input.snapshot);
  const verification = storedVerification(reader, input.snapshot);
  const trust = loadTrustStore(reader);
  const clock = effectiveClock(reader, context.clock.now());
  const signer = judgeSignersToday(verification.signer, stored, trust);
  return {
    summary: summaryOf(stored, new Date(clock.at)),
    predicate: stored.statement.predicate,
    verification,
    today: { signer, freshness: judgeFreshnessToday(verification.freshness, signer, trust, clock) },
  };
};
