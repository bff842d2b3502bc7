/**
 * The Electron host. It makes one closed-off window, answers its one channel, and owns the engine process; everything that can
 * be decided without Electron lives in the files beside it and is tested there.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  type MenuItemConstructorOptions,
  powerMonitor,
  protocol,
  session as sessions,
} from 'electron';
import type { HostEvent } from '../../../src-shared/contract/bridge.ts';
import { applicationPath } from '../../core/resources.ts';
import { openAssets } from '../assets.ts';
import { openConfig } from '../window/config-store.ts';
import { answerRequest, type Delivery } from '../window/requests.ts';
import { createWindowSession } from '../window/window-session.ts';
import { startElectronEngine } from './electron-engine.ts';
import { type MenuEntry, menuModel } from './menu-model.ts';
import { nativePlaces } from './native-places.ts';
import { openedFrom } from './opened-files.ts';
import {
  appScheme,
  appUrl,
  deliverChannel,
  type IpcRequest,
  ipcChannel,
  ipcRequestSchema,
  isAppUrl,
  isTrustedSender,
} from './security.ts';
import { closeSession } from './session-rules.ts';
import { windowOptions, windowPartition } from './window-options.ts';

const here = fileURLToPath(new URL('.', import.meta.url));

app.enableSandbox();
app.commandLine.appendSwitch('disable-background-networking');
app.commandLine.appendSwitch('host-resolver-rules', 'MAP * ~NOTFOUND');
protocol.registerSchemesAsPrivileged([{ scheme: appScheme, privileges: { standard: true, secure: true } }]);

// Not awaited: Electron becomes ready only after this module has been evaluated, and `run` waits for that.
if (app.requestSingleInstanceLock()) void run().catch(fail);
else app.quit();

function fail(error: unknown): void {
  dialog.showErrorBox('Assay could not start', error instanceof Error ? error.message : String(error));
  app.exit(70);
}

/** Up to `whenReady` this runs at once, while the module is evaluated: listeners for early events depend on it. */
async function run(): Promise<void> {
  const config = openConfig();
  let window: BrowserWindow | null = null;
  let listening = false;
  const waiting: HostEvent[] = [];

  const deliver = (delivery: Delivery): void => window?.webContents.send(deliverChannel, delivery);
  const tell = (event: HostEvent): void => {
    if (listening) deliver({ type: 'event', event });
    else waiting.push(event);
  };
  const session = createWindowSession({
    startEngine: () => startElectronEngine(join(here, 'engine-entry.mjs')),
    config,
    onLocked: () => {
      listening = false;
      window?.webContents.reload();
    },
  });
  const places = nativePlaces(() => {
    if (!window) throw new Error('no window to ask in');
    return window;
  }, session);

  const open = (args: readonly string[]): void => {
    // Unpackaged, Electron's own command line names the application's folder before ours, and switches may stand between.
    const named = args.filter((arg) => arg !== app.getAppPath());
    const { workspaces, files } = openedFrom(named, kindOf);
    for (const path of workspaces) {
      const folder = session.grantExisting(path);
      if (folder) tell({ type: 'open-workspace', folder });
    }
    const picked = files.map((path) => session.grantExisting(path)).filter((file) => file !== null);
    if (picked.length > 0) tell({ type: 'open-files', files: picked });
  };

  const answer = (request: IpcRequest): unknown => {
    switch (request.type) {
      case 'pick-open':
        return places.open(request.options);
      case 'dropped':
        return request.paths.map((path) => session.grantExisting(path)).filter((picked) => picked !== null);
      case 'listening':
        listening = true;
        for (const event of waiting.splice(0)) deliver({ type: 'event', event });
        return null;
      default:
        return answerRequest(request, { session, config, places, deliver });
    }
  };
  ipcMain.handle(ipcChannel, (event, raw: unknown) => {
    const frame = event.senderFrame;
    const sender = frame ? { isMainFrame: frame === window?.webContents.mainFrame, url: frame.url } : null;
    if (!isTrustedSender(sender)) throw new Error('refused');
    return answer(ipcRequestSchema.parse(raw));
  });

  app.on('second-instance', (_event, argv) => {
    if (window?.isMinimized()) window.restore();
    window?.focus();
    open(argv.slice(1));
  });
  app.on('open-file', (event, path) => {
    event.preventDefault();
    open([path]);
  });
  app.on('web-contents-created', (_event, contents) => {
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
    contents.on('will-navigate', (event) => {
      if (!isAppUrl(event.url)) event.preventDefault();
    });
    contents.on('will-frame-navigate', (event) => {
      if (!isAppUrl(event.url)) event.preventDefault();
    });
    contents.on('will-redirect', (event) => event.preventDefault());
    contents.on('will-attach-webview', (event) => event.preventDefault());
    // The same address again, without what the dead process held.
    contents.on('render-process-gone', () => contents.reload());
  });
  let stopped = false;
  app.on('before-quit', (event) => {
    if (stopped) return;
    event.preventDefault();
    stopped = true;
    void session.stop().finally(() => app.quit());
  });
  app.on('window-all-closed', () => app.quit());

  await app.whenReady();
  closeSession(sessions.fromPartition(windowPartition), openAssets(applicationPath('dist', 'renderer')));
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(tell)));
  // Not through the page: it may hang, and the computer sleeps without waiting for it.
  const lock = (): void => {
    void session.lock();
  };
  powerMonitor.on('lock-screen', lock);
  powerMonitor.on('suspend', lock);

  const state = config.windowState();
  const created = new BrowserWindow(windowOptions(join(here, 'preload.cjs'), state, app.isPackaged));
  window = created;
  if (state?.maximised) created.maximize();
  created.once('ready-to-show', () => created.show());
  created.on('close', () => {
    const { width, height } = created.getNormalBounds();
    config.setWindowState({ width, height, maximised: created.isMaximized() });
  });
  created.on('closed', () => {
    window = null;
  });
  open(process.argv.slice(1));
  await created.loadURL(appUrl);
}

function kindOf(path: string): 'file' | 'folder' | 'none' {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.isDirectory() ? 'folder' : stats?.isFile() ? 'file' : 'none';
}

function menuTemplate(tell: (event: HostEvent) => void): MenuItemConstructorOptions[] {
  const item = (entry: MenuEntry): MenuItemConstructorOptions => {
    if (entry.type === 'separator') return { type: 'separator' };
    if (entry.type === 'role') return { role: entry.role };
    return {
      label: entry.label,
      ...(entry.accelerator ? { accelerator: entry.accelerator } : {}),
      click: () => tell({ type: 'menu', command: entry.command }),
    };
  };
  return menuModel.map((group) => ({ label: group.label, submenu: group.entries.map(item) }));
}
