/** Messages between the engine's main thread and its writer thread. */

import type { OpenedWorkspace } from './engine-context.ts';
import type { FromEngine, ToEngine } from './protocol.ts';

export type ToWriter =
  | (Extract<ToEngine, { type: 'call' }> & { readonly cancelled: Int32Array })
  | Extract<ToEngine, { type: 'grant' }>;

export type FromWriter =
  | Exclude<FromEngine, { type: 'ready' }>
  /** The writer opened (or closed) a workspace: the main thread follows with its own reader. */
  | { readonly type: 'workspace'; readonly opened: OpenedWorkspace | null };
