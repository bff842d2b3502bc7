/**
 * The records of one or several stored snapshots as a `RecordSet`, read when they are asked for.
 *
 * Where two snapshots hold the same record the later one in the list wins, as in `recordSetOf`. Snapshots and bodies never
 * change, so nothing here goes stale.
 */
import type { Kind } from '../../../src-shared/domain/dictionary.ts';
import { formatRef, type RecordRef } from '../../../src-shared/domain/record.ts';
import { nearestBelow, newestOf } from '../ingest/continuity.ts';
import { type PlacedSnapshot, registryLines } from '../ingest/registry-line.ts';
import type { RecordConflict, RecordSet, SnapshotMeta, StoredRecord } from '../record-set.ts';
import type { ReadableDb } from './database.ts';
import type { Keeper } from './keeper.ts';
import { recordConflicts } from './record-conflicts.ts';
import { entriesAfter, findRow, readRecord, rowsAfter } from './records.ts';
import { believedTakenAt, findSnapshot, type StoredSnapshot } from './snapshot-queries.ts';
import { compareUtf8 } from './utf8-order.ts';

/** Records that `get` has read and that are likely to be asked for again. */
const cachedRecords = 4096;
const pageRows = 1000;

function metaOf(stored: StoredSnapshot): SnapshotMeta {
  const { predicate } = stored.statement;
  return {
    snapshot: stored.snapshot,
    snapshotId: predicate.snapshotId,
    registryId: stored.registryId,
    registryName: stored.registryName,
    role: stored.role,
    sequence: stored.sequence,
    takenAt: believedTakenAt(stored),
    statementSha256: stored.statementSha256,
    counts: stored.counts,
    sources: predicate.sources,
  };
}

export interface RecordSetOptions {
  /** What the caller reads of some kinds: these are read whole, once, and held with only those fields. */
  readonly keep?: Keeper;
  /** Called between pages of records: looks at the cancel flag. */
  readonly tick?: () => void;
}

/** Records of the named snapshots; raises `usage` / `snapshot.unknown` for a number that is not stored. */
export function loadRecordSet(
  db: ReadableDb,
  snapshots: readonly number[],
  { keep, tick = () => {} }: RecordSetOptions = {},
): RecordSet {
  const metas = snapshots.map((snapshot) => metaOf(findSnapshot(db, snapshot)));
  const counts = new Map<Kind, number>();
  const supplied = new Map<Kind, ReadonlySet<string>>();
  const conflicts = new Map<Kind, readonly RecordConflict[]>();
  const kept = new Map<Kind, ReadonlyMap<string, StoredRecord>>();
  const pages = <Row extends { readonly id: string }>(kind: Kind, read: PageReader<Row>) =>
    merged(snapshots.map((snapshot) => paged((after) => read(db, snapshot, kind, after, pageRows), tick)));
  const rows = (kind: Kind) => pages(kind, rowsAfter);

  function keptOf(kind: Kind): ReadonlyMap<string, StoredRecord> | undefined {
    if (!keep?.keeps(kind)) return undefined;
    let records = kept.get(kind);
    if (!records) {
      records = new Map(mapped(rows(kind), (row) => [row.id, keep.read(db, row)] as const));
      kept.set(kind, records);
    }
    return records;
  }

  const find = leastRecentlyUsed(cachedRecords, (ref: RecordRef): StoredRecord | undefined => {
    const row = snapshots.reduceRight<ReturnType<typeof findRow>>(
      (found, snapshot) => found ?? findRow(db, snapshot, ref),
      undefined,
    );
    return row && readRecord(db, row);
  });

  return {
    snapshots: metas,
    digestsChecked: true,
    count(kind) {
      let count = counts.get(kind);
      if (count === undefined) {
        count = countKind(db, snapshots, metas, kind);
        counts.set(kind, count);
      }
      return count;
    },
    get(ref) {
      const records = keptOf(ref.kind);
      return records ? records.get(ref.id) : find(ref);
    },
    all: (kind) => ({
      [Symbol.iterator]: () => keptOf(kind)?.values() ?? mapped(rows(kind), (row) => readRecord(db, row)),
    }),
    entries: (kind) => ({
      [Symbol.iterator]: () =>
        mapped(pages(kind, entriesAfter), ({ id, body, snapshot }) => ({ id, content: body, snapshot })),
    }),
    conflicts(kind) {
      const found = conflicts.get(kind) ?? recordConflicts(db, metas, kind);
      conflicts.set(kind, found);
      return found;
    },
    suppliedFields(kind) {
      let fields = supplied.get(kind);
      if (!fields) {
        fields = new Set(metas.flatMap((meta) => meta.sources.flatMap((source) => source.suppliedFields[kind] ?? [])));
        supplied.set(kind, fields);
      }
      return fields;
    },
  };
}

