/** Full-text search over a view: every word is a prefix, all have to be found, hits in id and name come first. */
import type { ReadableDb } from './database.ts';
import type { InventoryView } from './inventory-view.ts';

/** Per position: 0 not found, 1 found in the text, 2 found in id or name. */
export type SearchHits = Uint8Array;

const maxWords = 12;

/** The words that the index's tokeniser (unicode61) would make; what lies between them only separates. */
export const searchWords = (search: string): readonly string[] =>
  (search.normalize('NFC').match(/[\p{L}\p{N}]+/gu) ?? []).slice(0, maxWords);

const caches = new WeakMap<InventoryView, Map<string, SearchHits>>();
const cachedSearches = 16;

/** Null where nothing is searched for. A view's records never change, so neither do its hits. */
export function searchHits(db: ReadableDb, view: InventoryView, search: string): SearchHits | null {
  if (search.trim() === '') return null;
  const words = searchWords(search);
  const key = words.join(' ');
  const cache = caches.get(view) ?? new Map<string, SearchHits>();
  caches.set(view, cache);
  const known = cache.get(key);
  if (known) return known;
  const hits = new Uint8Array(view.count);
  if (words.length > 0) {
    const expression = words.map((word) => `"${word}"*`).join(' AND ');
    mark(db, view, `{id name text} : (${expression})`, hits, 1);
    mark(db, view, `{id name} : (${expression})`, hits, 2);
  }
  if (cache.size >= cachedSearches) cache.clear();
  cache.set(key, hits);
  return hits;
}

function mark(db: ReadableDb, view: InventoryView, expression: string, hits: SearchHits, value: number): void {
  const find = db.readRaw<[string], [number]>('SELECT rowid FROM record_search WHERE record_search MATCH ?');
  for (const [body] of find.all(expression)) {
    const position = view.positionOf(body);
    if (position >= 0) hits[position] = value;
  }
}
