/** Reconciliation runs and their rows. */
import { z } from 'zod';
import { reconcileTotalsSchema, verdictRowSchema, verdictSchema } from '../../domain/verdict.ts';

/** Absent sides default to the newest snapshot of that role; baseline to the one before the registry's. */
export const runInput = z.strictObject({
  registry: z.array(z.int()).optional(),
  discovery: z.array(z.int()).optional(),
  baseline: z.array(z.int()).optional(),
});

export const runSchema = z.strictObject({
  run: z.int(),
  startedAt: z.string(),
  startedBy: z.string(),
  asOf: z.string(),
  registry: z.array(z.int()),
  discovery: z.array(z.int()),
  baseline: z.array(z.int()),
  totals: reconcileTotalsSchema,
  /** certified | certified_with_exceptions | cannot_certify, with the reasons (regulation reference 4.5). */
  conclusion: z.strictObject({
    state: z.enum(['certified', 'certified_with_exceptions', 'cannot_certify']),
    reasons: z.array(z.string()),
  }),
});

export const rowsInput = z.strictObject({
  run: z.int().optional(),
  verdict: verdictSchema.optional(),
  search: z.string().max(400).default(''),
  cursor: z.string().optional(),
  limit: z.int().min(1).max(500).default(100),
});
export const rowsOutput = z.strictObject({
  run: z.int(),
  rows: z.array(verdictRowSchema),
  total: z.int(),
  next: z.string().nullable(),
});
