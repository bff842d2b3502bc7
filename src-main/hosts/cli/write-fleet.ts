/** Generates a sample fleet beside the main thread; an abort ends it at once. */
import { Worker } from 'node:worker_threads';
import type { z } from 'zod';
import { AssayError } from '../../../src-shared/result.ts';
import type { FleetFolders } from '../../core/fleet/write-fleet.ts';
import type { FromFleetWorker, fleetOrder } from './fleet-worker.ts';
import { progressLine } from './terminal.ts';

export async function writeSampleFleet(order: z.infer<typeof fleetOrder>, signal: AbortSignal): Promise<FleetFolders> {
  const line = progressLine('Generate a sample fleet');
  const worker = new Worker(new URL('./fleet-worker.ts', import.meta.url), {
    workerData: order,
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const stop = () => void worker.terminate();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await new Promise<FleetFolders>((resolve, reject) => {
      worker.on('message', (message: FromFleetWorker) => {
        if (message.type === 'done') resolve(message.folders);
        else line.update(message.progress);
      });
      worker.once('error', reject);
      worker.once('exit', () => reject(signal.aborted ? interrupted() : new Error('the fleet worker ended early')));
    });
  } finally {
    signal.removeEventListener('abort', stop);
    line.clear();
  }
}

const interrupted = (): AssayError =>
  new AssayError({
    kind: 'cancelled',
    code: 'job.cancelled',
    message: 'Interrupted while the sample fleet was being made; what was written is taken away again.',
    details: {},
  });
