/** Makes a publisher key pair; both files are written or none. */
import { existsSync, rmSync } from 'node:fs';
import { raise } from '../../../src-shared/result.ts';
import { exportPrivateKeyPem, exportPublicKeyPem, generatePublisherKey, readPublicKey } from '../trust/keys.ts';
import type { Handler } from './context.ts';
import { writeNewFile } from './write-new-file.ts';

export const keysGenerate: Handler<'keys.generate'> = (context, input) => {
  const files = { private: context.grants.resolve(input.privateKey), public: context.grants.resolve(input.publicKey) };
  for (const file of [files.private, files.public]) {
    if (existsSync(file))
      raise('usage', 'keys.exists', `${file} exists already; a key is never overwritten.`, { file });
  }
  const pair = generatePublisherKey();
  const publicPem = exportPublicKeyPem(pair.publicKey);
  const { keyId, fingerprint } = readPublicKey(publicPem);
  writeNewFile(files.private, exportPrivateKeyPem(pair.privateKey, input.passphrase), 0o600);
  try {
    writeNewFile(files.public, publicPem, 0o644);
  } catch (error) {
    rmSync(files.private, { force: true });
    throw error;
  }
  return { keyId, fingerprint, encrypted: input.passphrase !== undefined };
};
