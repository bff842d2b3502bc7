/**
 * Evaluates policy packs over a registry, in the light of what a scan saw and of the registry's own past.
 *
 * Semantics (regulation reference 0.2, decisions.md 4), three-valued throughout:
 * - a field that a source supplies and leaves empty is blank, and a rule may fire on it;
 * - a field that no source supplies is unknown, and so is every relation that hangs on it;
 * - `not_applicable` when the applicability test is surely false; `fires` when test and predicate are surely true; `pass` when
 *   the test is surely true and the predicate surely false; everything else is `cannot_evaluate`, with what was missing.
 * So taking evidence away can turn any outcome into cannot_evaluate, and never into a pass.
 *
 * Time is `asOf`, never the machine's clock, and records are visited in (kind, id) order: the same input gives the same hits.
 */
import { entityOf } from '../../../src-shared/domain/dictionary.ts';
import type { CitedClause, Outcome, RuleHit, Severity } from '../../../src-shared/domain/finding.ts';
import { outcomes } from '../../../src-shared/domain/finding.ts';
import type { VerdictFacts } from '../../../src-shared/domain/verdict.ts';
import type { JobContext } from '../ports.ts';
import type { RecordSet } from '../record-set.ts';
import { newRuntime } from './cel.ts';
import { type ClauseFacts, citeClause } from './clause-mode.ts';
import { clauseById } from './clauses.ts';
import { type CompiledRule, compilePack, type Program } from './compile.ts';
import { readValues } from './finding-values.ts';
import { parseMoment } from './instants.ts';
import type { Pack } from './pack-schema.ts';
import { phaseCount, phaseOf } from './rule-order.ts';
import { factsOf } from './subject-facts.ts';
import { type Group, groups, type Subject } from './subjects.ts';
import { orUndefined, type Probe, type TracedRead, Unknown } from './unknown.ts';
import type { View } from './view.ts';
import { makeWorlds, type Worlds } from './worlds.ts';

export interface EvaluationInput {
  readonly packs: readonly Pack[];
  /** The inventory: what is claimed. Rules run over its records. */
  readonly registry: RecordSet;
  /** What scans saw; null when nothing was scanned. */
  readonly discovery: RecordSet | null;
  /** The same registries earlier; null for a first snapshot. */
  readonly baseline: RecordSet | null;
  /** Null when these snapshots were not reconciled: what hangs on a verdict cannot be evaluated then. */
  readonly verdictRows: readonly VerdictFacts[] | null;
  /** RFC 3339 instant or date: the newest `takenAt` of the run unless a person sets another (decisions.md 3). */
  readonly asOf: string;
  readonly job: JobContext;
  /** False leaves out the hits of cannot_evaluate (they are counted all the same). Default true. */
  readonly listCannotEvaluate?: boolean;
}

export type OutcomeCounts = Readonly<Record<Outcome, number>>;

export interface RuleResult {
  readonly ruleId: string;
  readonly packId: string;
  readonly title: string;
  readonly severity: Severity;
  readonly entity: string;
  readonly firesWhen: string;
  readonly counts: OutcomeCounts;
  /** What kept evaluations from an answer, most frequent first. */
  readonly missing: readonly string[];
}

export interface EvaluationSummary {
  readonly asOf: string;
  /** Rule × record evaluations, the denominator of `outcomes`. */
  readonly evaluations: number;
  readonly outcomes: OutcomeCounts;
  /** Fires by severity. */
  readonly bySeverity: Readonly<Record<Severity, number>>;
  /** In order of evaluation. */
  readonly rules: readonly RuleResult[];
  /** True when a critical REC rule fired: every later result rests on unreliable input. */
  readonly unreliableInput: boolean;
}

interface Tally {
  readonly rule: CompiledRule;
  readonly counts: Record<Outcome, number>;
  readonly missing: Map<string, number>;
  /** Clauses with their modes by the facts that decide them: most records share their facts with others. */
  readonly cited: Map<ClauseFacts, readonly CitedClause[]>;
}

