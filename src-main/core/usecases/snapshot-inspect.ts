import { inspectSnapshot } from '../snapshot/verify.ts';
import type { Handler } from './context.ts';

/** What a bundle says of itself; no trust decision. */
export const snapshotInspect: Handler<'snapshot.inspect'> = (context, input, job) =>
  inspectSnapshot(context.grants.resolve(input.file), job);
