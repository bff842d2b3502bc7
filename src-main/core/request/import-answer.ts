/**
 * Import of an answer to a request: verified like a snapshot, stored with its request and never as a snapshot.
 *
 * An answer holds what was asked and no more. Whatever reads snapshots takes absence for a fact (a model that is not in the
 * newest registry snapshot is unregistered, one that was there before is gone), so an answer must be out of its reach: its own
 * tables, no sequence, no chain. Records that nobody asked for are counted and not kept.
 */
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import type { Kind } from '../../../src-shared/domain/dictionary.ts';
import { formatRef, type RecordRef } from '../../../src-shared/domain/record.ts';
import type { Answers, Predicate } from '../../../src-shared/domain/snapshot.ts';
import { raise } from '../../../src-shared/result.ts';
import { bodyDigest } from '../canonical-json.ts';
import { newestCreatedAt } from '../ingest/effective-clock.ts';
import { recordRejection } from '../ingest/record-rejection.ts';
import { requireValidRecord } from '../ingest/validate.ts';
import { appendActivity } from '../ledger/activity.ts';
import { type JobContext, toInstant } from '../ports.ts';
import { parseRecordLine } from '../snapshot/parse-line.ts';
import { isRecordFailure } from '../snapshot/record-lines.ts';
import type { VerifiedSnapshot } from '../snapshot/verify.ts';
import type { ReadableDb } from '../store/database.ts';
import { appendEntry } from '../store/finding-queries.ts';
import { findRow, hex } from '../store/records.ts';
import {
  answerByStatement,
  insertAnswer,
  insertAnswerRecord,
  type KindDelta,
  lookUpRequest,
  nextAnswerNumber,
  type StoredAnswer,
  type StoredRequest,
} from '../store/request-queries.ts';
import { loadTrustStore } from '../store/trust-queries.ts';
import type { OpenWorkspace } from '../store/workspace.ts';
import { askTest } from './ask.ts';
import { newestOfRegistry } from './registry-snapshot.ts';
import { requestProgress } from './request-view.ts';

type ImportOutput = OutputOf<'snapshots.import'>;

export interface ImportAnswerOptions {
  readonly dryRun: boolean;
  readonly now: Date;
  readonly job: JobContext;
  /** Name of the bundle in messages, without its folder. */
  readonly file: string;
}

/** Imports or previews an answer. Raises `trust` / `answer.*`, `refused` / `answer.request_closed`; the caller closes `verified`. */
export async function importAnswer(
  workspace: OpenWorkspace,
  verified: VerifiedSnapshot,
  options: ImportAnswerOptions,
): Promise<ImportOutput> {
  try {
    return await workspace.writer.transactionAsync(
      () => importInside(workspace, verified, options),
      options.dryRun ? 'rollback' : 'commit',
    );
  } catch (error) {
    const explained = isRecordFailure(error) ? await verified.explain(error) : error;
    recordRejection(
      workspace,
      explained,
      { genuine: [], dryRun: options.dryRun, now: options.now },
      { registry: verified.statement.predicate.registry.id, statementSha256: verified.statementSha256 },
    );
    throw explained;
  }
}

async function importInside(
  workspace: OpenWorkspace,
  verified: VerifiedSnapshot,
  options: ImportAnswerOptions,
): Promise<ImportOutput> {
  const db = workspace.writer;
  await verified.judgeAgain(loadTrustStore(db), newestCreatedAt(db));
  const known = answerByStatement(db, verified.statementSha256);
  const request = requestOf(db, verified.statement.predicate);
  if (known) return outputOf(db, request, known, 'already_imported');
  if (request.closed)
    raise(
      'refused',
      'answer.request_closed',
      `The request that this answers was closed on ${request.closed.at} by ${request.closed.by}; nothing was imported. Make a new request.`,
      { request: request.document.requestId },
    );

  const answer = nextAnswerNumber(db);
  const comparedTo = newestOfRegistry(db, request.document.registry.id)?.snapshot ?? null;
  const asked = askTest(request.document.ask);
  const deltas = deltaCounter(db, comparedTo);
  let outside = 0;
  for await (const batch of verified.recordLines(options.job)) {
    options.job.throwIfCancelled();
    for (const line of batch) {
      const record = parseRecordLine(line, options.file);
      requireValidRecord(record, { file: options.file, member: line.member, line: line.lineNumber });
      if (!asked(record)) {
        outside += 1;
        continue;
      }
      insertAnswerRecord(db, answer, record, line.line);
      deltas.count(record, bodyDigest(record));
    }
  }
  const verification = await verified.finish();
  options.job.throwIfCancelled();
  insertAnswer(db, {
    answer,
    requestId: request.document.requestId,
    verified,
    verification,
    importedAt: toInstant(options.now),
    importedBy: workspace.user.name,
    comparedTo,
    deltas: deltas.all(),
    outside,
  });
  const stored = answerByStatement(db, verified.statementSha256);
  if (!stored) throw new Error('an inserted answer cannot be read back');
  const output = outputOf(db, request, stored, options.dryRun ? 'preview' : 'imported');
  note(workspace, request, output, options.now);
  return output;
}