const batchSize = 500;
const cancelEvery = 1024;
const reportEvery = 16 * cancelEvery;
const breathe = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Yields hits in batches (fires and, unless switched off, cannot_evaluate) and returns the counts of every evaluation. */
export async function* evaluatePacks(input: EvaluationInput): AsyncGenerator<RuleHit[], EvaluationSummary> {
  const { job, asOf } = input;
  if (parseMoment(asOf) === null) throw new Error(`asOf "${asOf}" is no instant`);
  const runtime = newRuntime();
  const tallies = input.packs
    .flatMap((pack) => compilePack(pack, `${pack.id}.json`, runtime))
    .map((rule): Tally => ({ rule, counts: zeroOutcomes(), missing: new Map(), cited: new Map() }))
    .sort(inOrder);
  const worlds = makeWorlds(input, runtime);
  runtime.world = worlds.registry;
  const { probe } = runtime;
  const steps = stepsOf(tallies);
  const total = steps.reduce((sum, { group, tallies: entries }) => sum + group.count(worlds) * entries.length, 0);
  const bySeverity = zeroSeverities();
  let unreliableInput = false;
  let done = 0;
  let batch: RuleHit[] = [];
  for (const step of steps) {
    for (const subject of step.group.each(worlds)) {
      const context = { [subject.variable]: subject.value, as_of: asOf };
      for (const tally of step.tallies) {
        if (done % cancelEvery === 0) {
          job.throwIfCancelled();
          if (done % reportEvery === 0) {
            job.report({ phase: 'Evaluating rules', done, total: Math.max(total, done), unit: 'rules' });
            await breathe();
          }
        }
        done++;
        probe.reset();
        const outcome =
          subject.evidence === null ? decide(tally.rule, context, probe) : lacking(probe, subject.evidence);
        tally.counts[outcome]++;
        if (outcome === 'pass' || outcome === 'not_applicable') continue;
        if (outcome === 'cannot_evaluate') {
          for (const what of probe.missing) tally.missing.set(what, (tally.missing.get(what) ?? 0) + 1);
          if (input.listCannotEvaluate === false) continue;
        }
        const hit = makeHit(tally, outcome, subject, context, worlds, asOf);
        if (outcome === 'fires') bySeverity[hit.severity]++;
        if (outcome === 'fires' && hit.severity === 'critical' && hit.ruleId.startsWith('REC-')) unreliableInput = true;
        batch.push(hit);
        if (batch.length < batchSize) continue;
        yield batch;
        batch = [];
      }
    }
  }
  if (batch.length > 0) yield batch;
  job.report({ phase: 'Evaluating rules', done, total: done, unit: 'rules' });
  const rules = tallies.map(resultOf);
  return { asOf, evaluations: done, outcomes: sumOutcomes(rules), bySeverity, rules, unreliableInput };
}

type Context = Readonly<Record<string, unknown>>;

/** One rule on one subject; what was not known is left in the probe. */
function decide({ rule, applies, fires }: CompiledRule, context: Context, probe: Probe): Outcome {
  if (applies) {
    const applicable = answer(rule.id, applies, context);
    if (applicable === false) return 'not_applicable';
    if (applicable === undefined) return 'cannot_evaluate';
    probe.reset();
  }
  const fired = answer(rule.id, fires, context);
  return fired === undefined ? 'cannot_evaluate' : fired ? 'fires' : 'pass';
}

