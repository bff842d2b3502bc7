/**
 * Three-way reconciliation (M5.5): what the registry claims, what discovery observed, what the registry claimed before.
 *
 * Pure and reproducible: the same record sets give the same rows in the same order with the same ids. Nothing is lost: every
 * observation is matched, unregistered, a duplicate or undetermined; every claim is matched, orphaned, undetermined or not
 * live (`totals.control`). An absence counts only where a complete scan looked.
 */
import {
  type ControlTotals,
  type MatchKey,
  matchKeys,
  type ReconcileTotals,
  type TierMatch,
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
import { type Matching, matchAll } from './match.ts';
import { type Claim, claimsOf, observationsOf } from './parties.ts';
import { absentRow, onlyDeclared, pairRow, strayRow } from './rows.ts';
import { statementsOf, textOf } from './values.ts';

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

export interface ReconcileResult {
  readonly totals: ReconcileTotals;
  readonly rows: readonly VerdictRow[];
  readonly conclusion: Conclusion;
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
  const observedPairs = matching.pairs.filter((pair) => !onlyDeclared(pair.observation));
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
    declaredOnly: {
      claimsMatched: matchedClaims - new Set(observedPairs.map((pair) => pair.claim)).size,
      observationsMatched: matching.pairs.length - observedPairs.length,
      unregistered: matching.leftovers.filter(
        ({ observation }, index) => onlyDeclared(observation) && stray[index]?.verdict === 'unregistered',
      ).length,
    },
  };
  const compared = matchedClaims + absent.length + stray.length;
  const totals: ReconcileTotals = {
    claimsLive: claims.filter((claim) => claim.live).length,
    claimsTotal: claims.length,
    observations: observations.length,
    matchedClaims,
    matchedObservations: matching.pairs.length,
    byVerdict,
    byMatchKey,
    observationBasis,
    control,
    matchRate: compared === 0 ? null : matchedClaims / compared,
    byTier: matchesByTier(matching),
    coverage: coverageTotals(discovery, input.parameters?.leftOut),
  };
  return {
    totals,
    rows,
    conclusion: conclude({ registry, discovery, parameters: input.parameters }, claims, matching, scope, totals),
  };
}

/** Each matched claim, each live claim and each observation without a match, under the tier of its model. */
function matchesByTier(matching: Matching): TierMatch[] {
  const tiers = new Map<string, TierMatch>();
  const add = (claim: Claim | undefined, part: Exclude<keyof TierMatch, 'tier'>) => {
    const tier = textOf(claim?.model, 'risk_tier') ?? '';
    const sums = tiers.get(tier) ?? { tier, matched: 0, claimsUnmatched: 0, observationsUnmatched: 0 };
    tiers.set(tier, { ...sums, [part]: sums[part] + 1 });
  };
  for (const claim of new Set(matching.pairs.map((pair) => pair.claim))) add(claim, 'matched');
  for (const claim of matching.unmatchedClaims) if (claim.live) add(claim, 'claimsUnmatched');
  for (const { known } of matching.leftovers) add(known?.claim, 'observationsUnmatched');
  return [...tiers.values()].sort(
    (a, b) => Number(a.tier === '') - Number(b.tier === '') || compareText(a.tier, b.tier),
  );
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
