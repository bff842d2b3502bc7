/** Requests and encrypted bundles in the window, on the real core: ask from a finding, import the answer, close; open with a key file. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Locator, test } from '@playwright/test';
import { forkEngine } from '../../../src-main/engine/fork-engine.ts';
import { createClient } from '../../../src-shared/contract/client.ts';
import { passphrase } from '../drivers/sample-case.ts';
import { openSampleWindow, type SampleWindow } from '../drivers/sample-window.ts';
import { choosing, goTo } from '../drivers/shell.ts';

let sample: SampleWindow;

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  sample = await openSampleWindow(40);
});
test.afterAll(async () => {
  await sample?.close();
});

const detail = (): Locator => sample.page.getByRole('region', { name: 'Request in detail' });
const at = (...parts: string[]) => join(sample.sample.folder, ...parts);
/** Where the Chromium host puts what is saved from this workspace. */
const requestFiles = (): string[] =>
  readdirSync(at('workspace-exports')).filter((name) => /\.request.*\.json$/.test(name));

/** The publisher's side: the next snapshot of the registry, for one recipient. */
async function packEncrypted(out: string, recipient: string): Promise<void> {
  const engine = forkEngine();
  const { get } = createClient((method, input, options) => engine.call(method, input, options));
  const grant = (path: string) => engine.registerGrant(path);
  try {
    await get('snapshot.pack', {
      folder: grant(at('fleet', 'registry')),
      keys: [{ file: grant(at('publisher.key.pem')), passphrase }],
      out: grant(out),
      previous: grant(sample.sample.registry),
      recipients: [recipient],
    });
  } finally {
    await engine.stop();
  }
}

test('a finding asks the registry: the file is signed, the request is open, the thread says so', async () => {
  const { page } = sample;
  await goTo(page, '/findings');
  await page.getByRole('button', { name: 'Ask the registry…' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('1 record')).toBeVisible();
  await dialog.getByLabel('Why').fill('The owner is missing.');
  await dialog.getByLabel('Answer wanted by').fill('2099-12-31');
  await dialog.getByRole('button', { name: 'Sign and save…' }).click();
  await expect(page.getByText(/Read the registry your fingerprint/)).toBeVisible();
  await expect(page.getByRole('region', { name: 'Finding in detail' }).getByText(/^Asked .* for/)).toBeVisible();
  await goTo(page, '/requests');
  await expect(detail().getByText('Open', { exact: true })).toBeVisible();
  await expect(detail().getByText('The owner is missing.')).toBeVisible();
  await expect(detail().getByRole('heading', { name: 'Still missing' })).toBeVisible();
  await page.screenshot({ path: test.info().outputPath('requests.png') });
});

test('incomplete records are asked for together, and a kind from the screen itself', async () => {
  const { page } = sample;
  await goTo(page, '/requests');
  await page.getByRole('button', { name: 'Ask a registry…' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('button', { name: 'Sign and save…' })).toBeDisabled();
  await dialog
    .getByRole('combobox', { name: 'Registry' })
    .or(dialog.getByLabel('Registry', { exact: true }))
    .first()
    .click();
  await page.getByRole('option').first().click();
  await dialog.getByLabel('Every record of these kinds').click();
  await page.getByRole('option', { name: 'Datasets' }).click();
  await page.keyboard.press('Escape');
  await dialog.getByRole('button', { name: 'Sign and save…' }).click();
  await expect(detail().getByRole('heading', { name: 'every dataset' })).toBeVisible();
});

test('a request is closed by a person with a reason', async () => {
  const { page } = sample;
  await detail().getByRole('button', { name: 'Close…' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('button', { name: 'Close the request' })).toBeDisabled();
  await dialog.getByLabel('Reason').fill('It comes with the next snapshot.');
  await dialog.getByRole('button', { name: 'Close the request' }).click();
  await expect(detail().getByText('Closed', { exact: true })).toBeVisible();
  await expect(detail().getByText('It comes with the next snapshot.')).toBeVisible();
});

test('an encrypted bundle asks for the key file, then for its passphrase, and goes on as any other', async () => {
  const { page } = sample;
  const engine = forkEngine();
  const { get } = createClient((method, input, options) => engine.call(method, input, options));
  const { recipient } = await get('keys.generateIdentity', {
    file: engine.registerGrant(at('own.txt')),
    passphrase: 'quiet key',
  });
  await engine.stop();
  await packEncrypted(at('encrypted.assay'), recipient);
  writeFileSync(at('nothing.txt'), '# no key in here\n');
  expect(readFileSync(at('encrypted.assay')).subarray(0, 3).toString()).toBe('age');

  await goTo(page, '/import');
  await choosing(page, at('encrypted.assay'), () => page.getByRole('button', { name: 'Verify and import…' }).click());
  await expect(page.getByText('It opens with the key file of one of its recipients.')).toBeVisible();
  await choosing(page, at('nothing.txt'), () => page.getByRole('button', { name: 'Choose the key file…' }).click());
  await expect(page.getByText('it holds no identity')).toBeVisible();
  await choosing(page, at('own.txt'), () =>
    page.getByRole('button', { name: /Choose (the|another) key file…/ }).click(),
  );
  const secret = page.getByLabel('Passphrase of own.txt');
  await secret.fill('wrong');
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(page.getByText('does not open the key file')).toBeVisible({ timeout: 20_000 });
  await secret.fill('quiet key');
  await page.screenshot({ path: test.info().outputPath('unlock-bundle.png') });
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(page.getByText('What importing it would do')).toBeVisible({ timeout: 30_000 });
  await page.getByRole('button', { name: /^Import .* records$/ }).click();
  await expect(page.getByText(/Imported as snapshot/)).toBeVisible({ timeout: 30_000 });
});

test('nothing went wrong on the way', () => {
  expect(requestFiles()).toHaveLength(2);
  expect(sample.troubles).toEqual([]);
});
