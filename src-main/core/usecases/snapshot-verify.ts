import { readFileSync } from 'node:fs';
import type { TrustStore } from '../../../src-shared/domain/trust.ts';
import { raise } from '../../../src-shared/result.ts';
import { verifySnapshot } from '../snapshot/verify.ts';
import { newestCreatedAt } from '../store/snapshot-queries.ts';
import { loadTrustStore } from '../store/trust-queries.ts';
import { parseTrustStore } from '../trust/trust-store.ts';
import type { EngineContext, Handler } from './context.ts';

/** The three separate answers: content, signer, freshness; against a trust file or the open workspace's trust store. */
export const snapshotVerify: Handler<'snapshot.verify'> = async (context, input, job) => {
  const trust = input.trust ? readTrust(context.grants.resolve(input.trust)) : workspaceTrust(context);
  const newest = context.hasWorkspace ? newestCreatedAt(context.workspace().reader) : null;
  const { verification, predicate } = await verifySnapshot(context.grants.resolve(input.file), {
    trust,
    now: context.clock.now(),
    job,
    ...(newest ? { newestCreatedAt: newest } : {}),
    ...(input.threshold ? { threshold: input.threshold } : {}),
  });
  return { ...verification, predicate };
};

function readTrust(path: string): TrustStore {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return raise('input', 'trust.unreadable', `The trust store ${path} cannot be read.`, { file: path });
  }
  return parseTrustStore(text, path);
}

function workspaceTrust(context: EngineContext): TrustStore {
  if (!context.hasWorkspace)
    raise('usage', 'verify.no_trust', 'Name whom to trust: a workspace (-w) or a trust store file (--trust).');
  return loadTrustStore(context.workspace().reader);
}
