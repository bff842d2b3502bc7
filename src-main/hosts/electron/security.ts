/** What the Electron window may load and who may speak to the host: pure rules, so that they are tested without Electron. */
import { z } from 'zod';
import type { WindowRequest } from '../window/requests.ts';

export const appScheme = 'app';
/** The page's one origin: a standard, secure scheme of our own, answered from the build folder. */
export const appOrigin = `${appScheme}://assay`;
export const appUrl = `${appOrigin}/index.html`;

/** True for the page's own origin and nothing that only looks like it (`app://assay.evil`, `app://user@assay`). */
export function isAppUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const parsed = new URL(url);
  // `origin` is "null" for schemes that the URL standard does not know, so the parts are compared.
  return (
    parsed.protocol === `${appScheme}:` && parsed.host === 'assay' && parsed.username === '' && parsed.password === ''
  );
}

/** Requests that the session lets through: the bundle, and pictures that the page made itself. */
export function isAllowedRequest(url: string): boolean {
  if (isAppUrl(url)) return true;
  return url.startsWith(`blob:${appOrigin}/`) || url.startsWith('data:image/');
}

export interface Sender {
  readonly isMainFrame: boolean;
  readonly url: string;
}

export const isTrustedSender = (sender: Sender | null): boolean => sender?.isMainFrame === true && isAppUrl(sender.url);

const unknown = z.unknown();

/** Requests as they arrive over IPC: the shape is checked here, the values where they are used. */
export const ipcRequestSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('call'), method: unknown, input: unknown, callId: unknown }),
  z.strictObject({ type: z.literal('cancel'), callId: unknown }),
  z.strictObject({ type: z.literal('save'), name: unknown }),
  z.strictObject({ type: z.literal('save-bytes'), file: unknown }),
  z.strictObject({ type: z.literal('new-folder'), name: unknown }),
  z.strictObject({ type: z.literal('recents') }),
  z.strictObject({ type: z.literal('preferences') }),
  z.strictObject({ type: z.literal('set-preferences'), preferences: unknown }),
  z.strictObject({ type: z.literal('pick-open'), options: unknown }),
  /** Paths that the preload read from dropped `File` objects; the page cannot name one. */
  z.strictObject({ type: z.literal('dropped'), paths: z.array(z.string().min(1).max(4096)).max(10_000) }),
  /** The page listens now: deliver what came before. */
  z.strictObject({ type: z.literal('listening') }),
]);
export type IpcRequest = z.infer<typeof ipcRequestSchema>;
/** Fails to compile when the shared requests and this list drift apart. */
export type CoversWindowRequests = WindowRequest['type'] extends IpcRequest['type'] ? true : never;
export const coversWindowRequests: CoversWindowRequests = true;

export const ipcChannel = 'assay';
export const deliverChannel = 'assay:deliver';
