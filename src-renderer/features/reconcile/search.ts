/** Address of the reconciliation: which run, which verdict, which row. */
import { z } from 'zod';
import { verdictSchema } from '../../../src-shared/domain/verdict.ts';
import { optional, searchText } from '../../ui/search-schema.ts';

export const reconcileSearch = z.object({
  run: optional(z.int()),
  verdict: optional(verdictSchema),
  q: searchText,
  row: optional(z.coerce.string()),
});
