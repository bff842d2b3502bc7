/** The history of each registry on the snapshots screen: readable as a list, its markers lead to findings, and a gap closes. */
import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { type EventfulCase, makeEventfulCase, removeBundles } from '../drivers/eventful-case.ts';
import { passphrase } from '../drivers/sample-case.ts';
import { choosing, goTo, openShell, type Shell } from '../drivers/shell.ts';

const pictures = resolve(import.meta.dirname, '../../../dist/screens');
let sample: EventfulCase;
let shell: Shell;

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  sample = await makeEventfulCase();
  shell = await openShell({ workspacePath: sample.workspace });
  await shell.page.getByLabel('Passphrase', { exact: true }).fill(passphrase);
  await shell.page.getByRole('button', { name: 'Unlock' }).click();
  await expect(shell.page.getByRole('heading', { name: 'Dashboard', level: 1 })).toBeVisible();
  await goTo(shell.page, '/import');
  await expect(shell.page.getByRole('heading', { name: 'History by registry' })).toBeVisible();
});
test.afterAll(async () => {
  await shell?.close();
  removeBundles();
  if (sample) rmSync(sample.folder, { recursive: true, force: true });
});

const history = (name: RegExp) => shell.page.getByRole('region', { name });
const firstLane = () =>
  history(/Registry One/)
    .first()
    .getByRole('list', { name: 'In order of sequence' });

for (const scheme of ['light', 'dark'] as const) {
  test(`the histories hold against WCAG 2.2 AA in ${scheme}`, async () => {
    const { page } = shell;
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await page.setViewportSize({ width: 1440, height: 2300 });
    await page.screenshot({ path: `${pictures}/timeline-${scheme}.png` });
    await page.setViewportSize({ width: 1280, height: 800 });
    const { violations } = await new AxeBuilder({ page })
      .setLegacyMode(true)
      .include('.assay-history')
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
      .analyze();
    expect(violations.flatMap((violation) => violation.nodes.map((node) => `${violation.id} ${node.html}`))).toEqual(
      [],
    );
  });
}

test('a lane names what is missing and folds what is whole', async () => {
  const lane = firstLane();
  await expect(lane.getByText('Sequence 10', { exact: true })).toBeVisible();
  await expect(lane.getByText('Missing', { exact: true })).toBeVisible();
  await lane.getByRole('button', { name: /8 snapshots/ }).click();
  await expect(lane.getByRole('button', { name: /^Sequence 5/ })).toBeVisible();
});

test('a marker leads to its finding', async () => {
  const { page } = shell;
  await firstLane().getByText('Equivocation').click();
  await expect(page.getByText('INT-003').first()).toBeVisible();
  await page.goBack();
  await expect(page.getByRole('heading', { name: 'History by registry' })).toBeVisible();
});

test('importing the missing one as historical closes the gap on the screen', async () => {
  const { page } = shell;
  await choosing(page, sample.missing, () => page.getByRole('button', { name: 'Verify and import…' }).click());
  await page.getByRole('button', { name: 'Import it as a historical snapshot' }).click();
  await expect(page.getByText(/^Imported as snapshot/)).toBeVisible();
  await expect(firstLane().getByText('Missing', { exact: true })).toHaveCount(0);
  await expect(
    history(/Registry One/)
      .first()
      .getByText(/2 events settled since/),
  ).toBeVisible();
  expect(shell.troubles).toEqual([]);
});
