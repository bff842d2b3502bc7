/** What full-text search sees of a record: every text in its body, known and unknown fields alike. */
import type { JsonValue, RecordBody } from '../../../src-shared/domain/record.ts';

/** Longer texts are searchable by their beginning; a single record must not fill the index. */
const maxCharacters = 32_768;

export function searchText(body: RecordBody): string {
  const parts: string[] = [];
  let length = 0;
  const visit = (value: JsonValue): void => {
    if (length >= maxCharacters) return;
    if (typeof value === 'string') {
      parts.push(value);
      length += value.length;
    } else if (typeof value === 'number') {
      parts.push(String(value));
    } else if (Array.isArray(value)) {
      for (const item of value) visit(item);
    } else if (typeof value === 'object' && value !== null) {
      const fields = value as { readonly [key: string]: JsonValue };
      for (const key in fields) {
        const item = fields[key];
        // The kind of a reference is the same word in thousands of records and tells none of them apart.
        if (item !== undefined && key !== 'kind') visit(item);
      }
    }
  };
  for (const name in body) {
    const value = body[name];
    if (value !== undefined) visit(value);
  }
  return parts.join(' ').slice(0, maxCharacters);
}
