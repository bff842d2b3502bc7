/** The trust store: keys, revocation, thresholds, signed files, rotations. */
import { z } from 'zod';
import { instantSchema, maxThreshold, trustedKeySchema } from '../../domain/trust.ts';
import { grantSchema, passphraseSchema } from './workspace.ts';

export const readKeyInput = z.strictObject({ file: grantSchema.optional(), pem: z.string().max(16_384).optional() });

/** `fingerprint` is hex SHA-256 of the SPKI DER in groups of four, for reading aloud. */
export const keyPreviewSchema = z.strictObject({
  keyId: z.string(),
  fingerprint: z.string(),
  keyDetails: z.string(),
  rawBytes: z.string(),
});

/** A fingerprint as a person typed or pasted it, in groups or not. */
const typedFingerprint = z.string().min(1).max(400);

export const trustAddInput = z.strictObject({
  rawBytes: z.string(),
  label: z.string().min(1).max(200),
  registryIds: z.array(z.string().min(1)).min(1),
  validFrom: instantSchema.optional(),
  validUntil: instantSchema.optional(),
  /** What came over another channel; the key is refused unless it is the same. */
  fingerprint: typedFingerprint.optional(),
});

const issuerSchema = z.strictObject({ name: z.string(), keyId: z.string(), fingerprint: z.string() });

/** `revocationUnknownSince`: nobody has told about the key since then; `stale` after `trustMaxAgeDays`. */
export const listedKeySchema = trustedKeySchema.extend({
  fingerprint: z.string(),
  snapshots: z.int(),
  revocationUnknownSince: z.string(),
  stale: z.boolean(),
});

export const trustListSchema = z.strictObject({
  threshold: z.int(),
  /** Registries that ask for more, or for which a rotation set a number. */
  thresholds: z.record(z.string(), z.int()),
  /** Keys that can sign now; below the threshold no new snapshot can be accepted. */
  usableKeys: z.int(),
  changedAt: z.string().nullable(),
  /** The administrator whose signed trust files are taken, and the newest that was. */
  issuer: issuerSchema.extend({ serial: z.int(), issuedAt: z.string(), pinnedAt: z.string() }).nullable(),
  keys: z.array(listedKeySchema),
});

/** Last accepted sequence of one registry; null: nothing is accepted. */
const lastAccepted = z.strictObject({ registryId: z.string().min(1), maxSequence: z.int().min(0).nullable() });

/** A registry that is not named keeps what an earlier revocation left, or the newest stored snapshot that the key signed. */
const revocationAsked = { hint: z.string(), accepted: z.array(lastAccepted).default([]) };

export const revokeInput = z.strictObject({ ...revocationAsked, reason: z.string().min(1) });

export const revokePreviewInput = z.strictObject(revocationAsked);

/** Stored snapshots whose signer line would change, by registry and sequence. */
const affectedSnapshot = z.strictObject({
  snapshot: z.int(),
  registryId: z.string(),
  registryName: z.string(),
  sequence: z.int(),
  /** `untrusted`: no accepted signer is left; `below_threshold`: too few; `fewer`: still accepted, by fewer keys. */
  effect: z.enum(['untrusted', 'below_threshold', 'fewer']),
  accepted: z.int(),
  threshold: z.int(),
  text: z.string(),
  reconcileRuns: z.array(z.int()),
  checkRuns: z.array(z.int()),
  reports: z.array(z.strictObject({ id: z.int(), title: z.string(), signed: z.boolean() })),
});

export const revokePreviewSchema = z.strictObject({
  hint: z.string(),
  label: z.string(),
  /** What would stay good in each registry that the key has a say in; in any other, nothing. */
  accepted: z.array(
    lastAccepted.extend({
      /** Empty where no snapshot of it by this key is stored. */
      registryName: z.string(),
      /** Newest stored sequence that the key's signature counts for. */
      newestStored: z.int().nullable(),
    }),
  ),
  /** Stored snapshots that the key signed: the denominator. */
  signed: z.int(),
  affected: z.array(affectedSnapshot),
  /** Keys that could sign afterwards, and registries that would then have fewer than they ask for. */
  usableKeys: z.int(),
  registriesWithoutQuorum: z.array(z.string()),
});

export const setThresholdInput = z.strictObject({
  threshold: z.int().min(1).max(maxThreshold),
  /** Absent: for every registry. The higher of the two counts. */
  registryId: z.string().min(1).optional(),
});

export const setThresholdSchema = z.strictObject({
  threshold: z.int(),
  registryId: z.string().nullable(),
  usableKeys: z.int(),
});

/** Absent `hints`: every key that is not revoked. */
export const confirmInput = z.strictObject({ hints: z.array(z.string()).min(1).optional() });
export const confirmSchema = z.strictObject({ confirmedAt: z.string(), keys: z.int() });

