/**
 * What both window hosts share: one engine, the calls of one window, grants, recent workspaces, and locking.
 *
 * Locking ends the engine process, which is the only place that held the key (decisions.md 14), and lets the host reload the
 * page, so that nothing decrypted stays in any of the three. Running jobs are cancelled first and roll back; one that does
 * not heed that is killed with the process, and the store rolls back by itself.
 */
import { statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Picked, PickedTarget, RecentWorkspace } from '../../../src-shared/contract/bridge.ts';
import { callIdSchema, preferencesSchema } from '../../../src-shared/contract/bridge.ts';
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import type { Progress } from '../../../src-shared/contract/progress.ts';
import type { Grant } from '../../../src-shared/contract/schemas/workspace.ts';
import { ok, type Result } from '../../../src-shared/result.ts';
import { toInstant } from '../../core/ports.ts';
import type { EngineClient } from '../../engine/engine-client.ts';
import { checkCall } from './call-guard.ts';
import type { ConfigStore } from './config-store.ts';

export interface WindowSession {
  /** One call of the window; arguments as they came. */
  call(
    method: unknown,
    input: unknown,
    callId: unknown,
    onProgress: (progress: Progress) => void,
  ): Promise<Result<unknown>>;
  cancel(callId: unknown): void;
  /** A grant for a file or folder that a person picked; null when there is nothing at that path. */
  grantExisting(path: string): Picked | null;
  grantTarget(path: string, location: string): PickedTarget;
  recents(): readonly RecentWorkspace[];
  setPreferences(raw: unknown): void;
  /** Folder of the open workspace, for placing exports beside it. */
  workspaceFolder(): string | null;
  /** Locks as the window's own button does, without asking the window; resolves when the key is gone. */
  lock(): Promise<Result<unknown>>;
  /** Closes the workspace properly, then ends the engine. */
  stop(): Promise<void>;
}

export interface WindowSessionOptions {
  readonly startEngine: () => EngineClient;
  readonly config: ConfigStore;
  /** After the key is gone: reload the page. */
  readonly onLocked: () => void;
}

/** How long a locking engine gets to write its log back before it is killed. */
const orderlyCloseMs = 2000;

export function createWindowSession({ startEngine, config, onLocked }: WindowSessionOptions): WindowSession {
  let folder: string | null = null;
  let paths = new Map<Grant, string>();
  const running = new Map<string, AbortController>();
  let engine: EngineClient | null = null;
  let ending: Promise<Result<unknown>> | null = null;

  /** Started when first needed, and again after it ended; an engine that cannot start fails each call and loops nowhere. */
  function current(): EngineClient {
    if (engine) return engine;
    const started = startEngine();
    engine = started;
    started.onExit(() => {
      if (engine === started) forget();
    });
    return started;
  }

  /** Grants die with the engine that knew them. */
  function forget(): void {
    engine = null;
    folder = null;
    paths = new Map();
  }

  function register(path: string): Grant {
    const grant = current().registerGrant(path);
    paths.set(grant, path);
    return grant;
  }

  /** Without an engine there is no key, and a second lock waits for the first. */
  function lock(): Promise<Result<unknown>> {
    if (!engine && ending) return ending;
    return end().then((result) => {
      onLocked();
      return result;
    });
  }

  function end(): Promise<Result<unknown>> {
    const old = engine;
    if (!old) return ending ?? Promise.resolve(ok({ done: true }));
    const wasOpen = folder !== null;
    for (const controller of running.values()) controller.abort();
    // From here on a call meets a fresh engine, which has no key.
    forget();
    const closing = close(old, wasOpen).finally(() => {
      if (ending === closing) ending = null;
    });
    ending = closing;
    return closing;
  }

  /** An engine that is too busy to close in time ends as in a power cut: what was not committed is rolled back. */
  async function close(old: EngineClient, wasOpen: boolean): Promise<Result<unknown>> {
    const tooLate = new AbortController();
    const gone: Result<unknown> = ok({ done: true });
    const closed = wasOpen
      ? await Promise.race([
          old.call('workspace.lock', {}),
          delay(orderlyCloseMs, gone, { signal: tooLate.signal }).catch(() => gone),
        ])
      : gone;
    tooLate.abort();
    await old.stop();
    return closed;
  }

  function noteOpened(method: string, input: unknown, value: unknown): void {
    // Both were checked against the contract: the input by checkCall, the output by the dispatcher.
    const path = paths.get((input as { folder: Grant }).folder);
    const info =
      method === 'workspace.create'
        ? (value as OutputOf<'workspace.create'>).info
        : (value as OutputOf<'workspace.unlock'>);
    if (!path) return;
    folder = path;
    config.remember({ path, name: info.name, openedAt: toInstant(new Date()) });
  }

  return {
    async call(method, input, callId, onProgress) {
      const checked = checkCall(method, input, callId);
      if (!checked.ok) return checked;
      const call = checked.value;
      if (call.method === 'workspace.lock') return lock();
      const controller = new AbortController();
      running.set(call.callId, controller);
      try {
        const result = await current().call(call.method, call.input, { onProgress, signal: controller.signal });
        if (result.ok && (call.method === 'workspace.create' || call.method === 'workspace.unlock')) {
          noteOpened(call.method, call.input, result.value);
        }
        return result;
      } finally {
        running.delete(call.callId);
      }
    },
    cancel(callId) {
      const id = callIdSchema.safeParse(callId);
      if (id.success) running.get(id.data)?.abort();
    },
    grantExisting(path) {
      const stats = statSync(path, { throwIfNoEntry: false });
      if (!stats || !(stats.isFile() || stats.isDirectory())) return null;
      return { grant: register(path), name: basename(path), bytes: stats.isFile() ? stats.size : null };
    },
    grantTarget: (path, location) => ({ grant: register(path), name: basename(path), location }),
    recents: () =>
      config
        .recents()
        .filter((recent) => statSync(recent.path, { throwIfNoEntry: false })?.isDirectory())
        .map((recent) => ({
          grant: register(recent.path),
          name: recent.name,
          location: basename(dirname(recent.path)),
          openedAt: recent.openedAt,
        })),
    setPreferences(raw) {
      config.setPreferences(preferencesSchema.parse(raw));
    },
    workspaceFolder: () => folder,
    lock,
    async stop() {
      await end();
    },
  };
}
