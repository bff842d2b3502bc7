/**
 * The index of lineage: who feeds whom, from raw source to production.
 *
 * The index keeps adjacency in typed arrays (compressed rows), so that 100,000 edges are a few megabytes and a closure takes
 * milliseconds. Nothing is assumed of the data: a reference to a record that nobody describes becomes a dangling node, and a
 * cycle is found and reported, never followed forever.
 */
import { entityOf, type Kind, kinds } from '../../../src-shared/domain/dictionary.ts';
import type { LineageNode } from '../../../src-shared/domain/lineage.ts';
import { dataRefSchema, formatRef, type RecordRef, recordRefSchema } from '../../../src-shared/domain/record.ts';
import { parseModelReference, referenceKeys } from '../model-reference.ts';
import type { RecordSet, StoredRecord } from '../record-set.ts';
import { findCycles } from './cycles.ts';
import { type Relation, relations } from './relations.ts';

export type Change = LineageNode['change'];

export interface IndexedNode {
  readonly id: string;
  readonly kind: string;
  readonly label: string;
  readonly detail: string;
  readonly dangling: boolean;
  /** Digest of the record's body; empty for dangling nodes. */
  readonly digest: string;
  readonly change: Change;
}

/** Neighbours of node `n`: `edges[starts[n]] … edges[starts[n + 1] - 1]` are edge numbers. */
export interface Adjacency {
  readonly starts: Uint32Array;
  readonly edges: Uint32Array;
}

export interface LineageIndex {
  readonly nodes: readonly IndexedNode[];
  readonly byId: ReadonlyMap<string, number>;
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  /** Index into `relationOf`. */
  readonly relation: Uint8Array;
  readonly edgeChange: Uint8Array;
  readonly up: Adjacency;
  readonly down: Adjacency;
  /** Cycles as lists of node numbers, found once on demand. */
  cycles(): readonly (readonly number[])[];
}

export const changes: readonly Change[] = ['same', 'added', 'removed', 'changed'];
export const relationOf = (index: number): Relation => {
  const found = relations[index];
  if (!found) throw new Error(`no relation ${index}`);
  return found;
};

/** Kinds that lineage is about; a record without any edge is still a node, so that it can be asked for. */
const lineageKinds: readonly Kind[] = kinds.filter(
  (kind) => relations.some((relation) => relation.kind === kind) || kind === 'third_party',
);

const textAt = (record: StoredRecord | undefined, field: string): string => {
  const value = record?.body[field];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
};

function labelOf(set: RecordSet, record: StoredRecord): string {
  const own = textAt(record, entityOf(record.kind).nameField) || record.id;
  if (record.kind === 'model_version') {
    const model = recordRefSchema.safeParse(record.body['model_ref']);
    const name = model.success ? textAt(set.get(model.data), 'model_name') : '';
    return name === '' ? own : `${name} ${own}`;
  }
  return record.kind === 'deployment' ? textAt(record, 'deployment_name') || own : own;
}

const detailFields: Partial<Record<Kind, readonly string[]>> = {
  model: ['lifecycle_status', 'risk_tier'],
  model_version: ['version_status', 'artefact_digest'],
  dataset: ['dataset_version', 'dataset_digest'],
  pipeline: ['pipeline_kind', 'pipeline_commit'],
  deployment: ['environment', 'deployment_status', 'region'],
  monitoring: ['monitor_status', 'last_seen_at'],
  third_party: ['service_kind', 'pinned_version'],
  feature: ['feature_version'],
};

const detailOf = (record: StoredRecord): string =>
  (detailFields[record.kind] ?? [])
    .map((field) => textAt(record, field))
    .filter((text) => text !== '')
    .map((text) => (text.length > 40 ? `${text.slice(0, 32)}…` : text))
    .join(' · ');

function refsIn(value: unknown): RecordRef[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.flatMap((entry) => {
    const parsed = recordRefSchema.safeParse(entry);
    return parsed.success ? [parsed.data] : [];
  });
}

function dataRefsIn(value: unknown): RecordRef[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  return list.flatMap((entry) => {
    const parsed = dataRefSchema.safeParse(entry);
    return parsed.success ? [parsed.data.dataset_ref] : refsIn(entry);
  });
}

/** Collects nodes and edges, then freezes them into an index. Shared by building and by diffing. */
export function indexBuilder() {
  const nodes: IndexedNode[] = [];
  const byId = new Map<string, number>();
  const edges = new Map<string, number>();
  const from: number[] = [];
  const to: number[] = [];
  const relation: number[] = [];
  const change: number[] = [];
  return {
    /** Adds a node unless it is there; returns its number. */
    node(node: IndexedNode): number {
      const known = byId.get(node.id);
      if (known !== undefined) return known;
      byId.set(node.id, nodes.length);
      return nodes.push(node) - 1;
    },
    edge(source: number, target: number, kind: number, mark: Change): void {
      const key = `${source} ${target} ${kind}`;
      if (edges.has(key)) return;
      edges.set(key, from.length);
      from.push(source);
      to.push(target);
      relation.push(kind);
      change.push(changes.indexOf(mark));
    },
    done(): LineageIndex {
      const sources = Uint32Array.from(from);
      const targets = Uint32Array.from(to);
      const up = adjacency(targets, nodes.length);
      const down = adjacency(sources, nodes.length);
      let cycles: readonly (readonly number[])[] | undefined;
      return {
        nodes,
        byId,
        from: sources,
        to: targets,
        relation: Uint8Array.from(relation),
        edgeChange: Uint8Array.from(change),
        up,
        down,
        cycles: () => {
          cycles ??= findCycles(nodes.length, down, targets);
          return cycles;
        },
      };
    },
  };
}

