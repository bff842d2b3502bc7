/**
 * Pieces of the screens' address schemas. A part that does not parse falls back to its default: a stale or mangled link opens
 * the screen, never an error.
 */
import { z } from 'zod';

/** Links write `?severities=critical`; the router reads a lone value as a scalar, so one value stands for a list of one. */
export const listOf = <T extends z.ZodType>(item: T) =>
  z.preprocess((value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]), z.array(item)).catch([]);

export const optional = <T extends z.ZodType>(item: T) => item.optional().catch(undefined);

/** A search box: a number typed into it arrives as a number. */
export const searchText = z.coerce.string().max(400).default('').catch('');
