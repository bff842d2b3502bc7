/**
 * Evaluates policy packs and carries findings forward.
 *
 * What the rules conclude and what people decided are kept apart: an evaluation opens, refreshes or closes findings, and it
 * never takes a person's decision away. An accepted risk whose expiry has passed by as_of opens again, and says why.
 */
import type { ParsedInputOf } from '../../../src-shared/contract/contract.ts';
import type { RuleHit } from '../../../src-shared/domain/finding.ts';
import { raise } from '../../../src-shared/result.ts';
import { sha256Hex, toJcs } from '../canonical-json.ts';
import { effectiveClock } from '../ingest/effective-clock.ts';
import { refreshAllRegistries } from '../ingest/record-continuity.ts';
import { appendActivity } from '../ledger/activity.ts';
import { evaluatePacks } from '../policy/evaluate.ts';
import { loadPacks } from '../policy/pack.ts';
import { type JobContext, toInstant } from '../ports.ts';
import type { RecordSet, SnapshotMeta } from '../record-set.ts';
import { carryForwardFindings } from '../review/carry-forward-findings.ts';
import {
  type CheckRun,
  type FiredFinding,
  insertCheckRun,
  type RuleResult,
  updateCheckRunFindings,
} from '../store/check-queries.ts';
import type { ReadableDb } from '../store/database.ts';
import { verdictFacts } from '../store/reconcile-queries.ts';
import { defaultSnapshots, loadRecordSet } from '../store/record-set.ts';
import { verifyStoredSnapshot } from '../store/verify-stored.ts';
import { newestTakenAt } from './as-of.ts';
import type { Handler } from './context.ts';
import { currentReconcileRun } from './current-runs.ts';

