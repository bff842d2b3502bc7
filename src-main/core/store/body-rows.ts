/** Rows of the `body` table for a page of positions, in one statement. */
import type { ReadableDb } from './database.ts';

export interface BodyRow {
  readonly body: number;
  readonly id: string;
  readonly name: string;
  readonly location: number;
  readonly digest: Uint8Array;
}

export function bodyRows(db: ReadableDb, bodies: Iterable<number>): ReadonlyMap<number, BodyRow> {
  const rows = db
    .read<[string], BodyRow>(
      'SELECT body, id, name, location, digest FROM body WHERE body IN (SELECT value FROM json_each(?))',
    )
    .all(JSON.stringify([...bodies]));
  return new Map(rows.map((row) => [row.body, row]));
}
