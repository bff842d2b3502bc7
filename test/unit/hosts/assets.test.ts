/** What the window's origin serves, and under which policy. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AssetServer, contentSecurityPolicy, openAssets } from '../../../src-main/hosts/assets.ts';

let folder: string;
let server: AssetServer;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-assets-'));
  mkdirSync(join(folder, 'site', 'assets'), { recursive: true });
  writeFileSync(join(folder, 'secret.html'), 'outside');
  writeFileSync(
    join(folder, 'site', 'index.html'),
    '<meta property="csp-nonce" nonce="__ASSAY_NONCE__"><script nonce="__ASSAY_NONCE__">',
  );
  writeFileSync(join(folder, 'site', 'assets', 'app.js'), 'js');
  writeFileSync(join(folder, 'site', 'assets', 'notes.txt'), 'no media type of ours');
  server = openAssets(join(folder, 'site'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('openAssets', () => {
  it('when the page is loaded twice each load gets its own nonce, in policy and page alike', () => {
    const nonces = [1, 2].map(() => {
      const { headers, body } = server.serve('https://app.invalid/');
      const nonce = /'nonce-([^']+)'/.exec(headers['content-security-policy'] ?? '')?.[1] ?? '';
      expect(nonce.length).toBeGreaterThanOrEqual(24);
      expect(body.toString()).toBe(`<meta property="csp-nonce" nonce="${nonce}"><script nonce="${nonce}">`);
      return nonce;
    });
    expect(nonces[0]).not.toBe(nonces[1]);
  });

  it('when a built file is asked for, with or without a query, it is served with its type and never cached', () => {
    const asset = server.serve('app://assay/assets/app.js?v=1');
    expect(asset.status).toBe(200);
    expect(asset.headers['content-type']).toContain('javascript');
    expect(asset.headers['x-content-type-options']).toBe('nosniff');
    expect(asset.headers['cache-control']).toBe('no-store');
  });

  it.each([
    'https://app.invalid/../secret.html',
    'https://app.invalid/%2e%2e/secret.html',
    'https://app.invalid/..%2fsecret.html',
    'https://app.invalid/assets/..%5c..%5csecret.html',
    'https://app.invalid//etc/passwd',
    'https://app.invalid/assets/',
    'https://app.invalid/assets/notes.txt',
    'https://app.invalid/assets/app.js%00.html',
    'not a url',
  ])('when %s is asked for it serves nothing', (url) => {
    expect(server.serve(url).status).toBe(404);
  });

  it('when something is posted it refuses', () => {
    expect(server.serve('https://app.invalid/', 'POST').status).toBe(405);
  });
});

describe('contentSecurityPolicy', () => {
  it('when it is built it allows no inline script, no eval, no connection and no framing', () => {
    const policy = new Map(
      contentSecurityPolicy('abc')
        .split('; ')
        .map((directive) => [directive.split(' ')[0] ?? '', directive.split(' ').slice(1)]),
    );
    expect(policy.get('default-src')).toEqual(["'none'"]);
    expect(policy.get('script-src')).toEqual(["'self'"]);
    expect(policy.get('connect-src')).toEqual(["'none'"]);
    expect(policy.get('frame-ancestors')).toEqual(["'none'"]);
    expect(policy.get('style-src')).toEqual(["'self'", "'nonce-abc'"]);
    expect([...policy.values()].flat()).not.toContain("'unsafe-inline'");
    expect([...policy.values()].flat()).not.toContain("'unsafe-eval'");
  });
});
