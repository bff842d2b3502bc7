/** The conclusion of a reconciliation certificate (regulation reference 4.5), computed, with every reason. */
import type { ReconcileTotals } from '../../../src-shared/domain/verdict.ts';
import type { RecordSet } from '../record-set.ts';
import { claimedKinds, conflictSentences, observedKinds } from './conflicts.ts';
import { isCovered, type Scope } from './coverage.ts';
import type { Matching } from './match.ts';
import type { Claim } from './parties.ts';

export interface ReconcileParameters {
  /** Share of production locations that scans must cover. */
  readonly coverageShare?: number;
  /** Most days between the registry's and the discovery's snapshots. */
  readonly maximumAgeDays?: number;
  /** REC-002 and REC-003 where they fired outside of here: evidence altered, control totals of an import that do not agree. */
  readonly evidenceFailures?: readonly string[];
  /** Discovery snapshots that were not read, one sentence each without a full stop. */
  readonly leftOut?: readonly string[];
}

export interface Conclusion {
  readonly state: 'certified' | 'certified_with_exceptions' | 'cannot_certify';
  readonly reasons: readonly string[];
}

const day = 86_400_000;

/** Days between the two snapshots that lie furthest apart, one of each side. */
export function ageGapDays(registry: RecordSet, discovery: RecordSet): number {
  const times = (set: RecordSet) =>
    set.snapshots.map((meta) => Date.parse(meta.takenAt)).filter((time) => !Number.isNaN(time));
  const [a, b] = [times(registry), times(discovery)];
  let gap = 0;
  for (const x of a) for (const y of b) gap = Math.max(gap, Math.abs(x - y) / day);
  return gap;
}

/** Control totals that a source reports itself against what its snapshot holds (REC-002). */
export function controlTotalFailures(...sets: readonly RecordSet[]): string[] {
  const failures: string[] = [];
  for (const meta of sets.flatMap((set) => set.snapshots)) {
    const reported = new Map<string, number>();
    for (const source of meta.sources) {
      for (const [kind, total] of Object.entries(source.coverage.reportedTotals ?? {}))
        reported.set(kind, (reported.get(kind) ?? 0) + total);
    }
    for (const [kind, total] of reported) {
      const held = meta.counts[kind] ?? 0;
      if (held < total)
        failures.push(`Snapshot ${meta.snapshot} holds ${held} ${kind} records; its sources report ${total}.`);
    }
  }
  return failures;
}

/** Production places that are registered, and how many of them a complete scan covers or a match shows to be seen. */
function locationCoverage(
  claims: readonly Claim[],
  matching: Matching,
  scope: Scope,
): { covered: number; total: number } {
  const seen = new Set(
    matching.pairs.filter((pair) => pair.observation.basis !== 'manifest').map((pair) => pair.claim),
  );
  const places = new Map<string, boolean>();
  for (const claim of claims) {
    if (!claim.live) continue;
    const key = claim.place.locations[0] ?? claim.place.region ?? `unstated:${claim.ref.id}`;
    places.set(key, places.get(key) === true || seen.has(claim) || isCovered(scope, claim.place));
  }
  return { covered: [...places.values()].filter((covered) => covered).length, total: places.size };
}

export function conclude(
  input: { registry: RecordSet; discovery: RecordSet; parameters: ReconcileParameters | undefined },
  claims: readonly Claim[],
  matching: Matching,
  scope: Scope,
  totals: ReconcileTotals,
): Conclusion {
  const share = input.parameters?.coverageShare ?? 0.95;
  const maximumAge = input.parameters?.maximumAgeDays ?? 7;
  const blocking = [
    ...(input.parameters?.evidenceFailures ?? []),
    ...controlTotalFailures(input.registry, input.discovery),
    ...conflictSentences(input.registry, claimedKinds).map((sentence) => `${sentence}.`),
    ...conflictSentences(input.discovery, observedKinds).map((sentence) => `${sentence}.`),
  ];
  if (input.registry.snapshots.length === 0) blocking.push('There is no registry snapshot.');
  if (input.discovery.snapshots.length === 0) blocking.push('There is no discovery snapshot.');
  else if (scope.scans.every((scan) => !scan.proves))
    blocking.push('Discovery holds manifests only: nothing running was looked at.');
  const places = locationCoverage(claims, matching, scope);
  if (places.total > 0 && places.covered < share * places.total) {
    const percent = Math.floor((places.covered / places.total) * 1000) / 10;
    blocking.push(
      `Scans cover ${places.covered} of ${places.total} production locations (${percent} %; ${share * 100} % are required).`,
    );
  }
  const gap = ageGapDays(input.registry, input.discovery);
  if (gap > maximumAge)
    blocking.push(
      `Registry and discovery were taken ${Math.round(gap * 10) / 10} days apart; at most ${maximumAge} are allowed.`,
    );

  const count = (verdict: keyof ReconcileTotals['byVerdict']) => totals.byVerdict[verdict];
  const exceptions = (input.parameters?.leftOut ?? []).map((sentence) => `${sentence}.`);
  const say = (number: number, one: string, many: string) => {
    if (number > 0) exceptions.push(number === 1 ? `1 ${one}.` : `${number} ${many}.`);
  };
  say(count('mutated'), 'version with another digest than registered', 'versions with another digest than registered');
  say(count('unregistered'), 'observation that is not registered', 'observations that are not registered');
  say(
    totals.observations - totals.matchedObservations - count('unregistered'),
    'further observation without a claim of its own',
    'further observations without a claim of their own',
  );
  say(count('vanished'), 'record gone since the baseline', 'records gone since the baseline');

  if (blocking.length > 0) return { state: 'cannot_certify', reasons: [...blocking, ...exceptions] };
  if (exceptions.length > 0) return { state: 'certified_with_exceptions', reasons: exceptions };
  return { state: 'certified', reasons: [] };
}
