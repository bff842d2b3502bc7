/** The trust store in the window: a key is compared group by group, a revocation shows what it costs, a signed file is taken over. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { forkEngine } from '../../../src-main/engine/fork-engine.ts';
import { createClient } from '../../../src-shared/contract/client.ts';
import { groupedFingerprint } from '../../../src-shared/domain/fingerprint.ts';
import { passphrase } from '../drivers/sample-case.ts';
import { openSampleWindow, type SampleWindow } from '../drivers/sample-window.ts';
import { choosing, goTo } from '../drivers/shell.ts';

const pictures = resolve(import.meta.dirname, '../../../dist/screens');
let window: SampleWindow;
let page: Page;
let made: Made;

interface Made {
  /** Fingerprint of the key in `newKey.pub.pem`. */
  readonly fingerprint: string;
  readonly publicPem: string;
  /** An administrator's signed trust file that trusts another key, and his fingerprint. */
  readonly trustFile: string;
  readonly issuer: string;
  readonly rotation: string;
}

const lastGood = 'Last good sequence of Sample model registry';

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  mkdirSync(pictures, { recursive: true });
  window = await openSampleWindow(60);
  ({ page } = window);
  made = await makeFiles(window.sample.folder);
});
test.afterAll(() => window?.close());

/** What other people would have sent: a public key, a trust file, a rotation. */
async function makeFiles(folder: string): Promise<Made> {
  const engine = forkEngine();
  const { get } = createClient((method, input, options) => engine.call(method, input, options));
  const grant = (name: string) => engine.registerGrant(join(folder, name));
  const generate = (name: string) =>
    get('keys.generate', { privateKey: grant(`${name}.key.pem`), publicKey: grant(`${name}.pub.pem`) });
  try {
    const added = await generate('added');
    await generate('shared');
    await generate('next');
    await get('workspace.create', {
      folder: grant('central'),
      name: 'Central audit',
      userName: 'Grace Administrator',
      passphrase,
    });
    const { rawBytes } = await get('trust.read', { file: grant('shared.pub.pem') });
    await get('trust.add', { rawBytes, label: 'Shared registry', registryIds: ['urn:shared'] });
    const { issuer } = await get('trust.export', { file: grant('trust.json') });
    await get('workspace.lock', {});
    const { predicate } = await get('snapshot.inspect', { file: grant('registry-2.assay') });
    await get('trust.rotatePrepare', {
      registryId: predicate.registry.id,
      serial: 1,
      add: [{ file: grant('next.pub.pem'), label: 'Next publisher' }],
      retire: [{ file: grant('publisher.pub.pem'), lastSequence: predicate.sequence }],
      threshold: 1,
      keys: [{ file: grant('publisher.key.pem'), passphrase }, { file: grant('next.key.pem') }],
      out: grant('rotation.json'),
    });
    return {
      fingerprint: added.fingerprint,
      publicPem: readFileSync(join(folder, 'added.pub.pem'), 'utf8'),
      trustFile: join(folder, 'trust.json'),
      issuer: issuer?.fingerprint ?? '',
      rotation: join(folder, 'rotation.json'),
    };
  } finally {
    await engine.stop();
  }
}

/** A picture in both schemes, and no serious accessibility violation in either. */
async function show(name: string): Promise<void> {
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await page.screenshot({ path: join(pictures, `${name}-${scheme}.png`) });
    const { violations } = await new AxeBuilder({ page })
      .setLegacyMode(true)
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
      .analyze();
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    expect(
      serious.flatMap(({ id, nodes }) => nodes.map((node) => `${name} ${id}: ${node.html.slice(0, 160)}`)),
    ).toEqual([]);
  }
}

test('when a pasted key is compared, the first group that differs is marked, and only the same one is trusted', async () => {
  await goTo(page, '/trust');
  await page.getByRole('button', { name: 'Trust a key…' }).click();
  await page.getByLabel('Or paste the key').fill(made.publicPem);
  await page.getByRole('button', { name: 'Read the pasted key' }).click();
  const trust = page.getByRole('button', { name: 'Trust this key' });
  await page.getByLabel('Name for this key').fill('Added publisher');
  await expect(trust).toBeDisabled();

  const groups = made.fingerprint.split(' ');
  const forged = groups.map((group, index) => (index === 8 ? (group === 'dead' ? 'beef' : 'dead') : group)).join(' ');
  const given = page.getByLabel('The fingerprint as the publisher gave it to you');
  await given.fill(groups.slice(0, 3).join(' '));
  await expect(page.getByText('3 of 16 groups given so far agree')).toBeVisible();
  await given.fill(forged);
  await expect(page.getByText(/^Group 9 differs: the key has/)).toBeVisible();
  await expect(page.locator('[data-first=true]')).toHaveText(groups[8] ?? '');
  await expect(trust).toBeDisabled();
  // What was compared by eye does not help against what was typed.
  await expect(page.getByLabel(/I compared the fingerprint/)).toHaveCount(0);
  await show('trust-compare');
  await given.fill(made.fingerprint.replaceAll(' ', '').toUpperCase());
  await expect(page.getByText('All 16 groups are the same.')).toBeVisible();
  await trust.click();
  await expect(page.getByRole('article', { name: 'Added publisher' })).toContainText(
    groupedFingerprint(made.fingerprint),
  );
});

