/** Lists and facets of the inventory: a mask over a view, an order, a page. */
import type { OutputOf, ParsedInputOf } from '../../../src-shared/contract/contract.ts';
import { entityOf, fieldLabel, type Kind } from '../../../src-shared/domain/dictionary.ts';
import { isBlankValue } from '../../../src-shared/domain/validators.ts';
import { assertNever } from '../../../src-shared/result.ts';
import { bodyRows } from './body-rows.ts';
import { facetFieldsOf } from './columns.ts';
import { cursorAt, positionOfCursor } from './cursor-position.ts';
import type { ReadableDb } from './database.ts';
import { displayValue } from './display.ts';
import { filterMask, type Mask, positionOfId } from './inventory-filters.ts';
import { type SearchHits, searchHits } from './inventory-search.ts';
import { type InventoryView, inventoryView, snapshotsInScope } from './inventory-view.ts';
import { nameLookup } from './name-lookup.ts';
import { findingWeights, noFindings, signalsFor } from './record-signals.ts';
import { hex, readBody } from './records.ts';

type ListInput = ParsedInputOf<'inventory.list'>;
type ListOutput = OutputOf<'inventory.list'>;
type FacetsInput = ParsedInputOf<'inventory.facets'>;
type FacetsOutput = OutputOf<'inventory.facets'>;

/** One page. The cursor is a place in the result, which stays the same: what is listed never changes. */
export function inventoryList(db: ReadableDb, input: ListInput): ListOutput {
  const view = inventoryView(db, input.kind, snapshotsInScope(db, input.kind, input.snapshot));
  const hits = searchHits(db, view, input.search);
  const mask = combined(
    view,
    hits,
    input.filters.map((filter) => filterMask(db, view, filter)),
  );
  const positions = ordered(db, view, mask, hits, input);
  const start = positionOfCursor(input.cursor);
  const next = start + input.limit;
  return {
    rows: pageRows(db, view, positions.subarray(start, next)),
    total: positions.length,
    next: next < positions.length ? cursorAt(next) : null,
  };
}

/** Positions that search and all filters let through; null for all of them. */
function combined(view: InventoryView, hits: SearchHits | null, masks: readonly Mask[]): Mask | null {
  if (hits === null && masks.length === 0) return null;
  const result = new Uint8Array(view.count).fill(1);
  if (hits)
    for (let position = 0; position < result.length; position += 1) if (hits[position] === 0) result[position] = 0;
  for (const mask of masks) {
    for (let position = 0; position < result.length; position += 1) if (mask[position] === 0) result[position] = 0;
  }
  return result;
}

function ordered(
  db: ReadableDb,
  view: InventoryView,
  mask: Mask | null,
  hits: SearchHits | null,
  input: ListInput,
): Uint32Array {
  let positions = byId(view, mask);
  switch (input.sort) {
    case 'id':
      // While somebody types, what is called so comes before what mentions it.
      if (hits && !input.descending) positions = namedFirst(positions, hits);
      break;
    case 'name': {
      const rank = nameRanks(db, view);
      positions.sort((a, b) => (rank[a] ?? 0) - (rank[b] ?? 0));
      break;
    }
    case 'findings': {
      const weights = new Float64Array(view.count);
      for (const [id, weight] of findingWeights(db, view.kind)) {
        const position = positionOfId(db, view, id);
        if (position >= 0) weights[position] = weight;
      }
      positions.sort((a, b) => (weights[a] ?? 0) - (weights[b] ?? 0));
      break;
    }
    default:
      assertNever(input.sort);
  }
  return input.descending ? positions.reverse() : positions;
}

/** Hits in id or name, then hits in the text, each in id order. */
function namedFirst(positions: Uint32Array, hits: SearchHits): Uint32Array {
  const ordered = new Uint32Array(positions.length);
  let length = 0;
  for (const wanted of [2, 1]) {
    for (const position of positions) {
      if (hits[position] !== wanted) continue;
      ordered[length] = position;
      length += 1;
    }
  }
  return ordered;
}

function byId(view: InventoryView, mask: Mask | null): Uint32Array {
  if (!mask) {
    const all = new Uint32Array(view.count);
    for (let position = 0; position < all.length; position += 1) all[position] = position;
    return all;
  }
  const positions = new Uint32Array(view.count);
  let length = 0;
  for (let position = 0; position < mask.length; position += 1) {
    if (mask[position] === 0) continue;
    positions[length] = position;
    length += 1;
  }
  return positions.slice(0, length);
}

