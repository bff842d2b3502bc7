/** Findings in the window, on the real core: the queue, decisions by key, bulk decisions, and what rules could not evaluate. */
import { expect, type Locator, test } from '@playwright/test';
import { openSampleWindow, type SampleWindow } from '../drivers/sample-window.ts';
import { goTo } from '../drivers/shell.ts';

let sample: SampleWindow;

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  sample = await openSampleWindow(60);
});
test.afterAll(async () => {
  await sample?.close();
});

const grid = (): Locator => sample.page.getByRole('grid', { name: 'Findings' });
const detail = (): Locator => sample.page.getByRole('region', { name: 'Finding in detail' });
const rows = async (): Promise<number> => Number(await grid().getAttribute('aria-rowcount')) - 1;

test('when the queue opens the worst comes first, with what was read, what asks for it, and the thread', async () => {
  const { page } = sample;
  await goTo(page, '/findings');
  await expect(grid().getByRole('row').nth(1)).toContainText('Critical');
  await expect(detail().getByRole('heading', { name: 'What the rule read' })).toBeVisible();
  await expect(detail().getByRole('heading', { name: 'What asks for it' })).toBeVisible();
  await expect(
    detail()
      .getByText(/^[0-9a-f]{12}…$/)
      .first(),
  ).toBeVisible();
  expect(await rows()).toBeGreaterThan(20);
});

test('when J is pressed the detail follows, and the address names the finding', async () => {
  const { page } = sample;
  const before = await detail()
    .getByText(/^Finding \d+/)
    .textContent();
  await grid().focus();
  await page.keyboard.press('j');
  await expect(detail().getByText(/^Finding \d+/)).not.toHaveText(before ?? '');
  await expect(page).toHaveURL(/id=\d+/);
});

test('when a risk is accepted it asks for a reason and an expiry, records both, and goes on to the next', async () => {
  const { page } = sample;
  const number = (
    await detail()
      .getByText(/^Finding \d+/)
      .textContent()
  )?.match(/\d+/)?.[0];
  await page.keyboard.press('a');
  const dialog = page.getByRole('dialog');
  const decide = dialog.getByRole('button', { name: 'Decide' });
  await expect(decide).toBeDisabled();
  await dialog.getByLabel('Reason').fill('Compensating control CC-12 until the migration ends.');
  await dialog.getByLabel('Expires on').fill('');
  await expect(decide).toBeDisabled();
  await dialog.getByLabel('Expires on').fill('2099-12-31');
  await page.keyboard.press('Control+Enter');
  await expect(dialog).toHaveCount(0);
  await expect(detail().getByText(/^Finding \d+/)).not.toContainText(`Finding ${number},`);

  await goTo(page, `/findings/${number}`);
  await expect(detail().getByText(`Finding ${number},`)).toBeVisible();
  await expect(detail().getByText('Accepted risk').first()).toBeVisible();
  await expect(
    detail()
      .getByText(/Compensating control CC-12/)
      .first(),
  ).toBeVisible();
  await detail().getByRole('button', { name: 'Reopen' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Decide' }).click();
  await expect(detail().getByText('Open', { exact: true }).first()).toBeVisible();
});

test('when letters are typed into a comment they are text, and the comment joins the thread', async () => {
  const { page } = sample;
  await goTo(page, '/findings');
  await grid().focus();
  await page.keyboard.press('c');
  const box = page.getByRole('textbox', { name: 'Comment' });
  await expect(box).toBeFocused();
  await page.keyboard.type('a fact, an open question');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.keyboard.press('Control+Enter');
  await expect(detail().getByRole('listitem').filter({ hasText: 'a fact, an open question' })).toBeVisible();
  await expect(box).toHaveValue('');
});

test('when several rows are marked one reason decides them all, and the filters count it', async () => {
  const { page } = sample;
  await goTo(page, '/findings');
  await grid().focus();
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('x');
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  await expect(page.getByText('3 findings marked')).toBeVisible();
  await page.keyboard.press('f');
  await page.getByRole('dialog').getByLabel('Reason').fill('The scanner read a test namespace.');
  await page.getByRole('dialog').getByRole('button', { name: 'Decide' }).click();
  await expect(page.getByText('False positive: 3 findings. Recorded in Activity.')).toBeVisible();
  await page
    .getByRole('group', { name: /^State/ })
    .getByRole('checkbox', { name: /^False positive/ })
    .check();
  await expect(grid()).toHaveAttribute('aria-rowcount', '4');
  await page
    .getByRole('group', { name: /^State/ })
    .getByRole('checkbox', { name: /^False positive/ })
    .uncheck();
});

test('when a finding is assigned the list can show to whom and until when', async () => {
  const { page } = sample;
  await goTo(page, '/findings');
  await detail().getByLabel('Assigned to').fill('Grace Reviewer');
  await detail().getByLabel('Due on').fill('2099-01-31');
  await detail().getByRole('button', { name: 'Save' }).click();
  await expect(detail().getByRole('button', { name: 'Save' })).toBeDisabled();
  await expect(detail().getByRole('listitem').filter({ hasText: 'Grace Reviewer' })).toBeVisible();
});

test('when the checks run again decisions stay and nothing is new', async () => {
  const { page } = sample;
  await page.getByRole('button', { name: 'Run checks again' }).click();
  const latest = page.getByRole('region', { name: 'Latest evaluation' });
  await expect(latest).toContainText('run 2');
  await expect(latest).toContainText('0 new');
  await page
    .getByRole('group', { name: /^State/ })
    .getByRole('checkbox', { name: /^False positive/ })
    .check();
  await expect(grid()).toHaveAttribute('aria-rowcount', '4');
});

test('when rules are listed every one has its four counts, and what could not be evaluated says which fields are missing', async () => {
  const { page } = sample;
  await goTo(page, '/findings?view=rules');
  const table = page.getByRole('grid', { name: /^Rules/ });
  await expect(table).toBeVisible();
  const rules = Number(await table.getAttribute('aria-rowcount')) - 1;
  expect(rules).toBeGreaterThan(50);
  await page.getByRole('switch', { name: /could not be evaluated/ }).click({ force: true });
  await expect(table).not.toHaveAttribute('aria-rowcount', String(rules + 1));
  await expect(table.getByRole('row').nth(1)).toContainText(/[a-z_]+/);
  await page.getByRole('switch', { name: /could not be evaluated/ }).click({ force: true });
  await table.focus();
  await page.keyboard.press('Enter');
  await expect(grid()).toBeVisible();
  await expect(page).toHaveURL(/rules=/);
});

test('when all this is over there was no script error, no policy violation and no request outside the page', () => {
  expect(sample.troubles).toEqual([]);
});
