/** What REC rules and DEP-002 look at: a snapshot of the registry or of a scan, and one observation with its verdict. */
import { kinds } from '../../../src-shared/domain/dictionary.ts';
import type { VerdictFacts } from '../../../src-shared/domain/verdict.ts';
import { bodyDigest } from '../canonical-json.ts';
import type { RecordSet, SnapshotMeta } from '../record-set.ts';
import { scopesOf } from '../scan-scope.ts';
import { daysBetween, parseMoment } from './instants.ts';
import { inProduction } from './joins.ts';
import { and3, orUndefined } from './unknown.ts';
import { known, text, type View } from './view.ts';
import { perWorld, type World } from './world.ts';

/** Fields of the reference's `snapshot` entity that rules may name; they come from the signed statement, not from a record. */
export const snapshotFields: readonly string[] = [
  'snapshot_id',
  'taken_at',
  'source_kind',
  'scan_scope',
  'record_counts',
  'snapshot_digest',
  'previous_snapshot_id',
];

/**
 * Records whose content no longer has the digest under which it was stored, by snapshot. One hash per record; a set that
 * checks digests itself refuses an altered record, so there it is enough that all of them are read.
 */
const alteredRecords = perWorld((world) => {
  const altered = new Map<number, string[]>();
  let undigested = false;
  if (world.records.digestsChecked) {
    for (const kind of kinds) world.all(kind);
    return { altered, undigested };
  }
  for (const kind of kinds) {
    for (const record of world.records.all(kind)) {
      if (record.digest === '') undigested = true;
      else if (bodyDigest(record) !== record.digest) {
        altered.set(record.snapshot, [...(altered.get(record.snapshot) ?? []), `${record.kind}/${record.id}`]);
      }
    }
  }
  return { altered, undigested };
});

/** What is missing where the stored records are not those that were signed: nothing can be concluded from them. */
export const unalteredEvidence = 'unaltered evidence';

/** Was a snapshot of this set found to differ from what was signed? */
export const isAltered = (records: RecordSet): boolean =>
  records.snapshots.some((meta) => meta.evidenceIntact?.state === 'altered');

export class SnapshotView {
  readonly meta: SnapshotMeta;
  readonly world: World;
  /** Is everything that this run reads what was signed, as far as anybody looked? */
  private readonly reliable: boolean;

  constructor(meta: SnapshotMeta, world: World, reliable: boolean) {
    this.meta = meta;
    this.world = world;
    this.reliable = reliable;
  }

  private requireReliable(): void {
    if (!this.reliable) this.world.probe.miss(unalteredEvidence);
  }

  get role(): string {
    return this.meta.role;
  }

  get taken_at(): string {
    this.requireReliable();
    return this.meta.takenAt === '' ? this.world.probe.miss('snapshot.taken_at') : this.meta.takenAt;
  }

  /** Kinds whose count differs between the source's own total and the snapshot. Unknown when no source gives a total. */
  get count_differences(): readonly string[] {
    const { meta, world } = this;
    this.requireReliable();
    const reported = new Map<string, number>();
    for (const { coverage } of meta.sources) {
      for (const [kind, total] of Object.entries(coverage.reportedTotals ?? {})) {
        reported.set(kind, (reported.get(kind) ?? 0) + total);
      }
    }
    if (reported.size === 0) return world.probe.miss('snapshot.record_counts (no total from the source)');
    return [...reported]
      .filter(([kind, total]) => total !== (meta.counts[kind] ?? 0))
      .map(([kind, total]) => `${kind}: the source reports ${total}, the snapshot holds ${meta.counts[kind] ?? 0}`)
      .sort();
  }

  get altered(): readonly string[] {
    const { meta, world } = this;
    // What a snapshot is compared with is evidence too, and is no subject of its own.
    const before = world.baseline?.records.snapshots.filter(({ registryId }) => registryId === meta.registryId) ?? [];
    const checked = [meta, ...before].flatMap(({ evidenceIntact }) => evidenceIntact ?? []);
    const changed = checked.filter(({ state }) => state === 'altered').map(({ reason }) => reason);
    if (changed.length > 0) return changed;
    const unsure = checked.find(({ state }) => state === 'unknown');
    if (unsure) return world.probe.miss(`snapshot.snapshot_digest (${unsure.reason})`);
    if (meta.evidenceIntact) return [];
    const { altered, undigested } = alteredRecords(world);
    const found = altered.get(meta.snapshot) ?? [];
    return found.length === 0 && undigested ? world.probe.miss('snapshot.snapshot_digest') : found;
  }

