/** Worker thread that writes the sample fleet, so that the command keeps hearing Ctrl+C meanwhile. */
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import type { Progress } from '../../../src-shared/contract/progress.ts';
import { generateFleet } from '../../core/fleet/generate-fleet.ts';
import { type FleetFolders, writeFleet } from '../../core/fleet/write-fleet.ts';
import { jobContext } from '../../core/ports.ts';

export type FromFleetWorker =
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'done'; readonly folders: FleetFolders };

export const fleetOrder = z.strictObject({ models: z.int(), seed: z.int(), folder: z.string() });

if (parentPort) {
  const post = (message: FromFleetWorker): void => parentPort?.postMessage(message);
  const { models, seed, folder } = fleetOrder.parse(workerData);
  const job = jobContext(
    () => false,
    (progress) => post({ type: 'progress', progress }),
  );
  post({ type: 'done', folders: writeFleet(generateFleet({ models, seed, now: new Date() }), folder, job) });
}
