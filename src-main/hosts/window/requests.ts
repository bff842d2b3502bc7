/**
 * What a window asks its host besides picking files, in one union that both hosts carry in their own way.
 *
 * Every field is unknown on purpose: the sender is a page, and each value is parsed where it is used.
 */
import type { HostEvent } from '../../../src-shared/contract/bridge.ts';
import type { Progress } from '../../../src-shared/contract/progress.ts';
import { assertNever } from '../../../src-shared/result.ts';
import type { ConfigStore } from './config-store.ts';
import type { WindowSession } from './window-session.ts';

export type WindowRequest =
  | { readonly type: 'call'; readonly method: unknown; readonly input: unknown; readonly callId: unknown }
  | { readonly type: 'cancel'; readonly callId: unknown }
  | { readonly type: 'save'; readonly name: unknown }
  | { readonly type: 'save-bytes'; readonly file: unknown }
  | { readonly type: 'new-folder'; readonly name: unknown }
  | { readonly type: 'recents' }
  | { readonly type: 'preferences' }
  | { readonly type: 'set-preferences'; readonly preferences: unknown };

/** What a host sends to its window. */
export type Delivery =
  | { readonly type: 'progress'; readonly callId: string; readonly progress: Progress }
  | { readonly type: 'event'; readonly event: HostEvent };

/** How one host finds places to write to: native dialogs, or a fixed folder. */
export interface Places {
  save(name: unknown): unknown;
  saveBytes(file: unknown): unknown;
  newFolder(name: unknown): unknown;
}

export interface WindowParts {
  readonly session: WindowSession;
  readonly config: ConfigStore;
  readonly places: Places;
  readonly deliver: (delivery: Delivery) => void;
}

export async function answerRequest(
  request: WindowRequest,
  { session, config, places, deliver }: WindowParts,
): Promise<unknown> {
  switch (request.type) {
    case 'call':
      return session.call(request.method, request.input, request.callId, (progress) => {
        if (typeof request.callId === 'string') deliver({ type: 'progress', callId: request.callId, progress });
      });
    case 'cancel':
      return session.cancel(request.callId);
    case 'save':
      return places.save(request.name);
    case 'save-bytes':
      return places.saveBytes(request.file);
    case 'new-folder':
      return places.newFolder(request.name);
    case 'recents':
      return session.recents();
    case 'preferences':
      return config.preferences();
    case 'set-preferences':
      return session.setPreferences(request.preferences);
    default:
      return assertNever(request);
  }
}
