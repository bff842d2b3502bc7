/**
 * One record set as views, joined by hash: each kind is read once, each relation is indexed once, both only when asked for.
 *
 * Time and memory are linear in the records. The bodies themselves are not kept: a view holds the slots that the rules read.
 */
import { entityOf, type Kind } from '../../../src-shared/domain/dictionary.ts';
import type { RecordSet, SnapshotMeta, StoredRecord } from '../record-set.ts';
import type { FieldPlan } from './field-plan.ts';
import type { Probe } from './unknown.ts';
import { type DataRef, readField } from './values.ts';
import type { Slots, View, ViewClass } from './view.ts';

export type Side = 'registry' | 'discovery' | 'baseline';

export interface World {
  readonly side: Side;
  readonly plan: FieldPlan;
  readonly probe: Probe;
  readonly records: RecordSet;
  readonly snapshots: ReadonlyMap<number, SnapshotMeta>;
  /** The same registry earlier; null when there is no baseline. */
  readonly baseline: World | null;
  /** Scans that the registry is compared with; null when there is none. */
  readonly scans: readonly SnapshotMeta[] | null;
  /** What a scan saw or a manifest declares, by the record that claims it (`kind/id`). Unknown when nothing was reconciled. */
  readonly observedOf: (key: string) => readonly View[];
  readonly verdictsOf: (key: string) => readonly string[];
  /** Views of a kind in record order. */
  all(kind: Kind): readonly View[];
  /** View behind `kind/id`; the stand-in of that kind when there is none. */
  find(kind: Kind, key: string): View;
  absent(kind: Kind): View;
  /** True when some source can supply the field, or a record of the kind states it. */
  supplies(kind: Kind, field: string): boolean;
  /** True when some source supplies anything of the kind. */
  suppliesKind(kind: Kind): boolean;
}

export interface WorldParts {
  readonly side: Side;
  readonly plan: FieldPlan;
  readonly probe: Probe;
  readonly records: RecordSet;
  readonly baseline: World | null;
  readonly classOf: (kind: Kind) => ViewClass;
  readonly scans: World['scans'];
  readonly observedOf: World['observedOf'];
  readonly verdictsOf: World['verdictsOf'];
  /** A world of almost the same records: what both have in common is read there and shared. */
  readonly twin: () => World | null;
  /** Told how many more records were read: reports it and looks at the cancel flag. */
  readonly tick: (records: number) => void;
}

const sameMembers = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
  a.size === b.size && [...a].every((member) => b.has(member));

const tickEvery = 1024;
const none: readonly View[] = Object.freeze([]);

