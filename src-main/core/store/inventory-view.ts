/**
 * The records of one kind over the snapshots in scope, as one ordered list of positions.
 *
 * Position = rank by id. With one snapshot its columns are used as they are; with several they are merged, and where two hold
 * the same record the later snapshot wins, as in a `RecordSet`.
 */
import type { Kind } from '../../../src-shared/domain/dictionary.ts';
import { columnsOf, type FacetColumn, facetFieldsOf, type KindColumns } from './columns.ts';
import type { ReadableDb } from './database.ts';
import { defaultSnapshots } from './record-set.ts';
import { findSnapshot } from './snapshot-queries.ts';
import { compareUtf8 } from './utf8-order.ts';

export interface InventoryView extends KindColumns {
  readonly kind: Kind;
  readonly snapshots: readonly number[];
  /** Index into `snapshots` of each position; empty where there is only one. */
  readonly snapshotOf: Uint8Array;
  /** Position of a body, or -1. */
  positionOf(body: number): number;
}

/**
 * Snapshots whose records a list shows: the one named, else the newest of every registry that holds the kind; kinds that only
 * discovery sees (nothing claims them) come from the newest discovery snapshots.
 */
export function snapshotsInScope(db: ReadableDb, kind: Kind, snapshot: number | undefined): readonly number[] {
  if (snapshot !== undefined) return [findSnapshot(db, snapshot).snapshot];
  const { registry, discovery } = defaultSnapshots(db);
  const holds = (candidate: number) => columnsOf(db, candidate, kind).count > 0;
  const claimed = registry.filter(holds);
  return claimed.length > 0 ? claimed : discovery.filter(holds);
}

const views = new WeakMap<ReadableDb, Map<string, InventoryView>>();
const cachedViews = 12;

export function inventoryView(db: ReadableDb, kind: Kind, snapshots: readonly number[]): InventoryView {
  const cache = views.get(db) ?? new Map<string, InventoryView>();
  views.set(db, cache);
  const key = `${kind}/${snapshots.join(',')}`;
  const known = cache.get(key);
  if (known) return known;
  if (cache.size >= cachedViews) cache.clear();
  const parts = snapshots.map((snapshot) => columnsOf(db, snapshot, kind));
  const [only] = parts;
  const columns =
    parts.length === 1 && only ? { ...only, snapshotOf: new Uint8Array() } : merge(db, kind, snapshots, parts);
  const view: InventoryView = { ...columns, kind, snapshots, positionOf: positionIndex(columns.body) };
  cache.set(key, view);
  return view;
}

/** Built when it is first asked for: only search and findings need it. */
function positionIndex(body: Uint32Array): (body: number) => number {
  let positions: Int32Array | null = null;
  const build = (): Int32Array => {
    let max = 0;
    for (const value of body) if (value > max) max = value;
    const made = new Int32Array(max + 1).fill(-1);
    body.forEach((value, position) => {
      made[value] = position;
    });
    return made;
  };
  return (wanted) => {
    positions ??= build();
    return positions[wanted] ?? -1;
  };
}

function merge(db: ReadableDb, kind: Kind, snapshots: readonly number[], parts: readonly KindColumns[]) {
  const ids = db.readRaw<[number, string], [string]>(
    'SELECT id FROM snapshot_record WHERE snapshot = ? AND kind = ? ORDER BY id',
  );
  const entries: { readonly id: string; readonly part: number; readonly ordinal: number }[] = [];
  snapshots.forEach((snapshot, part) => {
    ids.all(snapshot, kind).forEach(([id], ordinal) => {
      entries.push({ id, part, ordinal });
    });
  });
  entries.sort((a, b) => compareUtf8(a.id, b.id) || b.part - a.part);
  const kept = entries.filter((entry, index) => entries[index - 1]?.id !== entry.id);
  const body = Uint32Array.from(kept, ({ part, ordinal }) => parts[part]?.body[ordinal] ?? 0);
  const filled = Uint8Array.from(kept, ({ part, ordinal }) => parts[part]?.filled[ordinal] ?? 0);
  const facets = new Map<string, FacetColumn>();
  for (const field of facetFieldsOf(kind)) {
    const labels: (readonly string[])[] = [];
    const byText = new Map<string, number>();
    const codes = Uint32Array.from(kept, ({ part, ordinal }) => {
      const column = parts[part]?.facets.get(field);
      const code = column?.codes[ordinal] ?? 0;
      const values = code === 0 ? undefined : column?.labels[code - 1];
      if (!values) return 0;
      const text = JSON.stringify(values);
      const shared = byText.get(text) ?? labels.push(values);
      byText.set(text, shared);
      return shared;
    });
    facets.set(field, { codes, labels });
  }
  return { count: kept.length, body, filled, facets, snapshotOf: Uint8Array.from(kept, ({ part }) => part) };
}
