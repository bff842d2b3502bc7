/** What proofs need of the store: the signed bytes of a snapshot, and where a record stands among its leaves. */
import type { RecordRef } from '../../../src-shared/domain/record.ts';
import { raise } from '../../../src-shared/result.ts';
import { signatureMember } from '../snapshot/names.ts';
import type { ReadableDb } from './database.ts';
import { eq } from './drizzle.ts';
import { lineReaders } from './frames.ts';
import { findRow } from './records.ts';
import { snapshotSignature, snapshot as snapshotTable } from './schema.ts';
import { joinLine } from './stored-lines.ts';

export interface SignedBytes {
  readonly statement: Buffer;
  readonly statementSha256: string;
  /** The required signature first, co-signatures by name. */
  readonly signatures: readonly { readonly member: string; readonly bytes: Uint8Array }[];
}

/** Raises `usage` / `snapshot.unknown`. */
export function signedBytesOf(db: ReadableDb, snapshot: number): SignedBytes {
  const row = db.orm.select().from(snapshotTable).where(eq(snapshotTable.snapshot, snapshot)).get();
  if (!row) {
    return raise('usage', 'snapshot.unknown', `There is no snapshot ${snapshot} in this workspace.`, { snapshot });
  }
  const rank = (member: string): string => (member === signatureMember ? '' : member);
  const signatures = db.orm
    .select()
    .from(snapshotSignature)
    .where(eq(snapshotSignature.snapshot, snapshot))
    .all()
    .sort((a, b) => (rank(a.member) < rank(b.member) ? -1 : 1));
  return { statement: row.statement, statementSha256: row.statementSha256, signatures };
}

/** Digests of the statements of all imported snapshots. */
export const storedStatements = (db: ReadableDb): ReadonlySet<string> =>
  new Set(
    db
      .readRaw<[], [string]>('SELECT statement_sha256 FROM snapshot')
      .all()
      .map(([digest]) => digest),
  );

export interface StoredLeaf {
  /** From 0 among all leaves of the snapshot. */
  readonly index: number;
  /** The line without its newline. */
  readonly line: Buffer;
}

/** Null when the snapshot does not hold the record. Counts an index range: milliseconds for a million records. */
export function storedLeaf(db: ReadableDb, snapshot: number, ref: RecordRef): StoredLeaf | null {
  const row = findRow(db, snapshot, ref);
  if (!row) return null;
  const before = db
    .readRaw<[number, string, string], [number]>(
      'SELECT count(*) FROM snapshot_record WHERE snapshot = ? AND (kind, id) < (?, ?)',
    )
    .get(snapshot, ref.kind, ref.id);
  const { body, prov } = lineReaders(db);
  return { index: before?.[0] ?? 0, line: joinLine(body(row.location), prov(row.prov)) };
}
