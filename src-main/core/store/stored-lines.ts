/**
 * The record lines of a stored snapshot in (kind, id) order, put together from body and provenance text byte for byte as they
 * were imported: the leaves of the signed Merkle tree.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Kind } from '../../../src-shared/domain/dictionary.ts';
import type { JobContext } from '../ports.ts';
import type { ReadableDb } from './database.ts';
import { freshLineReaders } from './frames.ts';

export interface StoredLine {
  readonly kind: Kind;
  readonly id: string;
  /** Without its newline. */
  readonly line: Buffer;
}

const pageRows = 2000;
const turnMilliseconds = 40;
const provenanceMark = Buffer.from(',"prov":');
const closingBrace = Buffer.from('}');

/** The body text is the line's beginning with a closing brace (ingest/record-writer.ts). */
export const joinLine = (body: Buffer, provenance: Buffer): Buffer =>
  Buffer.concat([body.subarray(0, -1), provenanceMark, provenance, closingBrace]);

/** A page at a time, so that no statement stays open between them and memory holds one page. */
export async function* storedLines(
  db: ReadableDb,
  snapshot: number,
  job: JobContext,
): AsyncGenerator<readonly StoredLine[]> {
  const page = db.readRaw<[number, string, string, number], [Kind, string, number, number]>(
    `SELECT r.kind, r.id, b.location, r.prov FROM snapshot_record r JOIN body b ON b.body = r.body
     WHERE r.snapshot = ? AND (r.kind, r.id) > (?, ?) ORDER BY r.kind, r.id LIMIT ?`,
  );
  const { body, prov } = freshLineReaders(db);
  let turnedAt = performance.now();
  let last: readonly [string, string] = ['', ''];
  for (;;) {
    job.throwIfCancelled();
    const rows = page.all(snapshot, last[0], last[1], pageRows);
    if (rows.length > 0) {
      yield rows.map(([kind, id, bodyAt, provAt]) => ({ kind, id, line: joinLine(body(bodyAt), prov(provAt)) }));
    }
    const final = rows.at(-1);
    if (!final || rows.length < pageRows) return;
    last = [final[0], final[1]];
    if (performance.now() - turnedAt < turnMilliseconds) continue;
    await nextTurn();
    turnedAt = performance.now();
  }
}
