/** Lineage around one record, as of the newest registry snapshots or of one snapshot, and compared with another. */
import { buildLineage, lineageGraph as graphAround } from '../lineage/lineage.ts';
import { lineageDiff } from '../lineage/lineage-diff.ts';
import type { ReadableDb } from '../store/database.ts';
import { openFindingCounts } from '../store/finding-queries.ts';
import { defaultSnapshots, loadRecordSet } from '../store/record-set.ts';
import type { Handler } from './context.ts';

export const lineageGraph: Handler<'lineage.graph'> = (context, input) => {
  const db = context.workspace().reader;
  const findings = openFindingCounts(db);
  const options = { ...input, findingsOf: (id: string) => findings.get(id) ?? 0 };
  const index = lineageOf(db, input.snapshot);
  return input.compareTo === undefined
    ? graphAround(index, options)
    : lineageDiff(lineageOf(db, input.compareTo), index, options);
};

/** Built once per set of snapshots: snapshots never change, so the index cannot go stale. */
const cache = new WeakMap<ReadableDb, { key: string; index: ReturnType<typeof buildLineage> }>();

export function lineageOf(db: ReadableDb, snapshot?: number) {
  const snapshots = snapshot === undefined ? lineageSnapshots(db) : [snapshot];
  const key = snapshots.join(',');
  const known = cache.get(db);
  if (known?.key === key) return known.index;
  const index = buildLineage(loadRecordSet(db, snapshots));
  cache.set(db, { key, index });
  return index;
}

const lineageSnapshots = (db: ReadableDb): number[] => [
  ...defaultSnapshots(db).registry,
  ...defaultSnapshots(db).discovery,
];
