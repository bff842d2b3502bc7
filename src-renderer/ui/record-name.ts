/** What to call a record in a line of text. */

/**
 * A version is often labelled "2": a name that short says nothing among others, so the id stands first and the name behind it.
 */
export function recordName(id: string, name: string): string {
  if (name === '' || name === id) return id;
  return name.length <= 4 ? `${id} (${name})` : name;
}

/** Digests in a sentence cut to eight digits; the whole digest stands in the fields below it. */
export const withShortDigests = (text: string): string => text.replace(/\b([0-9a-f]{8})[0-9a-f]{24,}\b/gi, '$1…');
