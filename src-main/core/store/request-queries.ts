/** Requests to registries and the answers that were imported: written once; only closing changes a request. */
import { z } from 'zod';
import { type RequestDocument, requestDocumentSchema } from '../../../src-shared/contract/schemas/requests.ts';
import { kindDeltaSchema } from '../../../src-shared/contract/schemas/snapshots.ts';
import { kindSchema } from '../../../src-shared/domain/dictionary.ts';
import type { CanonicalRecord, RecordRef } from '../../../src-shared/domain/record.ts';
import { type Answers, type Predicate, statementSchema } from '../../../src-shared/domain/snapshot.ts';
import { type Verification, verificationSchema } from '../../../src-shared/domain/trust.ts';
import { raise } from '../../../src-shared/result.ts';
import type { VerifiedSnapshot } from '../snapshot/verify.ts';
import type { ReadableDb, SqlValue, WritableDb } from './database.ts';

export type KindDelta = z.infer<typeof kindDeltaSchema>;

export interface StoredRequest {
  readonly document: RequestDocument;
  readonly sha256: string;
  readonly createdBy: string;
  readonly closed: { readonly at: string; readonly by: string; readonly reason: string } | null;
}

export interface StoredAnswer {
  readonly answer: number;
  readonly requestId: string;
  readonly statementSha256: string;
  readonly importedAt: string;
  readonly importedBy: string;
  readonly signer: string;
  readonly comparedTo: number | null;
  readonly deltas: KindDelta[];
  readonly outside: number;
  readonly predicate: Predicate;
  readonly answers: Answers;
  readonly verification: Verification;
}

const requestRow = z
  .object({
    payload: z.instanceof(Uint8Array),
    payload_sha256: z.string(),
    created_by: z.string(),
    closed_at: z.string().nullable(),
    closed_by: z.string().nullable(),
    close_reason: z.string().nullable(),
  })
  .transform(
    (row): StoredRequest => ({
      document: requestDocumentSchema.parse(JSON.parse(Buffer.from(row.payload).toString('utf8'))),
      sha256: row.payload_sha256,
      createdBy: row.created_by,
      closed:
        row.closed_at === null ? null : { at: row.closed_at, by: row.closed_by ?? '', reason: row.close_reason ?? '' },
    }),
  );
const requestColumns = 'payload, payload_sha256, created_by, closed_at, closed_by, close_reason';

export interface NewRequest {
  readonly document: RequestDocument;
  readonly payload: Buffer;
  readonly sha256: string;
  readonly file: Buffer;
  readonly createdBy: string;
}

/** The caller holds the transaction. */
export function insertRequest(db: WritableDb, { document, payload, sha256, file, createdBy }: NewRequest): void {
  const { requestId, registry, createdAt, findings } = document;
  db.write<readonly SqlValue[]>(
    'INSERT INTO request (request_id, registry_id, created_at, created_by, payload_sha256, payload, file) VALUES (?, ?, ?, ?, ?, ?, ?)',
  ).run(requestId, registry.id, createdAt, createdBy, sha256, payload, file);
  for (const { id } of findings)
    db.write<readonly SqlValue[]>('INSERT INTO request_finding (request_id, finding_id) VALUES (?, ?)').run(
      requestId,
      id,
    );
}

/** Newest first. */
export const allRequests = (db: ReadableDb): readonly StoredRequest[] =>
  db
    .read<[], unknown>(`SELECT ${requestColumns} FROM request ORDER BY created_at DESC, request_id`)
    .all()
    .map((row) => requestRow.parse(row));

export function lookUpRequest(db: ReadableDb, id: string): StoredRequest | null {
  const row = db.read<[string], unknown>(`SELECT ${requestColumns} FROM request WHERE request_id = ?`).get(id);
  return row === undefined ? null : requestRow.parse(row);
}

/** By its id or the beginning of it. Raises `usage` / `request.unknown` or `request.ambiguous`. */
export function findRequest(db: ReadableDb, id: string): StoredRequest {
  const found = allRequests(db).filter(({ document }) => document.requestId.startsWith(id));
  const [only, ...others] = found;
  if (!only || id === '')
    return raise('usage', 'request.unknown', `There is no request ${id} in this workspace.`, { id });
  if (others.length > 0)
    return raise('usage', 'request.ambiguous', `${found.length} requests begin with ${id}; give more of the id.`, {
      id,
    });
  return only;
}

/** The request file as it was handed out. */
export function requestFile(db: ReadableDb, id: string): Buffer {
  const row = db.readRaw<[string], [Uint8Array]>('SELECT file FROM request WHERE request_id = ?').get(id);
  return row ? Buffer.from(row[0]) : raise('usage', 'request.unknown', `There is no request ${id} in this workspace.`);
}

