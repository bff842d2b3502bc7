import { dossier } from '../store/dossier.ts';
import type { Handler } from './context.ts';

export const inventoryShow: Handler<'inventory.show'> = (context, input) => dossier(context.workspace().reader, input);
