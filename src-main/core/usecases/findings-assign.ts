import { raise } from '../../../src-shared/result.ts';
import { appendActivity } from '../ledger/activity.ts';
import { toInstant } from '../ports.ts';
import { appendEntry, setFindingAssignee } from '../store/finding-queries.ts';
import type { Handler } from './context.ts';

/** Gives findings to a person, with a due date when there is one. */
export const findingsAssign: Handler<'findings.assign'> = (context, input) => {
  const workspace = context.workspace();
  const db = workspace.writer;
  const now = context.clock.now();
  const ids = [...new Set(input.ids)];
  db.transaction(() => {
    for (const id of ids) {
      if (!setFindingAssignee(db, id, input.assignee, input.dueAt ?? null)) {
        raise('usage', 'finding.unknown', `There is no finding ${id}; nothing was assigned.`);
      }
      const due = input.dueAt ? `, due ${input.dueAt}` : '';
      appendEntry(db, id, {
        at: toInstant(now),
        by: workspace.user.name,
        type: 'assignment',
        text: `Assigned to ${input.assignee}${due}`,
        state: null,
      });
    }
    appendActivity(
      workspace,
      {
        action: 'finding.assigned',
        summary: `Assigned ${ids.length} finding(s) to ${input.assignee}`,
        details: { count: ids.length },
      },
      now,
    );
  });
  return { changed: ids.length };
};
