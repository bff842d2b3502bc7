/**
 * Keys that occur twice in one JSON object: JSON.parse keeps the last, other readers the first, so that two programs may see two
 * documents in the same bytes (RFC 8259 section 4). For files that need not be canonical; canonical ones cannot hold any.
 */

/** A whole string and, where it names a member, the colon behind it. Strings are consumed whole, so this is linear. */
const stringToken = /"(?:[^"\\]|\\.)*"(\s*:)?/g;

/** `value` is what JSON.parse made of `text`. */
export function hasRepeatedKeys(text: string, value: unknown): boolean {
  let named = 0;
  for (const match of text.matchAll(stringToken)) if (match[1] !== undefined) named += 1;
  return named !== countKeys(value);
}

/** Without recursion: a hostile file nests deeper than the stack. */
function countKeys(value: unknown): number {
  const waiting: unknown[] = [value];
  let keys = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    if (!Array.isArray(next)) keys += Object.keys(next).length;
    for (const item of Object.values(next)) waiting.push(item);
  }
  return keys;
}
