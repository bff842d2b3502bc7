/** One entry of the hash-chained activity log. */
import { z } from 'zod';

export const activitySchema = z.strictObject({
  seq: z.int(),
  at: z.string(),
  actor: z.string(),
  action: z.string(),
  summary: z.string(),
  details: z.record(z.string(), z.unknown()),
  hash: z.string(),
});
