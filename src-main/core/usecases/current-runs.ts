/**
 * The newest reconciliation and evaluation, but only while they speak about the newest snapshots.
 *
 * A run over other snapshots is history: showing it as today's answer, or signing it, would say something about evidence it
 * never saw.
 */
import { type CheckRun, latestCheckRun } from '../store/check-queries.ts';
import type { ReadableDb } from '../store/database.ts';
import { findReconcileRun, type ReconcileRun } from '../store/reconcile-queries.ts';
import { defaultSnapshots } from '../store/record-set.ts';

const same = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && [...a].sort().join() === [...b].sort().join();

export function currentReconcileRun(db: ReadableDb): ReconcileRun | null {
  const run = findReconcileRun(db);
  if (!run) return null;
  const sides = defaultSnapshots(db);
  const current =
    same(run.registry, sides.registry) && same(run.discovery, sides.discovery) && same(run.baseline, sides.baseline);
  return current ? run : null;
}

/** Current also means: it read the verdicts of the current reconciliation, where there is one. */
export function currentCheckRun(db: ReadableDb): CheckRun | null {
  const run = latestCheckRun(db);
  if (!run) return null;
  const sides = defaultSnapshots(db);
  const current =
    same(run.snapshots, [...sides.registry, ...sides.discovery]) &&
    run.reconcileRun === (currentReconcileRun(db)?.run ?? null);
  return current ? run : null;
}

/** What was run, but over other snapshots or verdicts than the newest: one sentence each. */
export function staleRuns(db: ReadableDb): string[] {
  const stale: string[] = [];
  if (findReconcileRun(db) && !currentReconcileRun(db))
    stale.push('The newest reconciliation compares other snapshots than the newest imported; reconcile again.');
  if (latestCheckRun(db) && !currentCheckRun(db))
    stale.push('The rules were evaluated on other snapshots or verdicts than the newest; evaluate them again.');
  return stale;
}
