/**
 * The records of one or several stored snapshots as a `RecordSet`, read when they are asked for.
 *
 * Where two snapshots hold the same record the later one in the list wins, as in `recordSetOf`. Snapshots and bodies never
 * change, so nothing here goes stale.
 */
import type { Kind } from '../../../src-shared/domain/dictionary.ts';
import { kinds } from '../../../src-shared/domain/dictionary.ts';
import { formatRef } from '../../../src-shared/domain/record.ts';
import type { RecordSet, SnapshotMeta, StoredRecord } from '../record-set.ts';
import type { ReadableDb } from './database.ts';
import { findRow, readRecord, rowsAfter } from './records.ts';
import { allSnapshots, findSnapshot, type StoredSnapshot } from './snapshot-queries.ts';
import { compareUtf8 } from './utf8-order.ts';

const cachedRecords = 20_000;
const pageRows = 1000;

export function metaOf(stored: StoredSnapshot): SnapshotMeta {
  const { predicate } = stored.statement;
  return {
    snapshot: stored.snapshot,
    snapshotId: predicate.snapshotId,
    registryId: stored.registryId,
    registryName: stored.registryName,
    role: stored.role,
    sequence: stored.sequence,
    takenAt: stored.takenAt,
    statementSha256: stored.statementSha256,
    counts: stored.counts,
    sources: predicate.sources,
  };
}

/** Records of the named snapshots; raises `usage` / `snapshot.unknown` for a number that is not stored. */
export function loadRecordSet(db: ReadableDb, snapshots: readonly number[]): RecordSet {
  const metas = snapshots.map((snapshot) => metaOf(findSnapshot(db, snapshot)));
  const cache = new Map<string, StoredRecord | null>();
  const counts = new Map<Kind, number>();
  const supplied = new Map<Kind, ReadonlySet<string>>();

  const remember = (key: string, record: StoredRecord | null): void => {
    if (cache.size >= cachedRecords) cache.clear();
    cache.set(key, record);
  };

  return {
    snapshots: metas,
    count(kind) {
      let count = counts.get(kind);
      if (count === undefined) {
        count = countKind(db, snapshots, metas, kind);
        counts.set(kind, count);
      }
      return count;
    },
    get(ref) {
      const key = formatRef(ref);
      const known = cache.get(key);
      if (known !== undefined) return known ?? undefined;
      const row = snapshots.reduceRight<ReturnType<typeof findRow>>(
        (found, snapshot) => found ?? findRow(db, snapshot, ref),
        undefined,
      );
      const record = row ? readRecord(db, row) : null;
      remember(key, record);
      return record ?? undefined;
    },
    all: (kind) => ({ [Symbol.iterator]: () => mergedRecords(db, snapshots, kind) }),
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

/** One snapshot's records of a kind in id order, a page at a time so that no statement stays open between them. */
function* recordsOf(db: ReadableDb, snapshot: number, kind: Kind): Generator<StoredRecord> {
  let after = '';
  for (;;) {
    const rows = rowsAfter(db, snapshot, kind, after, pageRows);
    for (const row of rows) yield readRecord(db, row);
    const last = rows.at(-1);
    if (!last || rows.length < pageRows) return;
    after = last.id;
  }
}

function* mergedRecords(db: ReadableDb, snapshots: readonly number[], kind: Kind): Generator<StoredRecord> {
  const streams = snapshots.map((snapshot) => {
    const records = recordsOf(db, snapshot, kind);
    return { records, head: records.next() };
  });
  for (;;) {
    let least: StoredRecord | undefined;
    for (const { head } of streams) {
      // `<=`: of two with the same id the later snapshot is given out.
      if (!head.done && (!least || compareUtf8(head.value.id, least.id) <= 0)) least = head.value;
    }
    if (!least) return;
    for (const stream of streams) {
      if (!stream.head.done && stream.head.value.id === least.id) stream.head = stream.records.next();
    }
    yield least;
  }
}

export interface DefaultSnapshots {
  readonly registry: number[];
  readonly discovery: number[];
  /** The registry snapshots before those, one per registry that has one. */
  readonly baseline: number[];
}

/** The newest snapshot of every registry by role, and what came before it; historical imports never count as newest. */
export function defaultSnapshots(db: ReadableDb): DefaultSnapshots {
  const byRegistry = new Map<string, StoredSnapshot[]>();
  for (const stored of allSnapshots(db)) {
    byRegistry.set(stored.registryId, [...(byRegistry.get(stored.registryId) ?? []), stored]);
  }
  const newest: StoredSnapshot[] = [];
  const before: StoredSnapshot[] = [];
  for (const line of byRegistry.values()) {
    line.sort((a, b) => b.sequence - a.sequence);
    const current = line.find((stored) => stored.chain !== 'historical');
    if (!current) continue;
    newest.push(current);
    const predecessor = line.find((stored) => stored.sequence < current.sequence);
    if (predecessor && current.role === 'registry') before.push(predecessor);
  }
  const numbers = (list: readonly StoredSnapshot[]): number[] =>
    [...list]
      .sort((a, b) => Date.parse(a.takenAt) - Date.parse(b.takenAt) || a.snapshot - b.snapshot)
      .map((stored) => stored.snapshot);
  return {
    registry: numbers(newest.filter((stored) => stored.role === 'registry')),
    discovery: numbers(newest.filter((stored) => stored.role === 'discovery')),
    baseline: numbers(before),
  };
}

/** Every kind that a snapshot holds, in the order in which kinds are listed. */
export const kindsOf = (meta: SnapshotMeta): readonly Kind[] => kinds.filter((kind) => (meta.counts[kind] ?? 0) > 0);
