/**
 * Findings that no evaluation makes: code that handles evidence sees a condition, and the finding stands from that moment on.
 *
 * They live in the same table and under the same rules as those of policy packs: a person's decision stays, an acceptance ends
 * with its day, what was said to be remedied and is seen again opens again, and every automatic change is in the thread. Their
 * packs are no policy packs, so an evaluation neither repeats nor closes them.
 */
import type { Kind } from '../../../src-shared/domain/dictionary.ts';
import type { ReadValue, Severity } from '../../../src-shared/domain/finding.ts';
import { sha256Hex, toJcs } from '../canonical-json.ts';
import { closeFinding, type FiredFinding, findingWriter } from '../store/check-queries.ts';
import type { WritableDb } from '../store/database.ts';
import { appendEntry, findingsWithState, setFindingState } from '../store/finding-queries.ts';
import { stateAfterEvaluation } from './carry-forward.ts';

export interface StandingRule {
  /** `INT-001`: three or four letters that no policy pack uses, and a number. */
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  /** When it is raised, and what should be the case: one sentence each. */
  readonly firesWhen: string;
  readonly expected: string;
}

/** A built-in pack: rules that the code itself applies. */
export interface StandingPack {
  readonly id: string;
  readonly version: string;
  readonly title: string;
  readonly description: string;
  readonly rules: readonly StandingRule[];
}

export interface StandingSubject {
  readonly kind: Kind | 'snapshot';
  /** With the rule it names the finding: the same condition on the same subject is one finding, however often it is seen. */
  readonly id: string;
  readonly name: string;
}

export interface StandingHit {
  readonly pack: StandingPack;
  readonly rule: StandingRule;
  readonly subject: StandingSubject;
  /** One sentence: what was seen on this subject. */
  readonly message: string;
  /** What the sentence rests on. A value's `snapshot`, where given, must be a stored one. */
  readonly values: readonly ReadValue[];
}

/** Standing findings belong to no evaluation. */
const noRun = 0;

/**
 * Opens the finding, or refreshes what it says and opens it again where its state calls for that. The caller holds the
 * transaction and writes the activity entry. `at`: RFC 3339. Returns the finding's id.
 */
export function openStandingFinding(db: WritableDb, hit: StandingHit, at: string): number {
  const writer = findingWriter(db);
  const fired = firedOf(hit);
  const known = writer.find(fired);
  if (known) {
    const next = stateAfterEvaluation(known, at);
    if (next.reason !== null) system(db, known.id, at, next.reason, next.state);
    writer.keep(known.id, fired, noRun, next.state);
    return known.id;
  }
  writer.open(fired, at, noRun);
  const opened = writer.find(fired);
  if (!opened) throw new Error(`finding ${hit.rule.id} of ${hit.subject.id} was not stored`);
  return opened.id;
}

/**
 * Closes a finding whose condition is gone, whatever a person had decided, and says why in its thread. The caller holds the
 * transaction.
 */
export function settleStandingFinding(db: WritableDb, finding: number, why: string, at: string): void {
  closeFinding(db, finding);
  system(db, finding, at, why, 'closed');
}

/** Opens again what was accepted until a day that has passed. Returns how many. The caller holds the transaction. */
export function endExpiredAcceptances(db: WritableDb, pack: StandingPack, at: string): number {
  const ended = findingsWithState(db, pack.id, 'accepted_risk').flatMap((finding) => {
    const next = stateAfterEvaluation(finding, at);
    return next.reason === null ? [] : [{ id: finding.id, state: next.state, reason: next.reason }];
  });
  for (const { id, state, reason } of ended) {
    setFindingState(db, id, state, null);
    system(db, id, at, reason, state);
  }
  return ended.length;
}

function firedOf({ pack, rule, subject, message, values }: StandingHit): FiredFinding {
  return {
    ruleId: rule.id,
    packId: pack.id,
    packVersion: pack.version,
    title: rule.title,
    message,
    severity: rule.severity,
    subjectKind: subject.kind,
    subjectId: subject.id,
    subjectName: subject.name,
    firesWhen: rule.firesWhen,
    expected: rule.expected,
    readValues: JSON.stringify(values),
    clauses: '[]',
    readDigest: sha256Hex(
      toJcs(values.map(({ field, state, value, ref }) => ({ field, state, value, ref: ref ?? null }))),
    ),
  };
}

const system = (db: WritableDb, id: number, at: string, text: string, state: string | null): void =>
  appendEntry(db, id, { at, by: 'Assay', type: 'system', text, state });
