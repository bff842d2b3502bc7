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
import { appendActivity } from '../ledger/activity.ts';
import { evaluatePacks } from '../policy/evaluate.ts';
import { loadPacks } from '../policy/pack.ts';
import { type JobContext, toInstant } from '../ports.ts';
import { stateAfterEvaluation } from '../review/carry-forward.ts';
import {
  type CheckRun,
  closeFinding,
  countFindings,
  type FiredFinding,
  findingsNotSeen,
  findingWriter,
  insertCheckRun,
  type RuleResult,
  updateCheckRunFindings,
} from '../store/check-queries.ts';
import type { WritableDb } from '../store/database.ts';
import { appendEntry } from '../store/finding-queries.ts';
import { findReconcileRun, verdictFacts } from '../store/reconcile-queries.ts';
import { defaultSnapshots, loadRecordSet } from '../store/record-set.ts';
import { newestTakenAt } from './as-of.ts';
import type { Handler } from './context.ts';

export const checkRun: Handler<'check.run'> = async (context, input, job) => {
  const workspace = context.workspace();
  const db = workspace.writer;
  const packs = choosePacks(input);
  const sides = defaultSnapshots(db);
  if (sides.registry.length === 0)
    raise('usage', 'check.nothing', 'Nothing is imported yet: import a registry snapshot first.');
  const options = { tick: () => job.throwIfCancelled() };
  const registry = loadRecordSet(db, sides.registry, options);
  const discovery = sides.discovery.length > 0 ? loadRecordSet(db, sides.discovery, options) : null;
  const baseline = sides.baseline.length > 0 ? loadRecordSet(db, sides.baseline, options) : null;
  const reconciliation = findReconcileRun(db);
  const verdictRows = reconciliation ? verdictFacts(db, reconciliation.run) : [];
  const asOf = input.asOf ?? newestTakenAt([...registry.snapshots, ...(discovery?.snapshots ?? [])]);

  const evaluation = evaluatePacks({
    packs,
    registry,
    discovery,
    baseline,
    verdictRows,
    asOf,
    job,
    listCannotEvaluate: false,
  });
  const hits: RuleHit[] = [];
  let step = await evaluation.next();
  for (; !step.done; step = await evaluation.next()) hits.push(...step.value.filter((hit) => hit.outcome === 'fires'));
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
    evaluations,
    outcomes,
    bySeverity: summary.bySeverity,
    findings: { new: 0, unchanged: 0, closed: 0, open: 0 },
  };

  return db.transaction((): CheckRun => {
    const run = insertCheckRun(db, draft, results);
    const findings = carryForward(
      db,
      run,
      fired,
      packs.map((pack) => pack.id),
      asOf,
      toInstant(now),
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

/** Opens what is new, refreshes what still fires, closes what no longer does; every automatic change is in the thread. */
function carryForward(
  db: WritableDb,
  run: number,
  fired: readonly FiredFinding[],
  packIds: readonly string[],
  asOf: string,
  at: string,
  job: JobContext,
): CheckRun['findings'] {
  const writer = findingWriter(db);
  let opened = 0;
  fired.forEach((hit, index) => {
    if (index % 200 === 0) {
      job.throwIfCancelled();
      job.report({ phase: 'findings', done: index, total: fired.length, unit: 'records' });
    }
    const known = writer.find(hit);
    if (!known) {
      opened += 1;
      writer.open(hit, at, run);
      return;
    }
    const next = stateAfterEvaluation(known, asOf);
    if (next.reason !== null)
      appendEntry(db, known.id, { at, by: 'Assay', type: 'system', text: next.reason, state: next.state });
    writer.keep(known.id, hit, run, next.state);
  });
  const gone = findingsNotSeen(db, run, packIds);
  for (const id of gone) {
    closeFinding(db, id);
    appendEntry(db, id, { at, by: 'Assay', type: 'system', text: `No longer fires as of ${asOf}.`, state: 'closed' });
  }
  return { new: opened, unchanged: fired.length - opened, closed: gone.length, open: countFindings(db, 'open') };
}
