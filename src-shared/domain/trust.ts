/** Publisher keys that a workspace trusts, and the three separate answers that verification gives. */
import { z } from 'zod';

/** Most signatures that anybody may ask for: the required one and 16 co-signatures are all that a bundle holds. */
export const maxThreshold = 17;

/**
 * A trust root older than this warns: so long may a revocation have been announced without this workspace being told.
 * 90 days is one quarter, the usual rhythm of the audits that bring snapshots in.
 */
export const trustMaxAgeDays = 90;

/** RFC 3339 with its zone: a time that readers could take for different instants decides nothing. */
export const instantSchema = z.iso.datetime({ offset: true });

/** How far a key's word reaches in one registry: snapshots up to this sequence stay good, later ones are refused. */
const lastAcceptedSchema = z.strictObject({ registryId: z.string(), maxSequence: z.int().min(0) });

/** Numbers of different registries say nothing about each other, so each has its own; one that is not named accepts nothing. */
const revocationSchema = z.strictObject({
  at: instantSchema,
  reason: z.string(),
  accepted: z.array(lastAcceptedSchema),
});

/** Ended for one registry. `maxSequence` null: nothing that the key signed there is accepted. */
const retirementSchema = z.strictObject({
  registryId: z.string(),
  at: instantSchema,
  maxSequence: z.int().min(0).nullable(),
  reason: z.string(),
});

/** One pinned publisher key (protobuf-specs `PublicKey` shape plus Assay's scope). */
export const trustedKeySchema = z.strictObject({
  /** base64(SHA-256(SPKI DER)), as cosign writes it. */
  hint: z.string(),
  /** base64 of the SPKI DER. */
  rawBytes: z.string(),
  keyDetails: z.literal('PKIX_ECDSA_P256_SHA_256'),
  label: z.string(),
  validFor: z.strictObject({ start: instantSchema.optional(), end: instantSchema.optional() }),
  /** Registries it may speak for; `*` alone means every registry. */
  registryIds: z.array(z.string()).min(1),
  /** For every registry, with what stays good in each. */
  revoked: revocationSchema.optional(),
  /** For single registries: what their key rotations retired, whatever the key still does elsewhere. */
  retired: z.array(retirementSchema).optional(),
  addedAt: instantSchema,
  addedBy: z.string(),
  /** When somebody who would know last said that this key stands: asked, or read in a signed trust file. */
  confirmedAt: instantSchema.optional(),
});
export type TrustedKey = z.infer<typeof trustedKeySchema>;

/** What stays good of a revoked key in one registry; null: nothing. */
export const lastAccepted = ({ accepted }: NonNullable<TrustedKey['revoked']>, registryId: string): number | null =>
  accepted.find((entry) => entry.registryId === registryId)?.maxSequence ?? null;

export const trustStoreSchema = z.strictObject({
  schemaVersion: z.literal(1),
  /** Distinct trusted keys that must have signed any snapshot. */
  threshold: z.int().min(1).max(maxThreshold),
  /** Registries that ask for more; the higher of the two counts. */
  thresholds: z.record(z.string(), z.int().min(1).max(maxThreshold)).optional(),
  /** Last change of keys, scopes or thresholds. */
  changedAt: instantSchema.optional(),
  keys: z.array(trustedKeySchema),
});
export type TrustStore = z.infer<typeof trustStoreSchema>;

export const checkStateSchema = z.enum(['pass', 'fail', 'warn', 'unknown']);
export type CheckState = z.infer<typeof checkStateSchema>;

/** One line of the verification panel. `unknown` is never shown as a pass. */
export const checkLineSchema = z.strictObject({
  state: checkStateSchema,
  code: z.string(),
  /** One sentence for a person. */
  text: z.string(),
});
export type CheckLine = z.infer<typeof checkLineSchema>;

/** The first question of the policy that a signature failed, or that it passed them all. */
export const signerCodes = [
  'signer.untrusted',
  'signature.invalid',
  'statement.malformed',
  'signer.out_of_scope',
  'signer.revoked',
  'signer.not_valid',
  'signer.trusted',
] as const;
export type SignerCode = (typeof signerCodes)[number];

export const signerSchema = z.strictObject({
  keyId: z.string(),
  label: z.string(),
  trusted: z.boolean(),
  reason: z.string(),
  /** Absent in what older versions stored. */
  code: z.enum(signerCodes).optional(),
});

