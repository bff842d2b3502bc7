/** Proofs that records are in a signed snapshot, and redacted snapshots. */
import { z } from 'zod';
import { kindSchema } from '../../domain/dictionary.ts';
import { evidenceRuleSchema, maxProven, redactionSchema } from '../../domain/disclosure.ts';
import { recordRefSchema } from '../../domain/record.ts';
import { predicateSchema } from '../../domain/snapshot.ts';
import { verificationSchema } from '../../domain/trust.ts';
import { identitySchema } from './snapshots.ts';
import { grantSchema } from './workspace.ts';

const wanted = {
  records: z.array(recordRefSchema).max(maxProven).default([]),
  /** Records to be shown as not being there. */
  absent: z.array(recordRefSchema).max(maxProven).default([]),
};

export const proveInput = z.strictObject({
  file: grantSchema,
  ...wanted,
  out: grantSchema,
  identity: identitySchema.optional(),
});
export const createProofInput = z.strictObject({ snapshot: z.int(), ...wanted, out: grantSchema });
export const provenSchema = z.strictObject({
  statementSha256: z.string(),
  /** Leaves of the signed tree and its root. */
  size: z.int(),
  root: z.string(),
  records: z.int(),
  absent: z.int(),
  /** Record lines that the document discloses: the records and the neighbours of what is absent. */
  disclosed: z.int(),
  bytes: z.int(),
  sha256: z.string(),
});

export const verifyProofInput = z.strictObject({
  /** A proof document, or a redacted snapshot. */
  file: grantSchema,
  /** One public key (SPKI PEM) to believe; else a trust store file; else the open workspace's trust store. */
  key: grantSchema.optional(),
  trust: grantSchema.optional(),
  /** Fingerprint of who must have signed the trust store file. */
  issuer: z.string().max(200).optional(),
  threshold: z.int().min(1).optional(),
});

/** A record whose proof holds; `line` is what was signed, byte for byte. */
export const shownRecordSchema = z.strictObject({
  ref: recordRefSchema,
  index: z.int(),
  /** `neighbour`: there only to show that another record is absent. */
  role: z.enum(['record', 'neighbour']),
  line: z.string(),
});
export const shownAbsenceSchema = z.strictObject({
  ref: recordRefSchema,
  /** `signed_order`: under the publisher's signed rule that records are in order. `checked_order`: this workspace imported the whole snapshot and checked it. */
  basis: z.enum(['signed_order', 'checked_order']),
  text: z.string(),
});

const { ok, statementSha256, content, signer, freshness } = verificationSchema.shape;
export const proofVerificationSchema = z.strictObject({
  ok,
  form: z.enum(['proof', 'redacted_snapshot']),
  statementSha256,
  content,
  signer,
  freshness,
  /** Whose keys it was judged by, in one sentence. */
  judgedBy: z.string(),
  /** What the statement says of the snapshot; null while it cannot be believed. */
  predicate: predicateSchema.nullable(),
  /** Records that the file shows, and records in the signed snapshot. 0 while nothing is proven. */
  shown: z.int(),
  size: z.int(),
  /** Empty unless content and signer hold. The first ones of a redacted snapshot; `shown` counts all. */
  records: z.array(shownRecordSchema),
  absent: z.array(shownAbsenceSchema),
});
export type ProofVerification = z.infer<typeof proofVerificationSchema>;

export const redactInput = z.strictObject({
  file: grantSchema,
  /** Alternatives, as typed: `KIND/ID[FIELD=VALUE]…`; see core/disclosure/keep-expression.ts. */
  keep: z.array(z.string().min(1).max(2000)).min(1).max(100),
  evidence: evidenceRuleSchema.default('exclusive'),
  by: z.string().max(200).default(''),
  out: grantSchema,
  identity: identitySchema.optional(),
});
export const countsByKindSchema = z.array(z.strictObject({ kind: kindSchema, total: z.int(), shown: z.int() }));
export const redactOutput = z.strictObject({
  statementSha256: z.string(),
  size: z.int(),
  shown: z.int(),
  records: countsByKindSchema,
  evidence: redactionSchema.shape.evidence,
  /** The whole snapshot was encrypted; what was written is not. */
  fromEncrypted: z.boolean(),
  bytes: z.int(),
});

export const citeInput = z.strictObject({
  snapshot: z.int(),
  ref: recordRefSchema,
  /** As a cell gives it: `<evidence member>#<pointer>`. */
  locator: z.string().max(8192).optional(),
});
/** What a workpaper needs to find one record again in the signed bytes. */
export const citationSchema = z.strictObject({
  snapshot: z.int(),
  registry: z.string(),
  registryId: z.string(),
  sequence: z.int(),
  statementSha256: z.string(),
  root: z.string(),
  leafIndex: z.int(),
  leaves: z.int(),
  leafHash: z.string(),
  signer: z.string(),
  /** The evidence file that the locator names; null when the snapshot was packed without it. */
  evidence: z.strictObject({ name: z.string(), sha256: z.string() }).nullable(),
});
export type Citation = z.infer<typeof citationSchema>;
