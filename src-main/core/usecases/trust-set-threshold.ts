import { raise } from '../../../src-shared/result.ts';
import { appendActivity } from '../ledger/activity.ts';
import { loadTrustStore, saveThreshold } from '../store/trust-queries.ts';
import { usableKeys } from '../trust/trust-store.ts';
import type { Handler } from './context.ts';

/** Sets how many trusted keys must have signed a snapshot. More than there are usable keys would refuse every snapshot. */
export const trustSetThreshold: Handler<'trust.setThreshold'> = (context, { threshold }) => {
  const workspace = context.workspace();
  const now = context.clock.now();
  const db = workspace.writer;
  return db.transaction(() => {
    const trust = loadTrustStore(db);
    const usable = usableKeys(trust, now).length;
    if (threshold > usable) {
      raise(
        'refused',
        'trust.threshold_too_high',
        `A threshold of ${threshold} could never be met: ${usable} of ${trust.keys.length} trusted keys can sign now (neither revoked nor outside their validity). It stays at ${trust.threshold}; trust another key first.`,
        { threshold, usable, keys: trust.keys.length },
      );
    }
    if (threshold !== trust.threshold) {
      saveThreshold(db, threshold);
      appendActivity(
        workspace,
        {
          action: 'trust.threshold_set',
          summary: `Set the number of signatures that a snapshot needs from ${trust.threshold} to ${threshold}`,
          details: { before: trust.threshold, threshold, usable },
        },
        now,
      );
    }
    return { threshold, usableKeys: usable };
  });
};
