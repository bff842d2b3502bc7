/** Policy evaluation, findings, annotations and decisions. */
import { z } from 'zod';
import { kindSchema } from '../../domain/dictionary.ts';
import { citedClauseSchema, findingStateSchema, readValueSchema, severitySchema } from '../../domain/finding.ts';

export const checkInput = z.strictObject({
  packs: z.array(z.string()).optional(),
  /** RFC 3339 date or instant; absent: the newest taken_at in the run, never the machine clock. */
  asOf: z.union([z.iso.date(), z.iso.datetime()]).optional(),
});

export const outcomeCountsSchema = z.strictObject({
  pass: z.int(),
  fires: z.int(),
  cannot_evaluate: z.int(),
  not_applicable: z.int(),
});

export const checkRunSchema = z.strictObject({
  run: z.int(),
  startedAt: z.string(),
  startedBy: z.string(),
  asOf: z.string(),
  packs: z.array(z.strictObject({ id: z.string(), version: z.string(), title: z.string(), rules: z.int() })),
  snapshots: z.array(z.int()),
  /** The reconciliation whose verdicts the rules read; null: none of these snapshots, so rules that need one cannot be evaluated. */
  reconcileRun: z.int().nullable(),
  /** Rule x record evaluations: the denominator of every count below. */
  evaluations: z.int(),
  outcomes: outcomeCountsSchema,
  bySeverity: z.record(severitySchema, z.int()),
  findings: z.strictObject({ new: z.int(), unchanged: z.int(), closed: z.int(), open: z.int() }),
});

export const ruleResultSchema = z.strictObject({
  ruleId: z.string(),
  packId: z.string(),
  title: z.string(),
  severity: severitySchema,
  entity: z.string(),
  firesWhen: z.string(),
  counts: outcomeCountsSchema,
  /** Fields that no source supplies, for cannot_evaluate. */
  missing: z.array(z.string()),
});

export const packListSchema = z.strictObject({
  packs: z.array(
    z.strictObject({
      id: z.string(),
      version: z.string(),
      title: z.string(),
      description: z.string(),
      rules: z.int(),
      parameters: z.array(z.strictObject({ name: z.string(), value: z.string(), source: z.string() })),
    }),
  ),
});

export const listInput = z.strictObject({
  search: z.string().max(400).default(''),
  states: z.array(findingStateSchema).default([]),
  severities: z.array(severitySchema).default([]),
  rules: z.array(z.string()).default([]),
  subject: z.strictObject({ kind: z.string(), id: z.string() }).optional(),
  assignee: z.string().optional(),
  sort: z.enum(['severity', 'rule', 'subject', 'newest']).default('severity'),
  cursor: z.string().optional(),
  limit: z.int().min(1).max(500).default(100),
});

export const findingRowSchema = z.strictObject({
  kind: z.literal('finding'),
  id: z.int(),
  name: z.string(),
  ruleId: z.string(),
  severity: severitySchema,
  state: findingStateSchema,
  message: z.string(),
  subject: z.strictObject({ kind: z.union([kindSchema, z.literal('snapshot')]), id: z.string(), name: z.string() }),
  assignee: z.string().nullable(),
  dueAt: z.string().nullable(),
  firstSeenAt: z.string(),
  /** Set when what the rule read has changed since a person decided. */
  changedSinceReview: z.boolean(),
  annotations: z.int(),
});

export const listOutput = z.strictObject({
  rows: z.array(findingRowSchema),
  total: z.int(),
  /** Counts under the current filters except the facet's own. */
  facets: z.strictObject({
    states: z.record(z.string(), z.int()),
    severities: z.record(z.string(), z.int()),
    rules: z.array(z.strictObject({ ruleId: z.string(), title: z.string(), count: z.int() })),
  }),
  next: z.string().nullable(),
});

export const threadEntrySchema = z.strictObject({
  id: z.int(),
  at: z.string(),
  by: z.string(),
  type: z.enum(['note', 'decision', 'assignment', 'system']),
  text: z.string(),
  state: findingStateSchema.nullable(),
});

export const findingDetailSchema = findingRowSchema.extend({
  packId: z.string(),
  packVersion: z.string(),
  firesWhen: z.string(),
  expected: z.string(),
  values: z.array(readValueSchema),
  clauses: z.array(citedClauseSchema),
  snapshots: z.array(z.strictObject({ snapshot: z.int(), statementSha256: z.string() })),
  thread: z.array(threadEntrySchema),
});

export const annotateInput = z.strictObject({ id: z.int(), text: z.string().min(1).max(20_000) });
export const decideInput = z
  .strictObject({
    ids: z.array(z.int()).min(1).max(10_000),
    state: z.enum(['open', 'accepted_risk', 'remediated', 'not_applicable', 'false_positive']),
    reason: z.string().max(20_000),
    /** Accepted risk needs an expiry. */
    expiresAt: z.iso.date().optional(),
  })
  .refine((v) => v.state === 'open' || v.reason.trim().length > 0, {
    message: 'a decision needs a reason',
    path: ['reason'],
  })
  .refine((v) => v.state !== 'accepted_risk' || v.expiresAt !== undefined, {
    message: 'an accepted risk needs an expiry date',
    path: ['expiresAt'],
  });
export const assignInput = z.strictObject({
  ids: z.array(z.int()).min(1).max(10_000),
  assignee: z.string().max(200),
  dueAt: z.iso.date().optional(),
});
