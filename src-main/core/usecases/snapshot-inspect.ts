import { inspectSnapshot } from '../snapshot/verify.ts';
import type { Handler } from './context.ts';
import { identityOf } from './read-identity.ts';

/** What a bundle says of itself; no trust decision. */
export const snapshotInspect: Handler<'snapshot.inspect'> = async (context, input, job) => {
  const { identities } = await identityOf(context, input.identity);
  return inspectSnapshot(context.grants.resolve(input.file), job, identities);
};
