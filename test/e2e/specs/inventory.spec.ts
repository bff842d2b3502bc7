/** Inventory and dossier in the window, on the real core. */
import { expect, test } from '@playwright/test';
import { openSampleWindow, type SampleWindow } from '../drivers/sample-window.ts';
import { goTo } from '../drivers/shell.ts';

let sample: SampleWindow;

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  sample = await openSampleWindow(160);
});
test.afterAll(async () => {
  await sample?.close();
});

test('when the inventory opens it counts every kind and shows the models', async () => {
  const { page } = sample;
  await goTo(page, '/inventory');
  const grid = page.getByRole('grid', { name: 'Models' });
  await expect(grid).toBeVisible();
  const models = page.getByRole('navigation', { name: 'Kinds of records' }).getByRole('button', { name: /^Models/ });
  const counted = Number((await models.textContent())?.replace(/\D/g, ''));
  expect(counted).toBeGreaterThanOrEqual(160);
  await expect(grid).toHaveAttribute('aria-rowcount', String(counted + 1));
});

test('when only keys are used a person reaches, marks, copies and opens rows', async () => {
  const { page } = sample;
  const grid = page.getByRole('grid', { name: 'Models' });
  await grid.focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('j');
  await expect(grid.locator('[role=row][aria-rowindex="4"]')).toHaveClass(/current/);
  await page.keyboard.press('x');
  await page.keyboard.press('Shift+ArrowDown');
  await expect(page.getByText('2 rows marked')).toBeVisible();
  await page.keyboard.press('Control+c');
  await expect(page.getByText('Copied 2 rows with headers.')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByText('2 rows marked')).toHaveCount(0);

  await page.keyboard.press('Control+End');
  await expect(
    grid
      .locator('[role=row][aria-rowindex="163"], [role=row][aria-rowindex="161"], [role=row][aria-rowindex="162"]')
      .last(),
  ).toBeVisible();
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/#\/record\/model\//);
  await page.goBack();
  await expect(grid).toBeVisible();
});

test('when a search is typed the list follows, and when nothing matches it offers to clear', async () => {
  const { page } = sample;
  const search = page.getByRole('searchbox', { name: 'Search models' });
  const first = await page.getByRole('grid').getByRole('row').nth(1).getByRole('link').textContent();
  await search.fill(first ?? '');
  await expect(page.getByRole('status').filter({ hasText: /match/ })).toBeVisible();
  await expect(
    page
      .getByRole('grid')
      .getByRole('link', { name: first ?? '', exact: true })
      .first(),
  ).toBeVisible();
  await search.fill('no-record-is-called-this');
  await expect(page.getByRole('heading', { name: 'No match for these filters' })).toBeVisible();
  await page.getByRole('button', { name: 'Clear filters' }).last().click();
  await expect(page.getByRole('grid')).toBeVisible();
  await expect(search).toHaveValue('');
});

test('when a facet value is ticked as many rows remain as it promised, and the address holds the filter', async () => {
  const { page } = sample;
  const facet = page
    .getByRole('group', { name: /^Lifecycle status/ })
    .getByRole('checkbox')
    .first();
  const label = await facet.locator('xpath=ancestor::*[contains(@class,"facet")][1]').textContent();
  const promised = Number(label?.match(/([\d,]+)$/)?.[1]?.replace(',', ''));
  expect(promised).toBeGreaterThan(0);
  await facet.check();
  await expect(page.getByRole('grid')).toHaveAttribute('aria-rowcount', String(promised + 1));
  expect(page.url()).toContain('lifecycle_status');
  await page.getByRole('button', { name: /^Remove filter/ }).click();
  await expect(page.getByRole('grid')).not.toHaveAttribute('aria-rowcount', String(promised + 1));
});

test('when a column is switched on it is shown, and the header sorts in the store', async () => {
  const { page } = sample;
  await page.getByRole('button', { name: 'Choose columns' }).click();
  await page.getByRole('menuitemcheckbox', { name: 'Record digest' }).click();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('columnheader', { name: 'Record digest' })).toBeAttached();
  const name = page.getByRole('columnheader', { name: 'Name', exact: true });
  await name.click();
  await expect(name).toHaveAttribute('aria-sort', 'ascending');
  await name.click();
  await expect(name).toHaveAttribute('aria-sort', 'descending');
});

test('when a dossier opens every stated fact can say where it came from', async () => {
  const { page } = sample;
  await goTo(page, '/inventory?kind=model');
  await page.getByRole('grid').getByRole('row').nth(1).getByRole('link').click();
  await expect(page.getByRole('tab', { name: 'Facts' })).toHaveAttribute('aria-selected', 'true');
  await page.getByRole('button', { name: /^Source of Name of/ }).click();
  const card = page.getByRole('dialog');
  await expect(card.getByText('Statement')).toBeVisible();
  await expect(card.getByText(/^[0-9a-f]{64}$/)).toBeVisible();
  await card.getByRole('button', { name: 'Copy as evidence' }).click();
  await expect(page.getByText('Copied as evidence.')).toBeVisible();

  await page.getByRole('tab', { name: /^History/ }).click();
  await page.getByRole('button', { name: 'Compare' }).first().click();
  await expect(page.getByRole('tab', { name: /^Changes/ })).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByText(/Nothing changed|changed from snapshot/).first()).toBeVisible();
});

test('when a registry changed between two snapshots the changes are counted and told as sentences', async () => {
  const { page } = sample;
  await goTo(page, '/diff');
  await expect(page.getByRole('grid', { name: 'Changed records' })).toBeVisible();
  await page.getByRole('radiogroup', { name: 'Change' }).getByText('Removed').click();
  await expect(page.getByRole('status').filter({ hasText: /^\d+ records?/ })).toBeVisible();
  await expect(
    page.getByRole('region', { name: 'Change in detail' }).getByText('Removed', { exact: true }),
  ).toBeVisible();
});

test('when records are incomplete the queue says of how many and names the fields', async () => {
  const { page } = sample;
  await goTo(page, '/review-queue');
  await expect(page.getByText(/[\d,]+ of [\d,]+ \(.+\) checked records miss a field/)).toBeVisible();
  await expect(page.getByRole('grid', { name: 'Incomplete records' }).getByRole('row').nth(1)).toBeVisible();
});

test('when all this is over there was no script error, no policy violation and no request outside the page', () => {
  expect(sample.troubles).toEqual([]);
});
