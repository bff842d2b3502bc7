/** Every screen in both schemes: it shows its content, has no serious accessibility violation, and leaves a picture to look at. */
import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { makeSampleCase, passphrase, type SampleCase } from '../drivers/sample-case.ts';
import { goTo, openShell, type Shell } from '../drivers/shell.ts';

const pictures = resolve(import.meta.dirname, '../../../dist/screens');
let sample: SampleCase;
let shell: Shell;

/** Address and a text that only the loaded screen shows. */
const screens: readonly { readonly name: string; readonly address: string; readonly shows: RegExp }[] = [
  { name: 'dashboard', address: '/dashboard', shows: /Claimed against observed/ },
  { name: 'snapshots', address: '/import', shows: /Imported so far/ },
  { name: 'snapshot', address: '/import?snapshot=2', shows: /Sources and what they could not deliver/ },
  { name: 'inventory', address: '/inventory', shows: /mdl-\d+/ },
  { name: 'record', address: '/record/model/mdl-00001', shows: /mdl-00001/ },
  { name: 'incomplete', address: '/review-queue', shows: /Incomplete/ },
  { name: 'changes', address: '/diff?from=1&to=2', shows: /changed|added|removed/i },
  { name: 'lineage', address: '/lineage?kind=model&id=mdl-00001', shows: /shown|of \d+/i },
  { name: 'reconcile', address: '/reconcile', shows: /Matched/ },
  { name: 'findings', address: '/findings', shows: /Critical/ },
  { name: 'reports', address: '/reports?template=internal-audit', shows: /Title on the cover/ },
  { name: 'verify', address: '/verify', shows: /Drop a PDF/ },
  { name: 'trust', address: '/trust', shows: /Sample publisher/ },
  { name: 'activity', address: '/activity', shows: /unbroken and signed/ },
  { name: 'help', address: '/help', shows: /Search the help|Glossary/ },
  { name: 'settings', address: '/settings', shows: /Single-letter shortcuts/ },
];

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  mkdirSync(pictures, { recursive: true });
  sample = await makeSampleCase({ models: 60, withWorkspace: true });
  shell = await openShell({ workspacePath: sample.workspace });
});
test.afterAll(async () => {
  await shell?.close();
  if (sample) rmSync(sample.folder, { recursive: true, force: true });
});

/** `color-contrast` and the rest of WCAG 2.2 A and AA. Legacy mode: the window allows no second page for the results. */
async function seriousViolations(): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page: shell.page })
    .setLegacyMode(true)
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze();
  return violations
    .filter((violation) => violation.impact === 'serious' || violation.impact === 'critical')
    .flatMap((violation) =>
      violation.nodes.map(
        (node) => `${violation.id}: ${node.target.join(' ')} ${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`,
      ),
    );
}

test('when a workspace is offered for unlocking the start screen is accessible', async () => {
  const { page } = shell;
  await expect(page.getByRole('heading', { name: 'Unlock' })).toBeVisible();
  await page.screenshot({ path: join(pictures, 'unlock.png') });
  expect(await seriousViolations()).toEqual([]);
  await page.getByLabel('Passphrase', { exact: true }).fill(passphrase);
  await page.getByRole('button', { name: 'Unlock' }).click();
  await expect(page.getByRole('heading', { name: 'Dashboard', level: 1 })).toBeVisible();
});

for (const scheme of ['light', 'dark'] as const) {
  for (const { name, address, shows } of screens) {
    test(`when ${name} is opened in the ${scheme} scheme it shows its content accessibly`, async () => {
      const { page } = shell;
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      await goTo(page, address);
      await expect(page.locator('body')).toContainText(shows);
      await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
      await page.screenshot({ path: join(pictures, `${name}-${scheme}.png`) });
      expect(await seriousViolations()).toEqual([]);
    });
  }
}

test('when the system asks for high contrast every screen keeps its edges', async () => {
  const { page } = shell;
  await page.emulateMedia({ colorScheme: 'light', forcedColors: 'active' });
  for (const name of ['dashboard', 'findings', 'reconcile']) {
    await goTo(page, `/${name}`);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await page.screenshot({ path: join(pictures, `${name}-high-contrast.png`) });
  }
  await expect(page.locator('.assay-nav')).toHaveCSS('border-top-style', 'solid');
  await page.emulateMedia({ forcedColors: 'none' });
});

test('when only the keyboard is used the palette opens, finds a place and goes there', async () => {
  const { page } = shell;
  await goTo(page, '/dashboard');
  await page.keyboard.press('Control+k');
  const box = page.getByRole('textbox', { name: 'Command or record' });
  await box.fill('trust');
  expect(await seriousViolations()).toEqual([]);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Trust store', level: 1 })).toBeVisible();
  await page.keyboard.press('g');
  await page.keyboard.press('i');
  await expect(page.getByRole('heading', { name: 'Inventory', level: 1 })).toBeVisible();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toContainText('Command palette');
  await page.keyboard.press('Escape');
});

test('when single-letter keys are switched off they do nothing', async () => {
  const { page } = shell;
  await goTo(page, '/settings');
  await page.getByLabel('Single-letter shortcuts').click();
  await page.locator('main').focus();
  await page.keyboard.press('g');
  await page.keyboard.press('d');
  await expect(page.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible();
  await page.getByLabel('Single-letter shortcuts').click();
});

test('when all screens were seen there was no script error, no policy violation and no request outside the page', () => {
  expect(shell.troubles).toEqual([]);
});
