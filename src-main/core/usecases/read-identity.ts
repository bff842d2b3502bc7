import { basename } from 'node:path';
import type { z } from 'zod';
import type { identitySchema } from '../../../src-shared/contract/schemas/snapshots.ts';
import type { Identities } from '../encryption/age-source.ts';
import { encryptionLimits } from '../encryption/limits.ts';
import type { EngineContext } from './context.ts';
import { readBoundedFile } from './read-bounded-file.ts';

/** The key file that a person named for an encrypted bundle, as options to spread; read here, so that it never crosses the contract. */
export async function identityOf(
  context: EngineContext,
  identity: z.output<typeof identitySchema> | undefined,
): Promise<{ readonly identities?: Identities }> {
  if (!identity) return {};
  // Loaded when needed: few imports are encrypted, and the library brings its own curves.
  const { readIdentities } = await import('../encryption/identity-file.ts');
  const path = context.grants.resolve(identity.file);
  const bytes = readBoundedFile(path, 'identity', encryptionLimits.identityFileBytes);
  return { identities: await readIdentities(bytes, basename(path), identity.passphrase) };
}
