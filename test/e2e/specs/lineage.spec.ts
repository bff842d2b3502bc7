/** Lineage in the window, on the real core: growing the graph, the keyboard, the table twin, and files that hold every link. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { openSampleWindow, type SampleWindow } from '../drivers/sample-window.ts';
import { goTo } from '../drivers/shell.ts';

let sample: SampleWindow;

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  sample = await openSampleWindow(40);
});
test.afterAll(async () => {
  await sample?.close();
});

/** "6 of 10 reachable records shown, 12 links" as numbers. */
async function counts(): Promise<{ readonly shown: number; readonly reachable: number; readonly links: number }> {
  const text = (await sample.page.getByText(/reachable records shown/).textContent()) ?? '';
  const [shown = 0, reachable = 0, links = 0] = (text.match(/\d+/g) ?? []).map(Number);
  return { shown, reachable, links };
}

const exportsOf = (): string => join(sample.sample.folder, 'workspace-exports');

test('when no record is named it asks whose lineage, and starts one step to each side', async () => {
  const { page } = sample;
  await goTo(page, '/lineage');
  await page.getByLabel('Search records').fill('mdl-00001');
  await page.getByRole('button', { name: /mdl-00001/ }).click();
  await expect(page.getByRole('application', { name: /^Lineage graph/ })).toBeVisible();
  await expect(page).toHaveURL(/kind=model&id=mdl-00001/);
  const { shown, reachable } = await counts();
  expect(shown).toBeGreaterThan(1);
  expect(shown).toBeLessThan(reachable);
  await expect(page.locator('.react-flow__node')).toHaveCount(shown);
});

test('when a node is expanded its hidden neighbours appear, and collapsing takes them back', async () => {
  const { page } = sample;
  const before = await counts();
  await page
    .getByRole('button', { name: /^Show \d+ more/ })
    .first()
    .click();
  await expect.poll(async () => (await counts()).shown).toBeGreaterThan(before.shown);
  await page.getByRole('button', { name: 'Collapse' }).click();
  await expect.poll(async () => (await counts()).shown).toBe(before.shown);
});

test('when arrows are pressed the selection walks along links and the view does not jump', async () => {
  const { page } = sample;
  await goTo(page, '/lineage?kind=model&id=mdl-00001');
  const panel = page.getByRole('complementary', { name: /^Selected:/ });
  const start = await panel.getAttribute('aria-label');
  const view = await page.locator('.react-flow__viewport').getAttribute('style');
  await page.getByRole('application', { name: /^Lineage graph/ }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(panel).not.toHaveAttribute('aria-label', start ?? '');
  expect(await page.locator('.react-flow__viewport').getAttribute('style')).toBe(view);
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('+');
  await expect(page.getByRole('button', { name: 'Collapse' })).toBeVisible();
});

test('when the depth is raised everything reachable is shown, and the table says the same as the graph', async () => {
  const { page } = sample;
  await goTo(page, '/lineage?kind=model&id=mdl-00001&up=8&down=8');
  await expect
    .poll(async () => {
      const c = await counts();
      return c.shown === c.reachable;
    })
    .toBe(true);
  const { links } = await counts();
  await page.getByRole('application', { name: /^Lineage graph/ }).focus();
  await page.keyboard.press('t');
  const table = page.getByRole('grid', { name: /^Lineage links/ });
  await expect(table).toHaveAttribute('aria-rowcount', String(links + 1));
});

test('when the graph is exported the files hold every link', async () => {
  const { page } = sample;
  await goTo(page, '/lineage?kind=model&id=mdl-00001&up=8&down=8');
  await expect(page.getByRole('application', { name: /^Lineage graph/ })).toBeVisible();
  const { links } = await counts();
  for (const item of ['Picture (SVG)', 'Picture (PNG)', 'Links (CSV)']) {
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByRole('menuitem', { name: item }).click();
    await expect(page.getByText(/^Saved .*/).last()).toBeVisible();
  }
  await expect.poll(() => (existsSync(exportsOf()) ? readdirSync(exportsOf()).length : 0)).toBe(3);
  const file = (ending: string): Buffer => {
    const name = readdirSync(exportsOf()).find((one) => one.endsWith(ending));
    if (name === undefined) throw new Error(`no ${ending} file was written`);
    return readFileSync(join(exportsOf(), name));
  };
  expect(
    file('.svg')
      .toString()
      .match(/class="edge"/g),
  ).toHaveLength(links);
  expect(file('.csv').toString().trim().split('\r\n')).toHaveLength(links + 1);
  expect(file('.png').subarray(1, 4).toString()).toBe('PNG');
  expect(file('.png').length).toBeGreaterThan(10_000);
});

test('when two snapshots are compared what changed is marked with a word', async () => {
  const { page } = sample;
  const removed = await page.evaluate(async () => {
    const host = (
      window as unknown as {
        assayHost: {
          call(m: string, i: unknown, c: string): Promise<{ value: { rows: { kind: string; id: string }[] } }>;
        };
      }
    ).assayHost;
    const answer = await host.call(
      'snapshots.diff',
      { from: 1, to: 2, kind: 'model_version', change: 'changed' },
      crypto.randomUUID(),
    );
    return answer.value.rows[0]?.id ?? null;
  });
  expect(removed).not.toBeNull();
  await goTo(page, `/lineage?kind=model_version&id=${encodeURIComponent(removed ?? '')}&snapshot=2&compareTo=1`);
  await expect(page.locator('.react-flow__node').getByText('changed', { exact: true }).first()).toBeVisible();
});

test('when all this is over there was no script error, no policy violation and no request outside the page', () => {
  expect(sample.troubles).toEqual([]);
});
