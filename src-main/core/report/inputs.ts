/**
 * What a report is composed from: plain data, gathered by the use case, so that composing is a pure function.
 *
 * `null` always means "nobody supplied it" and is printed as "no evidence supplied"; an empty list means "looked, found none".
 */
import type { z } from 'zod';
import type {
  checkRunSchema,
  findingDetailSchema,
  ruleResultSchema,
  threadEntrySchema,
} from '../../../src-shared/contract/schemas/findings.ts';
import type { runSchema } from '../../../src-shared/contract/schemas/reconcile.ts';
import type { kindDeltaSchema } from '../../../src-shared/contract/schemas/snapshots.ts';
import type { CitedClause } from '../../../src-shared/domain/finding.ts';
import type { LineageGraph } from '../../../src-shared/domain/lineage.ts';
import type { RecordRef } from '../../../src-shared/domain/record.ts';
import type { Verification } from '../../../src-shared/domain/trust.ts';
import type { VerdictRow } from '../../../src-shared/domain/verdict.ts';
import type { SnapshotHistory } from '../ingest/continuity.ts';
import type { SnapshotMeta } from '../record-set.ts';

export type ReconcileRun = z.infer<typeof runSchema>;
export type CheckRun = z.infer<typeof checkRunSchema>;
export type RuleResult = z.infer<typeof ruleResultSchema>;
export type FindingDetail = z.infer<typeof findingDetailSchema>;
export type ThreadEntry = z.infer<typeof threadEntrySchema>;
export type KindDelta = z.infer<typeof kindDeltaSchema>;

export interface ReportSnapshot {
  readonly meta: SnapshotMeta;
  /** Label of the trusted key, as the trust store names it. */
  readonly signer: string;
  /** The verification stored at import, its signers judged again by today's trust store. */
  readonly verification: Pick<Verification, 'content' | 'signer' | 'freshness' | 'container'>;
  readonly history: SnapshotHistory;
}

/** The few facts of a model that matrices are made of; blank values are empty strings. */
export interface ModelFacts {
  readonly id: string;
  readonly name: string;
  readonly riskTier: string;
  readonly lifecycleStatus: string;
  readonly origin: string;
  readonly businessLine: string;
  readonly euClass: string;
  readonly icfrRelevant: string;
}

export interface ReportInputs {
  readonly title: string | null;
  /** Number of this report in the workspace, e.g. `IA-2026-0007`. */
  readonly reportId: string;
  readonly supersedes: string | null;
  readonly organisation: string;
  readonly workspace: string;
  /** Newest `taken_at` of the run, or the date an auditor set; never the machine clock. */
  readonly asOf: string;
  readonly preparedBy: string;
  readonly reviewedBy: string;
  readonly classification: string;
  /** Marking house parameters and where each comes from, e.g. `review_days = 365 (house)`. */
  readonly parameters: readonly { readonly name: string; readonly value: string; readonly source: string }[];
  readonly snapshots: readonly ReportSnapshot[];
  /** Stored and no part of this report: too few of their signers still count. */
  readonly disowned: readonly ReportSnapshot[];
  /** Runs that speak about other snapshots than the newest: a report never rests on them. */
  readonly staleRuns: readonly string[];
  readonly reconcile: { readonly run: ReconcileRun; readonly rows: readonly VerdictRow[] } | null;
  readonly check: { readonly run: CheckRun; readonly rules: readonly RuleResult[] } | null;
  readonly findings: readonly FindingDetail[];
  /** Clauses in scope of the packs; null: only those that findings cite are listed. */
  readonly criteria: readonly CitedClause[] | null;
  readonly models: readonly ModelFacts[] | null;
  readonly changes: { readonly from: string; readonly to: string; readonly kinds: readonly KindDelta[] } | null;
  /** Lineage around the model with the highest risk. */
  readonly lineage: {
    readonly model: RecordRef;
    readonly name: string;
    readonly why: string;
    readonly graph: LineageGraph;
  } | null;
  readonly activity: {
    readonly head: string;
    readonly entries: number;
    readonly ok: boolean;
    readonly text: string;
  } | null;
  readonly previousCertificate: { readonly reportId: string; readonly modelDigest: string } | null;
}
