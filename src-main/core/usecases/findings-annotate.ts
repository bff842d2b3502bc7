import { sha256Hex } from '../canonical-json.ts';
import { appendActivity } from '../ledger/activity.ts';
import { toInstant } from '../ports.ts';
import { appendEntry, findingDetail } from '../store/finding-queries.ts';
import type { Handler } from './context.ts';

/** Adds a note to a finding's thread. Notes are appended, never edited. */
export const findingsAnnotate: Handler<'findings.annotate'> = (context, input) => {
  const workspace = context.workspace();
  const db = workspace.writer;
  const now = context.clock.now();
  const finding = findingDetail(db, input.id);
  db.transaction(() => {
    appendEntry(db, input.id, {
      at: toInstant(now),
      by: workspace.user.name,
      type: 'note',
      text: input.text,
      state: null,
    });
    appendActivity(
      workspace,
      {
        action: 'finding.noted',
        summary: `Noted on ${finding.ruleId} ${finding.subject.kind}/${finding.subject.id}`,
        details: { finding: input.id, textSha256: sha256Hex(input.text) },
      },
      now,
    );
  });
  return findingDetail(db, input.id);
};
