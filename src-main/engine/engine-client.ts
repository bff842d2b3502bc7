/** The host's end of an engine: calls with progress and cancellation over a channel. */
import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import type { CallOptions } from '../../src-shared/contract/client.ts';
import { type Grant, grantSchema } from '../../src-shared/contract/schemas/workspace.ts';
import type { Failure, Result } from '../../src-shared/result.ts';
import type { EngineChannel } from './protocol.ts';

export interface EngineClient {
  call(method: string, input: unknown, options?: CallOptions): Promise<Result<unknown>>;
  /** Names a path for the engine; what crosses the contract afterwards is only the grant. */
  registerGrant(path: string): Grant;
  /** Kills the process that holds the key. Resolves when it is gone. */
  stop(): Promise<void>;
  onExit(listener: () => void): void;
}

interface Pending {
  readonly options: CallOptions;
  readonly settle: (result: Result<unknown>) => void;
}

export function createEngineClient(channel: EngineChannel): EngineClient {
  const pending = new Map<number, Pending>();
  let nextId = 1;
  let gone = false;
  let announceExit = () => {};
  const exited = new Promise<void>((done) => {
    announceExit = done;
  });
  channel.onMessage((message) => {
    if (message.type === 'ready') return;
    const call = pending.get(message.id);
    if (!call) return;
    if (message.type === 'progress') {
      call.options.onProgress?.(message.progress);
    } else {
      pending.delete(message.id);
      call.settle(message.result);
    }
  });
  channel.onExit((code) => {
    gone = true;
    announceExit();
    for (const call of pending.values()) call.settle({ ok: false, error: engineGone(code) });
    pending.clear();
  });
  return {
    call(method, input, options = {}) {
      if (gone) return Promise.resolve({ ok: false, error: engineGone(null) });
      return new Promise((settle) => {
        const id = nextId++;
        pending.set(id, { options, settle });
        channel.send({ type: 'call', id, method, input });
        const cancel = () => channel.send({ type: 'cancel', id });
        if (options.signal?.aborted) cancel();
        options.signal?.addEventListener('abort', cancel, { once: true });
      });
    },
    registerGrant(path) {
      const grant = grantSchema.parse(`grant:${randomUUID()}`);
      channel.send({ type: 'grant', grant, path: resolve(path) });
      return grant;
    },
    async stop() {
      if (gone) return;
      channel.kill();
      await exited;
    },
    onExit(listener) {
      void exited.then(listener);
    },
  };
}

function engineGone(code: number | null): Failure {
  return {
    kind: 'internal',
    code: 'engine.gone',
    message:
      'The engine process ended before it answered; what was not committed was rolled back. Unlock the workspace again.',
    details: { exitCode: code },
  };
}
