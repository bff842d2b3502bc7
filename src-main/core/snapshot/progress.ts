/** Progress at a rate that people can read and channels can carry. */
import type { Progress } from '../../../src-shared/contract/progress.ts';
import type { JobContext } from '../ports.ts';

const intervalMs = 100;

/** Reports at most ten times a second, and always the last step when the total is known. */
export function throttled(job: JobContext): (progress: Progress) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (progress) => {
    const now = performance.now();
    if (now - last < intervalMs && progress.done !== progress.total) return;
    last = now;
    job.report(progress);
  };
}
