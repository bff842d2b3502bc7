/** Keyset cursors: the sort key of the last row of a page, opaque to the caller. */
import { z } from 'zod';
import { raise } from '../../../src-shared/result.ts';

const cursorSchema = z.array(z.union([z.string(), z.number(), z.null()])).max(8);
export type CursorKey = z.infer<typeof cursorSchema>;

export const encodeCursor = (key: CursorKey): string => Buffer.from(JSON.stringify(key)).toString('base64url');

/** Raises `usage` for what `encodeCursor` did not write. */
export function decodeCursor(cursor: string): CursorKey {
  try {
    return cursorSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch {
    return raise('usage', 'cursor.invalid', 'That page cursor is not one of ours; start from the first page.');
  }
}
