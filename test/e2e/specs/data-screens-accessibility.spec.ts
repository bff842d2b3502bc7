/** Every data screen against WCAG 2.2 A and AA, in light, in dark, and with a system's own forced colours. */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from '@playwright/test';
import { openSampleWindow, type SampleWindow } from '../drivers/sample-window.ts';
import { goTo } from '../drivers/shell.ts';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

const screens = [
  { name: 'inventory', address: '/inventory', ready: '[role=grid] a' },
  { name: 'dossier, facts', address: '/record/model/mdl-00001', ready: 'dl' },
  { name: 'dossier, changes', address: '/record/model/mdl-00001?tab=changes&compareTo=1', ready: 'main h2' },
  { name: 'dossier, history', address: '/record/model/mdl-00001?tab=history', ready: 'main ol li' },
  { name: 'lineage, graph', address: '/lineage?kind=model&id=mdl-00001&compareTo=1', ready: '.react-flow__node' },
  { name: 'lineage, table', address: '/lineage?kind=model&id=mdl-00001&view=table', ready: '[role=grid] a' },
  { name: 'reconcile', address: '/reconcile', ready: 'article table' },
  { name: 'findings', address: '/findings', ready: 'article table' },
  { name: 'rules', address: '/findings?view=rules', ready: '[role=grid] [role=gridcell]' },
  { name: 'changes', address: '/diff', ready: 'article' },
  { name: 'incomplete records', address: '/review-queue', ready: '[role=grid] a' },
] as const;

let sample: SampleWindow;

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  sample = await openSampleWindow(40);
});
test.afterAll(async () => {
  await sample?.close();
});

for (const scheme of ['light', 'dark'] as const) {
  test(`when the theme is ${scheme} no screen breaks a rule`, async () => {
    const { page } = sample;
    await page.evaluate(async (theme) => {
      type Host = { preferences(): Promise<object>; setPreferences(value: object): Promise<void> };
      const { assayHost } = window as unknown as { assayHost: Host };
      await assayHost.setPreferences({ ...(await assayHost.preferences()), theme });
    }, scheme);
    const broken: string[] = [];
    for (const { name, address, ready } of screens) {
      await page.reload();
      await goTo(page, address);
      await expect(page.locator(ready).first()).toBeVisible();
      await page.evaluate(axeSource);
      const found = await page.evaluate(async (tags) => {
        type Axe = {
          run(context: Element, options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
        };
        const { axe } = window as unknown as { axe: Axe };
        const main = document.querySelector('main');
        if (!main) throw new Error('no main');
        const { violations } = await axe.run(main, { runOnly: tags });
        return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
      }, rules);
      broken.push(...found.map((line) => `${name}: ${line}`));
    }
    expect(broken).toEqual([]);
  });
}

test('when the system forces its own colours badges and rows keep an edge', async () => {
  const { page } = sample;
  await page.emulateMedia({ forcedColors: 'active' });
  await goTo(page, '/findings');
  await expect(page.locator('article table')).toBeVisible();
  const badge = page.getByRole('grid', { name: 'Findings' }).getByText('Critical').first().locator('..');
  expect(await badge.evaluate((element) => getComputedStyle(element).borderTopWidth)).toBe('1px');
  await page.emulateMedia({ forcedColors: 'none' });
});
