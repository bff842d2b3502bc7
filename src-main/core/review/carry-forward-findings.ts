/**
 * What an evaluation does to the findings that are there: opens what is new, refreshes what still fires, and closes only what
 * surely no longer fires. A finding that cannot be evaluated any more stays as it is: evidence that went missing never
 * closes anything. Every automatic change is in the finding's thread.
 */
import { isKind } from '../../../src-shared/domain/dictionary.ts';
import type { JobContext } from '../ports.ts';
import type { RecordSet } from '../record-set.ts';
import {
  type CheckRun,
  closeFinding,
  countFindings,
  type FiredFinding,
  findingsNotSeen,
  findingWriter,
  type UnseenFinding,
} from '../store/check-queries.ts';
import type { WritableDb } from '../store/database.ts';
import { appendEntry, lastEntryText } from '../store/finding-queries.ts';
import { stateAfterEvaluation } from './carry-forward.ts';

export interface Evaluated {
  readonly run: number;
  readonly packIds: readonly string[];
  readonly fired: readonly FiredFinding[];
  /** `RULE kind/id` of every evaluation without an answer. */
  readonly unanswered: ReadonlySet<string>;
  /** Rules that had no answer on any record. */
  readonly blindRules: ReadonlySet<string>;
  readonly registry: RecordSet;
  readonly discovery: RecordSet | null;
  readonly asOf: string;
  /** When it ran, by this computer's clock. */
  readonly at: string;
}

export function carryForwardFindings(db: WritableDb, evaluated: Evaluated, job: JobContext): CheckRun['findings'] {
  const { fired, run, asOf, at } = evaluated;
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
    if (next.reason !== null) system(db, known.id, at, next.reason, next.state);
    writer.keep(known.id, hit, run, next.state);
  });
  let closed = 0;
  for (const finding of findingsNotSeen(db, run, evaluated.packIds)) {
    const fate = fateOf(finding, evaluated);
    if (fate.closes) {
      closed += 1;
      closeFinding(db, finding.id);
      system(db, finding.id, at, fate.text, 'closed');
    } else if (lastEntryText(db, finding.id) !== fate.text) {
      system(db, finding.id, at, fate.text, null);
    }
  }
  return { new: opened, unchanged: fired.length - opened, closed, open: countFindings(db, 'open') };
}

const system = (db: WritableDb, id: number, at: string, text: string, state: string | null): void =>
  appendEntry(db, id, { at, by: 'Assay', type: 'system', text, state });

/** Closed only when the rule gave an answer about this subject, or the subject itself is gone. */
function fateOf(finding: UnseenFinding, evaluated: Evaluated): { readonly closes: boolean; readonly text: string } {
  const { ruleId, subjectKind, subjectId } = finding;
  if (evaluated.blindRules.has(ruleId) || evaluated.unanswered.has(`${ruleId} ${subjectKind}/${subjectId}`)) {
    return {
      closes: false,
      text: 'Cannot be evaluated any more: the evidence it rests on is no longer supplied. It stays as it is.',
    };
  }
  if (isKind(subjectKind)) {
    const ref = { kind: subjectKind, id: subjectId };
    if (!evaluated.registry.get(ref) && !evaluated.discovery?.get(ref)) {
      return { closes: true, text: `The record it is about is not in the newest snapshots as of ${evaluated.asOf}.` };
    }
  }
  return { closes: true, text: `No longer fires as of ${evaluated.asOf}.` };
}
