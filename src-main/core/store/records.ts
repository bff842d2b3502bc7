/** Single records out of the store: a row of `snapshot_record` resolved to body, provenance and digest. */
import { hash } from 'node:crypto';
import { isKind, type Kind } from '../../../src-shared/domain/dictionary.ts';
import type { Provenance, RecordBody, RecordRef } from '../../../src-shared/domain/record.ts';
import { raise } from '../../../src-shared/result.ts';
import type { StoredRecord } from '../record-set.ts';
import type { ReadableDb } from './database.ts';
import { lineReaders } from './frames.ts';

/** What a list needs of a record before its body is read. */
export interface RecordRow {
  readonly snapshot: number;
  readonly kind: Kind;
  readonly id: string;
  readonly name: string;
  readonly body: number;
  readonly prov: number;
  readonly location: number;
  readonly digest: Uint8Array;
}

const columns = 'r.snapshot, r.kind, r.id, b.name, r.body, r.prov, b.location, b.digest';

export function findRow(db: ReadableDb, snapshot: number, ref: RecordRef): RecordRow | undefined {
  return db
    .read<[number, string, string], RecordRow>(
      `SELECT ${columns} FROM snapshot_record r JOIN body b ON b.body = r.body WHERE r.snapshot = ? AND r.kind = ? AND r.id = ?`,
    )
    .get(snapshot, ref.kind, ref.id);
}

/** Rows of a kind after an id, in id order. */
export function rowsAfter(db: ReadableDb, snapshot: number, kind: Kind, id: string, limit: number): RecordRow[] {
  return db
    .read<[number, string, string, number], RecordRow>(
      `SELECT ${columns} FROM snapshot_record r JOIN body b ON b.body = r.body
       WHERE r.snapshot = ? AND r.kind = ? AND r.id > ? ORDER BY r.id LIMIT ?`,
    )
    .all(snapshot, kind, id, limit);
}

/** What `snapshot_record` alone says, for the same rows: id and body. */
export function entriesAfter(
  db: ReadableDb,
  snapshot: number,
  kind: Kind,
  id: string,
  limit: number,
): { readonly snapshot: number; readonly id: string; readonly body: number }[] {
  return db
    .readRaw<[number, string, string, number], [string, number]>(
      'SELECT id, body FROM snapshot_record WHERE snapshot = ? AND kind = ? AND id > ? ORDER BY id LIMIT ?',
    )
    .all(snapshot, kind, id, limit)
    .map(([recordId, body]) => ({ snapshot, id: recordId, body }));
}

export const hex = (digest: Uint8Array): string => Buffer.from(digest).toString('hex');

interface BodyLine {
  readonly kind: Kind;
  readonly id: string;
  readonly body: RecordBody;
}

// Import has validated every line against the dictionary and its digest is compared below: one shape check is enough.
function isBodyLine(value: unknown): value is BodyLine {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, id, body } = value as Readonly<Record<string, unknown>>;
  return (
    typeof kind === 'string' && isKind(kind) && typeof id === 'string' && typeof body === 'object' && body !== null
  );
}
const isProvenance = (value: unknown): value is Provenance =>
  typeof value === 'object' && value !== null && 'source' in value && 'default' in value;

function parsed<T>(line: Buffer, is: (value: unknown) => value is T): T {
  const value: unknown = JSON.parse(line.toString('utf8'));
  if (!is(value)) throw new Error('a stored line has not the shape that imports write');
  return value;
}

/** The body behind a row; its text must still have the digest it is stored under, or `trust` / `store.body_altered`. */
export function readBody(db: ReadableDb, row: Pick<RecordRow, 'location' | 'digest'>): BodyLine {
  const line = lineReaders(db).body(row.location);
  if (!hash('sha256', line, 'buffer').equals(row.digest)) {
    raise(
      'trust',
      'store.body_altered',
      'A stored record no longer has the digest it was imported with: the store was altered. Restore it from a backup.',
      { digest: hex(row.digest) },
    );
  }
  return parsed(line, isBodyLine);
}

export const readProvenance = (db: ReadableDb, row: Pick<RecordRow, 'prov'>): Provenance =>
  parsed(lineReaders(db).prov(row.prov), isProvenance);

/** The whole record. */
export function readRecord(db: ReadableDb, row: RecordRow): StoredRecord {
  const { kind, id, body } = readBody(db, row);
  return { kind, id, body, prov: readProvenance(db, row), snapshot: row.snapshot, digest: hex(row.digest) };
}
