import { inventoryList as listOf } from '../store/inventory-queries.ts';
import type { Handler } from './context.ts';

export const inventoryList: Handler<'inventory.list'> = (context, input) => listOf(context.workspace().reader, input);