export function closeRequest(db: WritableDb, id: string, closed: NonNullable<StoredRequest['closed']>): void {
  db.write<readonly SqlValue[]>(
    'UPDATE request SET closed_at = ?, closed_by = ?, close_reason = ? WHERE request_id = ?',
  ).run(closed.at, closed.by, closed.reason, id);
}

const answerRow = z
  .object({
    answer_id: z.int(),
    request_id: z.string(),
    statement_sha256: z.string(),
    imported_at: z.string(),
    imported_by: z.string(),
    signer: z.string(),
    compared_to: z.int().nullable(),
    deltas: z.string(),
    outside: z.int(),
    statement: z.instanceof(Uint8Array),
    verification: z.string(),
  })
  .transform((row): StoredAnswer => {
    const { predicate } = statementSchema.parse(JSON.parse(Buffer.from(row.statement).toString('utf8')));
    if (!predicate.answers) throw new Error('a stored answer names no request');
    return {
      answer: row.answer_id,
      requestId: row.request_id,
      statementSha256: row.statement_sha256,
      importedAt: row.imported_at,
      importedBy: row.imported_by,
      signer: row.signer,
      comparedTo: row.compared_to,
      deltas: z.array(kindDeltaSchema).parse(JSON.parse(row.deltas)),
      outside: row.outside,
      predicate,
      answers: predicate.answers,
      verification: verificationSchema.parse(JSON.parse(row.verification)),
    };
  });
const answerColumns =
  'answer_id, request_id, statement_sha256, imported_at, imported_by, signer, compared_to, deltas, outside, statement, verification';

/** In the order in which they were imported. */
export const answersTo = (db: ReadableDb, requestId: string): readonly StoredAnswer[] =>
  db
    .read<[string], unknown>(`SELECT ${answerColumns} FROM request_answer WHERE request_id = ? ORDER BY answer_id`)
    .all(requestId)
    .map((row) => answerRow.parse(row));

export function answerByStatement(db: ReadableDb, statementSha256: string): StoredAnswer | null {
  const row = db
    .read<[string], unknown>(`SELECT ${answerColumns} FROM request_answer WHERE statement_sha256 = ?`)
    .get(statementSha256);
  return row === undefined ? null : answerRow.parse(row);
}

export const nextAnswerNumber = (db: ReadableDb): number =>
  (db.readRaw<[], [number | null]>('SELECT max(answer_id) FROM request_answer').get()?.[0] ?? 0) + 1;

export function insertAnswerRecord(db: WritableDb, answer: number, ref: RecordRef, line: Uint8Array): void {
  db.write<readonly SqlValue[]>(
    'INSERT INTO request_answer_record (answer_id, kind, id, line) VALUES (?, ?, ?, ?)',
  ).run(answer, ref.kind, ref.id, line);
}

export interface NewAnswer {
  readonly answer: number;
  readonly requestId: string;
  readonly verified: VerifiedSnapshot;
  readonly verification: Verification;
  readonly importedAt: string;
  readonly importedBy: string;
  readonly comparedTo: number | null;
  readonly deltas: readonly KindDelta[];
  readonly outside: number;
}

/** The answer with the signed bytes beside it; the caller holds the transaction. */
export function insertAnswer(db: WritableDb, input: NewAnswer): void {
  const { verified } = input;
  db.write<readonly SqlValue[]>(
    `INSERT INTO request_answer (${answerColumns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    input.answer,
    input.requestId,
    verified.statementSha256,
    input.importedAt,
    input.importedBy,
    verified.signerLabel,
    input.comparedTo,
    JSON.stringify(input.deltas),
    input.outside,
    verified.payload,
    JSON.stringify(verificationSchema.parse(input.verification)),
  );
  for (const { member, bytes } of verified.bundles)
    db.write<readonly SqlValue[]>(
      'INSERT INTO request_answer_signature (answer_id, member, bytes) VALUES (?, ?, ?)',
    ).run(input.answer, member, bytes);
}

const refRow = z.object({ kind: kindSchema, id: z.string().min(1) });

/** Records of an answer in (kind, id) order, without their bodies. */
export const answerRefs = (db: ReadableDb, answer: number): readonly RecordRef[] =>
  db
    .read<[number], unknown>('SELECT kind, id FROM request_answer_record WHERE answer_id = ? ORDER BY kind, id')
    .all(answer)
    .map((row) => refRow.parse(row));

/** One record of an answer. Lines were parsed and validated when they were imported. */
export function answerRecord(db: ReadableDb, answer: number, ref: RecordRef): CanonicalRecord {
  const row = db
    .readRaw<[number, string, string], [Uint8Array]>(
      'SELECT line FROM request_answer_record WHERE answer_id = ? AND kind = ? AND id = ?',
    )
    .get(answer, ref.kind, ref.id);
  if (!row) throw new Error('a listed record is not in its answer');
  return JSON.parse(Buffer.from(row[0]).toString('utf8')) as CanonicalRecord;
}
