/** Keys, collecting, packing, verifying, importing and comparing snapshots. */
import { z } from 'zod';
import { fieldGroups, kindSchema } from '../../domain/dictionary.ts';
import { redactionSummarySchema } from '../../domain/disclosure.ts';
import { predicateSchema, roleSchema, sourceSchema } from '../../domain/snapshot.ts';
import { verificationSchema } from '../../domain/trust.ts';
import { cellSchema } from '../../domain/verdict.ts';
import { missingSchema, requestStateSchema } from './requests.ts';
import { trustSourceSchema } from './trust.ts';
import { grantSchema, passphraseSchema } from './workspace.ts';

export const generateKeyInput = z.strictObject({
  /** `<prefix>.key.pem` and `<prefix>.pub.pem` are written. */
  privateKey: grantSchema,
  publicKey: grantSchema,
  name: z.string().optional(),
  /** Absent: the private key is written open, and the host warns. */
  passphrase: passphraseSchema.optional(),
});
/** `fingerprint` is hex SHA-256 of the SPKI DER in groups of four, for reading aloud. */
export const generatedKeySchema = z.strictObject({
  keyId: z.string(),
  fingerprint: z.string(),
  encrypted: z.boolean(),
});

export const collectInput = z.strictObject({
  sources: z.array(z.strictObject({ grant: grantSchema, label: z.string() })).min(1),
  out: grantSchema,
  as: roleSchema,
  registryId: z.string().optional(),
  registryName: z.string().optional(),
  strict: z.boolean().default(false),
});
export const collectOutput = z.strictObject({
  registry: z.strictObject({ id: z.string(), name: z.string(), uri: z.string() }),
  role: roleSchema,
  counts: z.record(z.string(), z.int()),
  sources: z.array(sourceSchema),
  /** Every input file, grouped: what was made of it or why not. */
  inputs: z.strictObject({
    seen: z.int(),
    used: z.int(),
    skipped: z.int(),
    refused: z.int(),
    byFormat: z.array(z.strictObject({ format: z.string(), files: z.int(), records: z.int() })),
    byReason: z.array(z.strictObject({ reason: z.string(), files: z.int(), examples: z.array(z.string()) })),
  }),
});

export const lintInput = z.strictObject({
  /** An unpacked snapshot, a bundle, a folder of record files, one `.ndjson` shard or one `.json` record. */
  path: grantSchema,
  /** Rows listed at most; everything is counted. */
  limit: z.int().min(1).max(10_000).default(1000),
});
export const lintProblemSchema = z.strictObject({
  /** `record.*` for the line as a whole, `field.wrong_type`, `field.missing`. */
  code: z.string(),
  field: z.string().nullable(),
  text: z.string(),
});
export const lintOutput = z.strictObject({
  clean: z.boolean(),
  form: z.enum(['snapshot', 'bundle', 'folder', 'file']),
  files: z.int(),
  /** Lines read: the denominator of `withProblems`. */
  records: z.int(),
  withProblems: z.int(),
  /** Records that could be read, by kind. */
  kinds: z.array(z.strictObject({ kind: kindSchema, records: z.int(), withProblems: z.int() })),
  /** The same problem in many records, counted, most frequent first. */
  problems: z.array(
    z.strictObject({
      code: z.string(),
      kind: kindSchema.nullable(),
      field: z.string().nullable(),
      records: z.int(),
    }),
  ),
  /** Mandatory fields that a registry's source supplies for none of its records. */
  notSupplied: z.array(
    z.strictObject({ kind: kindSchema, source: z.string(), fields: z.array(z.string()), records: z.int() }),
  ),
  /** `kind.field` -> records; kept on import, often a misspelling. */
  unknownFields: z.record(z.string(), z.int()),
  /** One entry per record with problems, in file order, as far as `limit` allows. Null: the line holds no readable record. */
  rows: z.array(
    z.strictObject({
      kind: kindSchema.nullable(),
      id: z.string().nullable(),
      name: z.string().nullable(),
      file: z.string(),
      /** From 1 within the file. */
      line: z.int(),
      problems: z.array(lintProblemSchema),
    }),
  ),
});

/** A key file that opens encrypted bundles; the passphrase where the file itself is encrypted. */
export const identitySchema = z.strictObject({ file: grantSchema, passphrase: passphraseSchema.optional() });

export const generateIdentityInput = z.strictObject({
  file: grantSchema,
  /** Absent: the identity is written open, and the host warns. */
  passphrase: passphraseSchema.optional(),
});
/** `recipient` is what publishers are told: `age1…`. */
export const generatedIdentitySchema = z.strictObject({ recipient: z.string(), encrypted: z.boolean() });

