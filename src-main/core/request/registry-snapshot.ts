/** The newest snapshot of a registry: what a request is made against, and what its answer is compared with. */
import type { RecordRef } from '../../../src-shared/domain/record.ts';
import { raise } from '../../../src-shared/result.ts';
import type { ReadableDb } from '../store/database.ts';
import { defaultSnapshots } from '../store/record-set.ts';
import { findRow } from '../store/records.ts';
import { findSnapshot, type StoredSnapshot } from '../store/snapshot-queries.ts';

function newestSnapshots(db: ReadableDb): readonly StoredSnapshot[] {
  const { registry, discovery, leftOut } = defaultSnapshots(db);
  return [...registry, ...discovery, ...leftOut].map((snapshot) => findSnapshot(db, snapshot));
}

export const newestOfRegistry = (db: ReadableDb, registryId: string): StoredSnapshot | null =>
  newestSnapshots(db).find((stored) => stored.registryId === registryId) ?? null;

/**
 * The registry that is meant: the one named, else the only one there is, else the only one that holds any of these records,
 * registries before scans. Raises `usage` / `request.unknown_registry`, `request.no_registry`.
 */
export function registryFor(
  db: ReadableDb,
  registryId: string | undefined,
  records: readonly RecordRef[],
): StoredSnapshot {
  const newest = newestSnapshots(db);
  const known = `known are ${newest.map((stored) => `${stored.registryName || 'unnamed'} (${stored.registryId})`).join(', ') || 'none'}`;
  if (registryId !== undefined) {
    const named = newest.find((stored) => stored.registryId === registryId);
    return (
      named ??
      refuse('unknown_registry', `No snapshot of registry ${registryId} that counts was imported here; ${known}.`)
    );
  }
  const holders = newest.filter((stored) => records.some((ref) => findRow(db, stored.snapshot, ref)));
  const registries = holders.filter((stored) => stored.role === 'registry');
  const [only, ...others] = newest.length === 1 ? newest : registries.length > 0 ? registries : holders;
  if (only && others.length === 0) return only;
  const why = only ? 'Several registries hold these records' : 'No registry holds these records';
  return refuse('no_registry', `${why}, so the one to ask must be named; ${known}.`);
}

const refuse = (code: string, sentence: string): never => raise('usage', `request.${code}`, sentence);
