import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Grant } from '../../../src-shared/contract/schemas/workspace.ts';
import { raise } from '../../../src-shared/result.ts';
import { encryptionLimits } from '../encryption/limits.ts';
import { recipientsIn } from '../encryption/recipients.ts';
import { packSnapshot } from '../snapshot/write.ts';
import { loadPrivateKey } from '../trust/keys.ts';
import type { EngineContext, Handler } from './context.ts';
import { readBoundedFile } from './read-bounded-file.ts';
import { identityOf } from './read-identity.ts';

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
    recipients: [...(input.recipients ?? []), ...recipientsOf(context, input.recipientFiles ?? [])],
    ...(await identityOf(context, input.identity)),
    ...(input.previous ? { previousPath: context.grants.resolve(input.previous) } : {}),
    ...(input.sequence === undefined ? {} : { sequence: input.sequence }),
    ...(input.expiresAt ? { expiresAt: input.expiresAt } : {}),
    modelSigning: input.modelSigning,
  });
};

function recipientsOf(context: EngineContext, files: readonly Grant[]): readonly string[] {
  return files.flatMap((grant) => {
    const path = context.grants.resolve(grant);
    const bytes = readBoundedFile(path, 'recipient', encryptionLimits.recipientFileBytes);
    const recipients = recipientsIn(Buffer.from(bytes).toString('utf8'));
    if (recipients.length === 0)
      raise('input', 'recipient.none', `${basename(path)} holds no recipient; nothing was packed.`, { file: path });
    return recipients;
  });
}

function readKey(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return raise('input', 'key.unreadable', `The key ${path} cannot be read.`, { file: path });
  }
}
