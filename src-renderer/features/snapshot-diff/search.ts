/** Address of a comparison of two snapshots. */
import { z } from 'zod';
import { kindSchema } from '../../../src-shared/domain/dictionary.ts';
import { optional } from '../../ui/search-schema.ts';

export const diffSearch = z.object({
  from: optional(z.int()),
  to: optional(z.int()),
  kind: optional(kindSchema),
  change: optional(z.enum(['added', 'removed', 'changed'])),
});
