/** What to call a record in a line of text. */

/**
 * A version is often labelled "2": a name that short says nothing among others, so the id stands first and the name behind it.
 */
export function recordName(id: string, name: string): string {
  if (name === '' || name === id) return id;
  return name.length <= 4 ? `${id} (${name})` : name;
}

/** Digests in a sentence cut to eight digits; the whole digest stands in the fields below it. */
export const withShortDigests = (text: string): string => text.replace(/\b([0-9a-f]{8})[0-9a-f]{16,}\b…?/gi, '$1…');

/** Cut in the middle: what tells similar names apart stands at their end more often than not. */
export const middleCut = (text: string, length: number): string =>
  text.length <= length
    ? text
    : `${text.slice(0, Math.ceil(length * 0.55) - 1)}…${text.slice(-Math.floor(length * 0.45))}`;
