import { raise } from '../../../src-shared/result.ts';
import { appendActivity } from '../ledger/activity.ts';
import { toInstant } from '../ports.ts';
import { loadTrustStore, saveTrustedKey } from '../store/trust-queries.ts';
import type { Handler } from './context.ts';

/**
 * "I asked the publisher today; nothing was revoked." From now on is what is not known. The keys stay what they are, so the trust
 * store counts as unchanged.
 */
export const trustConfirm: Handler<'trust.confirm'> = (context, { hints }) => {
  const workspace = context.workspace();
  const now = context.clock.now();
  const db = workspace.writer;
  return db.transaction(() => {
    const { keys } = loadTrustStore(db);
    const standing = keys.filter((key) => !key.revoked);
    const asked = hints === undefined ? standing : standing.filter((key) => hints.includes(key.hint));
    if (asked.length === 0 || asked.length < new Set(hints).size) {
      raise(
        'usage',
        'trust.unknown_key',
        hints === undefined
          ? 'There is no trusted key to confirm: none is trusted, or all are revoked.'
          : 'A key to confirm is not in the trust store, or it is revoked; nothing was changed.',
      );
    }
    const confirmedAt = toInstant(now);
    for (const key of asked) saveTrustedKey(db, { ...key, confirmedAt });
    appendActivity(
      workspace,
      {
        action: 'trust.confirmed',
        summary: `Confirmed with the publisher that nothing was revoked: ${asked.map((key) => `"${key.label}"`).join(', ')}`,
        details: { keyIds: asked.map((key) => key.hint), confirmedAt },
      },
      now,
    );
    return { confirmedAt, keys: asked.length };
  });
};
