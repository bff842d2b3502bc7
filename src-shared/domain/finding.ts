/** Findings: what a rule concluded about one record, with what it read and where that came from. */
import { z } from 'zod';
import { kindSchema } from './dictionary.ts';
import { recordRefSchema } from './record.ts';

export const severities = ['critical', 'high', 'medium', 'low', 'info'] as const;
export type Severity = (typeof severities)[number];
export const severitySchema = z.enum(severities);

/** regulation reference 0.2: a missing optional column is cannot_evaluate, never pass. */
export const outcomes = ['pass', 'fires', 'cannot_evaluate', 'not_applicable'] as const;
export type Outcome = (typeof outcomes)[number];
export const outcomeSchema = z.enum(outcomes);

/** regulation reference 0.1: clause strength decides the wording. */
export const clauseModeSchema = z.enum(['breach', 'readiness', 'expectation_gap', 'standard_gap', 'house']);
export type ClauseMode = z.infer<typeof clauseModeSchema>;

export const citedClauseSchema = z.strictObject({
  id: z.string(),
  cite: z.string(),
  regime: z.string(),
  mode: clauseModeSchema,
  /** For readiness: from when it will be needed. */
  applies: z.string(),
});
export type CitedClause = z.infer<typeof citedClauseSchema>;

/** One value that a rule read: `model.owner` of `model/credit-pd` was blank, says snapshot 2 at this locator. */
export const readValueSchema = z.strictObject({
  ref: recordRefSchema.optional(),
  /** `entity.field` as in the dictionary. */
  field: z.string(),
  label: z.string(),
  state: z.enum(['value', 'empty', 'missing']),
  value: z.string(),
  snapshot: z.int().optional(),
  locator: z.string().optional(),
});
export type ReadValue = z.infer<typeof readValueSchema>;

export const findingStates = [
  'open',
  'accepted_risk',
  'remediated',
  'not_applicable',
  'false_positive',
  'closed',
] as const;
export type FindingState = (typeof findingStates)[number];
export const findingStateSchema = z.enum(findingStates);
export const findingStateLabels: Readonly<Record<FindingState, string>> = {
  open: 'Open',
  accepted_risk: 'Accepted risk',
  remediated: 'Remediated',
  not_applicable: 'Not applicable',
  false_positive: 'False positive',
  closed: 'Closed, no longer fires',
};

/** What a rule's evaluation on one record produced. */
export const ruleHitSchema = z.strictObject({
  ruleId: z.string(),
  packId: z.string(),
  packVersion: z.string(),
  outcome: outcomeSchema,
  severity: severitySchema,
  title: z.string(),
  message: z.string(),
  subject: z.strictObject({ kind: z.union([kindSchema, z.literal('snapshot')]), id: z.string(), name: z.string() }),
  values: z.array(readValueSchema),
  clauses: z.array(citedClauseSchema),
  /** For cannot_evaluate: the fields that no source supplies. */
  missing: z.array(z.string()),
});
export type RuleHit = z.infer<typeof ruleHitSchema>;
