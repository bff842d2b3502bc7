/** The dashboard: readiness as blocking items, inventory health, denominators. */
import { z } from 'zod';
import { severitySchema } from '../../domain/finding.ts';
import { verdictSchema } from '../../domain/verdict.ts';

export const tileSchema = z.strictObject({
  id: z.string(),
  label: z.string(),
  value: z.int(),
  /** Out of how many; null when there is no denominator. */
  of: z.int().nullable(),
  tone: z.enum(['good', 'bad', 'warn', 'neutral']),
  /** In-app link, e.g. `/findings?severity=critical`. */
  link: z.string(),
});

export const dashboardSchema = z.strictObject({
  snapshots: z.int(),
  asOf: z.string().nullable(),
  tiles: z.array(tileSchema),
  blocking: z.array(z.strictObject({ text: z.string(), count: z.int(), severity: severitySchema, link: z.string() })),
  verdicts: z.array(z.strictObject({ verdict: verdictSchema, count: z.int() })),
  observations: z.int(),
  claimsLive: z.int(),
  severityByTier: z.array(
    z.strictObject({ tier: z.string(), critical: z.int(), high: z.int(), medium: z.int(), low: z.int() }),
  ),
  lifecycle: z.array(z.strictObject({ status: z.string(), count: z.int() })),
  /** Documentation gaps: core fields by how many records leave them empty. */
  gaps: z.array(
    z.strictObject({
      kind: z.string(),
      field: z.string(),
      label: z.string(),
      missing: z.int(),
      of: z.int(),
      supplied: z.boolean(),
    }),
  ),
  ruleOutcomes: z.strictObject({ pass: z.int(), fires: z.int(), cannot_evaluate: z.int(), not_applicable: z.int() }),
  coverage: z.array(
    z.strictObject({
      snapshot: z.int(),
      name: z.string(),
      role: z.string(),
      takenAt: z.string(),
      complete: z.boolean(),
      seen: z.int(),
      used: z.int(),
      skipped: z.int(),
    }),
  ),
});
