/**
 * Messages between a host and its engine process, and between the engine's main thread and its writer thread.
 *
 * Structured-clone values only. The engine process is the one place that holds the data key; killing it is what locks a
 * workspace (decisions.md 14).
 */
import type { Progress } from '../../src-shared/contract/progress.ts';
import type { Result } from '../../src-shared/result.ts';

export type ToEngine =
  | { readonly type: 'call'; readonly id: number; readonly method: string; readonly input: unknown }
  | { readonly type: 'cancel'; readonly id: number }
  /** Tells the engine which path an opaque grant stands for; sent only by a trusted host, never by the window. */
  | { readonly type: 'grant'; readonly grant: string; readonly path: string };

export type FromEngine =
  | { readonly type: 'ready' }
  | { readonly type: 'progress'; readonly id: number; readonly progress: Progress }
  | { readonly type: 'result'; readonly id: number; readonly result: Result<unknown> };

/** A two-way pipe to an engine: a forked Node process, an Electron utility process, or a thread in tests. */
export interface EngineChannel {
  send(message: ToEngine): void;
  onMessage(listener: (message: FromEngine) => void): void;
  onExit(listener: (code: number | null) => void): void;
  kill(): void;
}
