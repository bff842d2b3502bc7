/** Address of the review queue. */
import { z } from 'zod';
import { kindSchema } from '../../../src-shared/domain/dictionary.ts';
import { optional } from '../../ui/search-schema.ts';

export const reviewQueueSearch = z.object({ kind: optional(kindSchema), snapshot: optional(z.int()) });
