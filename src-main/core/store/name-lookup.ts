/** Names of records by reference, remembered for as long as one answer is being put together. */
import { formatRef } from '../../../src-shared/domain/record.ts';
import type { ReadableDb } from './database.ts';
import type { NameOf } from './display.ts';

/** Looks through the snapshots from last to first, as everything else does where two hold the same record. */
export function nameLookup(db: ReadableDb, snapshots: readonly number[]): NameOf {
  const names = new Map<string, string | undefined>();
  const find = db.readRaw<[number, string, string], [string]>(
    `SELECT b.name FROM snapshot_record r JOIN body b ON b.body = r.body WHERE r.snapshot = ? AND r.kind = ? AND r.id = ?`,
  );
  return (ref) => {
    const key = formatRef(ref);
    if (names.has(key)) return names.get(key);
    let name: string | undefined;
    for (let index = snapshots.length - 1; index >= 0 && name === undefined; index -= 1) {
      const snapshot = snapshots[index];
      if (snapshot !== undefined) name = find.get(snapshot, ref.kind, ref.id)?.[0];
    }
    names.set(key, name);
    return name;
  };
}
