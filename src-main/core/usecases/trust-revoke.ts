import { raise } from '../../../src-shared/result.ts';
import { effectiveClock } from '../ingest/effective-clock.ts';
import { refreshAllRegistries } from '../ingest/record-continuity.ts';
import { appendActivity } from '../ledger/activity.ts';
import { toInstant } from '../ports.ts';
import { newestSignedBy, snapshotsSignedBy } from '../report/trust-impact.ts';
import { loadTrustStore, markTrustChanged, saveTrustedKey } from '../store/trust-queries.ts';
import { type LastAccepted, loosenedBy, planRevocation, revokedBy } from '../trust/revocation.ts';
import { acceptedText } from '../trust/trust-store.ts';
import type { Handler } from './context.ts';

/**
 * Revokes a key by the last sequence of each registry that stays good: claimed times are the attacker's to choose, and numbers of
 * one registry say nothing about another (snapshot-format.md).
 */
export const trustRevoke: Handler<'trust.revoke'> = (context, { hint, accepted, reason }) => {
  const workspace = context.workspace();
  const now = context.clock.now();
  const db = workspace.writer;
  return db.transaction(() => {
    const trust = loadTrustStore(db);
    const known =
      trust.keys.find((key) => key.hint === hint) ??
      raise('usage', 'trust.unknown_key', 'There is no such key in the trust store.');
    const plan = planRevocation(known, newestSignedBy(snapshotsSignedBy(db, hint), hint, trust), accepted);
    const looser = loosenedBy(known, plan);
    if (looser) {
      raise(
        'refused',
        'trust.revocation_widened',
        `This key is already revoked, and for ${looser.registryId} less is accepted than ${acceptedText(looser.maxSequence)}; a revocation can be tightened, never loosened.`,
        { registryId: looser.registryId },
      );
    }
    const key = revokedBy(known, plan, toInstant(now), reason);
    saveTrustedKey(db, key);
    markTrustChanged(db, now);
    refreshAllRegistries(db, effectiveClock(db, now).at, toInstant(now));
    appendActivity(
      workspace,
      {
        action: 'trust.key_revoked',
        summary: `Revoked the publisher key "${key.label}": ${describePlan(plan)}`,
        details: { keyId: key.hint, accepted: plan.map((entry) => ({ ...entry })), reason },
      },
      now,
    );
    return key;
  });
};

const describePlan = (plan: readonly LastAccepted[]): string =>
  plan.length === 0
    ? 'nothing it signed is accepted'
    : plan.map(({ registryId, maxSequence }) => `${registryId} ${acceptedText(maxSequence)}`).join(', ');
