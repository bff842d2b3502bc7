import { readFileSync } from 'node:fs';
import { raise } from '../../../src-shared/result.ts';
import { packSnapshot } from '../snapshot/write.ts';
import { loadPrivateKey } from '../trust/keys.ts';
import type { Handler } from './context.ts';

/** Signs an unpacked snapshot into one bundle. */
export const snapshotPack: Handler<'snapshot.pack'> = async (context, input, job) => {
  const privateKeys = input.keys.map(({ file, passphrase }) => {
    const path = context.grants.resolve(file);
    return loadPrivateKey(readKey(path), passphrase);
  });
  return packSnapshot({
    folder: context.grants.resolve(input.folder),
    out: context.grants.resolve(input.out),
    privateKeys,
    now: context.clock.now(),
    job,
    ...(input.previous ? { previousPath: context.grants.resolve(input.previous) } : {}),
    ...(input.sequence === undefined ? {} : { sequence: input.sequence }),
    ...(input.expiresAt ? { expiresAt: input.expiresAt } : {}),
  });
};

function readKey(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return raise('input', 'key.unreadable', `The key ${path} cannot be read.`, { file: path });
  }
}
