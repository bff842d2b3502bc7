/** Proving a record, copying it as evidence, and verifying proofs in the window, on the real core. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { openSampleWindow, type SampleWindow } from '../drivers/sample-window.ts';
import { choosing, goTo } from '../drivers/shell.ts';

let sample: SampleWindow;
let proofFile: string;

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  sample = await openSampleWindow(60);
});
test.afterAll(async () => {
  await sample?.close();
});

const record = 'mdl-00003';
const exports = (): string => join(dirname(sample.sample.workspace), 'workspace-exports');
const answers = () => sample.page.getByRole('region', { name: 'What the proof shows' });

test('when a record is proven by keyboard it says what it discloses and saves a file that anybody can check', async () => {
  const { page } = sample;
  await goTo(page, `/record/model/${record}`);
  const button = page.getByRole('button', { name: 'Prove this record…' });
  await button.focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Prove this record' });
  await expect(dialog).toContainText('whole record');
  await expect(dialog.getByRole('button', { name: 'Save the proof…' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByText(/It shows 1 of [\d,.]+ records/)).toBeVisible();
  await expect(dialog).toBeHidden();
  const [name] = readdirSync(exports()).filter((file) => file.startsWith('proof-'));
  proofFile = join(exports(), name ?? '');
  const proof = JSON.parse(readFileSync(proofFile, 'utf8'));
  expect(proof.leaves).toHaveLength(1);
  expect(JSON.parse(proof.leaves[0].line).id).toBe(record);
  const script = join(import.meta.dirname, '..', '..', 'interop', 'proof', 'verify_proof.py');
  const foreign = spawnSync('python3', [script, proofFile, sample.sample.publicKey], { encoding: 'utf8' });
  if (!foreign.error) expect(foreign.status, foreign.stderr).toBe(0);
});

test('when the proof was handed out the activity log says so', async () => {
  const { page } = sample;
  await goTo(page, '/activity');
  await expect(page.getByText(`Wrote a proof of model/${record}`, { exact: false }).first()).toBeVisible();
});

test('when a value is copied as evidence it carries leaf, root, digests and how to prove it', async () => {
  const { page } = sample;
  await goTo(page, `/record/model/${record}`);
  await page
    .getByRole('button', { name: /^Source of/ })
    .first()
    .click();
  await expect(page.getByText('Signed leaf')).toBeVisible();
  await page.getByRole('button', { name: 'Copy as evidence' }).click();
  await expect(page.getByText('Copied as evidence.')).toBeVisible();
  await page.keyboard.press('Control+k');
  const anyField = page.getByLabel('Command or record');
  await anyField.press('Control+v');
  const pasted = await anyField.inputValue();
  for (const part of [
    'Statement SHA-256',
    'Merkle root',
    'Leaf',
    'Evidence file SHA-256',
    'assay proof create -w WORKSPACE',
  ])
    expect(pasted).toContain(part);
  await page.keyboard.press('Escape');
});

test('when a proof is chosen it answers three questions and shows the record', async () => {
  const { page } = sample;
  await goTo(page, '/verify');
  await choosing(page, proofFile, () => page.getByRole('button', { name: 'Choose a proof…' }).click());
  await expect(answers().getByRole('status')).toContainText('Proven');
  await expect(answers()).toContainText(/This record, 1 of \d+, is in the signed snapshot/);
  await expect(answers()).toContainText('Signed by Sample publisher');
  const shown = answers()
    .locator('details')
    .filter({ hasText: `model/${record}` });
  await expect(shown.locator('summary')).toBeVisible();
  await expect(shown.getByRole('definition').first()).toBeVisible();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { violations } = await new AxeBuilder({ page })
      .setLegacyMode(true)
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
      .analyze();
    expect(violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`))).toEqual([]);
  }
});

test('when a proof was changed, or another key is named, it shows no record', async () => {
  const { page, sample: files } = sample;
  const forged = join(files.folder, 'forged.json');
  writeFileSync(forged, readFileSync(proofFile, 'utf8').replace(`mdl-00003\\",\\"`, `mdl-00004\\",\\"`));
  await choosing(page, forged, () => page.getByRole('button', { name: 'Choose a proof…' }).click());
  await expect(answers().getByRole('status')).toContainText('Do not rely on this proof');
  await expect(answers().locator('details')).toHaveCount(0);

  const stranger = join(files.folder, 'stranger.pem');
  const keys = spawnSync('openssl', ['ecparam', '-name', 'prime256v1', '-genkey', '-noout']);
  writeFileSync(stranger, spawnSync('openssl', ['ec', '-pubout'], { input: keys.stdout }).stdout);
  await choosing(page, stranger, () => page.getByRole('button', { name: 'Use a key or trust store file…' }).click());
  await choosing(page, proofFile, () => page.getByRole('button', { name: 'Choose a proof…' }).click());
  await expect(answers()).toContainText('this key is not in the trust store');
  await expect(answers().locator('details')).toHaveCount(0);
  await page.getByRole('button', { name: 'Without it' }).last().click();
  await expect(answers().getByRole('status')).toContainText('Proven');
});

test('when a redacted snapshot is offered for import it is refused by name, and verified where proofs are', async () => {
  const { page, sample: files } = sample;
  const redacted = join(files.folder, 'redacted.assay');
  const assay = join(import.meta.dirname, '..', '..', '..', 'src-main', 'hosts', 'cli', 'assay.mjs');
  const made = spawnSync(
    process.execPath,
    [assay, 'snapshot', 'redact', files.registry, '--keep', 'model/mdl-0000?', '--out', redacted],
    { encoding: 'utf8' },
  );
  expect(made.status, made.stderr).toBe(0);
  await goTo(page, '/verify');
  await choosing(page, redacted, () => page.getByRole('button', { name: 'Choose a proof…' }).click());
  await expect(answers()).toContainText(/Redacted: 9 of \d+ records are shown/);
  await expect(answers().locator('details')).toHaveCount(9);
  expect(sample.troubles).toEqual([]);
});
