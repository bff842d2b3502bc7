/**
 * Columns: what lists, facets and search need of every record of one kind in one snapshot, as typed arrays in id order.
 *
 * A snapshot never changes, so its columns are packed once at import and read whole. With them a count under any combination
 * of facets and search is one pass over integers, exact, and independent of the cipher.
 */
import { z } from 'zod';
import { entityOf, type Kind } from '../../../src-shared/domain/dictionary.ts';
import type { JsonValue, RecordBody } from '../../../src-shared/domain/record.ts';
import { isBlankValue } from '../../../src-shared/domain/validators.ts';
import type { ReadableDb, WritableDb } from './database.ts';
import { compress, decompress } from './frames.ts';

/** One facet: per record a code; `labels[code - 1]` are its values, code 0 has none. */
export interface FacetColumn {
  readonly codes: Uint32Array;
  readonly labels: readonly (readonly string[])[];
}

export interface KindColumns {
  readonly count: number;
  /** body.body of each record. */
  readonly body: Uint32Array;
  /** Filled core fields of each record. */
  readonly filled: Uint8Array;
  readonly facets: ReadonlyMap<string, FacetColumn>;
}

/** Values that a facet counts: text as it is, references by id, lists item by item. */
export function facetValues(value: JsonValue | undefined): readonly string[] {
  if (value === undefined || isBlankValue(value) || value === null) return [];
  if (Array.isArray(value)) return [...new Set(value.flatMap(facetValues))].sort();
  if (typeof value === 'object') {
    const id = (value as { readonly [key: string]: JsonValue })['id'];
    return typeof id === 'string' ? [id] : [];
  }
  return [String(value)];
}

const facetFields = new Map<Kind, readonly string[]>();
export function facetFieldsOf(kind: Kind): readonly string[] {
  const known = facetFields.get(kind);
  if (known) return known;
  const fields = entityOf(kind)
    .fields.filter((field) => field.facet)
    .map((field) => field.name);
  facetFields.set(kind, fields);
  return fields;
}

class Growable<A extends Uint32Array | Uint8Array> {
  #array: A;
  #length = 0;
  readonly #make: (length: number) => A;
  constructor(make: (length: number) => A) {
    this.#make = make;
    this.#array = make(1024);
  }
  push(value: number): void {
    if (this.#length === this.#array.length) {
      const larger = this.#make(this.#array.length * 2);
      larger.set(this.#array);
      this.#array = larger;
    }
    this.#array[this.#length] = value;
    this.#length += 1;
  }
  bytes(): Uint8Array {
    return new Uint8Array(this.#array.buffer, 0, this.#length * this.#array.BYTES_PER_ELEMENT);
  }
  get length(): number {
    return this.#length;
  }
}

const u32 = () => new Growable((length) => new Uint32Array(length));

/** Gathers the columns of one kind during an import. */
export interface ColumnBuilder {
  add(body: number, fields: RecordBody, filledCoreFields: number): void;
  store(db: WritableDb, snapshot: number): void;
}

export function columnBuilder(kind: Kind): ColumnBuilder {
  const bodies = u32();
  const filled = new Growable((length) => new Uint8Array(length));
  const facets = facetFieldsOf(kind).map((field) => ({ field, codes: u32(), byLabel: new Map<string, number>() }));
  return {
    add(body, fields, filledCoreFields) {
      bodies.push(body);
      filled.push(Math.min(255, filledCoreFields));
      for (const facet of facets) {
        const values = facetValues(fields[facet.field]);
        if (values.length === 0) {
          facet.codes.push(0);
          continue;
        }
        const label = values.length === 1 ? (values[0] ?? '') : values.join('\u0000');
        let code = facet.byLabel.get(label);
        if (code === undefined) {
          code = facet.byLabel.size + 1;
          facet.byLabel.set(label, code);
        }
        facet.codes.push(code);
      }
    },
    store(db, snapshot) {
      const insert = db.write<[number, string, string, string, Uint8Array]>(
        'INSERT INTO snapshot_column (snapshot, kind, name, labels, data) VALUES (?, ?, ?, ?, ?)',
      );
      insert.run(snapshot, kind, 'body', '[]', compress(bodies.bytes()));
      insert.run(snapshot, kind, 'filled', '[]', compress(filled.bytes()));
      for (const facet of facets) {
        const labels = [...facet.byLabel.keys()].map((label) => label.split('\u0000'));
        insert.run(snapshot, kind, `facet:${facet.field}`, JSON.stringify(labels), compress(facet.codes.bytes()));
      }
    },
  };
}

const labelsSchema = z.array(z.array(z.string()));
const noColumns: KindColumns = { count: 0, body: new Uint32Array(), filled: new Uint8Array(), facets: new Map() };
/** Columns of ten million records: no snapshot is larger, and nothing inflates beyond it. */
const columnLimit = 40_000_000;

const caches = new WeakMap<ReadableDb, Map<string, KindColumns>>();
const cachedKinds = 24;

/** Columns of a kind in a snapshot; empty where the snapshot holds none. Cached per handle. */
export function columnsOf(db: ReadableDb, snapshot: number, kind: Kind): KindColumns {
  const cache = caches.get(db) ?? new Map<string, KindColumns>();
  caches.set(db, cache);
  const key = `${snapshot}/${kind}`;
  const known = cache.get(key);
  if (known) return known;
  const made = load(db, snapshot, kind);
  if (cache.size >= cachedKinds) cache.clear();
  // An import in progress on this very connection must not leave columns behind that a rollback takes away.
  if (made.count > 0) cache.set(key, made);
  return made;
}

function load(db: ReadableDb, snapshot: number, kind: Kind): KindColumns {
  const rows = db
    .readRaw<[number, string], [string, string, Uint8Array]>(
      'SELECT name, labels, data FROM snapshot_column WHERE snapshot = ? AND kind = ?',
    )
    .all(snapshot, kind);
  if (rows.length === 0) return noColumns;
  let body: Uint32Array = noColumns.body;
  let filled: Uint8Array = noColumns.filled;
  const facets = new Map<string, FacetColumn>();
  for (const [name, labels, data] of rows) {
    const bytes = decompress(data, columnLimit);
    if (name === 'body') body = toU32(bytes);
    else if (name === 'filled') filled = Uint8Array.from(bytes);
    else
      facets.set(name.slice('facet:'.length), { codes: toU32(bytes), labels: labelsSchema.parse(JSON.parse(labels)) });
  }
  return { count: body.length, body, filled, facets };
}

/** A copy at an aligned offset; stored little-endian, which every machine that Node 24 runs on is. */
const toU32 = (bytes: Buffer): Uint32Array =>
  new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
