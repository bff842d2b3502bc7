/** Report building, signing and verifying. */
import { z } from 'zod';
import { checkLineSchema } from '../../domain/trust.ts';
import { trustSourceSchema } from './trust.ts';
import { grantSchema, passphraseSchema } from './workspace.ts';

export const templateIds = ['internal-audit', 'reconciliation-certificate'] as const;
export const templateIdSchema = z.enum(templateIds);
export type TemplateId = z.infer<typeof templateIdSchema>;

export const templateListSchema = z.strictObject({
  templates: z.array(
    z.strictObject({ id: templateIdSchema, title: z.string(), reader: z.string(), sections: z.array(z.string()) }),
  ),
});

export const readinessSchema = z.strictObject({
  /** A report cannot be issued while a blocking line stands; a qualifying one is printed in it. */
  lines: z.array(z.strictObject({ level: z.enum(['block', 'qualify', 'note']), text: z.string(), link: z.string() })),
});

export const buildInput = z.strictObject({
  template: templateIdSchema,
  title: z.string().min(1).max(300).optional(),
  preparedBy: z.string().max(200).optional(),
  reviewedBy: z.string().max(200).optional(),
  classification: z.string().max(100).default('Confidential'),
  /** Also write it to a file; it is stored in the workspace either way. */
  file: grantSchema.optional(),
});

export const reportSchema = z.strictObject({
  id: z.int(),
  name: z.string(),
  template: templateIdSchema,
  title: z.string(),
  builtAt: z.string(),
  builtBy: z.string(),
  asOf: z.string(),
  pages: z.int(),
  bytes: z.int(),
  sha256: z.string(),
  /** SHA-256 of the JCS of the ReportModel: the digest in the footer (decisions.md 16). */
  modelDigest: z.string(),
  signed: z.boolean(),
  signedAt: z.string().nullable(),
  signer: z.string().nullable(),
  conclusion: z.string(),
});

export const signInput = z.strictObject({
  id: z.int(),
  /** Absent: the user's own certificate from the workspace. */
  p12: z.strictObject({ file: grantSchema, passphrase: passphraseSchema }).optional(),
  file: grantSchema.optional(),
});

export const verifyInput = z.strictObject({
  file: grantSchema.optional(),
  /** A report stored in the open workspace. */
  id: z.int().optional(),
  /** Certificates in PEM form, or a signed trust file, whose issuer is then believed. */
  trust: grantSchema.optional(),
  /** Fingerprint of the administrator who must have signed the trust file. */
  issuer: z.string().min(1).max(400).optional(),
});

export const verificationSchema = z.strictObject({
  ok: z.boolean(),
  integrity: checkLineSchema,
  identity: checkLineSchema,
  time: checkLineSchema,
  /** Structure: one signature, whole file covered, no later revision, no active content. */
  structure: checkLineSchema,
  /** The embedded ReportModel hashes to the digest in the footer and the workspace knows it. */
  content: checkLineSchema,
  signatures: z.array(
    z.strictObject({
      field: z.string(),
      signer: z.string(),
      fingerprint: z.string(),
      signedAt: z.string().nullable(),
      coversWholeFile: z.boolean(),
      valid: z.boolean(),
    }),
  ),
  modelDigest: z.string().nullable(),
  sha256: z.string(),
  /** Set when it was judged by a signed trust file. */
  trust: trustSourceSchema.optional(),
});
export type ReportVerification = z.infer<typeof verificationSchema>;

export const replayInput = z.strictObject({
  file: grantSchema.optional(),
  /** A report stored in the open workspace. */
  id: z.int().optional(),
});

export const replaySchema = z.strictObject({
  ok: z.boolean(),
  /** Are the pages, rendered again from the attached data, the same bytes? */
  result: checkLineSchema,
  /** One sentence each: exactly what was rendered again, and what this does not show. */
  replayed: z.string(),
  notReplayed: z.string(),
  /** Does the open workspace know the attached data? Unknown without a workspace. */
  record: checkLineSchema,
  pages: z.int().nullable(),
  modelDigest: z.string().nullable(),
  sha256: z.string(),
});
