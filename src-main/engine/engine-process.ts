/**
 * Entry of the engine process. Its main thread answers queries on a read-only connection and stays responsive; commands and
 * jobs run one after the other in the writer thread, which owns the only connection that can write.
 */
import { flushCompileCache } from 'node:module';
import { Worker } from 'node:worker_threads';
import { contract, isMethod } from '../../src-shared/contract/contract.ts';
import { AssayError, type Failure, type Result } from '../../src-shared/result.ts';
import { silentJob, systemClock } from '../core/ports.ts';
import { systemFailure } from '../core/system-failure.ts';
import { dispatch } from './dispatch.ts';
import { createEngineContext } from './engine-context.ts';
import type { FromEngine, ToEngine } from './protocol.ts';
import type { FromWriter, ToWriter } from './writer-protocol.ts';

const post = (message: FromEngine): void => {
  process.send?.(message);
};

const grants = new Map<string, string>();
const context = createEngineContext(systemClock, grants);
let writer: Worker | null = null;
const cancelFlags = new Map<number, Int32Array>();

function startWriter(): Worker {
  const worker = new Worker(new URL('./writer-thread.ts', import.meta.url), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  for (const [grant, path] of grants) worker.postMessage({ type: 'grant', grant, path } satisfies ToWriter);
  worker.on('message', (message: FromWriter) => {
    if (worker !== writer) return undefined;
    switch (message.type) {
      case 'progress':
        return post(message);
      case 'workspace':
        try {
          return context.adopt(message.opened);
        } catch (error) {
          return giveUp(worker, followFailure(error));
        }
      case 'result':
        cancelFlags.delete(message.id);
        return post(message);
      default:
        return undefined;
    }
  });
  // A writer that dies takes the process along: the host sees the exit, and the store rolls back by itself.
  worker.on('error', (error) => {
    console.error(`assay: the writer thread failed: ${error.name}`);
    process.exit(70);
  });
  return worker;
}

/**
 * The reader could not follow the writer, so neither may stay open: ends the writer, which drops its key, and answers what
 * waits for it. The next command starts a fresh one.
 */
function giveUp(worker: Worker, error: Failure): void {
  writer = null;
  for (const id of cancelFlags.keys()) post({ type: 'result', id, result: { ok: false, error } });
  cancelFlags.clear();
  void worker.terminate();
}

function followFailure(error: unknown): Failure {
  if (error instanceof AssayError) return error.failure;
  return (
    systemFailure(error, 'Open the workspace') ?? {
      kind: 'internal',
      code: 'engine.reader_failed',
      message: 'The workspace could not be opened for reading and was locked again; nothing in it is lost. Unlock it.',
      details: { type: error instanceof Error ? error.name : typeof error },
    }
  );
}

async function answer(id: number, method: string, input: unknown): Promise<void> {
  if (isMethod(method) && contract[method].kind !== 'query') {
    writer ??= startWriter();
    const flag = new Int32Array(new SharedArrayBuffer(4));
    cancelFlags.set(id, flag);
    writer.postMessage({ type: 'call', id, method, input, cancelled: flag } satisfies ToWriter);
    return;
  }
  const result: Result<unknown> = await dispatch(context, method, input, silentJob);
  post({ type: 'result', id, result });
  // This process ends by being killed, so what it compiled is kept now; without a cache, or news, this does nothing.
  flushCompileCache();
}

process.on('message', (message: ToEngine) => {
  switch (message.type) {
    case 'grant':
      grants.set(message.grant, message.path);
      writer?.postMessage(message satisfies ToWriter);
      return;
    case 'cancel': {
      const flag = cancelFlags.get(message.id);
      if (flag) Atomics.store(flag, 0, 1);
      return;
    }
    case 'call':
      void answer(message.id, message.method, message.input);
      return;
  }
});
// The host is gone: nothing may outlive it with the key in memory.
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => {});
post({ type: 'ready' });
