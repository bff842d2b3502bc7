/** Documents of selective disclosure: a proof that records are in a signed snapshot, and what a redacted snapshot says of itself. */
import { z } from 'zod';
import { kindSchema } from './dictionary.ts';
import { recordRefSchema } from './record.ts';

export const proofFormat = 'urn:assay:proof:v1';
export const redactionFormat = 'urn:assay:redaction:v1';

const hex256 = z.string().regex(/^[0-9a-f]{64}$/);

/** Size and root of the Merkle tree, as the signed predicate states them. */
const treeSchema = z.strictObject({ size: z.int().min(0), root: hex256 });

/** A signature file of the snapshot, byte for byte: its text in UTF-8. */
const signatureFileSchema = z.strictObject({ member: z.string(), text: z.string() });

/** Records that one proof document can hold; a redacted snapshot holds any number. */
export const maxProven = 1000;

/**
 * `proof.json`: everything that is needed, besides a trusted key, to see that the record lines in `leaves` are leaves of the
 * tree whose root the publisher signed. Written as RFC 8785 text with one newline behind it, and accepted in no other form.
 */
export const proofSchema = z.strictObject({
  format: z.literal(proofFormat),
  /** The signed bundle and its co-signatures, the required one first. */
  signatures: z.array(signatureFileSchema).min(1).max(17),
  tree: treeSchema,
  /** Record lines without their newline, ascending by leaf index from 0. Includes the neighbours that show an absence. */
  leaves: z.array(z.strictObject({ index: z.int().min(0), line: z.string().min(1) })).max(3 * maxProven),
  /** Further hashes up to the root; order and number are fixed by size and indexes (snapshot/merkle.ts, `createMultiproof`). */
  nodes: z.array(hex256).max(200_000),
  /** Records that are shown not to be there: their place in the signed order is between two neighbours in `leaves`. */
  absent: z.array(recordRefSchema).max(maxProven),
});
export type ProofDocument = z.infer<typeof proofSchema>;

/** Which evidence files go along with the records that are kept. */
export const evidenceRuleSchema = z.enum(['exclusive', 'needed', 'none']);
export type EvidenceRule = z.infer<typeof evidenceRuleSchema>;

/**
 * `redaction.json`: the mark of a redacted snapshot, and the proof for the records it still holds. Who, when and by which
 * expression is the redactor's own claim; counts, root and proof are checked against the publisher's signed statement.
 */
export const redactionSchema = z.strictObject({
  format: z.literal(redactionFormat),
  redactedAt: z.iso.datetime({ offset: false }),
  redactedBy: z.string(),
  keep: z.array(z.string()).min(1),
  evidenceRule: evidenceRuleSchema,
  records: z.array(z.strictObject({ kind: kindSchema, total: z.int().min(0), shown: z.int().min(0) })),
  /** Members of the signed list below `evidence/`. */
  evidence: z.strictObject({ total: z.int().min(0), shown: z.int().min(0) }),
  tree: treeSchema,
  /** Leaf indexes that are shown, as runs of [first, count], ascending and not touching. */
  runs: z.array(z.tuple([z.int().min(0), z.int().min(1)])),
  nodes: z.array(hex256),
});
export type Redaction = z.infer<typeof redactionSchema>;

/** What a redacted snapshot says of itself, without its proof. */
export const redactionSummarySchema = redactionSchema.omit({ format: true, runs: true, nodes: true, tree: true });
export type RedactionSummary = z.infer<typeof redactionSummarySchema>;
