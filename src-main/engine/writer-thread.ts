/** The engine's only writer: commands and jobs, strictly one after the other. */
import { flushCompileCache } from 'node:module';
import { parentPort } from 'node:worker_threads';
import type { Progress } from '../../src-shared/contract/progress.ts';
import { jobContext, systemClock } from '../core/ports.ts';
import { dispatch } from './dispatch.ts';
import { createEngineContext } from './engine-context.ts';
import type { FromWriter, ToWriter } from './writer-protocol.ts';

if (!parentPort) throw new Error('writer-thread runs only as a worker');
const port = parentPort;
const post = (message: FromWriter): void => port.postMessage(message);

const grants = new Map<string, string>();
const context = createEngineContext(systemClock, grants, (opened) => post({ type: 'workspace', opened }));

let queue: Promise<void> = Promise.resolve();

async function run(message: Extract<ToWriter, { type: 'call' }>): Promise<void> {
  const job = jobContext(
    () => Atomics.load(message.cancelled, 0) === 1,
    throttled((progress) => post({ type: 'progress', id: message.id, progress })),
  );
  const result = await dispatch(context, message.method, message.input, job);
  post({ type: 'result', id: message.id, result });
  flushCompileCache();
}

/** At most ten reports a second, but every change of phase and every end of one. */
function throttled(send: (progress: Progress) => void): (progress: Progress) => void {
  let last = 0;
  let phase = '';
  return (progress) => {
    const now = performance.now();
    const ends = progress.total > 0 && progress.done >= progress.total;
    if (progress.phase === phase && !ends && now - last < 100) return;
    last = now;
    phase = progress.phase;
    send(progress);
  };
}

port.on('message', (message: ToWriter) => {
  if (message.type === 'grant') {
    grants.set(message.grant, message.path);
    return;
  }
  queue = queue.then(() => run(message));
});
