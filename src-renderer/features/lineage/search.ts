/** Address of the lineage screen: whose lineage, how far to each side, and against which snapshot. */
import { z } from 'zod';
import { kindSchema } from '../../../src-shared/domain/dictionary.ts';
import { optional } from '../../ui/search-schema.ts';

export const lineageSearch = z.object({
  kind: optional(kindSchema),
  id: optional(z.coerce.string()),
  snapshot: optional(z.int()),
  compareTo: optional(z.int()),
  /** Steps; one to start with, because a full graph cannot be read. */
  up: z.int().min(0).max(50).default(1).catch(1),
  down: z.int().min(0).max(50).default(1).catch(1),
  view: z.enum(['graph', 'table']).default('graph').catch('graph'),
});