test('when a revocation is considered it names the snapshots, runs and reports, and can be left', async () => {
  await page.getByRole('article', { name: 'Sample publisher' }).getByRole('button', { name: 'Revoke…' }).click();
  const revoke = page.getByRole('button', { name: 'Revoke the key' });
  await expect(revoke).toBeDisabled();
  await page.getByLabel('Reason').fill('laptop stolen');
  // Each registry has its own number, and what is stored is offered: nothing of it would change.
  await expect(page.getByLabel(/^Last good sequence of /)).toHaveCount(2);
  await expect(page.getByLabel(lastGood)).toHaveValue('2');
  await expect(revoke).toBeEnabled();
  await page.getByLabel(lastGood).fill('1');
  const preview = page.getByRole('region', { name: 'What would become untrusted' });
  await expect(preview).toContainText('1 of the 3 imported snapshots it signed would be affected');
  await expect(preview.getByRole('row').nth(1)).toContainText('Nobody who signed it would be trusted any more.');
  await expect(preview.getByRole('row').nth(1)).toContainText('1 reconciliation');
  await show('trust-revoke');
  await page.getByLabel(lastGood).fill('2');
  await expect(preview).toContainText('None of the 3 imported snapshots it signed would become untrusted');
  await expect(revoke).toBeEnabled();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('article', { name: 'Sample publisher' })).toContainText('Trusted');
});

test('when a signed trust file is imported its issuer is compared, then its keys are there', async () => {
  await choosing(page, made.trustFile, () => page.getByRole('button', { name: 'Import a trust file…' }).click());
  await expect(page.getByRole('region', { name: 'What would change' })).toContainText(
    'Trust the key "Shared registry" for urn:shared.',
  );
  const take = page.getByRole('button', { name: 'Take it over' });
  await expect(take).toBeDisabled();
  await show('trust-import');
  await page.getByLabel('The fingerprint as the administrator gave it to you').fill(made.issuer);
  await take.click();
  await expect(page.getByRole('article', { name: 'Shared registry' })).toContainText('urn:shared');
  await expect(page.getByText('Grace Administrator, number 1')).toBeVisible();
});

test('when a rotation is applied the new key joins for its registry and the old one retires there', async () => {
  await choosing(page, made.rotation, () => page.getByRole('button', { name: 'Apply a rotation…' }).click());
  await expect(page.getByText('Signed by 1 of the 1 old keys that are needed')).toBeVisible();
  await show('trust-rotate');
  await page.getByRole('button', { name: 'Apply the rotation' }).click();
  await expect(page.getByRole('article', { name: 'Next publisher' })).toBeVisible();
  await expect(page.getByRole('article', { name: 'Sample publisher' })).toContainText('Retired for a registry');
  // The same file again is a replay.
  await choosing(page, made.rotation, () => page.getByRole('button', { name: 'Apply a rotation…' }).click());
  await expect(page.getByText(/rotation 1 of .* was already applied/)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Apply the rotation' })).toBeDisabled();
  await page.getByRole('button', { name: 'Cancel' }).click();
});

test('when the publisher was asked it is written down, and the number of signatures can be set for one registry', async () => {
  const card = page.getByRole('article', { name: 'Added publisher' });
  await card.getByRole('button', { name: 'Confirm…' }).click();
  await page.getByRole('button', { name: 'I asked; nothing was revoked' }).click();
  await expect(page.getByRole('button', { name: 'I asked; nothing was revoked' })).toHaveCount(0);
  await page.getByRole('button', { name: 'Signatures needed…' }).click();
  await page.getByRole('textbox', { name: 'Signatures needed' }).fill('2');
  await page.getByRole('button', { name: 'Set the number' }).click();
  await expect(page.getByText('a snapshot needs 2 trusted signatures')).toBeVisible();
  await show('trust-screen');
});

test('when a snapshot is looked at its verification shows what signer and freshness rest on', async () => {
  await goTo(page, '/import?snapshot=2');
  const panel = page.locator('.assay-checks').first();
  await expect(panel).toContainText('Distinct keys accepted: 1 of 1 needed.');
  await expect(panel).toContainText(/Revocation unknown since .*nobody has told this workspace/);
  await expect(panel).toContainText('Is the container as it was packed?');
  await expect(page.locator('.assay-checks').last()).toContainText('What is known about its keys?');
  await show('snapshot-verification');
  expect(window.troubles).toEqual([]);
});
