/**
 * Stores the records of one snapshot, in (kind, id) order, inside the importer's transaction.
 *
 * Each body is stored once by content. The snapshot before is read alongside in the same order, so an unchanged record is
 * recognised by comparing digests in sequence; only what changed is looked up, validated anew, indexed and written.
 */
import { hash } from 'node:crypto';
import { entityOf, type Kind } from '../../../src-shared/domain/dictionary.ts';
import type { CanonicalRecord } from '../../../src-shared/domain/record.ts';
import type { Source } from '../../../src-shared/domain/snapshot.ts';
import { parseRecordLine } from '../snapshot/parse-line.ts';
import { type RecordLine, refuseLine } from '../snapshot/record-lines.ts';
import { type ColumnBuilder, columnBuilder } from '../store/columns.ts';
import type { WritableDb } from '../store/database.ts';
import { bodyFrameWriter, provFrameWriter } from '../store/frames.ts';
import { refsOf, refToken } from '../store/references.ts';
import { compareUtf8 } from '../store/utf8-order.ts';
import { searchText } from './search-text.ts';
import { spellingTwins } from './spelling-twins.ts';
import { completenessCheck, requireValidRecord } from './validate.ts';

export interface KindDelta {
  readonly kind: Kind;
  readonly records: number;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly unchanged: number;
}

export interface WrittenRecords {
  readonly records: number;
  readonly bodiesReused: number;
  readonly incomplete: number;
  readonly unknownFields: Readonly<Record<string, number>>;
  readonly counts: Readonly<Record<string, number>>;
  /** `kind/id` of records whose id another record spells with other code points (spelling-twins.ts). */
  readonly spellingTwins: readonly string[];
  readonly deltas: readonly KindDelta[];
}

export interface RecordWriter {
  write(line: RecordLine): void;
  /** Writes what is still buffered and the columns; call once, after the last line. */
  finish(): WrittenRecords;
}

interface PriorRow {
  readonly kind: string;
  readonly id: string;
  readonly body: number;
  readonly digest: Uint8Array;
}

type MutableDelta = { -readonly [K in keyof KindDelta]: KindDelta[K] };

export function recordWriter(
  db: WritableDb,
  snapshot: number,
  prior: number | null,
  sources: readonly Source[],
  file: string,
): RecordWriter {
  const insertRecord = db.write<[number, string, string, number, number]>(
    'INSERT INTO snapshot_record (snapshot, kind, id, body, prov) VALUES (?, ?, ?, ?, ?)',
  );
  const insertBody = db.write<[number, Uint8Array, string, string, number]>(
    'INSERT INTO body (body, digest, id, name, location) VALUES (?, ?, ?, ?, ?)',
  );
  const insertSearch = db.write<[number, string, string, string, string]>(
    'INSERT INTO record_search (rowid, id, name, text, refs) VALUES (?, ?, ?, ?, ?)',
  );
  const insertReview = db.write<[number, string, string, string, string]>(
    'INSERT INTO review_queue (snapshot, kind, id, name, missing) VALUES (?, ?, ?, ?, ?)',
  );
  const findBody = db.readRaw<[Uint8Array], [number]>('SELECT body FROM body WHERE digest = ?');
  let nextBody = (db.readRaw<[], [number | null]>('SELECT max(body) FROM body').get()?.[0] ?? 0) + 1;
  const completeness = completenessCheck(sources);
  const frames = bodyFrameWriter(db);
  const before = priorCursor(db, prior);
  const deltas = new Map<Kind, MutableDelta>();
  const unknownFields = new Map<string, number>();
  const twins = spellingTwins();
  let records = 0;
  let reused = 0;
  let incomplete = 0;
  let columns: { readonly kind: Kind; readonly builder: ColumnBuilder } | null = null;

  let waiting: { readonly kind: string; readonly id: string; readonly body: number }[] = [];
  const provenance = provFrameWriter(db, (count, first) => {
    waiting.slice(0, count).forEach((row, index) => {
      insertRecord.run(snapshot, row.kind, row.id, row.body, first + index);
    });
    waiting = waiting.slice(count);
  });

  const deltaOf = (kind: Kind): MutableDelta => {
    const known = deltas.get(kind);
    if (known) return known;
    const made: MutableDelta = { kind, records: 0, added: 0, changed: 0, removed: 0, unchanged: 0 };
    deltas.set(kind, made);
    return made;
  };
  const removedBefore = (kind: string, id: string): void => {
    for (let row = before.peek(); row && order(row.kind, row.id, kind, id) < 0; row = before.peek()) {
      deltaOf(row.kind as Kind).removed += 1;
      before.next();
    }
  };
  const newBody = (record: CanonicalRecord, digest: Uint8Array, text: string, name: string): number => {
    const body = nextBody;
    nextBody += 1;
    insertBody.run(body, digest, record.id, name, frames.add(text));
    insertSearch.run(body, record.id, name, searchText(record.body), refTokens(record));
    return body;
  };

  return {
    write(line) {
      const record = parseRecordLine(line, file);
      if (record.prov.source >= sources.length) {
        const why = `its provenance names source ${record.prov.source}, and the statement lists ${sources.length}`;
        refuseLine('no_source', file, line.member, line.lineNumber, why);
      }
      twins.see(record);
      const { bodyText, provText } = splitLine(line.line, record.kind);
      const digest = hash('sha256', bodyText, 'buffer');
      const delta = deltaOf(record.kind);
      removedBefore(record.kind, record.id);
      const twin = before.peek();
      const isSame = twin !== undefined && twin.kind === record.kind && twin.id === record.id;
      let body: number;
      // Validation runs on every record: its verdict on unknown fields and gaps belongs to this snapshot.
      const unknown = requireValidRecord(record, { file, member: line.member, line: line.lineNumber });
      const name = nameOf(record);
      if (isSame && Buffer.compare(digest, twin.digest) === 0) {
        body = twin.body;
        delta.unchanged += 1;
        reused += 1;
      } else {
        const known = findBody.get(digest)?.[0];
        if (known !== undefined) reused += 1;
        body = known ?? newBody(record, digest, bodyText, name);
        if (isSame) delta.changed += 1;
        else delta.added += 1;
      }
      if (isSame) before.next();
      delta.records += 1;
      records += 1;
      for (const field of unknown) {
        const key = `${record.kind}.${field}`;
        unknownFields.set(key, (unknownFields.get(key) ?? 0) + 1);
      }
      const { filled, missing } = completeness(record);
      if (missing.length > 0) {
        incomplete += 1;
        insertReview.run(snapshot, record.kind, record.id, name, JSON.stringify(missing));
      }
      if (columns?.kind !== record.kind) {
        columns?.builder.store(db, snapshot);
        columns = { kind: record.kind, builder: columnBuilder(record.kind) };
      }
      columns.builder.add(body, record.body, filled);
      waiting.push({ kind: record.kind, id: record.id, body });
      provenance.add(record.id, provText);
    },
    finish() {
      for (let row = before.peek(); row; row = before.peek()) {
        deltaOf(row.kind as Kind).removed += 1;
        before.next();
      }
      columns?.builder.store(db, snapshot);
      provenance.flush();
      frames.flush();
      const list = [...deltas.values()].sort((a, b) => (a.kind < b.kind ? -1 : 1));
      return {
        records,
        bodiesReused: reused,
        incomplete,
        unknownFields: Object.fromEntries([...unknownFields].sort(([a], [b]) => (a < b ? -1 : 1))),
        counts: Object.fromEntries(
          list.filter((delta) => delta.records > 0).map((delta) => [delta.kind, delta.records]),
        ),
        spellingTwins: twins.found,
        deltas: list,
      };
    },
  };
}

