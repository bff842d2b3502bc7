import { newestCreatedAt } from '../ingest/effective-clock.ts';
import { verifySnapshot } from '../snapshot/verify.ts';
import type { Handler } from './context.ts';
import { identityOf } from './read-identity.ts';
import { namedTrust } from './read-trust.ts';

/** The three separate answers: content, signer, freshness; against a trust file or the open workspace's trust store. */
export const snapshotVerify: Handler<'snapshot.verify'> = async (context, input, job) => {
  const { trust, source } = namedTrust(context, input);
  const newest = context.hasWorkspace ? newestCreatedAt(context.workspace().reader) : null;
  const { verification, predicate } = await verifySnapshot(context.grants.resolve(input.file), {
    trust,
    now: context.clock.now(),
    job,
    ...(await identityOf(context, input.identity)),
    ...(newest ? { newestCreatedAt: newest } : {}),
    ...(input.threshold ? { threshold: input.threshold } : {}),
  });
  return { ...verification, predicate, trust: source };
};
