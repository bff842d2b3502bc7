import { raise } from '../../../src-shared/result.ts';
import { appendActivity } from '../ledger/activity.ts';
import { toInstant } from '../ports.ts';
import { findTrustedKey, markTrustChanged, saveTrustedKey } from '../store/trust-queries.ts';
import type { Handler } from './context.ts';

/** Revokes a key by the last sequence that stays good: claimed times are the attacker's to choose (snapshot-format.md). */
export const trustRevoke: Handler<'trust.revoke'> = (context, input) => {
  const workspace = context.workspace();
  const now = context.clock.now();
  const db = workspace.writer;
  return db.transaction(() => {
    const known =
      findTrustedKey(db, input.hint) ?? raise('usage', 'trust.unknown_key', 'There is no such key in the trust store.');
    if (known.revoked && known.revoked.maxSequence < input.maxSequence) {
      raise(
        'refused',
        'trust.revocation_widened',
        `This key is already revoked after sequence ${known.revoked.maxSequence}; a revocation can be tightened, never loosened.`,
      );
    }
    const key = { ...known, revoked: { at: toInstant(now), maxSequence: input.maxSequence, reason: input.reason } };
    saveTrustedKey(db, key);
    markTrustChanged(db, now);
    appendActivity(
      workspace,
      {
        action: 'trust.key_revoked',
        summary: `Revoked the publisher key "${key.label}" after sequence ${input.maxSequence}`,
        details: { keyId: key.hint, maxSequence: input.maxSequence, reason: input.reason },
      },
      now,
    );
    return key;
  });
};
