/**
 * Serves the built window page: URL in, status, headers and body out. Both window hosts answer their origin with it.
 *
 * Only files that were in the build folder when it was opened are served, so no URL can reach anything else; every page load
 * gets a fresh nonce and with it a content security policy that allows no inline script, no eval and no connection at all.
 */
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

export interface Asset {
  readonly status: 200 | 404 | 405;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface AssetServer {
  /** `method` other than GET is refused: the page has nobody to post to. */
  serve(url: string, method?: string): Asset;
}

/** The placeholder that vite.config.ts puts wherever the page carries its nonce. */
const noncePlaceholder = '__ASSAY_NONCE__';

const mediaTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
};

/** architecture.md, "Electron host, at its best"; decisions.md 15: `connect-src 'none'`. */
export const contentSecurityPolicy = (nonce: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "worker-src 'self'",
    "connect-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

const fixedHeaders = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=()',
  'cache-control': 'no-store',
};

/** Reads a build folder once and keeps it in memory (about 4 MB), so that a rebuild cannot mix two versions of the page. */
export function openAssets(folder: string): AssetServer {
  const files = new Map(listFiles(folder, '').map((name) => [`/${name}`, readFileSync(join(folder, name))]));
  return {
    serve(url, method = 'GET') {
      if (method !== 'GET' && method !== 'HEAD') return plain(405, 'Method not allowed');
      const path = pathOf(url);
      const wanted = path === '/' ? '/index.html' : path;
      const file = wanted === null ? undefined : files.get(wanted);
      const type = mediaTypes[extname(wanted ?? '')];
      if (!file || !type) return plain(404, 'Not found');
      if (wanted !== '/index.html')
        return { status: 200, headers: { ...fixedHeaders, 'content-type': type }, body: file };
      const nonce = randomBytes(18).toString('base64');
      return {
        status: 200,
        headers: { ...fixedHeaders, 'content-type': type, 'content-security-policy': contentSecurityPolicy(nonce) },
        body: Buffer.from(file.toString('utf8').replaceAll(noncePlaceholder, nonce)),
      };
    },
  };
}

/** The path of a URL without its query; null when it cannot be one. Encoded names are not in the list, so they are refused. */
function pathOf(url: string): string | null {
  return URL.canParse(url) ? new URL(url).pathname : null;
}

function plain(status: 404 | 405, text: string): Asset {
  return { status, headers: { ...fixedHeaders, 'content-type': 'text/plain; charset=utf-8' }, body: Buffer.from(text) };
}

function listFiles(folder: string, prefix: string): string[] {
  return readdirSync(join(folder, prefix), { withFileTypes: true }).flatMap((entry) => {
    const name = prefix ? `${prefix}/${entry.name}` : entry.name;
    if (entry.isDirectory()) return listFiles(folder, name);
    return entry.isFile() ? [name] : [];
  });
}