export const packInput = z.strictObject({
  folder: grantSchema,
  keys: z.array(z.strictObject({ file: grantSchema, passphrase: passphraseSchema.optional() })).min(1),
  out: grantSchema,
  previous: grantSchema.optional(),
  sequence: z.int().min(0).optional(),
  expiresAt: z.string().optional(),
  /** Adds `model.sig`, which OpenSSF model-signing tools check on the unpacked bundle. */
  modelSigning: z.boolean().default(false),
  /** age recipients to encrypt to, one by one and as files with one a line. */
  recipients: z.array(z.string().max(4096)).max(64).optional(),
  recipientFiles: z.array(grantSchema).max(16).optional(),
  /** Opens `previous` where that is encrypted. */
  identity: identitySchema.optional(),
});
export const packOutput = z.strictObject({
  statementSha256: z.string(),
  sequence: z.int(),
  records: z.int(),
  merkleRoot: z.string(),
  bytes: z.int(),
  keyIds: z.array(z.string()),
  /** How many age recipients it is encrypted to; 0 = not encrypted. */
  recipients: z.int(),
});

export const inspectSchema = z.strictObject({
  statementSha256: z.string(),
  predicate: predicateSchema,
  signatures: z.array(z.strictObject({ member: z.string(), keyId: z.string() })),
  members: z.int(),
  bytes: z.int(),
  /** Null for a whole snapshot. */
  redaction: redactionSummarySchema.nullable(),
});

export const verifyInput = z.strictObject({
  file: grantSchema,
  /** A trust store file, signed or plain; absent: the open workspace's trust store. */
  trust: grantSchema.optional(),
  /** Fingerprint of the administrator who must have signed the trust store file. */
  issuer: z.string().min(1).max(400).optional(),
  threshold: z.int().min(1).optional(),
  identity: identitySchema.optional(),
});
export const verifyOutput = verificationSchema.extend({
  predicate: predicateSchema.nullable(),
  /** Whose keys it was judged by. */
  trust: trustSourceSchema,
});

export const importInput = z.strictObject({
  file: grantSchema,
  historical: z.boolean().default(false),
  /** Verify, parse and compare, then roll back: the preview. */
  dryRun: z.boolean().default(false),
  identity: identitySchema.optional(),
});

export const kindDeltaSchema = z.strictObject({
  kind: kindSchema,
  records: z.int(),
  added: z.int(),
  changed: z.int(),
  removed: z.int(),
  unchanged: z.int(),
});

export const importOutput = z.strictObject({
  outcome: z.enum(['imported', 'preview', 'already_imported']),
  snapshot: z.int().nullable(),
  verification: verificationSchema,
  registry: z.strictObject({ id: z.string(), name: z.string(), uri: z.string() }),
  role: roleSchema,
  sequence: z.int(),
  takenAt: z.string(),
  comparedTo: z.int().nullable(),
  kinds: z.array(kindDeltaSchema),
  records: z.int(),
  /** Bodies that were already stored, by content. */
  bodiesReused: z.int(),
  incomplete: z.int(),
  unknownFields: z.record(z.string(), z.int()),
  warnings: z.array(z.string()),
  /** Set where the bundle answers a request: its records are kept with the request and are no snapshot. */
  answer: z
    .strictObject({
      request: z.string(),
      /** State of the request afterwards. */
      state: requestStateSchema,
      missing: missingSchema,
      outside: z.int(),
    })
    .optional(),
});

export const snapshotSummarySchema = z.strictObject({
  snapshot: z.int(),
  name: z.string(),
  registryId: z.string(),
  registryName: z.string(),
  role: roleSchema,
  sequence: z.int(),
  takenAt: z.string(),
  createdAt: z.string(),
  importedAt: z.string(),
  importedBy: z.string(),
  records: z.int(),
  counts: z.record(z.string(), z.int()),
  statementSha256: z.string(),
  signer: z.string(),
  /** Chain state against the earlier snapshots of the same registry. */
  chain: z.enum(['first', 'continues', 'gap', 'fork', 'historical']),
  complete: z.boolean(),
  stale: z.boolean(),
});
export const snapshotListSchema = z.strictObject({ snapshots: z.array(snapshotSummarySchema) });
export const snapshotDetailSchema = z.strictObject({
  summary: snapshotSummarySchema,
  predicate: predicateSchema,
  /** As it was at import. */
  verification: verificationSchema,
  /** Signer and trust roots judged again: whom the keys count for, and what is known about them, changes. */
  today: verificationSchema.pick({ signer: true, freshness: true }),
});

export const diffInput = z.strictObject({
  from: z.int(),
  to: z.int(),
  kind: kindSchema.optional(),
  change: z.enum(['added', 'removed', 'changed']).optional(),
  cursor: z.string().optional(),
  limit: z.int().min(1).max(500).default(100),
});
export const diffRowSchema = z.strictObject({
  kind: kindSchema,
  id: z.string(),
  name: z.string(),
  change: z.enum(['added', 'removed', 'changed']),
  /** "Owner changed from Risk Ops to nobody". */
  sentence: z.string(),
  fields: z.array(
    z.strictObject({
      field: z.string(),
      label: z.string(),
      group: z.enum(fieldGroups),
      before: cellSchema,
      after: cellSchema,
    }),
  ),
});
export const diffOutput = z.strictObject({
  from: z.int(),
  to: z.int(),
  kinds: z.array(kindDeltaSchema),
  rows: z.array(diffRowSchema),
  next: z.string().nullable(),
});
