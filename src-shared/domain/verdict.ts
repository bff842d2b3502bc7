/** Three-way reconciliation: claim (registry) against observation (discovery) against the previous claim (baseline). */
import { z } from 'zod';
import { fieldGroups } from './dictionary.ts';
import { confidenceSchema, type RecordRef, recordRefSchema } from './record.ts';

export const verdicts = [
  'matched',
  'unregistered',
  'orphaned',
  'mutated',
  'metadata_drift',
  'stage_mismatch',
  'vanished',
  'duplicate',
  'cannot_determine',
] as const;
export type Verdict = (typeof verdicts)[number];
export const verdictSchema = z.enum(verdicts);

/** Words for people; the glossary explains them. */
export const verdictLabels: Readonly<Record<Verdict, string>> = {
  matched: 'Matched',
  unregistered: 'Found, not registered',
  orphaned: 'Registered as live, not found',
  mutated: 'Same version, other digest',
  metadata_drift: 'Metadata differs',
  stage_mismatch: 'Stage differs',
  vanished: 'Gone since baseline',
  duplicate: 'Duplicate or renamed copy',
  cannot_determine: 'Cannot determine',
};

/** Matching order of decisions.md 8; the row says which one matched. */
export const matchKeys = ['weight_digest', 'image_digest', 'model_reference', 'id', 'name'] as const;
export const matchKeySchema = z.enum(matchKeys);
export type MatchKey = (typeof matchKeys)[number];

/** One side of a reconciled value. Missing, empty and unreadable are three different things. */
export const cellSchema = z.strictObject({
  state: z.enum(['value', 'empty', 'missing', 'unreadable']),
  value: z.string(),
  confidence: confidenceSchema.optional(),
  ref: recordRefSchema.optional(),
  snapshot: z.int().optional(),
  statementSha256: z.string().optional(),
  locator: z.string().optional(),
});
export type Cell = z.infer<typeof cellSchema>;

export const verdictFieldSchema = z.strictObject({
  field: z.string(),
  label: z.string(),
  group: z.enum(fieldGroups),
  claim: cellSchema,
  observed: cellSchema,
  previous: cellSchema,
  /** true: the sides that have a value agree; false: they differ; null: nothing to compare. */
  agrees: z.boolean().nullable(),
});
export type VerdictField = z.infer<typeof verdictFieldSchema>;

export const verdictRowSchema = z.strictObject({
  /** Stable over runs on the same snapshots: digest of verdict and the references involved. */
  rowId: z.string(),
  verdict: verdictSchema,
  severity: z.enum(['critical', 'high', 'medium', 'low', 'info']),
  title: z.string(),
  /** The sentence that a non-technical reader sees first. */
  sentence: z.string(),
  claim: recordRefSchema.optional(),
  observation: recordRefSchema.optional(),
  previous: recordRefSchema.optional(),
  model: recordRefSchema.optional(),
  region: z.string(),
  segment: z.string(),
  match: z
    .strictObject({ key: matchKeySchema, value: z.string(), confidence: z.enum(['high', 'medium', 'low']) })
    .optional(),
  fields: z.array(verdictFieldSchema),
  /** For cannot_determine: what evidence is missing. */
  missingEvidence: z.array(z.string()),
});
export type VerdictRow = z.infer<typeof verdictRowSchema>;

/** What policy rules read of a row. */
export interface VerdictFacts {
  readonly verdict: Verdict;
  readonly claim?: RecordRef | undefined;
  readonly observation?: RecordRef | undefined;
  readonly sentence: string;
  readonly missingEvidence: readonly string[];
}

/** Where every claim and observation went; each line sums to its total. */
export const controlTotalsSchema = z.strictObject({
  claims: z.strictObject({
    total: z.int(),
    matched: z.int(),
    orphaned: z.int(),
    cannotDetermine: z.int(),
    /** Claims of no live stage for which nothing was found: no statement is due. */
    notLive: z.int(),
  }),
  observations: z.strictObject({
    total: z.int(),
    matched: z.int(),
    unregistered: z.int(),
    duplicate: z.int(),
    cannotDetermine: z.int(),
  }),
  /** Of the counts above, what rests on manifests alone: somebody means to run it, nobody saw it run. */
  declaredOnly: z.strictObject({ claimsMatched: z.int(), observationsMatched: z.int(), unregistered: z.int() }),
});
export type ControlTotals = z.infer<typeof controlTotalsSchema>;

/** Matched and not, by risk tier of the model; what no model is known for has the tier `''`. */
export const tierMatchSchema = z.strictObject({
  tier: z.string(),
  matched: z.int(),
  /** Live claims without a match, orphaned or undetermined. */
  claimsUnmatched: z.int(),
  /** Observations without a match: unregistered, duplicate or undetermined. */
  observationsUnmatched: z.int(),
});
export type TierMatch = z.infer<typeof tierMatchSchema>;

/** Control totals (reconciliation certificate section 4). Every count's denominator is here. */
export const reconcileTotalsSchema = z.strictObject({
  claimsLive: z.int(),
  claimsTotal: z.int(),
  observations: z.int(),
  matchedClaims: z.int(),
  matchedObservations: z.int(),
  byVerdict: z.record(verdictSchema, z.int()),
  /** How many observations were matched by which key. */
  byMatchKey: z.record(matchKeySchema, z.int()),
  observationBasis: z.record(z.string(), z.int()),
  control: controlTotalsSchema,
  /** matched / (matched + A-only + B-only), regulation reference 4.5; null without anything to match. */
  matchRate: z.number().min(0).max(1).nullable(),
  /** The same in parts: the sums over tiers are the terms of `matchRate`. */
  byTier: z.array(tierMatchSchema),
  coverage: z.strictObject({
    complete: z.boolean(),
    scope: z.array(z.string()),
    gaps: z.array(z.string()),
    inputsSeen: z.int(),
    inputsUsed: z.int(),
    inputsSkipped: z.int(),
  }),
});
export type ReconcileTotals = z.infer<typeof reconcileTotalsSchema>;
