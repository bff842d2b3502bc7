/**
 * Records held in memory with only the fields that a piece of work reads.
 *
 * One keeper serves several record sets of one run. A record that two snapshots have in common lies in the store once, and
 * here too: a baseline that is almost the registry of today costs almost nothing, and is hardly read.
 */
import type { Kind } from '../../../src-shared/domain/dictionary.ts';
import type { Provenance, RecordBody } from '../../../src-shared/domain/record.ts';
import type { FieldChoice, StoredRecord } from '../record-set.ts';
import type { ReadableDb } from './database.ts';
import { type RecordRow, readRecord } from './records.ts';

export interface Keeper {
  keeps(kind: Kind): boolean;
  /** The record behind a row, with the chosen fields only. */
  read(db: ReadableDb, row: RecordRow): StoredRecord;
}

export function recordKeeper(fields: FieldChoice): Keeper {
  const chosen = new Map(Object.entries(fields).map(([kind, names]) => [kind, new Set(names)]));
  const byBody = new Map<number, { readonly prov: number; readonly record: StoredRecord }>();
  return {
    keeps: (kind) => chosen.has(kind),
    read(db, row) {
      const known = byBody.get(row.body);
      // Equal rows of `body` and equal places of provenance: the same text on both sides.
      if (known?.prov === row.prov) return { ...known.record, snapshot: row.snapshot };
      const record = narrowed(readRecord(db, row), chosen.get(row.kind) ?? new Set());
      byBody.set(row.body, { prov: row.prov, record });
      return record;
    },
  };
}

function narrowed(record: StoredRecord, names: ReadonlySet<string>): StoredRecord {
  const body: RecordBody = pick(record.body, names);
  const { fields, ...rest } = record.prov;
  const prov: Provenance = fields ? { ...rest, fields: pick(fields, names) } : record.prov;
  return { ...record, body, prov };
}

function pick<T>(from: Readonly<Record<string, T>>, names: ReadonlySet<string>): Record<string, T> {
  const picked: Record<string, T> = {};
  for (const name of names) {
    const value = from[name];
    if (value !== undefined) picked[name] = value;
  }
  return picked;
}
