/** One reviewer's day, in the window: from an empty computer to a signed report that verifies. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { makeSampleCase, passphrase, type SampleCase } from '../drivers/sample-case.ts';
import { choosing, goTo, openShell, type Shell } from '../drivers/shell.ts';

let sample: SampleCase;
let shell: Shell;

/** The word beside one question of the verification panel. */
const answerTo = (question: string) =>
  shell.page.locator('.assay-checks > li').filter({ hasText: question }).locator('.assay-check-word');

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  sample = await makeSampleCase({ models: 60, withWorkspace: false });
  shell = await openShell();
});
test.afterAll(async () => {
  await shell?.close();
  if (sample) rmSync(sample.folder, { recursive: true, force: true });
});

test('when a workspace is created it insists on a written-down recovery code', async () => {
  const { page } = shell;
  await page.getByRole('button', { name: 'New workspace' }).click();
  await page.getByLabel('Name of the workspace').fill('Year-end audit');
  await page.getByLabel('Your name').fill('Ada Auditor');
  await page.getByLabel('Passphrase', { exact: true }).fill('short');
  await page.getByLabel('Passphrase again').fill('short');
  await expect(page.getByRole('button', { name: 'Create workspace' })).toBeDisabled();
  await page.getByLabel('Passphrase', { exact: true }).fill(passphrase);
  await page.getByLabel('Passphrase again').fill(passphrase);
  await page.getByRole('button', { name: 'Create workspace' }).click();

  await expect(page.getByRole('heading', { name: 'Write down the recovery code' })).toBeVisible();
  // Nothing leads away from the only time that it is shown.
  await expect(page.getByRole('link', { name: 'Inventory' })).toHaveCount(0);
  await page.keyboard.press('Control+3');
  await page.keyboard.press('Control+l');
  await expect(page.getByRole('heading', { name: 'Write down the recovery code' })).toBeVisible();
  const groups = await page
    .getByRole('list', { name: 'Recovery code in groups' })
    .getByRole('listitem')
    .allTextContents();
  expect(groups).toHaveLength(8);
  await page.getByRole('button', { name: 'I have written it down' }).click();
  const fields = page.getByLabel(/^Group \d$/);
  for (const field of await fields.all()) await field.fill('WRONG00');
  await page.getByRole('button', { name: 'Check and open' }).click();
  await expect(page.getByText('That is not what the code says')).toBeVisible();
  for (const field of await fields.all()) {
    const id = await field.getAttribute('id');
    const label = await page.locator(`label[for="${id}"]`).textContent();
    await field.fill((groups[Number(label?.replace(/\D/g, '')) - 1] ?? '').toLowerCase());
  }
  await page.getByRole('button', { name: 'Check and open' }).click();
  await expect(page.getByRole('heading', { name: 'Dashboard', level: 1 })).toBeVisible();
  await expect(page.getByText('Nothing imported yet').first()).toBeVisible();
});

test('when the signer is unknown it refuses, explains, and imports after the key was compared and trusted', async () => {
  const { page } = shell;
  await goTo(page, '/import');
  await choosing(page, sample.previous, () => page.getByRole('button', { name: 'Verify and import…' }).click());
  await expect(answerTo('Is the signer known and trusted?')).toHaveText('No');
  await expect(answerTo('Is the content unchanged?')).toHaveText('Not known');
  await expect(page.getByRole('button', { name: /^Import [\d,]+ records$/ })).toHaveCount(0);

  await page.getByRole('button', { name: 'Review and trust a key…' }).click();
  await choosing(page, sample.publicKey, () => page.getByRole('button', { name: 'Choose a key file…' }).click());
  await expect(page.getByText(/^([0-9a-f]{4} ){15}[0-9a-f]{4}$/)).toBeVisible();
  const trust = page.getByRole('button', { name: 'Trust this key' });
  await page.getByLabel('Name for this key').fill('Registry team');
  await expect(trust).toBeDisabled();
  await page.getByLabel(/I compared the fingerprint/).check();
  await page.getByLabel('Every registry').check();
  await trust.click();

  await expect(answerTo('Is the content unchanged?')).toHaveText('Yes');
  await expect(answerTo('Is the signer known and trusted?')).toHaveText('Yes');
  await page.getByRole('button', { name: /^Import [\d,]+ records$/ }).click();
  await expect(page.getByText('Imported as snapshot 1')).toBeVisible();
  await page.getByRole('button', { name: 'Done' }).last().click();
});

