import { cosignSnapshot } from '../snapshot/cosign.ts';
import type { Handler } from './context.ts';
import { privateKeyOf } from './read-signing-keys.ts';

/** Adds a signature to a bundle whose content was checked. Says nothing about who signed it before. */
export const snapshotCosign: Handler<'snapshot.cosign'> = (context, input, job) =>
  cosignSnapshot({
    file: context.grants.resolve(input.file),
    out: context.grants.resolve(input.out),
    privateKey: privateKeyOf(context, input.key),
    job,
  });
