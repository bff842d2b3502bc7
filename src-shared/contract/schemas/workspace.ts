/** Workspace lifecycle. */
import { z } from 'zod';

/** Opaque handle to a file or folder that a person picked; made by a host, resolved only there. */
export const grantSchema = z
  .string()
  .regex(/^grant:[0-9a-f-]{36}$/)
  .brand<'grant'>();
export type Grant = z.infer<typeof grantSchema>;

/** Crosses the contract once, as bytes the engine zeroises after use; never stored, never logged. */
export const passphraseSchema = z.string().min(1).max(1024);

export const createInput = z.strictObject({
  folder: grantSchema,
  name: z.string().min(1).max(200),
  userName: z.string().min(1).max(200),
  passphrase: passphraseSchema,
});

export const infoSchema = z.strictObject({
  workspaceId: z.string(),
  name: z.string(),
  user: z.strictObject({ id: z.string(), name: z.string(), role: z.string() }),
  createdAt: z.string(),
  formatVersion: z.int(),
  snapshots: z.int(),
  records: z.int(),
  /** Bytes on disk of the encrypted store. */
  storeBytes: z.int(),
  readOnly: z.boolean(),
});

export const createOutput = z.strictObject({
  info: infoSchema,
  /** Printed once, Crockford base32 in groups with a checksum; opens the workspace when the passphrase is lost. */
  recoveryCode: z.string(),
});

export const unlockInput = z.strictObject({
  folder: grantSchema,
  user: z.string().optional(),
  passphrase: passphraseSchema.optional(),
  recoveryCode: z.string().optional(),
});

export const stateSchema = z.discriminatedUnion('state', [
  z.strictObject({ state: z.literal('closed') }),
  z.strictObject({ state: z.literal('open'), info: infoSchema }),
]);
