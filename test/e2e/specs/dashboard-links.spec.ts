/** Every number on the dashboard leads to the list it counts; an address that leads nowhere says so. */
import { expect, test } from '@playwright/test';
import { openSampleWindow, type SampleWindow } from '../drivers/sample-window.ts';
import { goTo } from '../drivers/shell.ts';

let sample: SampleWindow;

test.beforeAll(async () => {
  sample = await openSampleWindow(60);
});
test.afterAll(async () => {
  await sample?.close();
});

test('when any link of the dashboard is followed it opens a screen', async () => {
  const { page } = sample;
  const main = page.getByRole('main');
  await expect(main.getByRole('link').first()).toBeVisible();
  const targets = await main
    .getByRole('link')
    .evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
  expect(targets.length).toBeGreaterThan(6);
  for (const target of new Set(targets)) {
    expect(target).toMatch(/^\/?#\//);
    await goTo(page, target.slice(target.indexOf('#')));
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.getByRole('heading', { level: 1, name: 'No such screen' })).toHaveCount(0);
  }
});

test('when an address leads nowhere the window says so and offers the way back', async () => {
  const { page } = sample;
  await goTo(page, '#/no-such-place');
  await expect(page.getByRole('heading', { level: 1, name: 'No such screen' })).toBeVisible();
  await page.getByRole('main').getByRole('link', { name: 'Go to the dashboard' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Dashboard' })).toBeVisible();
});
