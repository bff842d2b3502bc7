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
import { entityOf, type Kind, kinds } from '../../../src-shared/domain/dictionary.ts';
import type { Outcome, RuleHit, Severity } from '../../../src-shared/domain/finding.ts';
import { severities } from '../../../src-shared/domain/finding.ts';
import type { VerdictRow } from '../../../src-shared/domain/verdict.ts';
import type { JobContext } from '../ports.ts';
import type { RecordSet, SnapshotMeta } from '../record-set.ts';
import { citeClause, type ModeParameters } from './clause-mode.ts';
import { clauseById } from './clauses.ts';
import { type CompiledPack, type CompiledRule, compilePack, newRuntime } from './compile.ts';
import { readValues } from './finding-values.ts';
import type { Pack } from './pack-schema.ts';
import { parseMoment } from './instants.ts';
import { phaseOf } from './rule-order.ts';
import { factsOf } from './subject-facts.ts';
import { subjectsOf, type Subject } from './subjects.ts';
import { orUndefined } from './unknown.ts';
import { makeWorlds, type Worlds } from './worlds.ts';

export interface EvaluationInput {
  readonly packs: readonly Pack[];
  /** The inventory: what is claimed. Rules run over its records. */
  readonly registry: RecordSet;
  /** What scans saw; null when nothing was scanned. */
  readonly discovery: RecordSet | null;
  /** The same registries earlier; null for a first snapshot. */
  readonly baseline: RecordSet | null;
  readonly verdictRows: readonly VerdictRow[];
  /** RFC 3339 instant or date; `newestTakenAt` unless a person sets another. */
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

/** The newest `takenAt` of the run: `as_of` unless a person sets another (decisions.md 3). */
export function newestTakenAt(sets: readonly (RecordSet | null)[]): string {
  return sets
    .flatMap((set) => set?.snapshots.map((meta: SnapshotMeta) => meta.takenAt) ?? [])
    .reduce((newest, at) => (at > newest ? at : newest), '');
}

interface Tally {
  readonly rule: CompiledRule;
  readonly counts: Record<Outcome, number>;
  readonly missing: Map<string, number>;
}

const batchSize = 500;
const cancelEvery = 1024;

/** Yields hits in batches (fires and, unless switched off, cannot_evaluate) and returns the counts of every evaluation. */
export async function* evaluatePacks(input: EvaluationInput): AsyncGenerator<RuleHit[], EvaluationSummary> {
  const { job, asOf } = input;
  if (parseMoment(asOf) === null) throw new Error(`asOf "${asOf}" is no instant`);
  const runtime = newRuntime();
  const compiled = input.packs.map((pack) => compilePack(pack, `${pack.id}.json`, runtime));
  const [first] = compiled;
  const tallies = plan(compiled);
  const bySeverity = zeroSeverities();
  let unreliableInput = false;
  let done = 0;
  let batch: RuleHit[] = [];
  if (first) {
    const worlds = makeWorlds(input, runtime, first.classOf);
    runtime.world = worlds.registry;
    const steps = stepsOf(tallies);
    const total = steps.reduce((sum, { group, entries }) => sum + group.count(worlds) * entries.length, 0);
    for (const { group, entries } of steps) {
      for (const subject of group.each(worlds)) {
        const context: Record<string, unknown> = { [subject.variable]: subject.value, as_of: asOf };
        for (const tally of entries) {
          if (done % cancelEvery === 0) {
            job.throwIfCancelled();
            job.report({ phase: 'Evaluating', done, total, unit: 'rules' });
          }
          done++;
          const outcome = subject.evidence === null ? decide(tally.rule, context, worlds) : lacking(subject.evidence, worlds);
          tally.counts[outcome]++;
          if (outcome === 'cannot_evaluate') {
            for (const what of worlds.probe.missing) tally.missing.set(what, (tally.missing.get(what) ?? 0) + 1);
            if (input.listCannotEvaluate === false) continue;
          } else if (outcome !== 'fires') continue;
          const hit = makeHit(tally.rule, outcome, subject, context, worlds, asOf);
          if (outcome === 'fires') {
            bySeverity[hit.severity]++;
            unreliableInput ||= hit.severity === 'critical' && hit.ruleId.startsWith('REC-');
          }
          batch.push(hit);
          if (batch.length >= batchSize) {
            yield batch;
            batch = [];
          }
        }
      }
    }
    if (batch.length > 0) yield batch;
    job.report({ phase: 'Evaluating', done, total, unit: 'rules' });
  }
  return summary(asOf, done, tallies, bySeverity, unreliableInput);
}

/** Everything at once, for small inputs and tests. */
export async function evaluateAll(
  input: EvaluationInput,
): Promise<{ readonly hits: readonly RuleHit[]; readonly summary: EvaluationSummary }> {
  const hits: RuleHit[] = [];
  const run = evaluatePacks(input);
  for (;;) {
    const step = await run.next();
    if (step.done) return { hits, summary: step.value };
    hits.push(...step.value);
  }
}