/** One question behind a line, with its own answer. */
const partSchema = z.strictObject({ state: checkStateSchema, text: z.string() });
/** `count` of `of` passed; each question is asked only of what passed the one before. */
const countedPartSchema = partSchema.extend({ count: z.int(), of: z.int() });
export type CountedPart = z.infer<typeof countedPartSchema>;

/** The policy over signatures in the order in which it is applied. */
export const signerPartsSchema = z.strictObject({
  /** Signatures that verify under a key of the trust store. */
  known: countedPartSchema,
  /** Of these, by keys trusted for this registry. */
  inScope: countedPartSchema,
  notRevoked: countedPartSchema,
  withinValidity: countedPartSchema,
  /** Distinct keys left, of how many are needed. */
  thresholdMet: countedPartSchema,
});
export type SignerParts = z.infer<typeof signerPartsSchema>;

export const freshnessPartsSchema = z.strictObject({
  /** The later of the computer's clock and the newest snapshot seen: setting a clock back makes nothing fresh. */
  clock: partSchema.extend({ source: z.enum(['computer', 'newest_snapshot']), at: z.string() }),
  expiry: partSchema.extend({ createdAt: z.string(), expiresAt: z.string().nullable() }),
  /** Age of the trust roots: last change of the trust store. */
  trustRoots: partSchema.extend({ changedAt: z.string().nullable(), days: z.int().nullable() }),
  /** Nobody has told about revocations of the signing keys since then; null: never. */
  revocation: partSchema.extend({ unknownSince: z.string().nullable(), days: z.int().nullable() }),
});
export type FreshnessParts = z.infer<typeof freshnessPartsSchema>;

/** `parts` is absent where there is nothing to ask (no signature, no statement) and in what older versions stored. */
export const signerLineSchema = checkLineSchema.extend({
  threshold: z.int(),
  signers: z.array(signerSchema),
  parts: signerPartsSchema.optional(),
});
export type SignerLine = z.infer<typeof signerLineSchema>;

export const freshnessLineSchema = checkLineSchema.extend({ parts: freshnessPartsSchema.optional() });
export type FreshnessLine = z.infer<typeof freshnessLineSchema>;

export const verificationSchema = z.strictObject({
  /** Content unchanged, signer trusted; freshness may warn. */
  ok: z.boolean(),
  statementSha256: z.string(),
  /** Content unchanged? Every signed member present with its digest, counts and Merkle root agree. */
  content: checkLineSchema,
  /** Signer known, in scope, not revoked, threshold met? */
  signer: signerLineSchema,
  /** Time and freshness: which clock, expiry, age of the trust root, and since when revocation is unknown. */
  freshness: freshnessLineSchema,
  /** Is the container byte for byte what a packer writes, or altered around identical content? */
  container: checkLineSchema,
});
export type Verification = z.infer<typeof verificationSchema>;

/** The questions that every host shows, in this order and in these words. */
export const verificationQuestions = {
  content: 'Is the content unchanged?',
  signer: 'Is the signer known and trusted?',
  freshness: 'Is it recent, and by which clock?',
  container: 'Is the container as it was packed?',
} as const;

export interface NamedPart {
  readonly name: string;
  readonly state: CheckState;
  readonly text: string;
}

const partNames: Readonly<Record<keyof SignerParts | keyof FreshnessParts, string>> = {
  known: 'Known',
  inScope: 'In scope',
  notRevoked: 'Not revoked',
  withinValidity: 'Within validity',
  thresholdMet: 'Threshold met',
  clock: 'Clock',
  expiry: 'Expiry',
  trustRoots: 'Trust roots',
  revocation: 'Revocation',
};

const named = (name: keyof typeof partNames, { state, text }: { state: CheckState; text: string }): NamedPart => ({
  name: partNames[name],
  state,
  text,
});

/** The answers behind a line, in the order of the policy; none where there are none. */
export function partsOf({ parts }: SignerLine | FreshnessLine): readonly NamedPart[] {
  if (!parts) return [];
  if ('known' in parts) {
    return [
      named('known', parts.known),
      named('inScope', parts.inScope),
      named('notRevoked', parts.notRevoked),
      named('withinValidity', parts.withinValidity),
      named('thresholdMet', parts.thresholdMet),
    ];
  }
  return [
    named('clock', parts.clock),
    named('expiry', parts.expiry),
    named('trustRoots', parts.trustRoots),
    named('revocation', parts.revocation),
  ];
}

/** A line with everything behind it, as running text. */
export const fullText = (line: SignerLine | FreshnessLine): string =>
  [line.text, ...partsOf(line).map((part) => part.text)].join(' ');
