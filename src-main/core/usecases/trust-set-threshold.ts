import { raise } from '../../../src-shared/result.ts';
import { effectiveClock } from '../ingest/effective-clock.ts';
import { appendActivity } from '../ledger/activity.ts';
import { loadTrustStore, markTrustChanged, saveThreshold } from '../store/trust-queries.ts';
import { thresholdFor, usableKeys, usableKeysFor } from '../trust/trust-store.ts';
import type { Handler } from './context.ts';

/**
 * Sets how many trusted keys must have signed a snapshot, of every registry or of one; the higher of the two counts. More than
 * there are usable keys would refuse every snapshot.
 */
export const trustSetThreshold: Handler<'trust.setThreshold'> = (context, { threshold, registryId }) => {
  const workspace = context.workspace();
  const now = context.clock.now();
  const db = workspace.writer;
  return db.transaction(() => {
    const clock = new Date(effectiveClock(db, now).at);
    const trust = loadTrustStore(db);
    const usable = (registryId === undefined ? usableKeys(trust, clock) : usableKeysFor(trust, registryId, clock))
      .length;
    const before = registryId === undefined ? trust.threshold : thresholdFor(trust, registryId);
    const ofWhat = registryId === undefined ? 'a snapshot' : `a snapshot of ${registryId}`;
    if (threshold > usable) {
      raise(
        'refused',
        'trust.threshold_too_high',
        `A threshold of ${threshold} could never be met: ${usable} of ${trust.keys.length} trusted keys can sign ${registryId === undefined ? 'now' : `for ${registryId} now`} (neither revoked nor outside their validity). It stays at ${before}; trust another key first.`,
        { threshold, usable, keys: trust.keys.length },
      );
    }
    if (registryId !== undefined && threshold < trust.threshold) {
      raise(
        'refused',
        'trust.threshold_below_common',
        `Every registry needs ${trust.threshold} signatures, so ${threshold} for ${registryId} would change nothing; lower the common threshold first if that is meant.`,
        { threshold, common: trust.threshold },
      );
    }
    const own = registryId === undefined ? trust.threshold : trust.thresholds?.[registryId];
    if (threshold !== own) {
      saveThreshold(db, threshold, registryId);
      markTrustChanged(db, now);
      appendActivity(
        workspace,
        {
          action: 'trust.threshold_set',
          summary: `Set the number of signatures that ${ofWhat} needs from ${before} to ${threshold}`,
          details: { before, threshold, usable, ...(registryId === undefined ? {} : { registryId }) },
        },
        now,
      );
    }
    return { threshold, registryId: registryId ?? null, usableKeys: usable };
  });
};
