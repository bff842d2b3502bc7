/** Reads everything a report is composed from, in one place: gather, then compute. */
import type { RecordBody } from '../../../src-shared/domain/record.ts';
import { verificationSchema } from '../../../src-shared/domain/trust.ts';
import { effectiveClock } from '../ingest/effective-clock.ts';
import { snapshotHistories } from '../ingest/registry-line.ts';
import { verifyActivity } from '../ledger/activity.ts';
import { lineageGraph } from '../lineage/lineage.ts';
import { loadPacks } from '../policy/pack.ts';
import type { SnapshotMeta, StoredRecord } from '../record-set.ts';
import type { ModelFacts, ReportInputs, ReportSnapshot } from '../report/inputs.ts';
import { judgeFreshnessToday, judgeSignersToday } from '../report/snapshot-trust.ts';
import { ruleResults } from '../store/check-queries.ts';
import type { ReadableDb } from '../store/database.ts';
import { findingDetail, findingIds, openFindingCounts } from '../store/finding-queries.ts';
import { allVerdictRows } from '../store/reconcile-queries.ts';
import { defaultSnapshots, loadRecordSet } from '../store/record-set.ts';
import { previousCertificate, reportCount } from '../store/report-queries.ts';
import { findSnapshot } from '../store/snapshot-queries.ts';
import { loadTrustStore } from '../store/trust-queries.ts';
import type { OpenWorkspace } from '../store/workspace.ts';
import { newestTakenAt } from './as-of.ts';
import { currentCheckRun, currentReconcileRun, staleRuns } from './current-runs.ts';
import { lineageOf } from './lineage-graph.ts';

export interface ReportRequest {
  readonly template: string;
  readonly title: string | null;
  readonly preparedBy: string;
  readonly reviewedBy: string;
  readonly classification: string;
  /** How old the trust roots are is a question of today; everything else is judged as of the snapshots. */
  readonly now: Date;
}

const prefixes: Readonly<Record<string, string>> = { 'internal-audit': 'IA', 'reconciliation-certificate': 'RC' };

export function gatherReportInputs(workspace: OpenWorkspace, db: ReadableDb, request: ReportRequest): ReportInputs {
  const sides = defaultSnapshots(db);
  const registry = loadRecordSet(db, sides.registry);
  const used = [...sides.registry, ...sides.discovery, ...sides.baseline];
  const everything = loadRecordSet(db, used);
  const reconcileRun = currentReconcileRun(db);
  const checkRun = currentCheckRun(db);
  const asOf = checkRun?.asOf ?? reconcileRun?.asOf ?? newestTakenAt(everything.snapshots);
  const trust = loadTrustStore(db);
  const clock = effectiveClock(db, request.now);
  const histories = snapshotHistories(db);
  const judged = (meta: SnapshotMeta): ReportSnapshot => {
    const { signer, verification, createdAt } = findSnapshot(db, meta.snapshot);
    const stored = verificationSchema.parse(JSON.parse(verification));
    const claim = { registryId: meta.registryId, sequence: meta.sequence, createdAt };
    const signerToday = judgeSignersToday(stored.signer, claim, trust);
    const freshness = judgeFreshnessToday(stored.freshness, signerToday, trust, clock);
    const history = histories.get(meta.snapshot);
    if (!history) throw new Error(`snapshot ${meta.snapshot} is on no registry's line`);
    return { meta, signer, history, verification: { ...stored, signer: signerToday, freshness } };
  };
  const disowned = [...histories].flatMap(([snapshot, { link }]) => (link === 'disowned' ? [snapshot] : []));
  const models = [...registry.all('model')];
  const [organisation] = [...registry.all('organisation')];
  return {
    title: request.title,
    reportId: `${prefixes[request.template] ?? 'R'}-${asOf.slice(0, 4) || '0000'}-${String(reportCount(db) + 1).padStart(4, '0')}`,
    supersedes: null,
    organisation: organisation ? text(organisation.body, 'org_name') : '',
    workspace: workspace.name,
    asOf,
    preparedBy: request.preparedBy,
    reviewedBy: request.reviewedBy,
    classification: request.classification,
    parameters: loadPacks().flatMap((pack) =>
      Object.entries(pack.parameters).map(([name, parameter]) => ({
        name,
        value: typeof parameter.value === 'string' ? parameter.value : JSON.stringify(parameter.value),
        source: parameter.source,
      })),
    ),
    snapshots: everything.snapshots.map(judged),
    disowned: loadRecordSet(db, disowned).snapshots.map(judged),
    staleRuns: staleRuns(db),
    reconcile: reconcileRun ? { run: reconcileRun, rows: [...allVerdictRows(db, reconcileRun.run)] } : null,
    check: checkRun ? { run: checkRun, rules: ruleResults(db, checkRun.run) } : null,
    findings: findingIds(db, { exceptState: 'closed' }).map((id) => findingDetail(db, id)),
    criteria: null,
    models: models.length > 0 ? models.map(factsOf) : null,
    changes: changesOf(db, sides.registry),
    lineage: riskiest(db, models),
    activity: verifyActivity(db, workspace.actors),
    previousCertificate: request.template === 'reconciliation-certificate' ? previousCertificate(db) : null,
  };
}

/** What changed against the snapshot before, as counted when the newest registry snapshot was imported. */
function changesOf(db: ReadableDb, registry: readonly number[]): ReportInputs['changes'] {
  const newest = registry.at(-1);
  if (newest === undefined) return null;
  const stored = findSnapshot(db, newest);
  if (stored.comparedTo === null) return null;
  return { from: findSnapshot(db, stored.comparedTo).takenAt, to: stored.takenAt, kinds: stored.deltas };
}

const text = (body: RecordBody, field: string): string => {
  const value = body[field];
  return value === undefined || value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
};

const factsOf = (record: StoredRecord): ModelFacts => ({
  id: record.id,
  name: text(record.body, 'model_name') || record.id,
  riskTier: text(record.body, 'risk_tier'),
  lifecycleStatus: text(record.body, 'lifecycle_status'),
  origin: text(record.body, 'origin'),
  businessLine: text(record.body, 'business_line'),
  euClass: text(record.body, 'eu_class'),
  icfrRelevant: text(record.body, 'icfr_relevant'),
});

/** The model whose lineage is drawn: most critical findings, then most open findings, then the highest tier, then id. */
function riskiest(db: ReadableDb, models: readonly StoredRecord[]): ReportInputs['lineage'] {
  const findings = openFindingCounts(db);
  const weight = (record: StoredRecord): number => findings.get(`model/${record.id}`) ?? 0;
  const tier = (record: StoredRecord): number => Number(record.body['risk_tier'] ?? 9) || 9;
  const worst = models.reduce<StoredRecord | null>(
    (best, record) =>
      best === null || weight(record) > weight(best) || (weight(record) === weight(best) && tier(record) < tier(best))
        ? record
        : best,
    null,
  );
  if (!worst) return null;
  const ref = { kind: worst.kind, id: worst.id };
  const count = weight(worst);
  return {
    model: ref,
    name: factsOf(worst).name,
    why:
      count > 0
        ? `most open findings about the model itself (${count})`
        : `highest risk tier (${text(worst.body, 'risk_tier') || 'none stated'})`,
    graph: lineageGraph(lineageOf(db), {
      root: ref,
      up: 3,
      down: 3,
      maxNodes: 40,
      findingsOf: (id) => findings.get(id) ?? 0,
    }),
  };
}
