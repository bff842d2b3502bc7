/**
 * The Chromium window: the same page as Electron's, shown by the browser that is already on this computer.
 *
 * No port is opened: the browser is driven over a pipe, its one origin is answered from memory by `assets.ts`, every other
 * request is aborted, and host names resolve to nothing. The profile is a fresh folder that is deleted afterwards.
 */
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import packageJson from '../../../package.json' with { type: 'json' };
import type { HostEvent, HostInfo, Picked } from '../../../src-shared/contract/bridge.ts';
import { raise } from '../../../src-shared/result.ts';
import { forkEngine } from '../../engine/fork-engine.ts';
import { type AssetServer, openAssets } from '../assets.ts';
import { type ConfigStore, openConfig } from '../window/config-store.ts';
import { answerRequest, type Delivery, type WindowRequest } from '../window/requests.ts';
import { createWindowSession, type WindowSession } from '../window/window-session.ts';
import { ensureRenderer } from './build-renderer.ts';
import { exportPlaces } from './export-places.ts';
import { findBrowser, hasDisplay } from './find-browser.ts';
import { bindingName, deliverName, inputMark, installBridge, type PickedRequest } from './page-bridge.ts';
import { pathsOfPicked } from './picked-files.ts';
import { browserOf, makeProfile, removeProfile } from './window-profile.ts';

export interface OpenWindowOptions {
  /** A workspace to offer for unlocking. */
  readonly workspacePath?: string;
  /** Bundles or reports to open. */
  readonly files?: readonly string[];
  readonly browserPath?: string;
  /** For tests: no window on any display. */
  readonly headless?: boolean;
  readonly log: (line: string) => void;
}

export interface OpenWindow {
  readonly page: Page;
  readonly session: WindowSession;
  /** Resolves when the person closed the window and the engine is gone. */
  readonly closed: Promise<void>;
  close(): Promise<void>;
}

export const windowOrigin = 'https://app.invalid';

const quietArguments = [
  '--host-resolver-rules=MAP * ~NOTFOUND',
  '--disable-background-networking',
  '--disable-domain-reliability',
  '--disable-breakpad',
  '--disable-crash-reporter',
  '--no-pings',
  '--disable-spell-checking',
  '--window-size=1440,940',
  // Without it the browser shows a bar that calls the first switch unsupported; that switch is what keeps the window offline.
  '--test-type',
];

const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export async function openWindow(options: OpenWindowOptions): Promise<OpenWindow> {
  const headless = options.headless ?? false;
  if (!headless && !hasDisplay()) {
    raise(
      'refused',
      'window.no_display',
      'There is no display to show a window on; run this on a desktop, set DISPLAY or WAYLAND_DISPLAY, or use the other commands, which do everything the window does.',
    );
  }
  const browser = options.browserPath ?? findBrowser();
  if (!browser) {
    raise(
      'refused',
      'window.no_browser',
      'No Chromium, Chrome or Edge was found to show the window; install one (on Debian: apt-get install chromium) or name it in ASSAY_BROWSER.',
    );
  }
  const assets = openAssets(await ensureRenderer(options.log));
  const profile = makeProfile();
  const config = openConfig();
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: browser,
    headless,
    // Chromium refuses to sandbox its processes for the root user, which containers and build machines are.
    chromiumSandbox: process.getuid?.() !== 0,
    args: [...quietArguments, ...(headless ? [] : ['--app=data:text/html,<title>Assay</title>'])],
    viewport: headless ? { width: 1440, height: 900 } : null,
    acceptDownloads: false,
    serviceWorkers: 'block',
    permissions: ['clipboard-write'],
    // Signals end the window below, so that the workspace is closed properly first.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  try {
    return await showPage(context, { assets, config, profile, options });
  } catch (error) {
    await context.close();
    await removeProfile(profile);
    throw error;
  }
}

interface Parts {
  readonly assets: AssetServer;
  readonly config: ConfigStore;
  readonly profile: string;
  readonly options: OpenWindowOptions;
}

async function showPage(context: BrowserContext, { assets, config, profile, options }: Parts): Promise<OpenWindow> {
  const page = context.pages()[0] ?? (await context.newPage());
  const session = createWindowSession({
    startEngine: forkEngine,
    config,
    onLocked: () => void page.goto(`${windowOrigin}/`).catch(() => {}),
  });
  await context.route('**/*', async (route) => {
    const request = route.request();
    if (new URL(request.url()).origin !== windowOrigin) return route.abort('blockedbyclient');
    const asset = assets.serve(request.url(), request.method());
    return route.fulfill({ status: asset.status, headers: { ...asset.headers }, body: asset.body });
  });
  const deliver = (delivery: Delivery): void => {
    // A page that is just being reloaded has nobody to deliver to.
    page
      .evaluate(([name, value]) => (window as unknown as Record<string, (d: Delivery) => void>)[name]?.(value), [
        deliverName,
        delivery,
      ] as const)
      .catch(() => {});
  };
  const places = exportPlaces(session);
  await context.exposeBinding(bindingName, (source, request: WindowRequest | PickedRequest) => {
    const fromPage =
      source.page === page && source.frame === page.mainFrame() && new URL(source.frame.url()).origin === windowOrigin;
    if (!fromPage) throw new Error('refused');
    if (request.type === 'picked') return grantsForPicked(page, session, request.token);
    return answerRequest(request, { session, config, places, deliver });
  });
  await context.addInitScript(installBridge, {
    info: hostInfo(),
    origin: windowOrigin,
    bindingName,
    deliverName,
    inputMark,
  });
  // The window shows one page: whatever opens another is closed at once.
  context.on('page', (other) => void other.close());
  const browser = browserOf(profile);
  const onSignal = () => void page.close();
  for (const signal of endingSignals) process.once(signal, onSignal);
  const closed = new Promise<void>((resolve) => {
    const end = async (): Promise<void> => {
      await session.stop();
      await context.close();
      await removeProfile(profile, browser);
      for (const signal of endingSignals) process.off(signal, onSignal);
      resolve();
    };
    page.once('close', () => void end());
  });
  page.on('crash', () => void page.goto(`${windowOrigin}/`).catch(() => {}));
  await page.goto(`${windowOrigin}/`);
  announce(options, session, (event) => deliver({ type: 'event', event }));
  return {
    page,
    session,
    closed,
    async close() {
      await page.close();
      await closed;
    },
  };
}

async function grantsForPicked(page: Page, session: WindowSession, token: unknown): Promise<readonly Picked[]> {
  const paths = await pathsOfPicked(page, token);
  return paths.map((path) => session.grantExisting(path)).filter((picked) => picked !== null);
}

const hostInfo = (): HostInfo => ({
  host: 'chromium',
  version: packageJson.version,
  platform: process.platform,
  exportsTo: 'a folder beside the workspace whose name ends in "-exports"',
});

function announce(options: OpenWindowOptions, session: WindowSession, send: (event: HostEvent) => void): void {
  if (options.workspacePath) {
    const folder = session.grantExisting(options.workspacePath);
    if (folder) send({ type: 'open-workspace', folder });
    else options.log(`There is no workspace at ${options.workspacePath}; the window opens without one.`);
  }
  const files = (options.files ?? []).map((path) => session.grantExisting(path)).filter((file) => file !== null);
  if (files.length > 0) send({ type: 'open-files', files });
}
