/** The window as its worst enemy would use it: whatever runs in the page gets no further than the contract. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { choosing, openShell, type Shell } from '../drivers/shell.ts';

let shell: Shell;
test.beforeAll(async () => {
  shell = await openShell();
});
test.afterAll(() => shell?.close());

type Answer = { ok: boolean; error?: { code: string; message: string } };
const call = (method: string, input: unknown): Promise<Answer> =>
  shell.page.evaluate(
    ([name, value]) =>
      (
        window as unknown as { assayHost: { call(m: unknown, i: unknown, id: string): Promise<Answer> } }
      ).assayHost.call(name, value, crypto.randomUUID()),
    [method, input] as const,
  );

test('when a method is unknown, an input has extra keys or a path stands for a grant, the host refuses', async () => {
  expect((await call('workspace.destroy', {})).error?.code).toBe('call.unknown_method');
  expect((await call('constructor', {})).error?.code).toBe('call.unknown_method');
  expect((await call('workspace.state', { extra: 1 })).error?.code).toBe('call.invalid_input');
  expect((await call('workspace.unlock', { folder: '/etc', passphrase: 'x' })).error?.code).toBe('call.invalid_input');
  expect((await call('snapshot.inspect', { file: 'grant:00000000-0000-4000-8000-000000000000' })).error?.code).toBe(
    'grant.unknown',
  );
  expect((await call('trust.read', { pem: 'x'.repeat(9 * 1024 * 1024) })).error?.code).toBe('call.too_large');
});

test('when a page makes up a file it gets no grant for it', async () => {
  const granted = await shell.page.evaluate(() =>
    (window as unknown as { assayHost: { grantDropped(files: File[]): Promise<unknown[]> } }).assayHost.grantDropped([
      new File(['x'], '/etc/passwd'),
    ]),
  );
  expect(granted).toEqual([]);
});

test('when a real file is chosen the page learns its name and size and no path', async () => {
  const file = join(shell.folder, 'chosen.assay');
  writeFileSync(file, 'four');
  let picked: Promise<unknown[]> = Promise.resolve([]);
  await choosing(shell.page, file, async () => {
    picked = shell.page.evaluate(() =>
      (window as unknown as { assayHost: { pickOpen(o: object): Promise<unknown[]> } }).assayHost.pickOpen({
        multiple: true,
      }),
    );
  });
  expect(await picked).toEqual([
    { grant: expect.stringMatching(/^grant:[0-9a-f-]{36}$/), name: 'chosen.assay', bytes: 4 },
  ]);
  expect(JSON.stringify(await picked)).not.toContain(shell.folder);
});

test('when a file name tries to leave the folder for exports it is refused', async () => {
  const attempt = (name: string): Promise<string> =>
    shell.page.evaluate(
      (suggestedName) =>
        (window as unknown as { assayHost: { pickSave(o: object): Promise<unknown> } }).assayHost
          .pickSave({ suggestedName })
          .then(
            () => 'given',
            () => 'refused',
          ),
      name,
    );
  for (const name of ['../outside.pdf', '/etc/cron.d/x', '.hidden', 'a\\b', '', 'a\u0000b'])
    expect(await attempt(name)).toBe('refused');
  expect(await attempt('report.pdf')).toBe('given');
});

test('when injected markup, eval, fetch, workers or frames are tried the policy stops them', async () => {
  const { page } = shell;
  const outcome = await page.evaluate(async () => {
    const tried: Record<string, string> = {};
    const marker = window as unknown as { injected?: boolean };
    document.body.insertAdjacentHTML(
      'beforeend',
      '<img src="x" onerror="window.injected=true"><svg onload="window.injected=true"></svg>',
    );
    const script = document.createElement('script');
    script.textContent = 'window.injected=true';
    document.body.append(script);
    await new Promise((done) => setTimeout(done, 300));
    tried['inline script'] = marker.injected ? 'ran' : 'stopped';
    tried['fetch'] = await fetch('https://example.invalid/').then(
      () => 'ran',
      () => 'stopped',
    );
    tried['own fetch'] = await fetch('/index.html').then(
      () => 'ran',
      () => 'stopped',
    );
    tried['socket'] = await new Promise((done) => {
      try {
        const socket = new WebSocket('wss://example.invalid/');
        socket.onopen = () => done('ran');
        socket.onerror = () => done('stopped');
      } catch {
        done('stopped');
      }
    });
    tried['frame'] = await new Promise((done) => {
      const frame = document.createElement('iframe');
      frame.src = 'https://app.invalid/index.html';
      frame.onload = () => done(frame.contentDocument?.querySelector('#root') ? 'ran' : 'stopped');
      document.body.append(frame);
    });
    return tried;
  });
  expect(outcome).toEqual({
    'inline script': 'stopped',
    fetch: 'stopped',
    'own fetch': 'stopped',
    socket: 'stopped',
    frame: 'stopped',
  });
});

test('when a second page opens inside the browser it is closed and cannot speak to the host', async () => {
  const { page } = shell;
  const other = page.context().waitForEvent('page');
  await page
    .context()
    .newPage()
    .catch(() => null);
  const opened = await other;
  await expect.poll(() => opened.isClosed()).toBe(true);
});

test('when a script opens another window it is closed before it loaded anything', async () => {
  const { page } = shell;
  const popup = page.waitForEvent('popup');
  await page.evaluate(() => void window.open('https://app.invalid/index.html', '_blank'));
  const opened = await popup;
  await expect.poll(() => opened.isClosed()).toBe(true);
  expect(page.context().pages()).toHaveLength(1);
});

test('when a report is dropped on the window it is taken to verification, by its path and without showing it', async () => {
  const { page } = shell;
  test.skip(process.env['ASSAY_E2E_HOST'] === 'electron', 'drags are made over the DevTools pipe of the browser');
  const file = join(shell.folder, 'dropped.pdf');
  writeFileSync(file, '%PDF-1.7 nothing more');
  const pipe = await page.context().newCDPSession(page);
  const data = { items: [], files: [file], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await pipe.send('Input.dispatchDragEvent', { type, x: 600, y: 400, data });
  await expect(page.getByRole('heading', { name: 'Verify a report', level: 1 })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'dropped.pdf' })).toBeVisible();
  await expect(
    page
      .getByRole('alert')
      .or(page.getByRole('region', { name: 'Verification' }))
      .first(),
  ).toBeVisible();
  await expect(page.locator('body')).not.toContainText(shell.folder);
});
