/** Open findings and the latest reconciliation verdict of records, for lists and dossiers. */
import { z } from 'zod';
import type { Kind } from '../../../src-shared/domain/dictionary.ts';
import { type Severity, severities } from '../../../src-shared/domain/finding.ts';
import type { ReadableDb } from './database.ts';

export type FindingCounts = Record<Severity, number>;

export interface RecordSignals {
  /** Open findings about the record itself. */
  readonly findings: FindingCounts;
  /** Verdict of the newest reconciliation run that names it as claim, observation or model; null when none does. */
  readonly verdict: string | null;
}

export const noFindings = (): FindingCounts => ({ critical: 0, high: 0, medium: 0, low: 0, info: 0 });

const severitySchema = z.enum(severities);
/** Where one record stands in several rows, the row that a reader has to act on is shown. */
const verdictOrder = [
  'mutated',
  'orphaned',
  'unregistered',
  'vanished',
  'duplicate',
  'stage_mismatch',
  'metadata_drift',
  'cannot_determine',
  'matched',
];

/** Signals of the named records of one kind; every id is in the answer. */
export function signalsFor(db: ReadableDb, kind: Kind, ids: readonly string[]): ReadonlyMap<string, RecordSignals> {
  const list = JSON.stringify(ids);
  const findings = new Map<string, FindingCounts>();
  const rows = db
    .readRaw<[string, string], [string, string, number]>(
      `SELECT subject_id, severity, count(*) FROM finding
       WHERE subject_kind = ? AND state = 'open' AND subject_id IN (SELECT value FROM json_each(?)) GROUP BY 1, 2`,
    )
    .all(kind, list);
  for (const [id, severity, count] of rows) {
    const counts = findings.get(id) ?? noFindings();
    counts[severitySchema.parse(severity)] = count;
    findings.set(id, counts);
  }
  const verdicts = verdictsOf(db, kind, list);
  return new Map(
    ids.map((id) => [id, { findings: findings.get(id) ?? noFindings(), verdict: verdicts.get(id) ?? null }]),
  );
}

const newestRun = 'run = (SELECT max(run) FROM reconcile_run)';
const side = (column: string, kindTest: string) =>
  `SELECT ${column}, verdict FROM verdict_row
   WHERE ${newestRun} AND ${kindTest} AND ${column} IN (SELECT value FROM json_each(?))`;

function verdictsOf(db: ReadableDb, kind: Kind, list: string): ReadonlyMap<string, string> {
  const rows = [
    ...db.readRaw<[string, string], [string, string]>(side('claim_id', 'claim_kind = ?')).all(kind, list),
    ...db.readRaw<[string, string], [string, string]>(side('observation_id', 'observation_kind = ?')).all(kind, list),
    ...(kind === 'model'
      ? db.readRaw<[string], [string, string]>(side('model_id', 'model_id IS NOT NULL')).all(list)
      : []),
  ];
  const worst = new Map<string, string>();
  for (const [id, verdict] of rows) {
    const known = worst.get(id);
    if (known === undefined || verdictOrder.indexOf(verdict) < verdictOrder.indexOf(known)) worst.set(id, verdict);
  }
  return worst;
}

/** Ids of the records of a kind with open findings, with a weight that orders critical before any number of high ones. */
export function findingWeights(db: ReadableDb, kind: Kind): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  const rows = db
    .readRaw<[string], [string, string, number]>(
      "SELECT subject_id, severity, count(*) FROM finding WHERE subject_kind = ? AND state = 'open' GROUP BY 1, 2",
    )
    .all(kind);
  for (const [id, severity, count] of rows) {
    const rank = severities.length - severities.indexOf(severitySchema.parse(severity));
    weights.set(id, (weights.get(id) ?? 0) + Math.min(count, 999) * 1000 ** (rank - 1));
  }
  return weights;
}

/** Ids of the records of a kind with an open finding of one of the severities; of any severity when none is named. */
export function idsWithFindings(db: ReadableDb, kind: Kind, wanted: readonly string[]): readonly string[] {
  const severitiesWanted = wanted.length === 0 ? severities : wanted;
  return db
    .readRaw<[string, string], [string]>(
      `SELECT DISTINCT subject_id FROM finding WHERE subject_kind = ? AND state = 'open'
       AND severity IN (SELECT value FROM json_each(?))`,
    )
    .all(kind, JSON.stringify(severitiesWanted))
    .map(([id]) => id);
}

/** Ids of the records of a kind whose shown verdict is one of those wanted; any verdict when none is named. */
export function idsWithVerdict(db: ReadableDb, kind: Kind, wanted: readonly string[]): readonly string[] {
  const ids = new Set<string>();
  const rows = db
    .readRaw<[], [string | null, string | null, string | null, string | null, string | null]>(
      `SELECT claim_kind, claim_id, observation_kind, observation_id, model_id FROM verdict_row WHERE ${newestRun}`,
    )
    .all();
  for (const [claimKind, claim, observationKind, observation, model] of rows) {
    if (claim !== null && claimKind === kind) ids.add(claim);
    if (observation !== null && observationKind === kind) ids.add(observation);
    if (model !== null && kind === 'model') ids.add(model);
  }
  const verdicts = verdictsOf(db, kind, JSON.stringify([...ids]));
  return [...verdicts].filter(([, verdict]) => wanted.length === 0 || wanted.includes(verdict)).map(([id]) => id);
}
