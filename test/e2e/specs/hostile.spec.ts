/** A registry that attacks whoever reads it: markup, script addresses, direction marks and very long words in its records. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { generateFleet } from '../../../src-main/core/fleet/generate-fleet.ts';
import { writeFleet } from '../../../src-main/core/fleet/write-fleet.ts';
import { silentJob } from '../../../src-main/core/ports.ts';
import { forkEngine } from '../../../src-main/engine/fork-engine.ts';
import { createClient } from '../../../src-shared/contract/client.ts';
import { passphrase } from '../drivers/sample-case.ts';
import { goTo, openShell, type Shell } from '../drivers/shell.ts';

/** Each sets `window.injected` when any part of it runs. */
const payloads = [
  '<img src=x onerror="window.injected=1">',
  '<svg onload="window.injected=1"><script>window.injected=1</script></svg>',
  '</title></style><script>window.injected=1</script>',
  'javascript:window.injected=1',
  '{{constructor.constructor("window.injected=1")()}} #{window.injected=1}',
  '[x](javascript:window.injected=1) `<b>`',
  '\u202Egnp.exe\u202C \u200B\uFEFF zero width',
  'W'.repeat(3000),
  '=HYPERLINK("https://example.invalid/?"&A1)',
];

let folder: string;
let shell: Shell;

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'assay-hostile-'));
  mkdirSync(join(folder, 'fleet'));
  const fleet = writeFleet(generateFleet({ models: 20, seed: 3, now: new Date() }), join(folder, 'fleet'), silentJob);
  const records = join(fleet.registry, 'records', 'model-0001.ndjson');
  const lines = readFileSync(records, 'utf8').trimEnd().split('\n');
  const poisoned = lines.map((line, n) => {
    const payload = JSON.stringify(payloads[n % payloads.length]);
    // Canonical JSON stays canonical: only the text of one value changes.
    return line.replace(
      /"(model_name|description|intended_purpose)":"(?:[^"\\]|\\.)*"/g,
      (_, field) => `"${field}":${payload}`,
    );
  });
  expect(poisoned.every((line, n) => line !== lines[n])).toBe(true);
  writeFileSync(records, `${poisoned.join('\n')}\n`);

  const engine = forkEngine();
  const { get } = createClient((method, input, options) => engine.call(method, input, options));
  const grant = (name: string) => engine.registerGrant(join(folder, name));
  const packed = { registry: 'registry.assay', discovery: 'discovery.assay' };
  try {
    await get('keys.generate', { privateKey: grant('key.pem'), publicKey: grant('pub.pem'), passphrase });
    const keys = [{ file: grant('key.pem'), passphrase }];
    await get('snapshot.pack', { folder: engine.registerGrant(fleet.registry), keys, out: grant(packed.registry) });
    await get('snapshot.pack', { folder: engine.registerGrant(fleet.discovery), keys, out: grant(packed.discovery) });
    await get('workspace.create', {
      folder: grant('ws'),
      name: payloads[0] ?? '',
      userName: payloads[1] ?? '',
      passphrase,
    });
    const { rawBytes } = await get('trust.read', { file: grant('pub.pem') });
    await get('trust.add', { rawBytes, label: payloads[2] ?? '', registryIds: ['*'] });
    for (const bundle of Object.values(packed)) await get('snapshots.import', { file: grant(bundle) });
    await get('reconcile.run', {});
    await get('check.run', {});
    const { rows } = await get('findings.list', {});
    await get('findings.annotate', { id: rows[0]?.id ?? 0, text: payloads.join('\n') });
    await get('workspace.lock', {});
  } finally {
    await engine.stop();
  }
  shell = await openShell({ workspacePath: join(folder, 'ws') });
});
test.afterAll(async () => {
  await shell?.close();
  rmSync(folder, { recursive: true, force: true });
});

test('when every screen shows hostile records nothing of them runs and nothing is asked of the network', async () => {
  const { page } = shell;
  await page.getByLabel('Passphrase', { exact: true }).fill(passphrase);
  await page.getByRole('button', { name: 'Unlock' }).click();
  await expect(page.getByRole('heading', { name: 'Dashboard', level: 1 })).toBeVisible();
  const screens = [
    '/dashboard',
    '/import',
    '/import?snapshot=1',
    '/inventory',
    '/review-queue',
    '/reconcile',
    '/findings',
    '/lineage',
    '/lineage?kind=model&id=mdl-00001&up=2&down=2',
    '/record/model/mdl-00001',
    '/record/model/mdl-00003',
    '/trust',
    '/activity',
    '/reports?template=internal-audit',
    '/settings',
  ];
  for (const screen of screens) {
    await goTo(page, screen);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await page.waitForTimeout(400);
    expect(await page.evaluate(() => 'injected' in window), screen).toBe(false);
    // A word of three thousand letters may not widen the page.
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), screen).toBe(true);
  }
  await goTo(page, '/inventory?q=onerror');
  await expect(page.getByRole('grid').getByText('<img src=x onerror="window.injected=1">').first()).toBeVisible();
  expect(shell.troubles).toEqual([]);
});

test('when the address itself is hostile the screen opens with its defaults', async () => {
  const { page } = shell;
  for (const address of [
    '/inventory?kind=%3Cscript%3E&filters=%5B%7B%22a%22%3A1%7D%5D',
    '/record/__proto__/constructor',
    '/findings?severities=%22javascript:alert(1)%22&sort=__proto__',
    '/findings/abc',
    '/import?snapshot=999999',
    '/help?page=../../etc/passwd',
    '/nowhere/at/all',
  ]) {
    await goTo(page, address);
    await page.waitForTimeout(300);
    expect(await page.evaluate(() => 'injected' in window)).toBe(false);
    await expect(page.getByRole('navigation', { name: 'Screens' })).toBeVisible();
  }
  expect(shell.troubles.filter((line) => !line.startsWith('console:'))).toEqual([]);
});
