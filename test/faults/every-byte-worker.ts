/** One shard of the byte loop: several lanes hide the waiting for files and inflating, each with its own copy of the bundle. */
import { parentPort, workerData } from 'node:worker_threads';
import { addTallies, judgeBytes, type Original } from './mutants.ts';

export interface Shard {
  readonly original: Original;
  /** One copy of the bundle each. */
  readonly files: readonly string[];
  /** Positions `first`, `first + step`, … below the length of the bundle. */
  readonly first: number;
  readonly step: number;
  readonly masks: readonly number[];
}

const { original, files, first, step, masks } = workerData as Shard;

/** Lanes draw from one list, so that none is idle while another still has work. */
function* positions(): Generator<number> {
  for (let at = first; at < original.bytes.length; at += step) yield at;
}

const shared = positions();
const draw: Iterable<number> = { [Symbol.iterator]: () => ({ next: () => shared.next() }) };
parentPort?.postMessage(addTallies(await Promise.all(files.map((file) => judgeBytes(original, file, draw, masks)))));
