/**
 * Runs before every other module: the page's nonce for style elements made at run time, and zod without `new Function`.
 *
 * `__webpack_nonce__` is the name under which get-nonce (used by the scroll lock inside Mantine's dialogs) looks for it.
 */
import { z } from 'zod';

declare global {
  var __webpack_nonce__: string | undefined;
}

export const styleNonce: string = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? '';
globalThis.__webpack_nonce__ = styleNonce;
z.config({ jitless: true });
