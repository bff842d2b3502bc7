/**
 * What discovery looked at, and whether the absence of something from it proves anything.
 *
 * A scope is a path of names: `cluster`, `cluster/namespace`, `account/region`, `namespace:x`, or `*` for everything. It covers a
 * place that is it or lies below it. Only a source that is complete and looks at running systems proves absence: a folder of
 * manifests, however complete, says nothing about what does not run.
 */
import type { ReconcileTotals } from '../../../src-shared/domain/verdict.ts';
import type { RecordSet } from '../record-set.ts';
import type { Claim, Observation, Place } from './parties.ts';
import { isUnresolved } from './parties.ts';
import { fold, textOf } from './values.ts';

interface Scan {
  readonly complete: boolean;
  readonly proves: boolean;
  readonly everything: boolean;
  readonly scopes: ReadonlySet<string>;
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
  const scans = discovery.snapshots.flatMap((meta) =>
    meta.sources.map(
      (source): Scan => ({
        complete: source.complete,
        proves: !/manifest|^other-files$/.test(source.type),
        everything: source.coverage.scope.includes('*'),
        scopes: new Set(source.coverage.scope.map(plain)),
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

/** The place itself and everything above it: `eu/ml/a` lies in `eu/ml/a`, `eu/ml`, `eu`. */
function ancestors(place: Place): string[] {
  const out: string[] = [];
  for (const location of place.locations) {
    const parts = plain(location).split('/');
    for (let length = parts.length; length > 0; length -= 1) out.push(parts.slice(0, length).join('/'));
  }
  if (place.region !== undefined) out.push(place.region);
  return out;
}

const covers = (scan: Scan, above: readonly string[]): boolean =>
  scan.everything || above.some((part) => scan.scopes.has(part));

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
    if (proving.length > 0)
      return [
        `A complete scan of ${where ?? 'the environment'}: ${proving[0]?.name ?? 'the scan'} could not read all of its scope`,
      ];
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

export function coverageTotals(discovery: RecordSet): ReconcileTotals['coverage'] {
  const sources = discovery.snapshots.flatMap((meta) => meta.sources);
  const sum = (pick: (coverage: (typeof sources)[number]['coverage']) => number) =>
    sources.reduce((total, source) => total + pick(source.coverage), 0);
  const gaps = sources.flatMap((source) => [
    ...source.coverage.denied.map((what) => `${source.type}: denied ${what}`),
    ...source.coverage.errors.map((what) => `${source.type}: ${what}`),
    ...(!source.complete && source.coverage.denied.length + source.coverage.errors.length === 0
      ? [`${source.type} ${source.uri}: not complete`.trim()]
      : []),
  ]);
  return {
    complete: sources.length > 0 && sources.every((source) => source.complete),
    scope: [...new Set(sources.flatMap((source) => source.coverage.scope))].sort(),
    gaps: [...new Set(gaps)].sort(),
    inputsSeen: sum((coverage) => coverage.inputsSeen),
    inputsUsed: sum((coverage) => coverage.inputsUsed),
    inputsSkipped: sum((coverage) => coverage.inputsSkipped),
  };
}

/** What the registry snapshots could not deliver; an unregistered verdict names it. */
export const registryGaps = (registry: RecordSet): string[] =>
  registry.snapshots.flatMap((meta) =>
    meta.sources
      .filter((source) => !source.complete)
      .map((source) =>
        `The part of ${source.type} ${source.uri} that could not be read`.replaceAll(/\s+/g, ' ').trim(),
      ),
  );
