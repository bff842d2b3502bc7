import { redactSnapshot } from '../disclosure/redact.ts';
import type { Handler } from './context.ts';
import { identityOf } from './read-identity.ts';

/** A smaller snapshot that still proves what it shows; no trust decision. */
export const snapshotRedact: Handler<'snapshot.redact'> = async (context, input, job) =>
  redactSnapshot({
    file: context.grants.resolve(input.file),
    out: context.grants.resolve(input.out),
    keep: input.keep,
    evidence: input.evidence,
    by: input.by,
    now: context.clock.now(),
    job,
    ...(await identityOf(context, input.identity)),
  });