test('when a second snapshot is imported the preview says what changes, and the same file again changes nothing', async () => {
  const { page } = shell;
  await choosing(page, [sample.registry, sample.discovery], () =>
    page.getByRole('button', { name: 'Verify and import…' }).click(),
  );
  await expect(page.getByText('Compared with snapshot 1.')).toBeVisible();
  await page.getByRole('button', { name: /^Import [\d,]+ records$/ }).click();
  await page.getByRole('button', { name: 'Next file' }).click();
  await page.getByRole('button', { name: /^Import [\d,]+ records$/ }).click();
  await expect(page.getByText('Imported as snapshot 3')).toBeVisible();
  await page.getByRole('button', { name: 'Done' }).last().click();
  await expect(page.getByRole('button', { name: /^Show snapshot/ })).toHaveCount(3);

  await choosing(page, sample.registry, () => page.getByRole('button', { name: 'Verify and import…' }).click());
  await expect(page.getByText(/already imported, as snapshot 2/)).toBeVisible();
  await page.getByRole('button', { name: 'Done' }).last().click();
});

test('when reconciliation and the rules were run the dashboard shows numbers with their denominators', async () => {
  const { page } = shell;
  await goTo(page, '/dashboard');
  // What was not evaluated is not zero.
  await expect(page.getByText('rules not evaluated yet')).toBeVisible();
  await expect(page.getByText('not reconciled yet').first()).toBeVisible();
  await page.getByRole('button', { name: 'Reconcile now' }).click();
  await expect(page.getByText('Reconcile: done')).toBeVisible();
  await page.getByRole('button', { name: 'Evaluate the rules' }).click();
  await expect(page.getByText('Evaluate policy packs: done')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Matched' })).toBeVisible();
  await expect(
    page
      .locator('.assay-tiles')
      .getByText(/^of \d/)
      .first(),
  ).toBeVisible();
});

test('when a finding is commented on the note stands in its thread', async () => {
  const { page } = shell;
  await goTo(page, '/findings');
  await page.getByRole('grid').getByRole('row').nth(1).click();
  await page.getByRole('button', { name: /^Comment/ }).click();
  await page
    .getByRole('textbox', { name: /comment|note/i })
    .last()
    .fill('Asked the owner by telephone; answer expected Friday.');
  await page
    .getByRole('button', { name: /^(Add|Save|Comment|Write).*(note|comment)?$/i })
    .last()
    .click();
  await expect(page.getByText('Asked the owner by telephone; answer expected Friday.').last()).toBeVisible();
});

test('when a report is built and signed it verifies, and the saved file verifies as well', async () => {
  const { page } = shell;
  await goTo(page, '/reports?template=internal-audit');
  await page.getByRole('button', { name: 'Build the report' }).click();
  await page.getByRole('button', { name: 'Sign…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Sign', exact: true }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.getByRole('button', { name: 'Verify', exact: true }).click();
  await expect(answerTo('Is the signed content unchanged?')).toHaveText('Yes');
  await expect(answerTo('Is the signer known and trusted?')).toHaveText('Yes');
  await page.getByRole('button', { name: 'Save the PDF' }).click();
  await expect(page.getByText(/^Saved .*\.pdf$/)).toBeVisible();

  const pdf = readdirSync(shell.folder, { recursive: true, encoding: 'utf8' }).find((name) => name.endsWith('.pdf'));
  expect(pdf).toBeDefined();
  await goTo(page, '/verify');
  await choosing(page, join(shell.folder, pdf ?? ''), () =>
    page.getByRole('button', { name: 'Choose a PDF…' }).click(),
  );
  await expect(answerTo('Is the signed content unchanged?')).toHaveText('Yes');
  await expect(answerTo('Is the signer known and trusted?')).toHaveText('Yes');
});

test('when the workspace is locked nothing of it stays on the page, and only the passphrase opens it again', async () => {
  const { page } = shell;
  await goTo(page, '/inventory');
  await expect(page.getByRole('grid')).toBeVisible();
  await page.keyboard.press('Control+l');
  await expect(page.getByRole('heading', { name: 'Recent workspaces' })).toBeVisible();
  await expect(page.getByRole('grid')).toHaveCount(0);
  await page.getByRole('button', { name: /Year-end audit/ }).click();
  await page.getByLabel('Passphrase', { exact: true }).fill('not the passphrase at all');
  await page.getByRole('button', { name: 'Unlock' }).click();
  await expect(page.getByText(/does not open this workspace/)).toBeVisible();
  await page.getByLabel('Passphrase', { exact: true }).fill(passphrase);
  await page.getByRole('button', { name: 'Unlock' }).click();
  await expect(page.getByRole('heading', { name: 'Dashboard', level: 1 })).toBeVisible();
  await goTo(page, '/activity');
  await expect(page.getByText(/chain of \d+ entries is unbroken/)).toBeVisible();
});

test('when the whole day is over there was no script error, no policy violation and no request outside the page', () => {
  expect(shell.troubles).toEqual([]);
});
