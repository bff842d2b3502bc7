/** Requests as lists and screens show them: how far each is answered, and what came. */
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import type { Missing, RequestState } from '../../../src-shared/contract/schemas/requests.ts';
import { entityOf, fieldLabel } from '../../../src-shared/domain/dictionary.ts';
import { type CanonicalRecord, formatRef, type RecordRef } from '../../../src-shared/domain/record.ts';
import type { ReadableDb } from '../store/database.ts';
import { displayValue, type NameOf } from '../store/display.ts';
import { nameLookup } from '../store/name-lookup.ts';
import { findRow, readBody } from '../store/records.ts';
import {
  answerRecord,
  answerRefs,
  answersTo,
  type StoredAnswer,
  type StoredRequest,
} from '../store/request-queries.ts';
import { changedFields } from '../store/snapshot-diff.ts';
import { describeAsk, missingFrom } from './ask.ts';

type Row = OutputOf<'request.list'>['requests'][number];
type Detail = OutputOf<'request.show'>;

const listedRecords = 500;

export interface RequestProgress {
  readonly state: RequestState;
  readonly missing: Missing;
  readonly answers: readonly StoredAnswer[];
}

/** Answered means: nothing that was asked is missing. A person closes a request, whatever it lacks. */
export function requestProgress(db: ReadableDb, request: StoredRequest): RequestProgress {
  const { ask, requestId } = request.document;
  const answers = answersTo(db, requestId);
  const missing = missingFrom(
    ask,
    answers.map(({ answer, answers: facts }) => ({ records: answerRefs(db, answer), answers: facts })),
  );
  const complete = missing.records.length === 0 && missing.kinds.length === 0;
  const open = answers.length === 0 ? 'open' : complete ? 'answered' : 'partly_answered';
  return { state: request.closed ? 'closed' : open, missing, answers };
}

/** `now` decides only what is overdue: the day after the due date begins it. */
export function requestRow(
  db: ReadableDb,
  request: StoredRequest,
  now: Date,
  progress = requestProgress(db, request),
): Row {
  const { document } = request;
  const { state, missing, answers } = progress;
  const waiting = state === 'open' || state === 'partly_answered';
  return {
    kind: 'request',
    id: document.requestId,
    name: describeAsk(document.ask),
    registry: document.registry,
    state,
    overdue: waiting && document.due !== undefined && now.toISOString().slice(0, 10) > document.due,
    due: document.due ?? null,
    createdAt: document.createdAt,
    createdBy: request.createdBy,
    asked: { records: document.ask.records.length, kinds: document.ask.kinds.length },
    missing: { records: missing.records.length, kinds: missing.kinds.length },
    answers: answers.length,
  };
}

export function requestDetail(db: ReadableDb, request: StoredRequest, now: Date): Detail {
  const progress = requestProgress(db, request);
  const newest = newestRecords(db, progress.answers);
  return {
    ...requestRow(db, request, now, progress),
    document: request.document,
    sha256: request.sha256,
    missing: progress.missing,
    answers: progress.answers.map((answer) => answerLine(db, answer)),
    records: newest.slice(0, listedRecords).map(({ ref, answer }) => comparedRecord(db, ref, answer)),
    recordsTotal: newest.length,
    closed: request.closed,
  };
}

const answerLine = (db: ReadableDb, answer: StoredAnswer): Detail['answers'][number] => ({
  answer: answer.answer,
  statementSha256: answer.statementSha256,
  createdAt: answer.predicate.createdAt,
  importedAt: answer.importedAt,
  importedBy: answer.importedBy,
  signer: answer.signer,
  records: answerRefs(db, answer.answer).length,
  outside: answer.outside,
  notFound: answer.answers.notFound,
  sourcesComplete: answer.answers.sourcesComplete,
});

interface PlacedRecord {
  readonly ref: RecordRef;
  readonly answer: StoredAnswer;
}

/** Each record as the answer that was made last has it, in whatever order they were imported. */
function newestRecords(db: ReadableDb, answers: readonly StoredAnswer[]): readonly PlacedRecord[] {
  const byRef = new Map<string, PlacedRecord>();
  const inOrder = [...answers].sort((a, b) => Date.parse(a.predicate.createdAt) - Date.parse(b.predicate.createdAt));
  for (const answer of inOrder) {
    for (const ref of answerRefs(db, answer.answer)) byRef.set(formatRef(ref), { ref, answer });
  }
  return [...byRef].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, placed]) => placed);
}

function comparedRecord(
  db: ReadableDb,
  ref: RecordRef,
  { answer, comparedTo }: StoredAnswer,
): Detail['records'][number] {
  const record = answerRecord(db, answer, ref);
  const row = comparedTo === null ? undefined : findRow(db, comparedTo, ref);
  const before = row ? readBody(db, row) : null;
  const nameOf = comparedTo === null ? () => undefined : nameLookup(db, [comparedTo]);
  const fields = changedFields({ kind: ref.kind, body: before?.body ?? {} }, record);
  return {
    ...ref,
    name: nameIn(record),
    answer,
    compared: comparedTo === null ? 'nothing_to_compare' : !before ? 'new' : fields.length > 0 ? 'changed' : 'same',
    fields: fields.map((field) => ({
      field,
      label: fieldLabel(ref.kind, field),
      before: before ? textOf(before.body, field, nameOf) : null,
      after: textOf(record.body, field, nameOf),
    })),
  };
}

const textOf = (body: CanonicalRecord['body'], field: string, nameOf: NameOf): string =>
  displayValue(body[field], nameOf).slice(0, 2000);

function nameIn({ kind, id, body }: CanonicalRecord): string {
  const name = body[entityOf(kind).nameField];
  return typeof name === 'string' && name !== '' ? name : id;
}
