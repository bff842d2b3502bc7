/** Publisher keys that a workspace trusts, and the three separate answers that verification gives. */
import { z } from 'zod';

/** One pinned publisher key (protobuf-specs `PublicKey` shape plus Assay's scope). */
export const trustedKeySchema = z.strictObject({
  /** base64(SHA-256(SPKI DER)), as cosign writes it. */
  hint: z.string(),
  /** base64 of the SPKI DER. */
  rawBytes: z.string(),
  keyDetails: z.literal('PKIX_ECDSA_P256_SHA_256'),
  label: z.string(),
  validFor: z.strictObject({ start: z.string().optional(), end: z.string().optional() }),
  /** Registries it may speak for; `*` alone means every registry. */
  registryIds: z.array(z.string()).min(1),
  /** Revocation by last accepted sequence: snapshots up to it stay good, later ones are refused. */
  revoked: z.strictObject({ at: z.string(), maxSequence: z.int().min(0), reason: z.string() }).optional(),
  addedAt: z.string(),
  addedBy: z.string(),
});
export type TrustedKey = z.infer<typeof trustedKeySchema>;

export const trustStoreSchema = z.strictObject({
  schemaVersion: z.literal(1),
  threshold: z.int().min(1),
  keys: z.array(trustedKeySchema),
});
export type TrustStore = z.infer<typeof trustStoreSchema>;

/** One line of the verification panel. `unknown` is never shown as a pass. */
export const checkLineSchema = z.strictObject({
  state: z.enum(['pass', 'fail', 'warn', 'unknown']),
  code: z.string(),
  /** One sentence for a person. */
  text: z.string(),
});
export type CheckLine = z.infer<typeof checkLineSchema>;

export const signerSchema = z.strictObject({
  keyId: z.string(),
  label: z.string(),
  trusted: z.boolean(),
  reason: z.string(),
});

export const verificationSchema = z.strictObject({
  /** Content unchanged, signer trusted; freshness may warn. */
  ok: z.boolean(),
  statementSha256: z.string(),
  /** Content unchanged? Every signed member present with its digest, counts and Merkle root agree. */
  content: checkLineSchema,
  /** Signer known, in scope, not revoked, threshold met? */
  signer: checkLineSchema.extend({ threshold: z.int(), signers: z.array(signerSchema) }),
  /** Time and freshness: which clock, expiry, age of the trust root. */
  freshness: checkLineSchema,
  /** Is the container byte for byte what a packer writes, or altered around identical content? */
  container: checkLineSchema,
});
export type Verification = z.infer<typeof verificationSchema>;
