import { inventoryFacets as facetsOf } from '../store/inventory-queries.ts';
import type { Handler } from './context.ts';

export const inventoryFacets: Handler<'inventory.facets'> = (context, input) =>
  facetsOf(context.workspace().reader, input);