export const checkRun: Handler<'check.run'> = async (context, input, job) => {
  const workspace = context.workspace();
  const db = workspace.writer;
  const packs = choosePacks(input);
  const sides = defaultSnapshots(db);
  if (sides.registry.length === 0)
    raise('usage', 'check.nothing', 'Nothing is imported yet: import a registry snapshot first.');
  const options = { tick: () => job.throwIfCancelled() };
  const load = async (snapshots: readonly number[]): Promise<RecordSet> =>
    withEvidence(db, loadRecordSet(db, snapshots, options), job);
  const registry = await load(sides.registry);
  const discovery = sides.discovery.length > 0 ? await load(sides.discovery) : null;
  const baseline = sides.baseline.length > 0 ? await load(sides.baseline) : null;
  const reconciliation = currentReconcileRun(db);
  const verdictRows = reconciliation ? verdictFacts(db, reconciliation.run) : null;
  const asOf = chooseAsOf(input.asOf, newestTakenAt([...registry.snapshots, ...(discovery?.snapshots ?? [])]));

  const evaluation = evaluatePacks({
    packs,
    registry,
    discovery,
    baseline,
    verdictRows,
    asOf,
    job,
  });
  const hits: RuleHit[] = [];
  const unanswered = new Set<string>();
  let step = await evaluation.next();
  for (; !step.done; step = await evaluation.next()) {
    for (const hit of step.value) {
      if (hit.outcome === 'fires') hits.push(hit);
      else if (hit.outcome === 'cannot_evaluate') unanswered.add(`${hit.ruleId} ${hit.subject.kind}/${hit.subject.id}`);
    }
  }
  const summary = step.value;
  job.throwIfCancelled();
  const texts = new Map(packs.flatMap((pack) => pack.rules.map((rule) => [rule.id, rule] as const)));
  const fired = hits.map(
    (hit): FiredFinding => ({
      ruleId: hit.ruleId,
      packId: hit.packId,
      packVersion: hit.packVersion,
      title: hit.title,
      message: hit.message,
      severity: hit.severity,
      subjectKind: hit.subject.kind,
      subjectId: hit.subject.id,
      subjectName: hit.subject.name,
      firesWhen: texts.get(hit.ruleId)?.firesWhenText ?? '',
      expected: texts.get(hit.ruleId)?.expected ?? '',
      readValues: JSON.stringify(hit.values),
      clauses: JSON.stringify(hit.clauses),
      // Where a value was read may move from snapshot to snapshot; what was read is what a decision is bound to.
      readDigest: sha256Hex(
        toJcs(hit.values.map(({ field, state, value, ref }) => ({ field, state, value, ref: ref ?? null }))),
      ),
    }),
  );

  const now = context.clock.now();
  const results: RuleResult[] = summary.rules.map((result) => ({ ...result, missing: [...result.missing] }));
  const { outcomes, evaluations } = summary;
  const draft: Omit<CheckRun, 'run'> = {
    startedAt: toInstant(now),
    startedBy: workspace.user.name,
    asOf,
    packs: packs.map((pack) => ({ id: pack.id, version: pack.version, title: pack.title, rules: pack.rules.length })),
    snapshots: [...sides.registry, ...sides.discovery],
    reconcileRun: reconciliation?.run ?? null,
    evaluations,
    outcomes,
    bySeverity: summary.bySeverity,
    findings: { new: 0, unchanged: 0, closed: 0, open: 0 },
  };

  return db.transaction((): CheckRun => {
    refreshAllRegistries(db, effectiveClock(db, now).at, toInstant(now));
    const run = insertCheckRun(db, draft, results);
    const findings = carryForwardFindings(
      db,
      {
        run,
        packIds: packs.map((pack) => pack.id),
        fired,
        unanswered,
        blindRules: new Set(results.filter(hadNoAnswer).map((result) => result.ruleId)),
        registry,
        discovery,
        asOf,
        at: toInstant(now),
      },
      job,
    );
    updateCheckRunFindings(db, run, findings);
    appendActivity(
      workspace,
      {
        action: 'check.run',
        summary: `Evaluated ${draft.packs.map((pack) => pack.id).join(', ')}: ${outcomes.fires} fire, ${outcomes.cannot_evaluate} cannot be evaluated`,
        details: { run, asOf, ...outcomes, opened: findings.new, closed: findings.closed },
      },
      now,
    );
    return { run, ...draft, findings };
  });
};

/** Says of each snapshot whether what is stored is still what was signed: rules never rest on altered records (REC-003). */
async function withEvidence(db: ReadableDb, set: RecordSet, job: JobContext): Promise<RecordSet> {
  const snapshots: SnapshotMeta[] = [];
  for (const meta of set.snapshots) {
    snapshots.push({ ...meta, evidenceIntact: await verifyStoredSnapshot(db, meta.snapshot, job) });
  }
  return { ...set, snapshots };
}

const hadNoAnswer = (result: RuleResult): boolean =>
  result.counts.cannot_evaluate > 0 && result.counts.pass + result.counts.fires + result.counts.not_applicable === 0;

/** An auditor may look from a later date, never from one before the evidence was collected. */
function chooseAsOf(wanted: string | undefined, newest: string): string {
  if (wanted === undefined) return newest;
  const asOf = wanted.length === 10 ? `${wanted}T23:59:59Z` : wanted;
  if (Date.parse(asOf) < Date.parse(newest)) {
    raise(
      'usage',
      'check.as_of_too_early',
      `The newest snapshot was taken at ${newest}; an evaluation as of ${wanted} would judge the past by later evidence. Nothing was evaluated.`,
    );
  }
  return asOf;
}

function choosePacks(input: ParsedInputOf<'check.run'>) {
  const all = loadPacks();
  if (!input.packs) return all;
  return input.packs.map(
    (id) =>
      all.find((pack) => pack.id === id) ??
      raise(
        'usage',
        'check.unknown_pack',
        `There is no policy pack "${id}"; known: ${all.map((pack) => pack.id).join(', ')}.`,
      ),
  );
}
