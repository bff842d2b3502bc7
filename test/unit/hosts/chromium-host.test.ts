/** The Chromium host's own decisions: which browser, whether there is a display, which folder was picked. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findBrowser, hasDisplay } from '../../../src-main/hosts/chromium/find-browser.ts';
import { folderOf } from '../../../src-main/hosts/chromium/picked-files.ts';
import { makeProfile, removeProfile } from '../../../src-main/hosts/chromium/window-profile.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-browser-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const program = (name: string, mode: number): string => {
  const path = join(folder, name);
  writeFileSync(path, '#!/bin/sh\n');
  chmodSync(path, mode);
  return path;
};

describe.skipIf(process.platform !== 'linux')('findBrowser', () => {
  it('when ASSAY_BROWSER names one it wins, and a wrong one is not silently replaced', () => {
    const named = program('my-browser', 0o755);
    program('chromium', 0o755);
    expect(findBrowser({ PATH: folder, ASSAY_BROWSER: named })).toBe(named);
    expect(findBrowser({ PATH: folder, ASSAY_BROWSER: join(folder, 'missing') })).toBeNull();
  });

  it('when several are installed Chromium comes before Chrome, and what cannot be run is passed over', () => {
    program('chromium', 0o644);
    const chrome = program('google-chrome', 0o755);
    expect(findBrowser({ PATH: folder })).toBe(chrome);
    const chromium = program('chromium-browser', 0o755);
    expect(findBrowser({ PATH: folder })).toBe(chromium);
  });

  it('when there is neither X nor Wayland there is no display', () => {
    expect(hasDisplay({})).toBe(false);
    expect(hasDisplay({ WAYLAND_DISPLAY: 'wayland-0' })).toBe(true);
  });
});

describe('folderOf', () => {
  it('when a folder was picked its path is what lies before the name inside it', () => {
    expect(folderOf('/home/ada/audit/ws/store.db', 'ws/store.db')).toBe('/home/ada/audit/ws');
    expect(folderOf('/home/ada/ws/a/b/c', 'ws/a/b/c')).toBe('/home/ada/ws');
  });

  it('when the two do not fit it refuses to guess', () => {
    expect(() => folderOf('/home/ada/ws/store.db', 'other/store.db')).toThrow();
    expect(() => folderOf('/home/ada/store.db', 'store.db')).toThrow();
    expect(() => folderOf('/home/xws/store.db', 'ws/store.db')).toThrow();
  });
});

describe('window profile', () => {
  it('when a window died its profile is removed by the next, and that of a living one stays', async () => {
    // No process has this number: it is above the highest that Linux gives.
    const dead = join(folder, 'assay-window-99999999-abc');
    const foreign = join(folder, 'assay-window-notes');
    for (const path of [dead, foreign]) mkdirSync(join(path, 'Default'), { recursive: true });
    const living = makeProfile(folder);
    const second = makeProfile(folder);
    expect(existsSync(dead)).toBe(false);
    expect([foreign, living, second].every((path) => existsSync(path))).toBe(true);
    await removeProfile(living);
    expect(existsSync(living)).toBe(false);
  });
});