const ranksOfView = new WeakMap<InventoryView, Uint32Array>();

/** Rank of each position by name, ignoring case; worked out when a list is first sorted so. */
function nameRanks(db: ReadableDb, view: InventoryView): Uint32Array {
  const known = ranksOfView.get(view);
  if (known) return known;
  const names = new Array<string>(view.count).fill('');
  const page = db.readRaw<[number, number], [number, string]>(
    'SELECT body, name FROM body WHERE body > ? ORDER BY body LIMIT ?',
  );
  for (let last = 0, size = 20_000; ; ) {
    const rows = page.all(last, size);
    for (const [body, name] of rows) {
      const position = view.positionOf(body);
      if (position >= 0) names[position] = name.toLowerCase();
      last = body;
    }
    if (rows.length < size) break;
  }
  const order = Uint32Array.from(names, (_, position) => position).sort((a, b) => {
    const left = names[a] ?? '';
    const right = names[b] ?? '';
    return left < right ? -1 : left > right ? 1 : a - b;
  });
  const ranks = new Uint32Array(view.count);
  order.forEach((position, rank) => {
    ranks[position] = rank;
  });
  ranksOfView.set(view, ranks);
  return ranks;
}

const coreCounts = new Map<Kind, number>();
/** Share of core fields that are filled, 0 to 1. */
export function completenessOf(kind: Kind, filled: number): number {
  const core = coreCounts.get(kind) ?? entityOf(kind).fields.filter((field) => field.need === 'core').length;
  coreCounts.set(kind, core);
  return core === 0 ? 1 : filled / core;
}

function pageRows(db: ReadableDb, view: InventoryView, positions: Uint32Array): ListOutput['rows'] {
  const bodies = [...positions].map((position) => view.body[position] ?? 0);
  const rows = bodyRows(db, bodies);
  const signals = signalsFor(
    db,
    view.kind,
    [...rows.values()].map((row) => row.id),
  );
  const nameOf = nameLookup(db, view.snapshots);
  return [...positions].flatMap((position) => {
    const row = rows.get(view.body[position] ?? 0);
    if (!row) return [];
    const values: Record<string, string> = {};
    for (const [field, value] of Object.entries(readBody(db, row).body)) {
      if (!isBlankValue(value)) values[field] = displayValue(value, nameOf);
    }
    const signal = signals.get(row.id);
    return [
      {
        kind: view.kind,
        id: row.id,
        name: row.name,
        snapshot: view.snapshots[view.snapshotOf[position] ?? 0] ?? 0,
        digest: hex(row.digest),
        values,
        findings: signal?.findings ?? noFindings(),
        verdict: signal?.verdict ?? null,
        completeness: completenessOf(view.kind, view.filled[position] ?? 0),
      },
    ];
  });
}

/** Most values of a facet that are told; what is rarer is found by filter or search. */
const shownValues = 200;

/** Counts of each facet under the search and every filter but its own, so that alternatives stay visible. */
export function inventoryFacets(db: ReadableDb, input: FacetsInput): FacetsOutput {
  const view = inventoryView(db, input.kind, snapshotsInScope(db, input.kind, input.snapshot));
  const hits = searchHits(db, view, input.search);
  const masks = input.filters.map((filter) => ({ field: filter.field, mask: filterMask(db, view, filter) }));
  const wanted = input.fields ?? facetFieldsOf(input.kind);
  return {
    facets: wanted.flatMap((field) => {
      const column = view.facets.get(field);
      if (!column) return [];
      const mask = combined(
        view,
        hits,
        masks.filter((other) => other.field !== field).map((other) => other.mask),
      );
      const byCode = new Uint32Array(column.labels.length + 1);
      for (let position = 0; position < column.codes.length; position += 1) {
        if (mask && mask[position] === 0) continue;
        const code = column.codes[position] ?? 0;
        byCode[code] = (byCode[code] ?? 0) + 1;
      }
      const counts = new Map<string, number>();
      column.labels.forEach((values, index) => {
        const count = byCode[index + 1] ?? 0;
        if (count > 0) for (const value of values) counts.set(value, (counts.get(value) ?? 0) + count);
      });
      const values = [...counts]
        .map(([value, count]) => ({ value, count }))
        .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
        .slice(0, shownValues);
      return [{ field, label: fieldLabel(input.kind, field), values, empty: byCode[0] ?? 0 }];
    }),
  };
}
