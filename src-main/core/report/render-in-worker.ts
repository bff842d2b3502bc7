/**
 * Renders a report beside the caller: own heap limit, progress, cancel by ending the thread.
 *
 * Measured: a thousand pages need about 0.8 GB of heap, roughly linear. A report that would need more than the limit fails
 * with `report.too_large` instead of taking the engine down with it.
 */
import { Worker } from 'node:worker_threads';
import { AssayError, raise } from '../../../src-shared/result.ts';
import { type JobContext, silentJob } from '../ports.ts';
import type { ReportModel } from './model.ts';
import type { RenderedReport } from './render.ts';
import type { FromRenderWorker } from './render-worker.ts';

export interface WorkerRenderOptions {
  readonly generatedAt: Date;
  readonly job?: JobContext;
  /** Old-generation heap of the thread; 2,048 MiB by default, about 2,000 pages. */
  readonly heapMiB?: number;
}

const pollMilliseconds = 50;

const tooLarge = (heapMiB: number): AssayError =>
  new AssayError({
    kind: 'refused',
    code: 'report.too_large',
    message: `The report needs more than ${heapMiB} MiB to lay out; nothing was written. Build it over fewer snapshots or findings.`,
    details: { heapMiB },
  });

/** Same bytes as `renderReport`. Raises `job.cancelled`, `report.too_large` and whatever rendering itself raises. */
export async function renderInWorker(model: ReportModel, options: WorkerRenderOptions): Promise<RenderedReport> {
  const { generatedAt, job = silentJob, heapMiB = 2048 } = options;
  job.throwIfCancelled();
  const worker = new Worker(new URL('./render-worker.ts', import.meta.url), {
    workerData: { model, generatedAt },
    resourceLimits: { maxOldGenerationSizeMb: heapMiB },
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  let poll: NodeJS.Timeout | undefined;
  try {
    return await new Promise<RenderedReport>((resolve, reject) => {
      const guarded = (work: () => void): void => {
        try {
          work();
        } catch (error) {
          reject(error);
        }
      };
      poll = setInterval(() => guarded(() => job.throwIfCancelled()), pollMilliseconds);
      worker.on('message', (message: FromRenderWorker) => {
        if (message.type === 'progress') guarded(() => job.report(message.progress));
        else if (message.type === 'done') resolve({ pdf: message.pdf, pages: message.pages });
        else reject(new AssayError(message.failure));
      });
      worker.on('error', (error) => {
        const outOfMemory = error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
        reject(outOfMemory ? tooLarge(heapMiB) : error);
      });
      worker.on('exit', (code) =>
        guarded(() =>
          raise(
            'internal',
            'report.worker_ended',
            `The report thread ended with code ${code} before it was done; nothing was written.`,
          ),
        ),
      );
    });
  } finally {
    clearInterval(poll);
    await worker.terminate();
  }
}
