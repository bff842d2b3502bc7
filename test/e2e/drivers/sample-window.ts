/** A window on an unlocked sample workspace: imported, reconciled and evaluated, as a reviewer finds it in the morning. */
import { rmSync } from 'node:fs';
import { expect, type Page } from '@playwright/test';
import { makeSampleCase, passphrase, type SampleCase } from './sample-case.ts';
import { openShell } from './shell.ts';

export interface SampleWindow {
  readonly page: Page;
  readonly sample: SampleCase;
  /** Everything that should not have happened, one line each. */
  readonly troubles: readonly string[];
  close(): Promise<void>;
}

export async function openSampleWindow(models: number): Promise<SampleWindow> {
  const sample = await makeSampleCase({ models, withWorkspace: true });
  const shell = await openShell({ workspacePath: sample.workspace });
  const { page, troubles } = shell;
  await page.getByLabel('Passphrase', { exact: true }).fill(passphrase);
  await page.getByRole('button', { name: 'Unlock' }).click();
  await expect(page.getByRole('heading', { name: 'Dashboard', level: 1 })).toBeVisible();
  return {
    page,
    sample,
    troubles,
    async close() {
      await shell.close();
      rmSync(sample.folder, { recursive: true, force: true });
    },
  };
}
