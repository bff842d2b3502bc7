import { raise } from '../../../src-shared/result.ts';
import { findReconcileRun, verdictRowPage } from '../store/reconcile-queries.ts';
import type { Handler } from './context.ts';

/** One page of verdict rows of a run; the newest run when none is named. */
export const reconcileRows: Handler<'reconcile.rows'> = (context, input) => {
  const db = context.workspace().reader;
  const run = findReconcileRun(db, input.run);
  if (!run) return raise('usage', 'reconcile.none', 'Nothing has been reconciled yet.');
  return { run: run.run, ...verdictRowPage(db, run.run, input) };
};
