/** The Chromium window, headless, through the same function that `assay open` calls. */
import type { Page } from '@playwright/test';
import { openWindow, windowOrigin } from '../../../src-main/hosts/chromium/open-window.ts';
import type { Driver } from './shell.ts';

export async function openChromium(workspacePath: string | undefined): Promise<Driver> {
  const window = await openWindow({ headless: true, log: () => {}, ...(workspacePath ? { workspacePath } : {}) });
  // playwright-core and @playwright/test are the same version; only the module that names the type differs.
  const page: Page = window.page;
  return {
    page,
    origin: windowOrigin,
    async choosing(files, press) {
      const chooser = page.waitForEvent('filechooser');
      await press();
      await (await chooser).setFiles([...files]);
    },
    close: () => window.close(),
  };
}
