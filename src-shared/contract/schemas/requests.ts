/** Signed requests to a registry for some of its records, and what came back. */
import { z } from 'zod';
import { kindSchema } from '../../domain/dictionary.ts';
import { evidenceRuleSchema } from '../../domain/disclosure.ts';
import { recordRefSchema } from '../../domain/record.ts';
import { maxAskedRecords, roleSchema } from '../../domain/snapshot.ts';
import { filterSchema } from './inventory.ts';
import { grantSchema } from './workspace.ts';

export const requestPayloadType = 'application/vnd.assay.request+json';

/** What is asked: the records that are named, and every record of a kind, narrowed by filters where there are any. */
export const askSchema = z.strictObject({
  kinds: z.array(kindSchema).max(50),
  filters: z.array(filterSchema).max(20),
  records: z.array(recordRefSchema).max(maxAskedRecords),
});
export type Ask = z.infer<typeof askSchema>;

/** One line that means what it looks like: no control characters, line separators or changes of writing direction. */
const plainLine = z
  .string()
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]*$/u, 'control characters in a name');
/** A name made into a `plainLine`: whatever is none of it becomes a space. */
export const asPlainLine = (text: string): string =>
  [...text].map((character) => (plainLine.safeParse(character).success ? character : ' ')).join('');

/** The document that is signed, in canonical form (RFC 8785). It names no value of any record. */
export const requestDocumentSchema = z.strictObject({
  schemaVersion: z.literal(1),
  requestId: z.uuid(),
  registry: z.strictObject({ id: z.string().min(1), name: z.string(), role: roleSchema }),
  ask: askSchema,
  /** Why, in the requester's words; may be empty. */
  reason: z.string().max(2000),
  /** Findings that the answer is for: what the rule is called, nothing that it read. */
  findings: z
    .array(z.strictObject({ id: z.int(), ruleId: z.string().regex(/^[A-Z]{3,4}-\d{3}$/), title: z.string() }))
    .max(100),
  due: z.iso.date().optional(),
  createdAt: z.iso.datetime({ offset: false }),
  /** 32 random bytes: two requests for the same thing are two requests. */
  nonce: z.string().regex(/^[0-9a-f]{64}$/),
  requester: z.strictObject({ name: plainLine, fingerprint: z.string() }),
});
export type RequestDocument = z.infer<typeof requestDocumentSchema>;

/** A request file whose signature holds. By whom, only the fingerprint says, compared over another channel. */
export const requestFileSchema = z.strictObject({ document: requestDocumentSchema, sha256: z.string() });

export const createRequestInput = z
  .strictObject({
    /** Absent: the registry that the finding's record, or else the first named record, comes from. */
    registryId: z.string().optional(),
    kinds: askSchema.shape.kinds.default([]),
    filters: askSchema.shape.filters.default([]),
    records: askSchema.shape.records.default([]),
    findings: z.array(z.int()).max(100).default([]),
    reason: z.string().max(2000).default(''),
    due: z.iso.date().optional(),
    file: grantSchema,
  })
  .refine((input) => input.filters.length === 0 || input.kinds.length > 0, {
    message: 'a filter narrows kinds; name at least one kind',
    path: ['filters'],
  });

export const requestStates = ['open', 'partly_answered', 'answered', 'closed'] as const;
export const requestStateSchema = z.enum(requestStates);
export type RequestState = z.infer<typeof requestStateSchema>;

export const missingSchema = z.strictObject({
  /** Named records that no answer held. */
  records: z.array(recordRefSchema),
  /** Kinds of which no answer held a record beside those that were named, or not all: the sources were not read completely. */
  kinds: z.array(kindSchema),
});
export type Missing = z.infer<typeof missingSchema>;

export const requestRowSchema = z.strictObject({
  kind: z.literal('request'),
  id: z.string(),
  /** What is asked, in words. */
  name: z.string(),
  registry: requestDocumentSchema.shape.registry,
  state: requestStateSchema,
  overdue: z.boolean(),
  due: z.string().nullable(),
  createdAt: z.string(),
  createdBy: z.string(),
  asked: z.strictObject({ records: z.int(), kinds: z.int() }),
  missing: z.strictObject({ records: z.int(), kinds: z.int() }),
  answers: z.int(),
});

export const requestAnswerSchema = z.strictObject({
  answer: z.int(),
  statementSha256: z.string(),
  createdAt: z.string(),
  importedAt: z.string(),
  importedBy: z.string(),
  signer: z.string(),
  records: z.int(),
  /** Records that nobody had asked for: counted, not kept. */
  outside: z.int(),
  /** What the registry itself says it does not have. */
  notFound: z.array(recordRefSchema),
  /** False: what was not found may exist all the same. */
  sourcesComplete: z.boolean(),
});

/** One record that came, against the newest snapshot of its registry. */
export const answeredRecordSchema = z.strictObject({
  kind: kindSchema,
  id: z.string(),
  name: z.string(),
  answer: z.int(),
  compared: z.enum(['new', 'changed', 'same', 'nothing_to_compare']),
  /** Values as people see them; only fields that differ. */
  fields: z.array(
    z.strictObject({ field: z.string(), label: z.string(), before: z.string().nullable(), after: z.string() }),
  ),
});

export const requestDetailSchema = requestRowSchema.extend({
  document: requestDocumentSchema,
  sha256: z.string(),
  missing: missingSchema,
  answers: z.array(requestAnswerSchema),
  /** The newest word on each record, at most 500. */
  records: z.array(answeredRecordSchema),
  recordsTotal: z.int(),
  closed: z.strictObject({ at: z.string(), by: z.string(), reason: z.string() }).nullable(),
});

export const fulfilInput = z.strictObject({
  request: grantSchema,
  sources: z.array(z.strictObject({ grant: grantSchema, label: z.string() })).min(1),
  out: grantSchema,
  /** Whom the collector takes the request to be from: a fingerprint in hex, or a public key file. */
  requester: z
    .union([z.strictObject({ fingerprint: z.string().max(200) }), z.strictObject({ publicKey: grantSchema })])
    .optional(),
  /** Raw files that go along; without them the records go out alone. */
  evidence: evidenceRuleSchema.default('exclusive'),
});
export const fulfilOutput = z.strictObject({
  request: requestFileSchema,
  /** Records that go out, by kind. */
  counts: z.record(z.string(), z.int()),
  /** Records of the sources that stay behind. */
  withheld: z.int(),
  /** Files of the sources that no record was made of; they stay behind too. */
  unread: z.int(),
  notFound: z.array(recordRefSchema),
  /** Kinds that were asked for and of which there is no such record. */
  emptyKinds: z.array(kindSchema),
  sourcesComplete: z.boolean(),
  evidence: z.strictObject({
    rule: evidenceRuleSchema,
    files: z.int(),
    /** Files of what was asked that other records rest on too: they go along by the rule `needed` only. */
    shared: z.array(z.string()),
  }),
});
