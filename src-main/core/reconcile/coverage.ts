/**
 * What discovery looked at, and whether the absence of something from it proves anything.
 *
 * A scope (`scan-scope.ts`) covers a place that is it or lies below it; a namespace of a cluster without a name covers none. Only
 * a source that is complete and looks at running systems proves absence: a folder of manifests, however complete, says nothing
 * about what does not run, and a scan of which another registry's snapshot hides a record is not complete.
 */
import type { ReconcileTotals } from '../../../src-shared/domain/verdict.ts';
import type { RecordSet } from '../record-set.ts';
import { reachOf, scopesOf } from '../scan-scope.ts';
import { claimedKinds, conflictSentences, conflictsOf, observedKinds } from './conflicts.ts';
import type { Claim, Observation, Place } from './parties.ts';
import { isUnresolved } from './parties.ts';
import { fold, textOf } from './values.ts';

interface Scan {
  readonly complete: boolean;
  readonly proves: boolean;
  readonly everything: boolean;
  /** True when another registry's snapshot holds some of its records differently. */
  readonly disputed: boolean;
  readonly reach: ReadonlySet<string>;
  /** Namespaces that it looked at in a cluster without a name. */
  readonly namespaces: ReadonlySet<string>;
  readonly collectedAt: string;
  readonly name: string;
}

export interface Scope {
  readonly scans: readonly Scan[];
  /** Places at which something runs of which nobody can say what it is. */
  readonly unresolvedAt: ReadonlySet<string>;
}

const plain = (text: string): string => fold(text).replace(/^(cluster|namespace|region|account|location):/, '');

export function scopeOf(discovery: RecordSet, observations: readonly Observation[]): Scope {
  const disputed = new Set(conflictsOf(discovery, observedKinds).flatMap(({ snapshots }) => snapshots));
  const scans = discovery.snapshots.flatMap((meta) =>
    meta.sources.map(
      (source): Scan => ({
        complete: source.complete && !disputed.has(meta.snapshot),
        disputed: disputed.has(meta.snapshot),
        proves: !/manifest|^other-files$/.test(source.type),
        everything: source.coverage.scope.includes('*'),
        reach: new Set(scopesOf(source).flatMap((scope) => reachOf(scope, source.type))),
        namespaces: new Set(
          scopesOf(source).flatMap((scope) => (scope.startsWith('namespace:') ? [plain(scope)] : [])),
        ),
        collectedAt: source.collectedAt,
        name: `${source.type} ${source.uri}`.trim(),
      }),
    ),
  );
  const unresolvedAt = new Set<string>();
  for (const observation of observations) {
    if (!isUnresolved(observation)) continue;
    for (const location of observation.place.locations) unresolvedAt.add(plain(location));
  }
  return { scans, unresolvedAt };
}

/** The place itself and everything above it, typed: `eu/ml/a` lies in `eu/ml/a`, `eu/ml`, `eu`, and in its region. */
function ancestors(place: Place): string[] {
  const out: string[] = [];
  for (const location of place.paths) {
    const parts = plain(location).split('/');
    const type = location.startsWith('region:') ? 'region' : 'path';
    for (let length = parts.length; length > 0; length -= 1) out.push(`${type}:${parts.slice(0, length).join('/')}`);
  }
  if (place.region !== undefined) out.push(`region:${place.region}`);
  return out;
}

const covers = (scan: Scan, above: readonly string[]): boolean =>
  scan.everything || above.some((part) => scan.reach.has(part));

/** True when a complete scan of running systems looked at the place. */
export function isCovered(scope: Scope, place: Place): boolean {
  const above = ancestors(place);
  return scope.scans.some((scan) => scan.proves && scan.complete && covers(scan, above));
}

/** What is missing before the absence of a claim proves that it does not run; empty: it is proven. */
export function missingForAbsence(scope: Scope, claim: Claim): string[] {
  const above = ancestors(claim.place);
  const where = claim.place.locations[0] ?? claim.place.region;
  const proving = scope.scans.filter((scan) => scan.proves && covers(scan, above));
  const complete = proving.filter((scan) => scan.complete);
  if (scope.scans.length === 0) return ['A discovery snapshot'];
  if (complete.length === 0) {
    const [first] = proving;
    if (first)
      return [
        `A complete scan of ${where ?? 'the environment'}: ${first.name} ${first.disputed ? 'is contradicted by the snapshot of another registry under the same ids' : 'could not read all of its scope'}`,
      ];
    const { namespace } = claim.place;
    if (namespace !== undefined && scope.scans.some((scan) => scan.namespaces.has(namespace)))
      return [`The cluster of the namespace ${namespace}: the scan that looked at one of that name names no cluster`];
    return where === undefined
      ? ['The place where it is registered to run; the claim states none']
      : [`A scan that covers ${where}`];
  }
  const deployedAt = textOf(claim.deployment, 'deployed_at');
  const newest =
    complete
      .map((scan) => scan.collectedAt)
      .sort()
      .at(-1) ?? '';
  if (deployedAt !== undefined && deployedAt > newest)
    return [`A scan taken after it was deployed at ${deployedAt}; the newest is of ${newest}`];
  const hidden = claim.place.locations.find((location) => scope.unresolvedAt.has(plain(location)));
  return hidden === undefined
    ? []
    : [`Which model the unresolved workloads at ${hidden} load; one of them may be this one`];
}

/** `leftOut`: sentences on discovery snapshots that exist and were not read. */
export function coverageTotals(discovery: RecordSet, leftOut: readonly string[] = []): ReconcileTotals['coverage'] {
  const sources = discovery.snapshots.flatMap((meta) => meta.sources);
  const notRead = [...conflictSentences(discovery, observedKinds), ...leftOut];
  const sum = (pick: (coverage: (typeof sources)[number]['coverage']) => number) =>
    sources.reduce((total, source) => total + pick(source.coverage), 0);
  const found = sources.flatMap((source) => [
    ...source.coverage.denied.map((what) => `${source.type}: denied ${what}`),
    ...source.coverage.errors.map((what) => `${source.type}: ${what}`),
    ...(!source.complete && source.coverage.denied.length + source.coverage.errors.length === 0
      ? [`${source.type} ${source.uri}: not complete`.trim()]
      : []),
  ]);
  return {
    complete: sources.length > 0 && notRead.length === 0 && sources.every((source) => source.complete),
    scope: [...new Set(sources.flatMap((source) => source.coverage.scope))].sort(),
    gaps: [...new Set([...found, ...notRead])].sort(),
    inputsSeen: sum((coverage) => coverage.inputsSeen),
    inputsUsed: sum((coverage) => coverage.inputsUsed),
    inputsSkipped: sum((coverage) => coverage.inputsSkipped),
  };
}

/** What the registry snapshots could not deliver; an unregistered verdict names it. */
export const registryGaps = (registry: RecordSet): string[] => [
  ...conflictSentences(registry, claimedKinds),
  ...registry.snapshots.flatMap((meta) =>
    meta.sources
      .filter((source) => !source.complete)
      .map((source) =>
        `The part of ${source.type} ${source.uri} that could not be read`.replaceAll(/\s+/g, ' ').trim(),
      ),
  ),
];
