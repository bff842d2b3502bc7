/** What rests on stored snapshots: which runs and reports would have to be done again if one of them were no longer trusted. */
import { z } from 'zod';
import type { ReadableDb } from './database.ts';

export interface RestsOnSnapshot {
  /** Numbers of reconciliation runs and policy evaluations. */
  readonly reconcileRuns: readonly number[];
  readonly checkRuns: readonly number[];
  readonly reports: readonly { readonly id: number; readonly title: string; readonly signed: boolean }[];
}

const numbers = (rows: readonly [number][]): number[] => rows.map(([number]) => number);

const reportRow = z
  .object({ id: z.int(), title: z.string(), signed: z.int() })
  .transform(({ signed, ...row }) => ({ ...row, signed: signed === 1 }));

export function restsOnSnapshot(db: ReadableDb, snapshot: number): RestsOnSnapshot {
  return {
    reconcileRuns: numbers(
      db
        .readRaw<[number], [number]>(
          `SELECT run FROM reconcile_run WHERE ? IN (
             SELECT value FROM json_each(registry) UNION SELECT value FROM json_each(discovery)
             UNION SELECT value FROM json_each(baseline)) ORDER BY run`,
        )
        .all(snapshot),
    ),
    checkRuns: numbers(
      db
        .readRaw<[number], [number]>(
          'SELECT run FROM check_run WHERE ? IN (SELECT value FROM json_each(snapshots)) ORDER BY run',
        )
        .all(snapshot),
    ),
    reports: z.array(reportRow).parse(
      db
        .read<[number], unknown>(
          `SELECT report_id AS id, title, signed_at IS NOT NULL AS signed FROM report WHERE ? IN (
             SELECT value ->> '$.snapshot' FROM json_each(model, '$.snapshots')) ORDER BY report_id`,
        )
        .all(snapshot),
    ),
  };
}
