/** What rules run over: records of a kind, any record, snapshots, what a scan saw, and what the baseline had. */
import { entityOf, type Kind, kinds } from '../../../src-shared/domain/dictionary.ts';
import { formatRef } from '../../../src-shared/domain/record.ts';
import type { SnapshotMeta } from '../record-set.ts';
import { RecordView, VanishedView } from './record-views.ts';
import { ObservationView, SnapshotView, unalteredEvidence } from './snapshot-views.ts';
import type { View } from './view.ts';
import type { World } from './world.ts';
import { notReconciled, type Worlds } from './worlds.ts';

export interface Subject {
  readonly variable: string;
  /** What the variable stands for in expressions. */
  readonly value: unknown;
  readonly kind: Kind | 'snapshot';
  readonly id: string;
  /** Where the record is read for its name, and whose facts decide the clause modes; null for a snapshot. Asked for hits only. */
  readonly view: () => View | null;
  /** Set when there is nothing to run over: what would have to be supplied. */
  readonly evidence: string | null;
}

export interface Group {
  readonly variable: string;
  /** Number of subjects, for progress. */
  count(worlds: Worlds): number;
  each(worlds: Worlds): Iterable<Subject>;
}

function snapshotSubject(variable: string, meta: SnapshotMeta, value: unknown, evidence: string | null): Subject {
  return { variable, value, kind: 'snapshot', id: meta.snapshotId, view: () => null, evidence };
}

/** One subject per registry snapshot, standing for evidence that is not there. */
const lacking = (variable: string, { registry }: Worlds, evidence: string): readonly Subject[] =>
  registry.records.snapshots.map((meta) => snapshotSubject(variable, meta, null, evidence));

const ofView = (variable: string, view: View, value: unknown): Subject => ({
  variable,
  value,
  kind: view.kind,
  id: view.id,
  view: () => view,
  evidence: null,
});

const snapshots: Group = {
  variable: 'snapshot',
  count: ({ registry, discovery }) => registry.records.snapshots.length + (discovery?.records.snapshots.length ?? 0),
  *each({ registry, discovery, altered }) {
    const of = function* (world: World) {
      for (const meta of world.records.snapshots) {
        yield snapshotSubject('snapshot', meta, new SnapshotView(meta, world, !altered), null);
      }
    };
    yield* of(registry);
    if (discovery) yield* of(discovery);
  },
};

const vanished: Group = {
  variable: 'vanished',
  count: ({ baseline }) => (baseline ? kinds.reduce((sum, kind) => sum + baseline.records.count(kind), 0) : 1),
  *each(worlds) {
    const { registry, baseline } = worlds;
    if (!baseline) {
      yield* lacking('vanished', worlds, 'snapshot.previous_snapshot_id');
      return;
    }
    for (const kind of kinds) {
      for (const { id } of baseline.records.entries(kind)) {
        const value = new VanishedView(kind, id, registry, baseline);
        yield { variable: 'vanished', value, kind, id, view: () => value.before, evidence: null };
      }
    }
  },
};

const observations: Group = {
  variable: 'observation',
  count: ({ observations: rows }) => Math.max(rows?.length ?? 0, 1),
  *each(worlds) {
    const { registry, discovery, observations: rows } = worlds;
    if (!discovery) {
      yield* lacking('observation', worlds, 'snapshot.scan_scope (no scan)');
      return;
    }
    if (!rows || (rows.length === 0 && discovery.records.count('deployment') > 0)) {
      yield* lacking('observation', worlds, notReconciled);
      return;
    }
    for (const row of rows) {
      if (!row.observation) continue;
      const { kind, id } = row.observation;
      const key = formatRef(row.observation);
      const observed = discovery.find(kind, key);
      const value = new ObservationView(row, registry, observed);
      yield { variable: 'observation', value, kind, id, view: () => observed, evidence: null };
    }
  },
};

const anyRecord: Group = {
  variable: 'record',
  count: ({ registry }) => kinds.reduce((sum, kind) => sum + registry.records.count(kind), 0),
  *each({ registry }) {
    for (const kind of kinds) for (const view of registry.all(kind)) yield ofView('record', view, new RecordView(view));
  },
};

const ofKind = (kind: Kind): Group => ({
  variable: kind,
  count: ({ registry }) => registry.records.count(kind),
  *each(worlds) {
    const { registry } = worlds;
    const views = registry.all(kind);
    if (views.length === 0 && !registry.suppliesKind(kind)) {
      yield* lacking(kind, worlds, `${kind}.${entityOf(kind).idField}`);
    }
    for (const view of views) yield ofView(kind, view, view);
  },
});

/** A group over records: where some are not what was signed none is read, and the gap is said once per registry snapshot. */
const unlessAltered = (group: Group): Group => ({
  variable: group.variable,
  count: (worlds) => (worlds.altered ? worlds.registry.records.snapshots.length : group.count(worlds)),
  each: (worlds) => (worlds.altered ? lacking(group.variable, worlds, unalteredEvidence) : group.each(worlds)),
});

/** Every group in the order in which a phase goes through them. */
export const groups: readonly Group[] = [
  snapshots,
  ...[vanished, observations, anyRecord, ...kinds.map(ofKind)].map(unlessAltered),
];
