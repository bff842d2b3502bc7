/** What a running job tells its caller, at most ten times a second. */
import { z } from 'zod';

export const progressSchema = z.strictObject({
  phase: z.string(),
  done: z.int().min(0),
  /** 0 when not known. */
  total: z.int().min(0),
  unit: z.enum(['bytes', 'records', 'rules', 'pages', 'files', 'steps']),
});
export type Progress = z.infer<typeof progressSchema>;