export const exportInput = z.strictObject({
  file: grantSchema,
  /** Plain JSON that nobody vouches for, for tools that read no envelope. */
  plain: z.boolean().default(false),
});
export const exportSchema = z.strictObject({
  keys: z.int(),
  signed: z.boolean(),
  serial: z.int().nullable(),
  issuer: issuerSchema.nullable(),
});

export const importTrustInput = z.strictObject({
  file: grantSchema,
  /** The issuer's fingerprint as it came over another channel; needed at first contact. */
  issuer: typedFingerprint.optional(),
  /**
   * Pins whoever signed this file in place of the issuer so far, whatever its number is: when the old issuer's key is lost or
   * stolen, or its numbers are used up. The new one's fingerprint, as it came over another channel.
   */
  replaceIssuer: typedFingerprint.optional(),
  /** Consents to what the file would let known keys do beyond what they may do here. */
  widen: z.boolean().default(false),
  /** Says what would change and changes nothing. */
  dryRun: z.boolean().default(false),
});
export const importTrustSchema = z.strictObject({
  outcome: z.enum(['preview', 'applied', 'already_applied']),
  issuer: issuerSchema,
  /** True until the issuer is pinned: compare its fingerprint. */
  firstContact: z.boolean(),
  serial: z.int(),
  /** Newest serial taken before; null at first contact. */
  previousSerial: z.int().nullable(),
  issuedAt: z.string(),
  keys: z.int(),
  changes: z.array(
    z.strictObject({
      /** `wider` needs consent and is not done without; `kept` is never done. */
      kind: z.enum(['added', 'revoked', 'scope', 'validity', 'threshold', 'confirmed', 'wider', 'kept']),
      hint: z.string().nullable(),
      text: z.string(),
    }),
  ),
  /** Stored snapshots that lose an accepted signer by it. */
  affected: z.array(affectedSnapshot),
});

/** Where the trust came from that a verification was judged by. */
export const trustSourceSchema = z.strictObject({
  kind: z.enum(['workspace', 'signed_file', 'unsigned_file']),
  issuer: issuerSchema.nullable(),
  serial: z.int().nullable(),
  /** One sentence. */
  text: z.string(),
});
export type TrustSource = z.infer<typeof trustSourceSchema>;

const signingKey = z.strictObject({ file: grantSchema, passphrase: passphraseSchema.optional() });

export const rotatePrepareInput = z.strictObject({
  registryId: z.string().min(1),
  serial: z.int().min(1),
  add: z.array(z.strictObject({ file: grantSchema, label: z.string().min(1).max(200) })),
  /** `lastSequence` null: nothing that the key signed is accepted any more. */
  retire: z.array(z.strictObject({ file: grantSchema, lastSequence: z.int().min(0).nullable() })),
  threshold: z.int().min(1).max(maxThreshold),
  /** Private keys that sign now: old ones, and the new ones as proof that somebody holds them. */
  keys: z.array(signingKey).min(1),
  out: grantSchema,
});
export const rotateCosignInput = z.strictObject({
  file: grantSchema,
  keys: z.array(signingKey).min(1),
  out: grantSchema,
});
export const rotationFileSchema = z.strictObject({
  registryId: z.string(),
  serial: z.int(),
  threshold: z.int(),
  /** Key ids that have signed, and new keys that have still to. */
  signedBy: z.array(z.string()),
  waitingFor: z.array(z.string()),
});

export const rotateApplyInput = z.strictObject({ file: grantSchema, dryRun: z.boolean().default(false) });
const rotatedKey = z.strictObject({ hint: z.string(), label: z.string(), fingerprint: z.string() });
export const rotateApplySchema = z.strictObject({
  outcome: z.enum(['preview', 'applied']),
  registryId: z.string(),
  serial: z.int(),
  /** 0 before the first. */
  previousSerial: z.int(),
  createdAt: z.string(),
  signers: z.array(
    z.strictObject({
      keyId: z.string(),
      label: z.string(),
      counts: z.enum(['old', 'new', 'other']),
      reason: z.string(),
    }),
  ),
  /** Distinct old keys that signed, of how many are needed. */
  accepted: z.int(),
  needed: z.int(),
  thresholdBefore: z.int(),
  thresholdAfter: z.int(),
  added: z.array(rotatedKey),
  retired: z.array(rotatedKey.extend({ lastSequence: z.int().nullable() })),
});

export const snapshotCosignInput = z.strictObject({ file: grantSchema, key: signingKey, out: grantSchema });
export const snapshotCosignSchema = z.strictObject({
  statementSha256: z.string(),
  keyId: z.string(),
  /** All who have signed now. */
  keyIds: z.array(z.string()),
  members: z.int(),
  bytes: z.int(),
});
