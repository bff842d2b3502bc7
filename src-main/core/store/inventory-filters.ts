/**
 * Filters over a view, each answered as one byte per position.
 *
 * Facet fields are answered from their packed codes. `findings` and `verdict` are answered from what was concluded about the
 * records. Any other field is read from the bodies, once per filter, and remembered with the view.
 */
import type { Filter } from '../../../src-shared/contract/schemas/inventory.ts';
import { type BodyRow, bodyRows } from './body-rows.ts';
import type { FacetColumn } from './columns.ts';
import type { ReadableDb } from './database.ts';
import { textsOf, valueTest } from './filter-values.ts';
import type { InventoryView } from './inventory-view.ts';
import { idsWithFindings, idsWithVerdict } from './record-signals.ts';
import { findRow, readBody } from './records.ts';

export type Mask = Uint8Array;

const cachedFilters = 24;
const caches = new WeakMap<InventoryView, Map<string, Mask>>();

/** Positions that one filter lets through. */
export function filterMask(db: ReadableDb, view: InventoryView, filter: Filter): Mask {
  // What was concluded changes with every evaluation and decision: asked anew each time, and answered by an index.
  if (filter.field === 'findings')
    return signalMask(db, view, filter, idsWithFindings(db, view.kind, wantedOf(filter)));
  if (filter.field === 'verdict') return signalMask(db, view, filter, idsWithVerdict(db, view.kind, wantedOf(filter)));
  const cache = caches.get(view) ?? new Map<string, Mask>();
  caches.set(view, cache);
  const key = JSON.stringify([filter.field, filter.op, filter.values]);
  const known = cache.get(key);
  if (known) return known;
  const facet = view.facets.get(filter.field);
  const mask = facet ? facetMask(facet, filter) : bodyMask(db, view, filter);
  if (cache.size >= cachedFilters) cache.clear();
  cache.set(key, mask);
  return mask;
}

const wantedOf = (filter: Filter): readonly string[] =>
  filter.op === 'empty' || filter.op === 'not_empty' ? [] : filter.values;

function signalMask(db: ReadableDb, view: InventoryView, filter: Filter, ids: readonly string[]): Mask {
  const negative = filter.op === 'is_not' || filter.op === 'empty';
  const mask = new Uint8Array(view.count).fill(negative ? 1 : 0);
  for (const id of ids) {
    const position = positionOfId(db, view, id);
    if (position >= 0) mask[position] = negative ? 0 : 1;
  }
  return mask;
}

/** Position of a record by its id, or -1. */
export function positionOfId(db: ReadableDb, view: InventoryView, id: string): number {
  for (let index = view.snapshots.length - 1; index >= 0; index -= 1) {
    const snapshot = view.snapshots[index];
    const row = snapshot === undefined ? undefined : findRow(db, snapshot, { kind: view.kind, id });
    if (row) return view.positionOf(row.body);
  }
  return -1;
}

function facetMask(facet: FacetColumn, filter: Filter): Mask {
  const test = valueTest(filter);
  const passes = [test([]), ...facet.labels.map((values) => test(values))];
  const mask = new Uint8Array(facet.codes.length);
  for (let position = 0; position < mask.length; position += 1)
    mask[position] = passes[facet.codes[position] ?? 0] ? 1 : 0;
  return mask;
}

const batch = 500;

function bodyMask(db: ReadableDb, view: InventoryView, filter: Filter): Mask {
  const test = valueTest(filter);
  const mask = new Uint8Array(view.count);
  for (let start = 0; start < view.count; start += batch) {
    const bodies = view.body.subarray(start, start + batch);
    const rows = bodyRows(db, bodies);
    bodies.forEach((body, offset) => {
      const row = rows.get(body);
      if (row && test(valuesOf(db, row, filter.field))) mask[start + offset] = 1;
    });
  }
  return mask;
}

function valuesOf(db: ReadableDb, row: BodyRow, field: string): readonly string[] {
  if (field === 'id') return [row.id];
  if (field === 'name') return [row.name];
  return textsOf(readBody(db, row).body[field]);
}