function adjacency(ends: Uint32Array, count: number): Adjacency {
  const starts = new Uint32Array(count + 1);
  for (const end of ends) starts[end + 1] = (starts[end + 1] ?? 0) + 1;
  for (let n = 0; n < count; n += 1) starts[n + 1] = (starts[n + 1] ?? 0) + (starts[n] ?? 0);
  const next = starts.slice();
  const edges = new Uint32Array(ends.length);
  ends.forEach((end, edge) => {
    const at = next[end] ?? 0;
    edges[at] = edge;
    next[end] = at + 1;
  });
  return { starts, edges };
}

/** Index of all lineage in a record set. Time and memory are linear in records and references. */
export function buildLineage(records: RecordSet): LineageIndex {
  const builder = indexBuilder();
  const byReference = new Map<string, string>();
  for (const kind of lineageKinds) {
    for (const record of records.all(kind)) {
      const id = formatRef({ kind, id: record.id });
      builder.node({
        id,
        kind,
        label: labelOf(records, record),
        detail: detailOf(record),
        dangling: false,
        digest: record.digest,
        change: 'same',
      });
      if (kind !== 'model' && kind !== 'model_version') continue;
      for (const field of ['model_uri', 'registry_uri', 'artefact_uri']) {
        const parsed = parseModelReference(textAt(record, field));
        if (parsed === null || parsed.scope !== 'global') continue;
        const { exact, model } = referenceKeys(parsed);
        // Versions come after models in the order of kinds: the exact address belongs to the version, the model's to the model.
        if (kind === 'model_version' || !byReference.has(exact)) byReference.set(exact, id);
        if (kind === 'model' || !byReference.has(model)) byReference.set(model, id);
      }
    }
  }
  const described = (ref: RecordRef): number =>
    builder.node({
      id: formatRef(ref),
      kind: ref.kind,
      label: ref.id,
      detail: 'no record describes it',
      dangling: true,
      digest: '',
      change: 'same',
    });
  const addressed = (text: string, self: string, named: boolean): number | null => {
    const parsed = parseModelReference(text);
    if (parsed === null && !named) return null;
    const keys = parsed === null ? undefined : referenceKeys(parsed);
    const known = keys && (byReference.get(keys.exact) ?? byReference.get(keys.model));
    if (known === self) return null;
    if (known !== undefined)
      return builder.node({ id: known, kind: '', label: '', detail: '', dangling: false, digest: '', change: 'same' });
    const name = parsed?.text ?? text;
    return builder.node({
      id: `external/${name}`,
      kind: 'external',
      label: name,
      detail: 'outside of the inventory',
      dangling: true,
      digest: '',
      change: 'same',
    });
  };

  relations.forEach((relation, number) => {
    for (const record of records.all(relation.kind)) {
      const value = record.body[relation.field];
      if (value === undefined || value === null || value === '') continue;
      const id = formatRef({ kind: record.kind, id: record.id });
      const self = described({ kind: record.kind, id: record.id });
      let others: readonly (number | null)[];
      if (relation.reads === 'model_name' || relation.reads === 'model_address') {
        // A deployment that names its version needs no second way to it.
        const known = relation.kind === 'deployment' && recordRefSchema.safeParse(record.body['version_ref']).success;
        const unresolved = (record.prov.fields?.[relation.field] ?? record.prov.default).confidence === 'unresolved';
        others =
          known || unresolved || typeof value !== 'string'
            ? []
            : [addressed(value, id, relation.reads === 'model_name')];
      } else {
        others = (relation.reads === 'data_ref' ? dataRefsIn(value) : refsIn(value)).map(described);
      }
      for (const other of others) {
        if (other === null) continue;
        if (relation.points === 'up') builder.edge(other, self, number, 'same');
        else builder.edge(self, other, number, 'same');
      }
    }
  });
  return builder.done();
}

/** Calls `visit` for every neighbour of a node on one side. */
export function eachNeighbour(
  index: LineageIndex,
  node: number,
  side: 'up' | 'down',
  visit: (node: number, edge: number) => void,
): void {
  const { starts, edges } = index[side];
  const ends = side === 'up' ? index.from : index.to;
  for (let i = starts[node] ?? 0; i < (starts[node + 1] ?? 0); i += 1) {
    const edge = edges[i] ?? 0;
    visit(ends[edge] ?? 0, edge);
  }
}

/** Every node upstream or downstream of some nodes, themselves included, as marks by node number. */
export function closure(index: LineageIndex, seeds: readonly number[], side: 'up' | 'down'): Uint8Array {
  const seen = new Uint8Array(index.nodes.length);
  const queue = [...seeds];
  for (const seed of seeds) seen[seed] = 1;
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    eachNeighbour(index, node, side, (next) => {
      if (seen[next] === 1) return;
      seen[next] = 1;
      queue.push(next);
    });
  }
  return seen;
}
