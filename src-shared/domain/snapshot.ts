/** The signed statement about a registry or a discovery run: in-toto Statement v1 with Assay's predicate (snapshot-format.md). */
import { z } from 'zod';
import { kindSchema } from './dictionary.ts';
import { recordRefSchema } from './record.ts';

export const predicateType = 'urn:assay:registry-snapshot:v1';
export const inTotoPayloadType = 'application/vnd.in-toto+json';
export const bundleMediaType = 'application/vnd.dev.sigstore.bundle.v0.3+json';

const instant = z.iso.datetime({ offset: false });
const hex256 = z.string().regex(/^[0-9a-f]{64}$/);

/** What a source could and could not deliver: the denominator of every later verdict. */
export const coverageSchema = z.strictObject({
  /** Files, pages or API calls: seen, turned into records, left out; `left out` is itemised in `reasons`. */
  inputsSeen: z.int().min(0),
  inputsUsed: z.int().min(0),
  inputsSkipped: z.int().min(0),
  /** Skipped or refused inputs counted by reason, e.g. `{"not a model file": 12, "malformed JSON": 1}`. */
  reasons: z.record(z.string(), z.int().min(0)),
  /** What was asked for and denied or out of reach: namespaces, accounts, pages. */
  denied: z.array(z.string()),
  errors: z.array(z.string()),
  /** Scope that was looked at: clusters, namespaces, registries, folders; `*` alone means everything the source has. */
  scope: z.array(z.string()),
  /** Totals that the source itself reports, by kind, where it does. */
  reportedTotals: z.record(z.string(), z.int().min(0)).optional(),
});
export type Coverage = z.infer<typeof coverageSchema>;

export const sourceSchema = z.strictObject({
  type: z.string().min(1),
  uri: z.string(),
  collectedAt: instant,
  /** True only when nothing in scope was denied, failed or refused. */
  complete: z.boolean(),
  coverage: coverageSchema,
  /** Fields per kind that this source can supply (decisions.md 4): a blank there fires, elsewhere it cannot be evaluated. */
  suppliedFields: z.record(z.string(), z.array(z.string())),
});
export type Source = z.infer<typeof sourceSchema>;

export const roleSchema = z.enum(['registry', 'discovery']);
export type SnapshotRole = z.infer<typeof roleSchema>;

export const registryIdentitySchema = z.strictObject({ id: z.string().min(1), name: z.string(), uri: z.string() });
export type RegistryIdentity = z.infer<typeof registryIdentitySchema>;

/** Named records of one request: the answer must be able to list all of them as not found within its statement. */
export const maxAskedRecords = 2000;

/**
 * Set where the records are an answer to a signed request and nothing more. Such a statement is never a registry's snapshot:
 * it stands in no chain, and what it lacks says nothing about what exists.
 */
export const answersSchema = z.strictObject({
  requestId: z.uuid(),
  /** SHA-256 of the request's signed document. */
  requestSha256: hex256,
  /** Named records that the sources do not hold. */
  notFound: z.array(recordRefSchema).max(maxAskedRecords),
  /** Asked kinds of which the sources hold no such record. */
  emptyKinds: z.array(kindSchema),
  /** Whether everything in the sources could be read: only then does "not found" mean "not there". */
  sourcesComplete: z.boolean(),
});
export type Answers = z.infer<typeof answersSchema>;

export const memberFileSchema = z.strictObject({
  name: z.string(),
  /** Record kind for record shards, `evidence` for raw files. */
  kind: z.union([kindSchema, z.literal('evidence')]),
  mediaType: z.string(),
  bytes: z.int().min(0),
  /** Lines of a record shard; 0 for evidence. */
  records: z.int().min(0),
});

export const predicateSchema = z.strictObject({
  schemaVersion: z.literal(1),
  registry: registryIdentitySchema,
  role: roleSchema,
  snapshotId: z.string().min(1),
  sequence: z.int().min(0).max(Number.MAX_SAFE_INTEGER),
  previous: z.strictObject({ sequence: z.int().min(0), statementSha256: hex256 }).optional(),
  createdAt: instant,
  expiresAt: instant.optional(),
  collector: z.strictObject({ name: z.string(), version: z.string() }),
  answers: answersSchema.optional(),
  sources: z.array(sourceSchema).min(1),
  files: z.array(memberFileSchema),
  /** RFC 6962 tree over the record lines of all shards in (kind, id) order. */
  merkle: z.strictObject({ alg: z.literal('rfc6962-sha256'), root: hex256, leaves: z.int().min(0) }),
});
export type Predicate = z.infer<typeof predicateSchema>;

/** What a statement vouches for, in a word. */
export const signedForm = ({ answers }: Pick<Predicate, 'answers'>): 'answer' | 'snapshot' =>
  answers ? 'answer' : 'snapshot';

/** The sentence, with a space behind it, that goes before anything said about an answer; empty for a whole snapshot. */
export const answerNotice = ({ answers }: Pick<Predicate, 'answers'>): string =>
  answers ? `An answer to request ${answers.requestId}, not a whole snapshot. ` : '';

export const statementSchema = z.strictObject({
  _type: z.literal('https://in-toto.io/Statement/v1'),
  subject: z
    .array(z.strictObject({ name: z.string(), digest: z.strictObject({ sha256: hex256 }) }))
    .min(1)
    .max(1024),
  predicateType: z.literal(predicateType),
  predicate: predicateSchema,
});
export type Statement = z.infer<typeof statementSchema>;

/** `collection.json` of an unpacked snapshot: what `collect` leaves for `pack` (decisions.md 18). */
export const collectionSchema = z.strictObject({
  schemaVersion: z.literal(1),
  registry: registryIdentitySchema,
  role: roleSchema,
  collector: z.strictObject({ name: z.string(), version: z.string() }),
  answers: answersSchema.optional(),
  sources: z.array(sourceSchema).min(1),
  counts: z.record(z.string(), z.int().min(0)),
});
export type Collection = z.infer<typeof collectionSchema>;
