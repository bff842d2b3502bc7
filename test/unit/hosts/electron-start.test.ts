/**
 * How the Electron host starts, against a stand-in for the `electron` module (its program is not on every computer): Electron
 * becomes ready only once the entry module has been evaluated, so an entry that waits for that would wait for ever.
 */
import type { EventEmitter } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

const electron = vi.hoisted(() => {
  const done: string[] = [];
  const state = { becomeReady: () => {}, windows: [] as { loaded: string[]; reloads: number }[], killed: 0 };
  return { done, state };
});

vi.mock('electron', async () => {
  const { EventEmitter: Emitter } = await import('node:events');
  const { done, state } = electron;
  const ready = new Promise<void>((resolve) => {
    state.becomeReady = resolve;
  });
  const app = Object.assign(new Emitter(), {
    isPackaged: false,
    commandLine: { appendSwitch: (name: string) => done.push(name) },
    enableSandbox: () => done.push('sandbox'),
    requestSingleInstanceLock: () => done.push('single instance') > 0,
    whenReady: () => ready,
    getAppPath: () => '/application',
    quit: () => done.push('quit'),
    exit: () => done.push('exit'),
  });
  class BrowserWindow extends Emitter {
    readonly record = { loaded: [] as string[], reloads: 0 };
    readonly webContents = {
      mainFrame: {},
      send: () => {},
      reload: () => {
        this.record.reloads += 1;
      },
    };
    constructor() {
      super();
      state.windows.push(this.record);
    }
    loadURL = async (url: string) => void this.record.loaded.push(url);
  }
  const utilityProcess = {
    fork: () =>
      Object.assign(new Emitter(), {
        postMessage() {},
        kill(this: EventEmitter) {
          state.killed += 1;
          this.emit('exit', 0);
        },
      }),
  };
  return {
    app,
    BrowserWindow,
    dialog: { showErrorBox: (title: string, text: string) => done.push(`${title}: ${text}`) },
    ipcMain: { handle: (channel: string, answer: unknown) => app.emit('handler', channel, answer) },
    Menu: { buildFromTemplate: () => ({}), setApplicationMenu: () => {} },
    powerMonitor: new Emitter(),
    protocol: { registerSchemesAsPrivileged: () => done.push('scheme') },
    session: {
      fromPartition: () =>
        Object.assign(new Emitter(), {
          protocol: { handle() {} },
          webRequest: { onBeforeRequest() {} },
          setPermissionRequestHandler() {},
          setPermissionCheckHandler() {},
          setDevicePermissionHandler() {},
          setDisplayMediaRequestHandler() {},
          setSpellCheckerEnabled() {},
          enableNetworkEmulation() {},
        }),
    },
    utilityProcess,
  };
});

let folder: string;
vi.mock('../../../src-main/hosts/assets.ts', async (original) => {
  const real = await original<typeof import('../../../src-main/hosts/assets.ts')>();
  return { ...real, openAssets: () => real.openAssets(join(folder, 'site')) };
});

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-electron-'));
  mkdirSync(join(folder, 'site'));
  mkdirSync(join(folder, 'ws'));
  writeFileSync(join(folder, 'site', 'index.html'), '');
  vi.stubEnv('ASSAY_CONFIG_DIR', join(folder, 'config'));
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

describe('the Electron host', () => {
  it('when it starts its module ends before Electron is ready, with everything done that must come before', async () => {
    const { app, powerMonitor } = await import('electron');
    await import('../../../src-main/hosts/electron/main.ts');
    const { done, state } = electron;
    expect(done.slice(0, 1)).toEqual(['sandbox']);
    expect(done).toEqual(expect.arrayContaining(['host-resolver-rules', 'scheme', 'single instance']));
    for (const event of ['open-file', 'second-instance', 'web-contents-created', 'before-quit'])
      expect(app.listenerCount(event as 'ready'), event).toBe(1);
    expect(state.windows).toHaveLength(0);

    state.becomeReady();
    await vi.waitFor(() => expect(state.windows[0]?.loaded).toEqual(['app://assay/index.html']));

    // Names a workspace, so that an engine runs; then the computer goes to sleep.
    app.emit('open-file', { preventDefault: () => {} } as Electron.Event, join(folder, 'ws'));
    powerMonitor.emit('suspend');
    await vi.waitFor(() => expect(state.killed).toBe(1));
    await vi.waitFor(() => expect(state.windows[0]?.reloads).toBe(1));
    expect(done.filter((entry) => entry.includes('could not start'))).toEqual([]);
  });
});
