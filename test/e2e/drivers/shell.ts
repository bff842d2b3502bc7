/**
 * Opens the window for a test and listens for what must never happen: a script error, a policy violation, a request that
 * leaves the page's own origin.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { openWindow, windowOrigin } from '../../../src-main/hosts/chromium/open-window.ts';

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

export async function openShell(options: ShellOptions = {}): Promise<Shell> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'assay-e2e-'));
  process.env['ASSAY_CONFIG_DIR'] = join(folder, 'config');
  process.env['ASSAY_WORKSPACES'] = join(folder, 'workspaces');
  const troubles: string[] = [];
  const window = await openWindow({
    headless: true,
    log: () => {},
    ...(options.workspacePath ? { workspacePath: options.workspacePath } : {}),
  });
  // playwright-core and @playwright/test are the same version; only the module that names the type differs.
  const page: Page = window.page;
  page.on('pageerror', (error) => troubles.push(`script error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') troubles.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (origin !== windowOrigin && protocol !== 'blob:' && protocol !== 'data:')
      troubles.push(`request to ${request.url()}`);
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
      await window.close();
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
export async function choosing(page: Page, files: string | string[], press: () => Promise<void>): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await press();
  await (await chooser).setFiles(files);
}