const refTokens = (record: CanonicalRecord): string =>
  refsOf(record.kind, record.body)
    .map(({ ref }) => refToken(ref))
    .join(' ');

/** What the record is listed under: its name field where it has a text, else its id. */
export function nameOf(record: Pick<CanonicalRecord, 'kind' | 'id' | 'body'>): string {
  const name = record.body[entityOf(record.kind).nameField];
  return typeof name === 'string' && name.trim() !== '' ? name : record.id;
}

/**
 * A canonical line is `{"body":…,"id":…,"kind":"K","prov":…}`, so the text that the body digest is taken over (decisions.md 1)
 * is its beginning with a closing brace. `prov` holds no text field named `kind`, so the last marker is the right one.
 */
function splitLine(line: Buffer, kind: Kind): { readonly bodyText: string; readonly provText: string } {
  const text = line.toString('utf8');
  const marker = `"kind":"${kind}","prov":`;
  const cut = text.lastIndexOf(`${marker}{`);
  if (cut < 0) throw new Error('a parsed record line lacks its own marker');
  const end = cut + marker.length;
  return { bodyText: `${text.slice(0, end - ',"prov":'.length)}}`, provText: text.slice(end, -1) };
}

const order = (kindA: string, idA: string, kindB: string, idB: string): number =>
  kindA === kindB ? compareUtf8(idA, idB) : kindA < kindB ? -1 : 1;

const pageRows = 2000;

/** The records of the snapshot before, in (kind, id) order, a page at a time: an open iterator would block writes. */
function priorCursor(db: WritableDb, prior: number | null) {
  const page = db.read<[number, string, string, number], PriorRow>(
    `SELECT r.kind, r.id, r.body, b.digest FROM snapshot_record r JOIN body b ON b.body = r.body
     WHERE r.snapshot = ? AND (r.kind, r.id) > (?, ?) ORDER BY r.kind, r.id LIMIT ?`,
  );
  let rows: readonly PriorRow[] = [];
  let at = 0;
  let ended = prior === null;
  let last: readonly [string, string] = ['', ''];
  const fill = (): void => {
    if (prior === null || ended || at < rows.length) return;
    rows = page.all(prior, last[0], last[1], pageRows);
    at = 0;
    const final = rows.at(-1);
    if (final) last = [final.kind, final.id];
    else ended = true;
  };
  return {
    peek(): PriorRow | undefined {
      fill();
      return rows[at];
    },
    next(): void {
      at += 1;
    },
  };
}