/** The request that a statement answers. Raises `trust` / `answer.unknown_request`, `.other_request` or `.other_registry`. */
function requestOf(db: ReadableDb, predicate: Predicate): StoredRequest {
  const { requestId, requestSha256 } = predicate.answers as Answers;
  const refuse = (code: string, why: string): never =>
    raise('trust', `answer.${code}`, `This answer cannot be taken: ${why}. Nothing was imported.`, {
      request: requestId,
    });
  const request = lookUpRequest(db, requestId);
  if (!request) return refuse('unknown_request', `this workspace made no request ${requestId}`);
  if (request.sha256 !== requestSha256)
    return refuse('other_request', `it names request ${requestId} with other content than was signed here`);
  if (request.document.registry.id !== predicate.registry.id)
    return refuse(
      'other_registry',
      `registry ${request.document.registry.id} was asked and ${predicate.registry.id} answered`,
    );
  return request;
}

/** New, changed and unchanged records against the registry's newest snapshot. Nothing counts as removed: nobody asked for it all. */
function deltaCounter(db: ReadableDb, snapshot: number | null) {
  const byKind = new Map<Kind, KindDelta>();
  return {
    count(ref: RecordRef, digest: string): void {
      const delta = byKind.get(ref.kind) ?? {
        kind: ref.kind,
        records: 0,
        added: 0,
        changed: 0,
        removed: 0,
        unchanged: 0,
      };
      byKind.set(ref.kind, delta);
      const before = snapshot === null ? undefined : findRow(db, snapshot, ref);
      delta.records += 1;
      if (!before) delta.added += 1;
      else if (hex(before.digest) === digest) delta.unchanged += 1;
      else delta.changed += 1;
    },
    all: (): readonly KindDelta[] => [...byKind.values()],
  };
}

function outputOf(
  db: ReadableDb,
  request: StoredRequest,
  stored: StoredAnswer,
  outcome: ImportOutput['outcome'],
): ImportOutput {
  const { predicate, answers } = stored;
  const { state, missing } = requestProgress(db, request);
  return {
    outcome,
    snapshot: null,
    verification: stored.verification,
    registry: predicate.registry,
    role: predicate.role,
    sequence: predicate.sequence,
    takenAt: predicate.sources.map(({ collectedAt }) => collectedAt).sort()[0] ?? predicate.createdAt,
    comparedTo: stored.comparedTo,
    kinds: stored.deltas,
    records: stored.deltas.reduce((sum, { records }) => sum + records, 0),
    bodiesReused: 0,
    incomplete: 0,
    unknownFields: {},
    warnings:
      outcome === 'already_imported'
        ? ['This answer is already in the workspace; nothing was changed.']
        : warningsOf(request, stored, answers),
    answer: { request: request.document.requestId, state, missing, outside: stored.outside },
  };
}

const listed = (refs: readonly RecordRef[]): string =>
  `${refs.slice(0, 5).map(formatRef).join(', ')}${refs.length > 5 ? ` and ${refs.length - 5} more` : ''}`;

function warningsOf(request: StoredRequest, { outside }: StoredAnswer, answers: Answers): string[] {
  const asked = new Set(request.document.ask.records.map(formatRef));
  const notFound = answers.notFound.filter((ref) => asked.has(formatRef(ref)));
  return [
    ...(outside > 0 ? [`The answer held ${outside} records that were not asked for; they were not kept.`] : []),
    ...(notFound.length > 0
      ? [
          answers.sourcesComplete
            ? `The registry says that it does not have ${listed(notFound)}.`
            : `The registry did not find ${listed(notFound)}, and its sources were not read completely: they may exist all the same.`,
        ]
      : []),
    ...(answers.emptyKinds.length > 0 ? [`The registry gave no record of kind ${answers.emptyKinds.join(', ')}.`] : []),
    ...(answers.sourcesComplete
      ? []
      : ['The sources were not read completely: what the answer lacks cannot be told from what does not exist.']),
  ];
}

/** One entry in the log, and one in the thread of each finding that the request was made for. */
function note(workspace: OpenWorkspace, request: StoredRequest, output: ImportOutput, now: Date): void {
  const { requestId, findings } = request.document;
  const stillMissing = (output.answer?.missing.records.length ?? 0) + (output.answer?.missing.kinds.length ?? 0);
  const summary = `${output.registry.name || output.registry.id} answered request ${requestId.slice(0, 8)}: ${output.records} records, ${stillMissing === 0 ? 'nothing is missing' : `${stillMissing} missing`}`;
  for (const { id } of findings)
    appendEntry(workspace.writer, id, {
      at: toInstant(now),
      by: workspace.user.name,
      type: 'system',
      text: `${summary}. The finding is judged again when the registry's next snapshot is evaluated.`,
      state: null,
    });
  appendActivity(
    workspace,
    {
      action: 'request.answered',
      summary,
      details: {
        request: requestId,
        registry: output.registry.id,
        statementSha256: output.verification.statementSha256,
        records: output.records,
        outside: output.answer?.outside ?? 0,
        missing: stillMissing,
      },
    },
    now,
  );
}
