/**
 * Ids that look the same and are not: `café` in one code point or two (Unicode normal forms C and D).
 *
 * Two such records are two records, as the source has them. Merging them would be a guess, so they are kept apart and named:
 * whoever compares by eye sees one where there are two.
 */
import { formatRef, type RecordRef } from '../../../src-shared/domain/record.ts';

export interface SpellingTwins {
  see(record: RecordRef): void;
  /** `kind/id` of each record that came after one with the same normal form. */
  readonly found: readonly string[];
}

export function spellingTwins(): SpellingTwins {
  const spelled = new Set<string>();
  const found: string[] = [];
  return {
    found,
    see({ kind, id }) {
      const normal = id.normalize('NFC');
      // Most ids are ASCII, which has one spelling only; they need no memory.
      if (normal === id && isAscii(id)) return;
      const key = formatRef({ kind, id: normal });
      if (spelled.has(key)) found.push(key);
      spelled.add(key);
    },
  };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is all of them.
const isAscii = (text: string): boolean => /^[\u0000-\u007f]*$/.test(text);
