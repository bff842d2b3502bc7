/** States of the data screens that the round through all screens does not reach, against WCAG 2.2 A and AA in both schemes. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { openSampleWindow, type SampleWindow } from '../drivers/sample-window.ts';
import { goTo } from '../drivers/shell.ts';

interface State {
  readonly name: string;
  readonly address: string;
  /** Brings the state about and waits until it is there. */
  reach(page: Page): Promise<void>;
}

const visible = (selector: string) => async (page: Page) => {
  await expect(page.locator(selector).first()).toBeVisible();
};

const states: readonly State[] = [
  { name: 'history of a record', address: '/record/model/mdl-00001?tab=history', reach: visible('main ol li') },
  {
    name: 'lineage as a table',
    address: '/lineage?kind=model&id=mdl-00001&view=table',
    reach: visible('[role=grid] a'),
  },
  {
    name: 'two snapshots in the graph',
    address: '/lineage?kind=model&id=mdl-00001&compareTo=1',
    reach: visible('.react-flow__node'),
  },
  { name: 'rules', address: '/findings?view=rules', reach: visible('[role=grid] [role=gridcell]') },
  {
    name: 'a filter being edited',
    address: '/inventory',
    async reach(page) {
      await page.getByRole('button', { name: 'Filter', exact: true }).click();
      await page.getByRole('menuitem', { name: 'Risk tier', exact: true }).click();
      await expect(page.getByRole('combobox', { name: 'Values' }).or(page.getByLabel('Values')).first()).toBeVisible();
    },
  },
  {
    name: 'where a value came from',
    address: '/record/model/mdl-00001',
    async reach(page) {
      await page
        .getByRole('button', { name: /^Source of Name of/ })
        .first()
        .click();
      await expect(page.getByRole('button', { name: 'Copy as evidence' })).toBeVisible();
    },
  },
  {
    name: 'a decision being taken',
    address: '/findings',
    async reach(page) {
      await page.getByRole('button', { name: /^Accept risk/ }).click();
      await expect(page.getByRole('dialog').getByLabel('Expires on')).toBeVisible();
    },
  },
];

let sample: SampleWindow;

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  sample = await openSampleWindow(40);
});
test.afterAll(async () => {
  await sample?.close();
});

for (const scheme of ['light', 'dark'] as const) {
  for (const { name, address, reach } of states) {
    test(`when the screen shows ${name} in the ${scheme} scheme it breaks no rule`, async () => {
      const { page } = sample;
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      await goTo(page, '/settings');
      await goTo(page, address);
      await reach(page);
      await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
      const { violations } = await new AxeBuilder({ page })
        .setLegacyMode(true)
        .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
        .analyze();
      expect(violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`))).toEqual(
        [],
      );
      await page.keyboard.press('Escape');
    });
  }
}

test('when the system forces its own colours badges keep an edge', async () => {
  const { page } = sample;
  await page.emulateMedia({ forcedColors: 'active' });
  await goTo(page, '/findings');
  const badge = page.getByRole('grid', { name: 'Findings' }).getByText('Critical').first().locator('..');
  await expect(badge).toHaveCSS('border-top-style', 'solid');
  await page.emulateMedia({ forcedColors: 'none' });
});