/** True, false, or undefined when it depends on what is not known. Anything else that goes wrong is a bug of the rule. */
function answer(ruleId: string, program: Program, context: Context): boolean | undefined {
  try {
    return program(context) === true;
  } catch (error) {
    if (error instanceof Unknown) return undefined;
    throw new Error(`rule ${ruleId} failed: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

function lacking(probe: Probe, evidence: string): Outcome {
  probe.missing.add(evidence);
  return 'cannot_evaluate';
}

function makeHit(
  tally: Tally,
  outcome: Outcome,
  subject: Subject,
  context: Context,
  worlds: Worlds,
  asOf: string,
): RuleHit {
  const { rule, pack, raise: raises, message } = tally.rule;
  const { probe } = worlds;
  const missing = outcome === 'cannot_evaluate' ? [...probe.missing].sort() : [];
  const fires = outcome === 'fires';
  const reads = fires ? trace(tally.rule, context, probe) : [];
  const listed = reads.filter((read) => rule.reads.includes(read.field));
  const severity = fires ? raises.find(({ when }) => orUndefined(() => when(context)) === true)?.severity : undefined;
  return {
    ruleId: rule.id,
    packId: pack.id,
    packVersion: pack.version,
    outcome,
    severity: severity ?? rule.severity,
    title: rule.title,
    message: fires
      ? message(context)
      : `No evidence supplied for ${missing.join(', ')}: this rule cannot be evaluated here.`,
    subject: { kind: subject.kind, id: subject.id, name: nameOf(subject, worlds) },
    values: readValues(listed, worlds, missing),
    clauses: [...citedBy(tally, factsOf(worlds.registry, factsView(subject, worlds)), asOf)],
    missing,
  };
}

/** Runs a rule that fired once more, writing down every field that it reads. */
function trace({ applies, fires }: CompiledRule, context: Context, probe: Probe): TracedRead[] {
  probe.reads.length = 0;
  probe.tracing = true;
  try {
    if (applies) orUndefined(() => applies(context));
    orUndefined(() => fires(context));
  } finally {
    probe.tracing = false;
  }
  return [...probe.reads];
}

/** The record whose facts decide the clause modes: one of the registry, or of the baseline when it has vanished. */
function factsView(subject: Subject, { discovery }: Worlds): View | null {
  const view = subject.view();
  return view && view.world === discovery ? null : view;
}

function citedBy(tally: Tally, facts: ClauseFacts, asOf: string): readonly CitedClause[] {
  const found = tally.cited.get(facts);
  if (found) return found;
  const { rule, pack } = tally.rule;
  const section5 = pack.parameters['aia_section5_date']?.value;
  const parameters = { aiaSection5Date: typeof section5 === 'string' ? section5 : 'A' };
  const cited = rule.clauses.flatMap((id) => {
    const clause = clauseById(id);
    return clause ? (citeClause(clause, asOf, facts, parameters) ?? []) : [];
  });
  tally.cited.set(facts, cited);
  return cited;
}

function nameOf(subject: Subject, { registry }: Worlds): string {
  const { kind, id } = subject;
  if (kind === 'snapshot') return registry.records.snapshots.find((meta) => meta.snapshotId === id)?.registryName ?? id;
  const name = subject.view()?.world.records.get({ kind, id })?.body[entityOf(kind).nameField];
  return typeof name === 'string' && name.trim() !== '' ? name : id;
}

interface Step {
  readonly group: Group;
  readonly tallies: readonly Tally[];
}

/** Phase by phase, and within a phase subject by subject: each record is visited once per phase. */
function stepsOf(tallies: readonly Tally[]): readonly Step[] {
  return [...Array(phaseCount).keys()].flatMap((phase) =>
    groups.flatMap((group) => {
      const entries = tallies.filter(({ rule }) => phaseOf(rule.rule.id) === phase && rule.variable === group.variable);
      return entries.length > 0 ? [{ group, tallies: entries }] : [];
    }),
  );
}

const inOrder = (a: Tally, b: Tally): number =>
  phaseOf(a.rule.rule.id) - phaseOf(b.rule.rule.id) ||
  (a.rule.rule.id < b.rule.rule.id ? -1 : a.rule.rule.id > b.rule.rule.id ? 1 : 0);

const zeroOutcomes = (): Record<Outcome, number> => ({ pass: 0, fires: 0, cannot_evaluate: 0, not_applicable: 0 });
const zeroSeverities = (): Record<Severity, number> => ({ critical: 0, high: 0, medium: 0, low: 0, info: 0 });

function sumOutcomes(rules: readonly RuleResult[]): OutcomeCounts {
  const sum = zeroOutcomes();
  for (const { counts } of rules) for (const outcome of outcomes) sum[outcome] += counts[outcome];
  return sum;
}

function resultOf({ rule: { rule, pack }, counts, missing }: Tally): RuleResult {
  return {
    ruleId: rule.id,
    packId: pack.id,
    title: rule.title,
    severity: rule.severity,
    entity: rule.entity,
    firesWhen: rule.firesWhenText,
    counts,
    missing: [...missing].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([what]) => what),
  };
}
