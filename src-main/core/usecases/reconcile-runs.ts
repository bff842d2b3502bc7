import { listReconcileRuns } from '../store/reconcile-queries.ts';
import type { Handler } from './context.ts';

/** Every reconciliation of this workspace, newest first. */
export const reconcileRuns: Handler<'reconcile.runs'> = (context) => ({
  runs: listReconcileRuns(context.workspace().reader),
});
