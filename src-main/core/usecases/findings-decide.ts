import { findingStateLabels } from '../../../src-shared/domain/finding.ts';
import { raise } from '../../../src-shared/result.ts';
import { sha256Hex } from '../canonical-json.ts';
import { appendActivity } from '../ledger/activity.ts';
import { toInstant } from '../ports.ts';
import { appendEntry, setFindingState } from '../store/finding-queries.ts';
import type { Handler } from './context.ts';

/** Records a decision on one or many findings, all or none; a decision is reversed only by another one. */
export const findingsDecide: Handler<'findings.decide'> = (context, input) => {
  const workspace = context.workspace();
  const db = workspace.writer;
  const now = context.clock.now();
  const ids = [...new Set(input.ids)];
  const expiry = input.expiresAt ? ` until ${input.expiresAt}` : '';
  db.transaction(() => {
    for (const id of ids) {
      if (!setFindingState(db, id, input.state, input.expiresAt ?? null)) {
        raise('usage', 'finding.unknown', `There is no finding ${id}; nothing was decided.`);
      }
      appendEntry(db, id, {
        at: toInstant(now),
        by: workspace.user.name,
        type: 'decision',
        text: `${input.reason}${expiry}`.trim(),
        state: input.state,
      });
    }
    appendActivity(
      workspace,
      {
        action: 'finding.decided',
        summary: `${findingStateLabels[input.state]}${expiry}: ${ids.length} finding(s)`,
        details: {
          findings: ids.slice(0, 1000).map(String),
          count: ids.length,
          state: input.state,
          expiresAt: input.expiresAt ?? null,
          reasonSha256: sha256Hex(input.reason),
        },
      },
      now,
    );
  });
  return { changed: ids.length };
};
