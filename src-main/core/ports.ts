/** What a host must supply to the core: clock, resources, file grants, progress and cancellation. The core asks for nothing else. */

import type { Progress } from '../../src-shared/contract/progress.ts';
import type { Grant } from '../../src-shared/contract/schemas/workspace.ts';
import { raise } from '../../src-shared/result.ts';

/** RFC 3339 UTC with `Z`. Evaluations never read it: their time is the snapshot's (regulation reference 0.2). */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** `2026-11-23T13:00:00Z`: the one way instants are written. */
export const toInstant = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;

/** Turns an opaque grant back into the path that a person picked. Unknown or expired grants raise `grant.unknown`. */
export interface FileGrants {
  resolve(grant: Grant): string;
}

/** Long work reports here and asks here whether to stop; `throwIfCancelled` raises `cancelled`. */
export interface JobContext {
  report(progress: Progress): void;
  throwIfCancelled(): void;
}

export const silentJob: JobContext = { report: () => {}, throwIfCancelled: () => {} };

/** A job context over a flag, e.g. for tests and for hosts that own an AbortController. */
export function jobContext(isCancelled: () => boolean, report: (progress: Progress) => void): JobContext {
  return {
    report,
    throwIfCancelled() {
      if (isCancelled()) raise('cancelled', 'job.cancelled', 'Cancelled; everything done so far was rolled back.');
    },
  };
}

/** Of at least one instant, RFC 3339. */
export const earliest = (instants: readonly string[]): string =>
  instants.reduce((first, at) => (Date.parse(at) < Date.parse(first) ? at : first));
