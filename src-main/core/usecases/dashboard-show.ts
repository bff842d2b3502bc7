/** The dashboard: what blocks an audit, and the inventory's health, every number with its denominator. */
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import { fieldLabel, isKind, type Kind } from '../../../src-shared/domain/dictionary.ts';
import type { Severity } from '../../../src-shared/domain/finding.ts';
import { type RecordRef, recordRefSchema } from '../../../src-shared/domain/record.ts';
import { verdicts } from '../../../src-shared/domain/verdict.ts';
import { registryLines } from '../ingest/registry-line.ts';
import type { RecordSet } from '../record-set.ts';
import { facetCounts, missingFieldCounts, openFindingSubjects } from '../store/dashboard-queries.ts';
import type { ReadableDb } from '../store/database.ts';
import { defaultSnapshots, loadRecordSet } from '../store/record-set.ts';
import { newestTakenAt } from './as-of.ts';
import type { Handler } from './context.ts';
import { currentCheckRun, currentReconcileRun } from './current-runs.ts';

type Dashboard = OutputOf<'dashboard.show'>;

export const dashboardShow: Handler<'dashboard.show'> = (context) => {
  const db = context.workspace().reader;
  const sides = defaultSnapshots(db);
  const used = [...sides.registry, ...sides.discovery];
  const records = loadRecordSet(db, used);
  const run = currentReconcileRun(db);
  const check = currentCheckRun(db);
  const subjects = openFindingSubjects(db);
  const bySeverity = countBy(subjects, (subject) => subject.severity);
  const models = records.count('model');
  const incomplete = missingFieldCounts(db, used);
  const queued = incomplete.records;
  return {
    snapshots: used.length,
    asOf: used.length > 0 ? newestTakenAt(records.snapshots) : null,
    tiles: tiles(models, run, check !== null, bySeverity, queued, records),
    blocking: [...disownedItem(db), ...blocking(bySeverity, run, check !== null, queued, records)],
    verdicts: run ? verdicts.map((verdict) => ({ verdict, count: run.totals.byVerdict[verdict] ?? 0 })) : [],
    observations: run?.totals.observations ?? 0,
    claimsLive: run?.totals.claimsLive ?? 0,
    severityByTier: severityByTier(subjects, records),
    lifecycle: facetCounts(db, sides.registry, 'model', 'lifecycle_status').map(({ value, count }) => ({
      status: value,
      count,
    })),
    gaps: incomplete.fields.slice(0, 12).map(({ kind, field, missing }) => ({
      kind,
      field,
      label: isKind(kind) ? fieldLabel(kind, field) : field,
      missing,
      of: isKind(kind) ? records.count(kind) : missing,
      supplied: isKind(kind) && records.suppliedFields(kind).has(field),
    })),
    ruleOutcomes: check?.outcomes ?? { pass: 0, fires: 0, cannot_evaluate: 0, not_applicable: 0 },
    coverage: records.snapshots.map((meta) => ({
      snapshot: meta.snapshot,
      name: meta.registryName || meta.registryId,
      role: meta.role,
      takenAt: meta.takenAt,
      complete: meta.sources.every((source) => source.complete),
      seen: sum(meta.sources.map((source) => source.coverage.inputsSeen)),
      used: sum(meta.sources.map((source) => source.coverage.inputsUsed)),
      skipped: sum(meta.sources.map((source) => source.coverage.inputsSkipped)),
    })),
  };
};

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

function countBy<T, K extends string>(items: readonly T[], key: (item: T) => K): Partial<Record<K, number>> {
  const counts: Partial<Record<K, number>> = {};
  for (const item of items) counts[key(item)] = (counts[key(item)] ?? 0) + 1;
  return counts;
}

type Run = ReturnType<typeof currentReconcileRun>;

/** None found is good news only where everything could be determined. */
function toneOf(count: number, run: Run): 'good' | 'bad' | 'neutral' {
  if (run === null) return 'neutral';
  if (count > 0) return 'bad';
  return (run.totals.byVerdict.cannot_determine ?? 0) > 0 ? 'neutral' : 'good';
}

type Counts = Partial<Record<Severity, number>>;