  /** Production deployments whose location lies in no scope of a scan that is at most `days` old at `asOf`. */
  uncovered(days: number, asOf: string): readonly string[] {
    const { world, meta } = this;
    this.requireReliable();
    if (!world.suppliesKind('deployment')) return world.probe.miss('deployment.location_ref');
    const scopes = scannedScopes(world, days, asOf);
    const outside: string[] = [];
    let gap = false;
    for (const deployment of world.all('deployment')) {
      if (deployment.snapshot !== meta.snapshot) continue;
      const answer = orUndefined(() =>
        and3(
          () => inProduction(deployment),
          () => !scopes.some((scope) => liesIn(deployment, scope)),
        ),
      );
      if (answer === true) outside.push(deployment.key);
      gap ||= answer === undefined;
    }
    return outside.length === 0 && gap ? world.probe.miss('deployment.location_ref') : outside;
  }
}

/** Scopes of the scans that are at most `days` old at `asOf`. Unknown when nothing was scanned. */
function scannedScopes(world: World, days: number, asOf: string): readonly string[] {
  if (!world.scans) return world.probe.miss('snapshot.scan_scope (no scan)');
  const now = parseMoment(asOf);
  return world.scans
    .filter((scan) => {
      const taken = parseMoment(scan.takenAt);
      return now !== null && taken !== null && daysBetween(taken, now) <= days;
    })
    .flatMap((scan) => scan.sources.flatMap(scopesOf));
}

/** Was anything scanned at most `days` before `asOf`? Unknown when nothing was scanned at all. */
export const scannedWithin = (deployment: View, days: number, asOf: string): boolean =>
  scannedScopes(deployment.world, days, asOf).length > 0;

/**
 * Does a deployment's location lie in a scanned scope (`scan-scope.ts`)? A scope is a prefix that ends at a segment, or a cluster,
 * a namespace of it, or a region. A namespace whose cluster nobody names is no place that can be compared.
 */
function liesIn(deployment: View, scope: string): boolean {
  if (scope === '*') return true;
  const location = known(deployment, 'location_ref');
  if (scope.startsWith('namespace:')) return false;
  const [, type, name = ''] = /^(?:(cluster|region|account|location):)?(.*)$/s.exec(scope) ?? [];
  if (name === '') return false;
  const cluster = orUndefined(() => text(deployment, 'cluster')) ?? '';
  const namespace = orUndefined(() => text(deployment, 'namespace')) ?? '';
  const region = orUndefined(() => text(deployment, 'region')) ?? '';
  if (region === name && (type === undefined || type === 'region')) return true;
  if (type === 'region') return false;
  if (cluster !== '' && [cluster, `${cluster}/${namespace}`].includes(name)) return true;
  // A location that begins with the namespace leaves the cluster out, and must not pass for a cluster of that name.
  if (namespace !== '' && namespace !== cluster && location.split('/')[0] === namespace) return false;
  if (location === name) return true;
  return location.startsWith(name) && /[/:#?]/.test(location.charAt(name.length) + name.slice(-1));
}

/** How something was observed (`deployment.observation_basis`). Unknown where the scan does not say. */
export const basisOf = (observed: View): string =>
  observed.kind === 'deployment'
    ? known(observed, 'observation_basis')
    : observed.world.probe.miss('deployment.observation_basis');

/** A manifest says what somebody wants to run, and not that it runs. */
export const showsRunning = (basis: string): boolean => basis === 'live_api' || basis === 'api_dump';

/** One row of the reconciliation that concerns something a scan saw, or a manifest declares. */
export class ObservationView {
  readonly row: VerdictFacts;
  readonly world: World;
  /** The record of the scan. */
  readonly observed: View;

  constructor(row: VerdictFacts, world: World, observed: View) {
    this.row = row;
    this.world = world;
    this.observed = observed;
  }

  /** Was it seen through the platform, live or in a dump? */
  get seen_running(): boolean {
    return showsRunning(basisOf(this.observed));
  }

  /** The verdict; unknown where the reconciliation could not determine one. */
  get verdict(): string {
    const { row, world } = this;
    if (row.verdict !== 'cannot_determine') return row.verdict;
    return world.probe.miss(row.missingEvidence[0] ?? 'evidence for a match');
  }

  get sentence(): string {
    return this.row.sentence;
  }
}
