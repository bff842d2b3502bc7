/** Every mapper that Assay has, most specific first: the first that recognises a file maps it. */
import type { Mapper } from './mapper.ts';

export const allMappers: readonly Mapper[] = [];
