/** Artifacts and datasets on disk against signatures and records. */
import { z } from 'zod';
import { artifactVerificationSchema } from '../../domain/artifact.ts';
import { recordRefSchema } from '../../domain/record.ts';
import { checkLineSchema } from '../../domain/trust.ts';
import { grantSchema } from './workspace.ts';

const files = {
  /** File or folder. */
  path: grantSchema,
  /** Default: where signing tools put it, in the folder or beside the file. */
  signature: grantSchema.optional(),
  /** Paths below the folder that are left out on request: what lies there is counted as not covered, and nothing is verified as a whole. */
  ignore: z.array(z.string().min(1).max(1024)).max(100).default([]),
};

/** Without key, certificates and trust file: the open workspace's trust store. */
export const verifyArtifactInput = z.strictObject({
  ...files,
  /** SPKI PEM: exactly this key is accepted. */
  publicKey: grantSchema.optional(),
  /** PEM: signers whose certificates lead to one of these authorities are accepted. */
  certificates: grantSchema.optional(),
  trust: grantSchema.optional(),
});
/** The result stays with the record, so only the workspace says whom to believe. */
export const checkArtifactInput = z.strictObject({ ...files, ref: recordRefSchema });

/** One check of files on disk, as it is kept with the record. */
export const artifactCheckSchema = z.strictObject({
  id: z.int(),
  at: z.string(),
  by: z.string(),
  /** Name of the file or folder, without its place on somebody's computer. */
  name: z.string(),
  ok: z.boolean(),
  /** False: what the record says about its files has changed since. */
  current: z.boolean(),
  verification: artifactVerificationSchema,
});
export type ArtifactCheck = z.infer<typeof artifactCheckSchema>;

export const checkArtifactOutput = artifactCheckSchema.extend({
  /** Number of the finding that a failure opened or keeps open. */
  finding: z.int().nullable(),
});

/** What is known about a record's files; null in dossiers of kinds that have none. */
export const artifactStateSchema = z.strictObject({
  /** Verified, failed, claimed and not verified, or never checked: the signature on the artifact. Datasets: null. */
  signature: checkLineSchema.nullable(),
  /** The files against the recorded digests, at the newest check. */
  files: checkLineSchema,
  /** What the record states: the digest, and where a signature is said to lie. */
  recordedDigest: z.string().nullable(),
  claimedSignature: z.string().nullable(),
  /** Newest first, 20 at most. */
  checks: z.array(artifactCheckSchema),
});
export type ArtifactState = z.infer<typeof artifactStateSchema>;
