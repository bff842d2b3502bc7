/** Checking a record's files from its dossier, on the real core: the answers, the table, what is kept, what is never followed. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { openSampleWindow, type SampleWindow } from '../drivers/sample-window.ts';
import { choosing, goTo } from '../drivers/shell.ts';

let sample: SampleWindow;
const folder = mkdtempSync(join(tmpdir(), 'assay-files-'));
const data = join(folder, 'training-data');

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  mkdirSync(join(data, 'part'), { recursive: true });
  writeFileSync(join(data, 'loans.csv'), 'id,amount\n1,2\n');
  writeFileSync(join(data, 'part', 'more.csv'), 'id,amount\n3,4\n');
  sample = await openSampleWindow(12);
});
test.afterAll(async () => {
  await sample?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function openFirst(kind: string): Promise<void> {
  const { page } = sample;
  await goTo(page, `/inventory?kind=${kind}`);
  await page.getByRole('grid').getByRole('row').nth(1).getByRole('link').first().click();
  await expect(page).toHaveURL(new RegExp(`#/record/${kind}/`));
}

test('a version says that its signature is claimed and that nobody verified it', async () => {
  const { page } = sample;
  await openFirst('model_version');
  const panel = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Files on disk' }) });
  await expect(panel.getByText(/Claimed, not verified: the record names s3:/)).toBeVisible();
  await expect(panel.getByText(/Never checked; recorded is/)).toBeVisible();
});

test('a dataset is checked in a chosen folder; the answers stay with the record', async () => {
  const { page, troubles } = sample;
  await openFirst('dataset');
  await page.getByRole('button', { name: 'Verify files on disk…' }).click();
  const drawer = page.getByRole('dialog', { name: /^Verify files of/ });
  await choosing(page, data, () => drawer.getByRole('button', { name: 'Choose a folder…' }).click());
  await expect(drawer.getByText('Not everything could be answered')).toBeVisible();
  await expect(drawer.getByText(/Cannot determine: sha256:.* is one digest for 2 files/)).toBeVisible();
  await expect(drawer.getByRole('row', { name: /part\/more\.csv/ })).toContainText('Not determined');

  await choosing(page, join(data, 'loans.csv'), () => drawer.getByRole('button', { name: 'Choose a file…' }).click());
  await expect(drawer.getByText('Do not rely on these files')).toBeVisible();
  await expect(drawer.getByText(/The file has another digest than the recorded/)).toBeVisible();
  await expect(drawer.getByText('Earlier checks')).toBeVisible();
  await page.keyboard.press('Escape');
  const panel = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Files on disk' }) });
  await expect(panel.getByText('2 checks')).toBeVisible();
  await page.getByRole('tab', { name: /^Findings/ }).click();
  await expect(page.getByText('Files on disk are not what was signed or recorded')).toBeVisible();
  expect(troubles).toEqual([]);
});

test('only the workspace says whom to believe', async () => {
  const { page } = sample;
  await page.getByRole('button', { name: 'Verify files on disk…' }).click();
  const drawer = page.getByRole('dialog', { name: /^Verify files of/ });
  await expect(drawer.getByRole('button', { name: 'Signature file…' })).toBeVisible();
  await expect(drawer.getByText("Signers are looked up in this workspace's keys.")).toBeVisible();
  await expect(drawer.getByRole('button', { name: /Public key|Authorities/ })).toHaveCount(0);
  await page.keyboard.press('Escape');
});

test('a link out of the folder is named and not followed', async () => {
  const { page } = sample;
  symlinkSync('/etc/hostname', join(data, 'outside'));
  await page.getByRole('button', { name: 'Verify files on disk…' }).click();
  const drawer = page.getByRole('dialog', { name: /^Verify files of/ });
  await choosing(page, data, () => drawer.getByRole('button', { name: 'Choose a folder…' }).click());
  await expect(drawer.getByRole('row', { name: /outside/ })).toContainText('leads out of the folder');
});
