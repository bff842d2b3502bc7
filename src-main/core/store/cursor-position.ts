/** Cursors into results that never change: the place of the next row. */
import { z } from 'zod';
import { raise } from '../../../src-shared/result.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';

const positionSchema = z.tuple([z.int().min(0)]);

export const cursorAt = (position: number): string => encodeCursor([position]);

/** 0 without a cursor; raises `usage` / `cursor.invalid` for another list's cursor. */
export function positionOfCursor(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  const parsed = positionSchema.safeParse(decodeCursor(cursor));
  return parsed.success
    ? parsed.data[0]
    : raise('usage', 'cursor.invalid', 'That page cursor belongs to another list; start from the first page.');
}