function tiles(
  models: number,
  run: Run,
  evaluated: boolean,
  severities: Counts,
  queued: number,
  records: RecordSet,
): Dashboard['tiles'] {
  const total = sum(Object.values(severities));
  const critical = severities.critical ?? 0;
  const all = sum(records.snapshots.map((meta) => sum(Object.values(meta.counts))));
  const unregistered = run?.totals.byVerdict.unregistered ?? 0;
  const orphaned = run?.totals.byVerdict.orphaned ?? 0;
  const open = run?.totals.byVerdict.cannot_determine ?? 0;
  return [
    { id: 'models', label: 'Models', value: models, of: null, tone: 'neutral', link: '/inventory?kind=model' },
    {
      id: 'critical',
      label: 'Critical findings',
      value: critical,
      of: total,
      tone: !evaluated ? 'neutral' : critical > 0 ? 'bad' : 'good',
      link: '/findings?severities=critical&states=open',
    },
    {
      id: 'unregistered',
      label: 'Found, not registered',
      value: unregistered,
      of: run?.totals.observations ?? null,
      tone: toneOf(unregistered, run),
      link: '/reconcile?verdict=unregistered',
    },
    {
      id: 'orphaned',
      label: 'Registered as live, not found',
      value: orphaned,
      of: run?.totals.claimsLive ?? null,
      tone: toneOf(orphaned, run),
      link: '/reconcile?verdict=orphaned',
    },
    {
      id: 'cannot-determine',
      label: 'Cannot determine',
      value: open,
      of: run ? run.totals.claimsTotal + run.totals.observations : null,
      tone: run === null ? 'neutral' : open > 0 ? 'warn' : 'good',
      link: '/reconcile?verdict=cannot_determine',
    },
    {
      id: 'incomplete',
      label: 'Incomplete records',
      value: queued,
      of: all,
      tone: queued > 0 ? 'warn' : 'good',
      link: '/review-queue',
    },
  ];
}

/** Evidence that was relied on and must not be any more stands first. */
function disownedItem(db: ReadableDb): Dashboard['blocking'] {
  const count = [...registryLines(db).values()].flat().filter(({ disowned }) => disowned).length;
  const text = 'stored snapshots no longer count: too few of their signers do';
  return count === 0 ? [] : [{ count, severity: 'high', text, link: '/import' }];
}

function blocking(
  severities: Counts,
  run: Run,
  evaluated: boolean,
  queued: number,
  records: RecordSet,
): Dashboard['blocking'] {
  const items: Dashboard['blocking'] = [];
  const add = (count: number, severity: Severity, text: string, link: string) => {
    if (count > 0) items.push({ count, severity, text, link });
  };
  add(severities.critical ?? 0, 'critical', 'critical findings are open', '/findings?severities=critical&states=open');
  add(severities.high ?? 0, 'high', 'high findings are open', '/findings?severities=high&states=open');
  add(
    run?.totals.byVerdict.unregistered ?? 0,
    'critical',
    'observations match no registry record',
    '/reconcile?verdict=unregistered',
  );
  add(
    run?.totals.byVerdict.cannot_determine ?? 0,
    'medium',
    'rows cannot be determined from the evidence supplied',
    '/reconcile?verdict=cannot_determine',
  );
  add(queued, 'medium', 'records lack mandatory fields', '/review-queue');
  add(
    records.snapshots.filter((meta) => meta.sources.some((source) => !source.complete)).length,
    'medium',
    'snapshots are incomplete',
    '/import',
  );
  if (records.snapshots.length > 0 && !records.snapshots.some((meta) => meta.role === 'discovery'))
    add(1, 'high', 'side is missing: no discovery snapshot was imported, so nothing is observed', '/import');
  if (records.snapshots.length > 0 && run === null)
    add(1, 'medium', 'step is missing: the newest snapshots were not reconciled yet', '/reconcile');
  if (records.snapshots.length > 0 && !evaluated)
    add(1, 'medium', 'step is missing: the rules were not evaluated on the newest snapshots and verdicts', '/findings');
  return items;
}

/** Open findings by the tier of the model they are about, however many steps away; the rest under "no model". */
function severityByTier(
  subjects: ReturnType<typeof openFindingSubjects>,
  records: RecordSet,
): Dashboard['severityByTier'] {
  const rows = new Map<string, { tier: string; critical: number; high: number; medium: number; low: number }>();
  const tiers = new Map<string, string>();
  for (const subject of subjects) {
    const key = `${subject.kind}/${subject.id}`;
    let tier = tiers.get(key);
    if (tier === undefined) {
      tier = tierOf(subject, records);
      tiers.set(key, tier);
    }
    const row = rows.get(tier) ?? { tier, critical: 0, high: 0, medium: 0, low: 0 };
    if (subject.severity !== 'info') row[subject.severity] += 1;
    rows.set(tier, row);
  }
  return [...rows.values()].sort((a, b) => a.tier.localeCompare(b.tier, 'en'));
}

/** Fields that lead from a record towards its model. */
const towardsModel: Partial<Readonly<Record<Kind, string>>> = {
  model_version: 'model_ref',
  deployment: 'version_ref',
  approval: 'subject_ref',
  validation: 'validated_version_ref',
  metric: 'metric_version_ref',
  monitoring: 'monitor_deployment_ref',
};

function tierOf(subject: { readonly kind: string; readonly id: string }, records: RecordSet): string {
  let ref: RecordRef | null = isKind(subject.kind) ? { kind: subject.kind, id: subject.id } : null;
  for (let steps = 0; ref !== null && steps < 4; steps += 1) {
    const record = records.get(ref);
    if (!record) return 'no model';
    if (ref.kind === 'model') {
      const tier = record.body['risk_tier'];
      return tier === undefined || tier === null || tier === '' ? 'no tier' : `tier ${String(tier)}`;
    }
    const next = recordRefSchema.safeParse(record.body[towardsModel[ref.kind] ?? '']);
    ref = next.success ? next.data : null;
  }
  return 'no model';
}
