import { basename } from 'node:path';
import { proveFromBundle } from '../disclosure/create-proof.ts';
import type { Handler } from './context.ts';
import { identityOf } from './read-identity.ts';
import { writeProof } from './write-proof.ts';

/** A proof that records of a bundle are in it, or are not; no trust decision. */
export const snapshotProve: Handler<'snapshot.prove'> = async (context, input, job) => {
  const file = context.grants.resolve(input.file);
  const { identities } = await identityOf(context, input.identity);
  const created = await proveFromBundle(file, basename(file), input, job, identities);
  return writeProof(context, created, input);
};
