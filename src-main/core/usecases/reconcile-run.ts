/** Reconciles claim, observation and previous claim, and keeps the run with every row. */

import { raise } from '../../../src-shared/result.ts';
import { appendActivity } from '../ledger/activity.ts';
import { toInstant } from '../ports.ts';
import { reconcileReads } from '../reconcile/reads.ts';
import { reconcile } from '../reconcile/reconcile.ts';
import type { ReadableDb } from '../store/database.ts';
import { recordKeeper } from '../store/keeper.ts';
import { insertReconcileRun, type ReconcileRun } from '../store/reconcile-queries.ts';
import { defaultSnapshots, loadRecordSet } from '../store/record-set.ts';
import { findSnapshot } from '../store/snapshot-queries.ts';
import { newestTakenAt } from './as-of.ts';
import type { Handler } from './context.ts';

export const reconcileRun: Handler<'reconcile.run'> = async (context, input, job) => {
  const workspace = context.workspace();
  const db = workspace.writer;
  const defaults = defaultSnapshots(db);
  const sides = {
    registry: input.registry ?? defaults.registry,
    discovery: input.discovery ?? defaults.discovery,
    baseline: input.baseline ?? defaults.baseline,
  };
  if (sides.registry.length === 0 && sides.discovery.length === 0) {
    raise(
      'usage',
      'reconcile.nothing',
      'Nothing is imported yet: import a registry snapshot and a discovery snapshot first.',
    );
  }
  requireRoles(db, sides);
  const options = { keep: recordKeeper(reconcileReads), tick: () => job.throwIfCancelled() };
  const registry = loadRecordSet(db, sides.registry, options);
  const discovery = loadRecordSet(db, sides.discovery, options);
  const baseline = sides.baseline.length > 0 ? loadRecordSet(db, sides.baseline, options) : null;
  const asOf = newestTakenAt([...registry.snapshots, ...discovery.snapshots]);
  const leftOut = (input.discovery ? [] : defaults.leftOut).map((snapshot) => {
    const { registryName, registryId, takenAt } = findSnapshot(db, snapshot);
    return `Discovery snapshot ${snapshot} of ${registryName || registryId} was left out: it was taken at ${takenAt}, more than 7 days before the newest`;
  });
  const { totals, rows, conclusion } = await reconcile({
    registry,
    discovery,
    baseline,
    asOf,
    job,
    parameters: { leftOut },
  });
  job.throwIfCancelled();
  const run: Omit<ReconcileRun, 'run'> = {
    startedAt: toInstant(context.clock.now()),
    startedBy: workspace.user.name,
    asOf,
    ...sides,
    totals,
    conclusion: { state: conclusion.state, reasons: [...conclusion.reasons] },
  };
  const number = db.transaction(() => {
    const inserted = insertReconcileRun(db, run, rows, (position) => {
      if (position % 500 !== 0) return;
      job.throwIfCancelled();
      job.report({ phase: 'store', done: position, total: rows.length, unit: 'records' });
    });
    appendActivity(
      workspace,
      {
        action: 'reconcile.run',
        summary: `Reconciled ${totals.claimsTotal} claims with ${totals.observations} observations: ${conclusion.state.replaceAll('_', ' ')}`,
        details: {
          run: inserted,
          observations: totals.observations,
          claims: totals.claimsTotal,
          conclusion: conclusion.state,
        },
      },
      context.clock.now(),
    );
    return inserted;
  });
  job.report({ phase: 'stored', done: rows.length, total: rows.length, unit: 'records' });
  return { run: number, ...run };
};

/** A registry is never compared with itself: each snapshot stands on one side, the side it was signed for. */
function requireRoles(
  db: ReadableDb,
  sides: Readonly<Record<'registry' | 'discovery' | 'baseline', readonly number[]>>,
): void {
  for (const [side, role] of [
    ['registry', 'registry'],
    ['discovery', 'discovery'],
    ['baseline', 'registry'],
  ] as const) {
    for (const snapshot of sides[side]) {
      const stored = findSnapshot(db, snapshot);
      if (stored.role !== role) {
        raise(
          'usage',
          'reconcile.wrong_role',
          `Snapshot ${snapshot} is a ${stored.role} snapshot and cannot stand as ${side}; nothing was reconciled.`,
          { snapshot, side },
        );
      }
    }
  }
  const all = [...sides.registry, ...sides.discovery, ...sides.baseline];
  const twice = all.find((snapshot, index) => all.indexOf(snapshot) !== index);
  if (twice !== undefined) {
    raise(
      'usage',
      'reconcile.named_twice',
      `Snapshot ${twice} is named twice; a snapshot cannot be compared with itself.`,
      { snapshot: twice },
    );
  }
}
