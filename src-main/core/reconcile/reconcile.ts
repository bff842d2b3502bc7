/**
 * Three-way reconciliation (M5.5): what the registry claims, what discovery observed, what the registry claimed before.
 *
 * Pure and reproducible: the same record sets give the same rows in the same order with the same ids. Nothing is lost: every
 * observation is matched, unregistered, a duplicate or undetermined; every claim is matched, orphaned, undetermined or not
 * live (`control`). An absence counts only where a complete scan looked.
 */
import {
  type MatchKey,
  matchKeys,
  type ReconcileTotals,
  type Verdict,
  type VerdictRow,
  verdicts,
} from '../../../src-shared/domain/verdict.ts';
import type { JobContext } from '../ports.ts';
import type { RecordSet } from '../record-set.ts';
import { duplicatesInRegistry, mutatedSinceBaseline, vanishedSinceBaseline } from './baseline.ts';
import type { Sides } from './compare.ts';
import { type Conclusion, conclude, type ReconcileParameters } from './conclusion.ts';
import { coverageTotals, registryGaps, scopeOf } from './coverage.ts';
import { matchAll } from './match.ts';
import { claimsOf, observationsOf } from './parties.ts';
import { absentRow, pairRow, strayRow } from './rows.ts';
import { statementsOf } from './values.ts';

export type { Conclusion, ReconcileParameters } from './conclusion.ts';

export interface ReconcileInput {
  readonly registry: RecordSet;
  readonly discovery: RecordSet;
  readonly baseline: RecordSet | null;
  /** Newest `taken_at` of the run; the evaluation reads no clock. */
  readonly asOf: string;
  readonly job: JobContext;
  readonly parameters?: ReconcileParameters;
}

/** Where every claim and observation went; each line sums to its total. */
export interface ControlTotals {
  readonly claims: {
    readonly total: number;
    readonly matched: number;
    readonly orphaned: number;
    readonly cannotDetermine: number;
    /** Claims of no live stage for which nothing was found: no statement is due. */
    readonly notLive: number;
  };
  readonly observations: {
    readonly total: number;
    readonly matched: number;
    readonly unregistered: number;
    readonly duplicate: number;
    readonly cannotDetermine: number;
  };
}

export interface ReconcileResult {
  readonly totals: ReconcileTotals;
  readonly rows: readonly VerdictRow[];
  readonly conclusion: Conclusion;
  readonly control: ControlTotals;
  /** matched / (matched + A-only + B-only), regulation reference 4.5; null without anything to match. */
  readonly matchRate: number | null;
}

const severities: Readonly<Record<VerdictRow['severity'], number>> = {
  critical: 0,
  high: 1,
  medium: 2,
  low: 3,
  info: 4,
};

/** Rows between two looks at the cancel flag and the event loop. */
const breath = 2048;

export async function reconcile(input: ReconcileInput): Promise<ReconcileResult> {
  const { registry, discovery, baseline, job } = input;
  const sides: Sides = { registry, discovery, baseline, statements: statementsOf(registry, discovery, baseline) };
  const tick = () => job.throwIfCancelled();

  const count = registry.count('deployment') + registry.count('model_version') + discovery.count('deployment');
  job.report({ phase: 'read', done: 0, total: count, unit: 'records' });
  const claims = claimsOf(registry, tick);
  const observations = observationsOf(discovery, tick);
  const total = claims.length + observations.length;
  job.report({ phase: 'match', done: 0, total, unit: 'records' });
  tick();
  const matching = matchAll(claims, observations, tick);
  const scope = scopeOf(discovery, observations);
  const gaps = registryGaps(registry);

  const rows: VerdictRow[] = [];
  let done = 0;
  const add = async (row: VerdictRow) => {
    rows.push(row);
    done += 1;
    if (done % breath !== 0) return;
    tick();
    job.report({ phase: 'compare', done, total, unit: 'records' });
    await new Promise<void>((resolve) => setImmediate(resolve));
  };
  for (const pair of matching.pairs) await add(pairRow(sides, pair));
  const absent = matching.unmatchedClaims.filter((claim) => claim.live).map((claim) => absentRow(sides, scope, claim));
  for (const row of absent) await add(row);
  const stray = matching.leftovers.map((leftover) => strayRow(sides, leftover, gaps));
  for (const row of stray) await add(row);
  for (const find of [mutatedSinceBaseline, vanishedSinceBaseline, duplicatesInRegistry]) {
    job.report({ phase: 'baseline', done, total: Math.max(total, done), unit: 'records' });
    for (const row of find(sides, tick)) await add(row);
  }
  rows.sort(
    (a, b) =>
      severities[a.severity] - severities[b.severity] ||
      verdicts.indexOf(a.verdict) - verdicts.indexOf(b.verdict) ||
      compareText(a.title, b.title) ||
      compareText(a.rowId, b.rowId),
  );

  const byVerdict = Object.fromEntries(verdicts.map((verdict) => [verdict, 0])) as Record<Verdict, number>;
  for (const row of rows) byVerdict[row.verdict] += 1;
  const byMatchKey = Object.fromEntries(matchKeys.map((key) => [key, 0])) as Record<MatchKey, number>;
  for (const pair of matching.pairs) byMatchKey[pair.key] += 1;
  const observationBasis: Record<string, number> = {};
  for (const { basis } of observations) observationBasis[basis] = (observationBasis[basis] ?? 0) + 1;

  const matchedClaims = new Set(matching.pairs.map((pair) => pair.claim)).size;
  const tally = (list: readonly VerdictRow[], verdict: Verdict) => list.filter((row) => row.verdict === verdict).length;
  const control: ControlTotals = {
    claims: {
      total: claims.length,
      matched: matchedClaims,
      orphaned: tally(absent, 'orphaned'),
      cannotDetermine: tally(absent, 'cannot_determine'),
      notLive: matching.unmatchedClaims.filter((claim) => !claim.live).length,
    },
    observations: {
      total: observations.length,
      matched: matching.pairs.length,
      unregistered: tally(stray, 'unregistered'),
      duplicate: tally(stray, 'duplicate'),
      cannotDetermine: tally(stray, 'cannot_determine'),
    },
  };
  const totals: ReconcileTotals = {
    claimsLive: claims.filter((claim) => claim.live).length,
    claimsTotal: claims.length,
    observations: observations.length,
    matchedClaims,
    matchedObservations: matching.pairs.length,
    byVerdict,
    byMatchKey,
    observationBasis,
    coverage: coverageTotals(discovery),
  };
  const compared = matchedClaims + absent.length + stray.length;
  return {
    totals,
    rows,
    conclusion: conclude({ registry, discovery, parameters: input.parameters }, claims, matching, scope, totals),
    control,
    matchRate: compared === 0 ? null : matchedClaims / compared,
  };
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
