/** Address of the inventory: which kind of record, in which snapshot, under which filters. */
import { z } from 'zod';
import { filterSchema } from '../../../src-shared/contract/schemas/inventory.ts';
import { kindSchema } from '../../../src-shared/domain/dictionary.ts';
import { listOf, optional, searchText } from '../../ui/search-schema.ts';

export const inventorySearch = z.object({
  kind: kindSchema.default('model').catch('model'),
  snapshot: optional(z.int()),
  q: searchText,
  filters: listOf(filterSchema),
  sort: z.enum(['id', 'name', 'findings']).default('id').catch('id'),
  descending: z.boolean().default(false).catch(false),
});
export type InventorySearch = z.output<typeof inventorySearch>;
