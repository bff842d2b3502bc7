/**
 * Opens the window for a test and listens for what must never happen: a script error, a policy violation, a request that
 * leaves the page's own origin.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { openChromium } from './chromium-driver.ts';
import { openElectron } from './electron-driver.ts';

export interface Shell {
  readonly page: Page;
  /** Folder under which this test's workspaces and exports lie. */
  readonly folder: string;
  /** Everything that should not have happened, one line each. */
  readonly troubles: readonly string[];
  close(): Promise<void>;
}

export interface ShellOptions {
  readonly workspacePath?: string;
  readonly folder?: string;
}

/** One way to show the window. Both drivers run the same specs. */
export interface Driver {
  readonly page: Page;
  /** The page's own origin, scheme included. */
  readonly origin: string;
  /** Answers the next file dialog with these files. */
  choosing(files: readonly string[], press: () => Promise<unknown>): Promise<void>;
  close(): Promise<void>;
}

const drivers = new WeakMap<Page, Driver>();

export async function openShell(options: ShellOptions = {}): Promise<Shell> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'assay-e2e-'));
  process.env['ASSAY_CONFIG_DIR'] = join(folder, 'config');
  process.env['ASSAY_WORKSPACES'] = join(folder, 'workspaces');
  const troubles: string[] = [];
  const driver =
    process.env['ASSAY_E2E_HOST'] === 'electron'
      ? await openElectron(options.workspacePath, folder)
      : await openChromium(options.workspacePath);
  const { page, origin: ownOrigin } = driver;
  drivers.set(page, driver);
  page.on('pageerror', (error) => troubles.push(`script error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') troubles.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${ownOrigin}/`) && !url.startsWith('blob:') && !url.startsWith('data:'))
      troubles.push(`request to ${url}`);
  });
  await page.exposeFunction('assayTestViolation', (text: string) => troubles.push(`policy violation: ${text}`));
  await page.evaluate(() => {
    const report = (window as unknown as { assayTestViolation: (text: string) => void }).assayTestViolation;
    document.addEventListener('securitypolicyviolation', (event) =>
      report(`${event.effectiveDirective} ${event.blockedURI}`),
    );
  });
  return {
    page,
    folder,
    troubles,
    async close() {
      await driver.close();
      if (!options.folder) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Goes to a screen by its address, as a link would. */
export async function goTo(page: Page, address: string): Promise<void> {
  await page.evaluate((hash) => {
    location.hash = hash;
  }, address);
}

/** Answers the next file dialog with these files. */
export async function choosing(
  page: Page,
  files: string | readonly string[],
  press: () => Promise<unknown>,
): Promise<void> {
  const driver = drivers.get(page);
  if (!driver) throw new Error('this page was not opened by openShell');
  await driver.choosing(typeof files === 'string' ? [files] : files, press);
}
