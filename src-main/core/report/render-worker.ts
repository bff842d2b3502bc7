/** Worker entry: renders one model and ends. Layout is synchronous and hungry, so it gets a thread and a heap of its own. */
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import type { Progress } from '../../../src-shared/contract/progress.ts';
import { AssayError, type Failure } from '../../../src-shared/result.ts';
import { reportModelSchema } from './model.ts';
import { renderReport } from './render.ts';

export type FromRenderWorker =
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'done'; readonly pdf: Uint8Array<ArrayBuffer>; readonly pages: number }
  | { readonly type: 'failed'; readonly failure: Failure };

export const renderWorkerDataSchema = z.strictObject({ model: reportModelSchema, generatedAt: z.date() });

const port = parentPort;
if (!port) throw new Error('render-worker runs only as a worker');
const post = (message: FromRenderWorker, transfer: readonly ArrayBuffer[] = []): void =>
  port.postMessage(message, transfer);

try {
  const { model, generatedAt } = renderWorkerDataSchema.parse(workerData);
  let last = 0;
  const { pdf, pages } = await renderReport(model, {
    generatedAt,
    job: {
      report(progress) {
        const now = performance.now();
        if (now - last < 100 && progress.done < progress.total) return;
        last = now;
        post({ type: 'progress', progress });
      },
      throwIfCancelled() {},
    },
  });
  const own = new Uint8Array(pdf);
  post({ type: 'done', pdf: own, pages }, [own.buffer]);
} catch (error) {
  if (!(error instanceof AssayError)) throw error;
  post({ type: 'failed', failure: error.failure });
}