export function makeWorld(parts: WorldParts): World {
  const { records, plan, classOf, tick } = parts;
  const byKind = new Map<Kind, { readonly list: readonly View[]; readonly byKey: ReadonlyMap<string, View> }>();
  const standIns = new Map<Kind, View>();
  const suppliedBy = new Map<Kind, ReadonlySet<string>>();

  function suppliedOf(kind: Kind): ReadonlySet<string> {
    let fields = suppliedBy.get(kind);
    if (!fields) {
      fields = records.suppliedFields(kind);
      suppliedBy.set(kind, fields);
    }
    return fields;
  }

  function load(kind: Kind) {
    const loaded = byKind.get(kind);
    if (loaded) return loaded;
    const OfKind = classOf(kind);
    const supplied = suppliedOf(kind);
    const { idField } = entityOf(kind);
    const refs = plan.used(kind).map((ref) => ({ ref, supplied: supplied.has(ref.name), isId: ref.name === idField }));
    const list: View[] = [];
    const byKey = new Map<string, View>();
    const add = (id: string, snapshot: number, slots: Slots, digest: string, source: number) => {
      const view = new OfKind(world, kind, id, snapshot, slots, digest, source);
      list.push(view);
      byKey.set(view.key, view);
      if (list.length % tickEvery === 0) tick(tickEvery);
    };
    const addRead = (record: StoredRecord) => {
      // A body may leave out its own id field: the record's id says the same.
      const slots = refs.map(({ ref, supplied: can, isId }) =>
        readField(record.body[ref.name] ?? (isId ? record.id : undefined), ref.type, can),
      );
      add(record.id, record.snapshot, slots, kind === 'model_version' ? record.digest : '', record.prov.source);
    };
    const twin = parts.twin();
    if (twin && sameMembers(twin.records.suppliedFields(kind), supplied)) {
      const there = new Map([...twin.records.entries(kind)].map((entry) => [entry.id, entry.content]));
      for (const { id, content, snapshot } of records.entries(kind)) {
        const same = content !== '' && there.get(id) === content ? twin.find(kind, `${kind}/${id}`) : undefined;
        const changed = same ? undefined : records.get({ kind, id });
        if (same) add(id, snapshot, same.slots, same.digest, -1);
        else if (changed) addRead(changed);
      }
    } else for (const record of records.all(kind)) addRead(record);
    const entry = { list, byKey };
    byKind.set(kind, entry);
    return entry;
  }

  const world: World = {
    ...parts,
    snapshots: new Map(records.snapshots.map((meta) => [meta.snapshot, meta])),
    all: (kind) => load(kind).list,
    find: (kind, key) => load(kind).byKey.get(key) ?? world.absent(kind),
    absent(kind) {
      const found = standIns.get(kind);
      if (found) return found;
      const OfKind = classOf(kind);
      const standIn = new OfKind(world, kind, '', 0, [], '', 0);
      standIns.set(kind, standIn);
      return standIn;
    },
    supplies: (kind, field) => suppliedOf(kind).has(field),
    suppliesKind: (kind) => suppliedOf(kind).size > 0,
  };
  return world;
}

/** Something computed once per world, e.g. an index over all its records. */
export function perWorld<T>(build: (world: World) => T): (world: World) => T {
  const built = new WeakMap<World, { readonly value: T }>();
  return (world) => {
    let entry = built.get(world);
    if (!entry) {
      entry = { value: build(world) };
      built.set(world, entry);
    }
    return entry.value;
  };
}

/**
 * A list per record, gathered once: many approvals of one model must not each gather all of them again. While tracing it is
 * gathered anew, so that what it reads is seen.
 */
export function oncePerView(gather: (view: View) => readonly View[]): (view: View) => readonly View[] {
  const gathered = perWorld(() => new Map<string, readonly View[]>());
  return (view) => {
    if (view.world.probe.tracing) return gather(view);
    const lists = gathered(view.world);
    let found = lists.get(view.key);
    if (!found) {
      found = gather(view);
      lists.set(view.key, found);
    }
    return found;
  };
}

/**
 * Records of `kind` whose reference (or list of references) `field` points at a record. Unknown when no source supplies that
 * field: without it nobody can say that nothing points there.
 */
export function pointingAt(kind: Kind, field: string): (world: World, key: string) => readonly View[] {
  const name = `${kind}.${field}`;
  const index = perWorld((world) =>
    world.supplies(kind, field) ? indexBy(world.all(kind), world.plan.use(kind, field).index) : null,
  );
  return (world, key) => {
    const table = index(world);
    if (!table) return world.probe.miss(name);
    const found = table.get(key) ?? none;
    if (world.probe.tracing && found.length === 0) world.probe.reads.push({ key: null, side: world.side, field: name });
    return found;
  };
}

/** Views by what one of their slots points at. */
function indexBy(views: readonly View[], slot: number): ReadonlyMap<string, readonly View[]> {
  const index = new Map<string, View[]>();
  for (const view of views) {
    const value = view.slots[slot];
    const keys = typeof value === 'string' ? [value] : Array.isArray(value) ? new Set(value.map(keyOf)) : [];
    for (const key of keys) {
      const entry = index.get(key);
      if (entry) entry.push(view);
      else index.set(key, [view]);
    }
  }
  return index;
}

const keyOf = (item: string | DataRef): string => (typeof item === 'string' ? item : item.dataset);
