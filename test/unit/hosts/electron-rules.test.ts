/** The parts of the Electron host that decide something, without Electron. The host itself runs only where its binary is. */
import { describe, expect, it } from 'vitest';
import { menuModel } from '../../../src-main/hosts/electron/menu-model.ts';
import { openedFrom } from '../../../src-main/hosts/electron/opened-files.ts';
import {
  ipcRequestSchema,
  isAllowedRequest,
  isAppUrl,
  isTrustedSender,
} from '../../../src-main/hosts/electron/security.ts';
import { windowOptions, windowPartition } from '../../../src-main/hosts/electron/window-options.ts';
import { menuCommands } from '../../../src-shared/contract/bridge.ts';

describe('isAppUrl', () => {
  it('when it is our own page it is', () => {
    expect(isAppUrl('app://assay/index.html#/dashboard')).toBe(true);
  });

  it.each([
    'app://assay.evil/index.html',
    'app://evil@assay/',
    'app://assay:8080/',
    'https://assay/',
    'file:///index.html',
    'javascript:alert(1)',
    'data:text/html,x',
    'about:blank',
    '',
    'app:assay',
  ])('when it is %s it is not', (url) => {
    expect(isAppUrl(url)).toBe(false);
  });
});

describe('isAllowedRequest', () => {
  it('when the page asks for its own files or pictures it made they pass, anything else does not', () => {
    expect(isAllowedRequest('app://assay/assets/a.js')).toBe(true);
    expect(isAllowedRequest('blob:app://assay/0')).toBe(true);
    expect(isAllowedRequest('data:image/png;base64,')).toBe(true);
    for (const url of [
      'https://example.invalid/',
      'ws://localhost/',
      'data:text/html,x',
      'blob:https://x/1',
      'devtools://x',
    ]) {
      expect(isAllowedRequest(url), url).toBe(false);
    }
  });
});

describe('isTrustedSender', () => {
  it('when a call comes from a sub-frame, another page or nowhere it is refused', () => {
    expect(isTrustedSender({ isMainFrame: true, url: 'app://assay/index.html' })).toBe(true);
    expect(isTrustedSender({ isMainFrame: false, url: 'app://assay/index.html' })).toBe(false);
    expect(isTrustedSender({ isMainFrame: true, url: 'https://assay/' })).toBe(false);
    expect(isTrustedSender(null)).toBe(false);
  });
});

describe('ipcRequestSchema', () => {
  it('when a request has an unknown type, extra keys or too many paths it is refused', () => {
    expect(ipcRequestSchema.safeParse({ type: 'recents' }).success).toBe(true);
    expect(ipcRequestSchema.safeParse({ type: 'shell' }).success).toBe(false);
    expect(ipcRequestSchema.safeParse({ type: 'recents', path: '/' }).success).toBe(false);
    expect(
      ipcRequestSchema.safeParse({ type: 'dropped', paths: Array.from({ length: 10_001 }, () => '/a') }).success,
    ).toBe(false);
    expect(ipcRequestSchema.safeParse({ type: 'dropped', paths: [{}] }).success).toBe(false);
  });
});

describe('windowOptions', () => {
  it('when the window is made everything that weakens it is off', () => {
    const { webPreferences } = windowOptions('/preload.cjs', undefined, true);
    expect(webPreferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
      navigateOnDragDrop: false,
      devTools: false,
    });
    expect(windowPartition.startsWith('persist:')).toBe(false);
  });
});

describe('menuModel', () => {
  const entries = menuModel.flatMap((group) => group.entries);
  it('when it is read every command is one that the window carries out, and no key stands twice', () => {
    const commands = entries.filter((entry) => entry.type === 'command');
    for (const entry of commands) expect(menuCommands).toContain(entry.command);
    const keys = commands.map((entry) => entry.accelerator).filter((key) => key !== undefined);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('when the window has a command the menu offers it', () => {
    const offered = new Set(entries.flatMap((entry) => (entry.type === 'command' ? [entry.command] : [])));
    expect(menuCommands.filter((name) => !offered.has(name))).toEqual([]);
  });
});

describe('openedFrom', () => {
  const kindOf = (path: string) => (path.endsWith('/ws') ? 'folder' : path.includes('missing') ? 'none' : 'file');
  it('when a second start names files only ours that exist count', () => {
    const hostile = [
      '--remote-debugging-port=1',
      '--inspect',
      'relative.assay',
      '/a/x.assay',
      '/a/missing.assay',
      '/a/y.PDF',
      '/a/z.exe',
      '/a\0/b.assay',
      '/a/ws',
      '/b/ws',
      `/${'x'.repeat(5000)}.assay`,
    ];
    expect(openedFrom(hostile, kindOf)).toEqual({ workspaces: ['/a/ws'], files: ['/a/x.assay', '/a/y.PDF'] });
  });
});
