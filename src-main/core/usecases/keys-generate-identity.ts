/** Makes the key file with which one organisation opens bundles that others encrypt to it. */
import { newKeyFile } from '../encryption/identity-file.ts';
import { toInstant } from '../ports.ts';
import type { Handler } from './context.ts';
import { writeNewFile } from './write-new-file.ts';

export const keysGenerateIdentity: Handler<'keys.generateIdentity'> = async (context, input) => {
  const { text, recipient } = await newKeyFile(toInstant(context.clock.now()), input.passphrase);
  writeNewFile(context.grants.resolve(input.file), text, 0o600);
  return { recipient, encrypted: input.passphrase !== undefined };
};