function* mapped<T, U>(values: Iterable<T>, change: (value: T) => U): Generator<U, void> {
  for (const value of values) yield change(value);
}

/** A lookup by reference that remembers its newest answers. */
function leastRecentlyUsed<T>(limit: number, look: (ref: RecordRef) => T): (ref: RecordRef) => T {
  const cache = new Map<string, T>();
  return (ref) => {
    const key = formatRef(ref);
    const known = cache.get(key);
    const value = known ?? look(ref);
    if (known !== undefined) cache.delete(key);
    cache.set(key, value);
    const [oldest] = cache.keys();
    if (cache.size > limit && oldest !== undefined) cache.delete(oldest);
    return value;
  };
}

function countKind(db: ReadableDb, snapshots: readonly number[], metas: readonly SnapshotMeta[], kind: Kind): number {
  const holding = metas.filter((meta) => (meta.counts[kind] ?? 0) > 0);
  if (holding.length <= 1) return holding[0]?.counts[kind] ?? 0;
  const marks = snapshots.map(() => '?').join(', ');
  return (
    db
      .readRaw<readonly (string | number)[], [number]>(
        `SELECT count(DISTINCT id) FROM snapshot_record WHERE snapshot IN (${marks}) AND kind = ?`,
      )
      .get(...snapshots, kind)?.[0] ?? 0
  );
}

type PageReader<Row> = (db: ReadableDb, snapshot: number, kind: Kind, after: string, limit: number) => readonly Row[];

/** Rows in id order, a page at a time so that no statement stays open between them. */
function* paged<Row extends { readonly id: string }>(
  read: (after: string) => readonly Row[],
  tick: () => void,
): Generator<Row, void> {
  let after = '';
  for (;;) {
    tick();
    const rows = read(after);
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < pageRows) return;
    after = last.id;
  }
}

/** One list of several in id order; of two rows with the same id that of the later list is given out. */
function* merged<Row extends { readonly id: string }>(lists: readonly Generator<Row, void>[]): Generator<Row, void> {
  const [only, ...others] = lists;
  if (only && others.length === 0) return yield* only;
  const streams = lists.map((rows) => ({ rows, head: rows.next() }));
  for (;;) {
    let least: Row | undefined;
    for (const { head } of streams) {
      if (!head.done && (!least || compareUtf8(head.value.id, least.id) <= 0)) least = head.value;
    }
    if (!least) return;
    for (const stream of streams) {
      if (!stream.head.done && stream.head.value.id === least.id) stream.head = stream.rows.next();
    }
    yield least;
  }
}

export interface DefaultSnapshots {
  readonly registry: number[];
  readonly discovery: number[];
  /** The registry snapshots before those, one per registry that has one. */
  readonly baseline: number[];
  /** Newest scans of their registries that are too much older than the newest scan of all to be read beside it. */
  readonly leftOut: number[];
}

/** A scan that is older than the newest one by more than this says what ran then, perhaps of the same place under another id. */
const maximumDiscoveryAge = 7 * 86_400_000;

/**
 * The newest snapshot of every registry by role, and what came before it: the same answer as its timeline gives. Historical
 * imports never count as newest, and what too few keys stand behind counts as nothing. Scans that are more than a week older than
 * the newest scan are left out and named.
 */
export function defaultSnapshots(db: ReadableDb): DefaultSnapshots {
  const lines = [...registryLines(db).values()];
  const newest = lines.flatMap((line) => newestOf(line) ?? []);
  const before = lines.flatMap((line) => {
    const current = newestOf(line);
    return current?.role === 'registry' ? (nearestBelow(current, line) ?? []) : [];
  });
  const takenAt = (stored: PlacedSnapshot): number => Date.parse(believedTakenAt(stored));
  const numbers = (list: readonly PlacedSnapshot[]): number[] =>
    [...list].sort((a, b) => takenAt(a) - takenAt(b) || a.snapshot - b.snapshot).map((stored) => stored.snapshot);
  const scans = newest.filter((stored) => stored.role === 'discovery');
  const oldest = Math.max(...scans.map(takenAt)) - maximumDiscoveryAge;
  const isOld = (stored: PlacedSnapshot): boolean => takenAt(stored) < oldest;
  return {
    registry: numbers(newest.filter((stored) => stored.role === 'registry')),
    discovery: numbers(scans.filter((stored) => !isOld(stored))),
    baseline: numbers(before),
    leftOut: numbers(scans.filter(isOld)),
  };
}
