/** Makes a publisher key pair; both files are written or none. */
import { closeSync, existsSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { raise } from '../../../src-shared/result.ts';
import { exportPrivateKeyPem, generatePublisherKey, readPublicKey } from '../trust/keys.ts';
import type { Handler } from './context.ts';

export const keysGenerate: Handler<'keys.generate'> = (context, input) => {
  const files = { private: context.grants.resolve(input.privateKey), public: context.grants.resolve(input.publicKey) };
  for (const file of [files.private, files.public]) {
    if (existsSync(file))
      raise('usage', 'keys.exists', `${file} exists already; a key is never overwritten.`, { file });
  }
  const pair = generatePublisherKey();
  const publicPem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const { keyId, fingerprint } = readPublicKey(publicPem);
  try {
    writeNew(files.private, exportPrivateKeyPem(pair.privateKey, input.passphrase), 0o600);
    writeNew(files.public, publicPem, 0o644);
  } catch (error) {
    for (const file of [files.private, files.public]) rmSync(file, { force: true });
    raise(
      'input',
      'keys.unwritable',
      `The key files could not be written (${error instanceof Error ? error.message : 'unknown'}); nothing was kept.`,
    );
  }
  return { keyId, fingerprint, encrypted: input.passphrase !== undefined };
};

function writeNew(file: string, text: string, mode: number): void {
  const handle = openSync(file, 'wx', mode);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
