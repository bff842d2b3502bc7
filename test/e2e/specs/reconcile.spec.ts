/** Reconciliation in the window, on the real core: totals with denominators, verdicts, evidence, and a new run. */
import { expect, type Locator, test } from '@playwright/test';
import { verdictLabels } from '../../../src-shared/domain/verdict.ts';
import { openSampleWindow, type SampleWindow } from '../drivers/sample-window.ts';
import { goTo } from '../drivers/shell.ts';

let sample: SampleWindow;

const verdictChoice = (label: string): Locator =>
  sample.page.getByRole('group', { name: 'Verdicts' }).getByRole('button', { name: new RegExp(`^${label}`) });

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  sample = await openSampleWindow(60);
});
test.afterAll(async () => {
  await sample?.close();
});

test('when a run is shown it says what may be concluded, why, and out of how many', async () => {
  const { page } = sample;
  await goTo(page, '/reconcile');
  const result = page.getByRole('region', { name: 'Result of this run' });
  await expect(result.getByText(/^(Certified|Certified with exceptions|Cannot certify)$/)).toBeVisible();
  await expect(result.getByText(/^of [\d,]+$/)).toHaveCount(3);
  await expect(result.getByRole('listitem').first()).toBeVisible();
});

test('when a verdict is chosen the list holds exactly as many rows as its tab counts', async () => {
  const { page } = sample;
  for (const verdict of ['unregistered', 'mutated', 'matched'] as const) {
    const choice = verdictChoice(verdictLabels[verdict]);
    const counted = Number((await choice.textContent())?.match(/\d+$/)?.[0]);
    expect(counted).toBeGreaterThan(0);
    await choice.click();
    await expect(choice).toHaveAttribute('aria-pressed', 'true');
    await expect(page.getByRole('grid', { name: 'Verdict rows' })).toHaveAttribute(
      'aria-rowcount',
      String(counted + 1),
    );
  }
});

test('when a digest differs the detail shows the sentence first, three sides, and which key matched', async () => {
  const { page } = sample;
  await verdictChoice(verdictLabels.mutated).click();
  const detail = page.getByRole('region', { name: 'Verdict in detail' });
  await expect(detail.getByText(verdictLabels.mutated)).toBeVisible();
  await expect(detail.getByRole('columnheader')).toHaveText([/Field/, /Previous/, /Registry/, /Runtime/, /Agree/]);
  await expect(detail.getByText(/Matched by/)).toBeVisible();
  await expect(
    detail
      .getByRole('row', { name: /digest/i })
      .filter({ hasText: 'no' })
      .first(),
  ).toBeVisible();
  await detail
    .getByRole('button', { name: /^Source of .* as registered$/ })
    .first()
    .click();
  await expect(page.getByRole('dialog').getByText(/^[0-9a-f]{64}$/)).toBeVisible();
  await page.keyboard.press('Escape');
});

test('when the cursor moves with the keyboard the detail follows, and the address remembers the row', async () => {
  const { page } = sample;
  await verdictChoice('All').click();
  const sentence = page.getByRole('region', { name: 'Verdict in detail' }).getByRole('article');
  await page.getByRole('grid', { name: 'Verdict rows' }).focus();
  const before = await sentence.textContent();
  await page.keyboard.press('j');
  await expect(sentence).not.toHaveText(before ?? '');
  await expect(page).toHaveURL(/row=/);
  const here = await sentence.textContent();
  await page.reload();
  await expect(sentence).toHaveText(here ?? '');
});

test('when it runs again the new run is shown and the earlier one can be chosen', async () => {
  const { page } = sample;
  await page.getByRole('button', { name: 'Run again' }).click();
  const runs = page.getByRole('combobox', { name: 'Run' });
  await expect(runs).toHaveValue(/^Run 2/);
  await runs.click();
  await page.getByRole('option', { name: /^Run 1/ }).click();
  await expect(runs).toHaveValue(/^Run 1/);
});

test('when all this is over there was no script error, no policy violation and no request outside the page', () => {
  expect(sample.troubles).toEqual([]);
});
