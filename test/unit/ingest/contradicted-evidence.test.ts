/** Evidence that contradicts itself or loses its signers after the import: what is kept, what stops to count, what heals. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { effectiveClock } from '../../../src-main/core/ingest/effective-clock.ts';
import { importSnapshot } from '../../../src-main/core/ingest/import-snapshot.ts';
import { registryLines } from '../../../src-main/core/ingest/registry-line.ts';
import { silentJob } from '../../../src-main/core/ports.ts';
import { coSignatureName, signatureMember } from '../../../src-main/core/snapshot/names.ts';
import { openContainer, readMember } from '../../../src-main/core/snapshot/read.ts';
import { openVerified } from '../../../src-main/core/snapshot/verify.ts';
import { defaultSnapshots } from '../../../src-main/core/store/record-set.ts';
import { storedSignatures } from '../../../src-main/core/store/snapshot-queries.ts';
import { findTrustedKey, loadTrustStore, saveTrustedKey } from '../../../src-main/core/store/trust-queries.ts';
import { verifyStoredSnapshot } from '../../../src-main/core/store/verify-stored.ts';
import type { OpenWorkspace } from '../../../src-main/core/store/workspace.ts';
import { readBundle, writeBundle } from '../../../src-main/core/trust/bundle.ts';
import { describePublicKey, generatePublisherKey, keyIdHex } from '../../../src-main/core/trust/keys.ts';
import { checkRun } from '../../../src-main/core/usecases/check-run.ts';
import { staleRuns } from '../../../src-main/core/usecases/current-runs.ts';
import { dashboardShow } from '../../../src-main/core/usecases/dashboard-show.ts';
import { reconcileRun } from '../../../src-main/core/usecases/reconcile-run.ts';
import { registriesTimeline } from '../../../src-main/core/usecases/registries-timeline.ts';
import { snapshotsImport } from '../../../src-main/core/usecases/snapshots-import.ts';
import { trustRevoke } from '../../../src-main/core/usecases/trust-revoke.ts';
import { trustSetThreshold } from '../../../src-main/core/usecases/trust-set-threshold.ts';
import { codeOf, sessionOf } from '../../support/session.ts';
import {
  type BundleInput,
  bundle,
  cleanUp,
  now,
  publisher,
  record,
  rowCount,
  temporaryFolder,
  testWorkspace,
  trustPublisher,
} from '../store/support.ts';

afterEach(cleanUp);

const second = generatePublisherKey();
const days = (count: number): Date => new Date(now.getTime() + count * 86_400_000);
const pack = (name: string, more: Partial<BundleInput> = {}): Promise<string> =>
  bundle({ records: [record('model', 'credit', { model_name: name })], ...more });
const bySecond = { key: second.privateKey };

/** A workspace that trusts both keys, one signature being enough. */
async function ready(): Promise<OpenWorkspace> {
  const { workspace } = await testWorkspace();
  trustPublisher(workspace);
  trustPublisher(workspace, second.publicKey);
  return workspace;
}

async function load(workspace: OpenWorkspace, path: string, options: { historical?: boolean; dryRun?: boolean } = {}) {
  const { context, grant } = sessionOf(workspace, now);
  return snapshotsImport(context, { file: grant(path), historical: false, dryRun: false, ...options }, silentJob);
}
const outcome = (...args: Parameters<typeof load>): Promise<string> => codeOf(() => load(...args));

/** Nothing that the key signed for what is stored counts any more. */
const revokeWholly = (workspace: OpenWorkspace, key = second.publicKey) =>
  trustRevoke(
    sessionOf(workspace, now).context,
    {
      hint: describePublicKey(key).keyId,
      accepted: [...registryLines(workspace.reader).keys()].map((registryId) => ({ registryId, maxSequence: null })),
      reason: 'stolen',
    },
    silentJob,
  );
const events = async (workspace: OpenWorkspace) =>
  (await registriesTimeline(sessionOf(workspace, now).context, {}, silentJob)).registries.flatMap((one) => one.events);
const standing = async (workspace: OpenWorkspace) =>
  (await events(workspace))
    .filter(({ settledAt }) => settledAt === null)
    .map(({ condition, sequence, snapshot }) => [condition, sequence, snapshot]);
const dashboard = (workspace: OpenWorkspace) => dashboardShow(sessionOf(workspace, now).context, {}, silentJob);

/** The members of a bundle in a folder, some of them replaced; null leaves one out. */
async function unpacked(path: string, replace: Readonly<Record<string, Buffer | null>>): Promise<string> {
  const folder = join(temporaryFolder(), 'unpacked');
  const container = await openContainer(path);
  const members = new Map<string, Buffer | null>();
  for (const name of container.members.keys()) members.set(name, await readMember(container, name, 1 << 20));
  await container.close();
  for (const [name, bytes] of Object.entries(replace)) members.set(name, bytes);
  for (const [name, bytes] of members) {
    if (bytes === null) continue;
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
  return folder;
}
const secondsName = coSignatureName(keyIdHex(describePublicKey(second.publicKey).keyId));
/** The second key's signature over the statement of a bundle. */
async function secondsSignature(path: string): Promise<Buffer> {
  const container = await openContainer(path);
  const primary = await readMember(container, signatureMember, 1 << 20);
  await container.close();
  return writeBundle(readBundle(signatureMember, primary).payload, second.privateKey);
}
const cosigned = async (path: string): Promise<string> =>
  unpacked(path, { [secondsName]: await secondsSignature(path) });

describe('when what was imported loses its signers', () => {
  /** Sequence 1 by the publisher, sequence 2 by the second key, runs over both; then that key is revoked. */
  async function forged() {
    const workspace = await ready();
    const first = await pack('1', { sequence: 1 });
    await load(workspace, first);
    await load(workspace, await pack('forged', { previousPath: first, ...bySecond }));
    const { context } = sessionOf(workspace, now);
    await reconcileRun(context, {}, silentJob);
    await checkRun(context, {}, silentJob);
    expect(staleRuns(workspace.reader)).toEqual([]);
    await revokeWholly(workspace);
    return { workspace, first };
  }

  it('is current nowhere: the one before it is, and runs over it are old', async () => {
    const { workspace } = await forged();
    expect(defaultSnapshots(workspace.reader)).toMatchObject({ registry: [1], baseline: [] });
    expect(staleRuns(workspace.reader)).toHaveLength(2);
    expect((await dashboard(workspace)).coverage.map(({ snapshot }) => snapshot)).toEqual([1]);
  });

  it('is a finding at once, and the first thing on the dashboard', async () => {
    const { workspace } = await forged();
    expect(await standing(workspace)).toEqual([['disowned', 2, 2]]);
    expect((await dashboard(workspace)).blocking[0]).toMatchObject({ count: 1, severity: 'high', link: '/import' });
    expect(rowCount(workspace, "finding WHERE rule_id = 'INT-011' AND state = 'open'")).toBe(1);
  });

  it('is no baseline of the honest one that follows', async () => {
    const { workspace, first } = await forged();
    const unseen = await pack('2', { previousPath: first });
    const next = await load(workspace, await pack('3', { previousPath: unseen }));
    expect(next.comparedTo).toBe(1);
    expect(defaultSnapshots(workspace.reader)).toMatchObject({ registry: [3], baseline: [1] });
  });

  it('does not keep its number from the honest one: that is stored, and the two are found', async () => {
    const { workspace, first } = await forged();
    const honest = await load(workspace, await pack('2', { previousPath: first }));
    expect(honest).toMatchObject({ outcome: 'imported', snapshot: 3, comparedTo: 1 });
    expect(await standing(workspace)).toEqual([
      ['disowned', 2, 2],
      ['equivocation', 2, 3],
    ]);
    expect(defaultSnapshots(workspace.reader)).toMatchObject({ registry: [3], baseline: [1] });
  });

  it('counts again once a copy with enough signatures is handed in, and not by its preview', async () => {
    const workspace = await ready();
    const path = await pack('1');
    await load(workspace, path);
    await revokeWholly(workspace, publisher.publicKey);
    expect(await standing(workspace)).toEqual([['disowned', 1, 1]]);
    const copy = await cosigned(path);
    await load(workspace, copy, { dryRun: true });
    expect(storedSignatures(workspace.reader, 1)).toHaveLength(1);
    const again = await load(workspace, copy);
    expect(again).toMatchObject({ outcome: 'already_imported', snapshot: 1 });
    expect(again.warnings.join()).toContain('added to it: 1');
    expect(storedSignatures(workspace.reader, 1).map(({ member }) => member)).toEqual([signatureMember, secondsName]);
    expect(await standing(workspace)).toEqual([]);
    expect(defaultSnapshots(workspace.reader).registry).toEqual([1]);
    expect(await verifyStoredSnapshot(workspace.reader, 1, silentJob)).toMatchObject({ state: 'intact' });
    // The third time there is nothing to add.
    expect((await load(workspace, copy)).warnings.join()).toContain('nothing was changed');
  });
});

describe('when a refused bundle contradicts another', () => {
  it('is found also where the bundle was refused for its members', async () => {
    const workspace = await ready();
    await load(workspace, await pack('1', { sequence: 1 }));
    const rival = await pack('another', { sequence: 1, evidence: { 'x.txt': 'x' } });
    const torn = await unpacked(rival, { 'records/model-0001.ndjson': null });
    expect(await outcome(workspace, torn)).toBe('trust content.missing_member');
    expect(await standing(workspace)).toEqual([
      ['mixed_members', 1, null],
      ['equivocation', 1, null],
    ]);
  });

  it('is found also where too few keys signed it', async () => {
    const workspace = await ready();
    await load(workspace, await pack('1', { sequence: 1 }));
    await trustSetThreshold(sessionOf(workspace, now).context, { threshold: 2 }, silentJob);
    expect(await outcome(workspace, await pack('stolen', { sequence: 1, ...bySecond }))).toBe('trust signer.threshold');
    expect(await standing(workspace)).toEqual([['equivocation', 1, null]]);
  });

  it('is found between two that were both refused, once for the pair, and when one of them is imported', async () => {
    const workspace = await ready();
    await load(workspace, await pack('9', { sequence: 9 }));
    const [one, other] = [await pack('one', { sequence: 5 }), await pack('other', { sequence: 5 })];
    expect(await outcome(workspace, one)).toBe('trust continuity.rollback');
    expect(await outcome(workspace, other)).toBe('trust continuity.rollback');
    expect(await outcome(workspace, one)).toBe('trust continuity.rollback');
    expect((await standing(workspace)).filter(([condition]) => condition === 'equivocation')).toHaveLength(1);
    expect(await outcome(workspace, await pack('third', { sequence: 5 }), { historical: true })).toBe('no failure');
    expect(await standing(workspace)).toContainEqual(['equivocation', 5, 2]);
  });

  it('is found between two statements that come in one bundle', async () => {
    const workspace = await ready();
    const other = await pack('other', { sequence: 1, ...bySecond });
    const container = await openContainer(other);
    const signature = await readMember(container, signatureMember, 1 << 20);
    await container.close();
    const mixed = await unpacked(await pack('one', { sequence: 1 }), { [secondsName]: signature });
    expect(await outcome(workspace, mixed)).toBe('trust signature.payload_differs');
    expect(await standing(workspace)).toEqual([
      ['mixed_members', 1, null],
      ['equivocation', 1, null],
    ]);
  });

  it('keeps the use of a revoked key also where the first signature is forged', async () => {
    const workspace = await ready();
    await revokeWholly(workspace);
    const path = await pack('1');
    const forged = JSON.parse((await secondsSignature(path)).toString('utf8'));
    forged.verificationMaterial.publicKey.hint = describePublicKey(publisher.publicKey).keyId;
    const spoiled = await unpacked(path, {
      [signatureMember]: Buffer.from(JSON.stringify(forged)),
      [secondsName]: await secondsSignature(path),
    });
    expect(await outcome(workspace, spoiled)).toBe('trust signature.invalid');
    expect((await standing(workspace)).map(([condition]) => condition)).toEqual(['key_used_after_revocation']);
  });

  it('blames no registry for what a key outside its scope signed', async () => {
    const workspace = await ready();
    await load(workspace, await pack('1', { sequence: 1 }));
    const key = findTrustedKey(workspace.reader, describePublicKey(second.publicKey).keyId);
    if (!key) throw new Error('the second key is not trusted in this test');
    saveTrustedKey(workspace.writer, { ...key, registryIds: ['urn:other'] });
    expect(await outcome(workspace, await pack('x', { sequence: 1, ...bySecond }))).toBe('trust signer.out_of_scope');
    expect(await standing(workspace)).toEqual([['wrong_registry', 1, null]]);
    // Beside a key that counts it is imported, and kept all the same.
    expect(await outcome(workspace, await cosigned(await pack('2', { sequence: 2 })))).toBe('no failure');
    expect(await standing(workspace)).toContainEqual(['wrong_registry', 2, 2]);
  });
});

describe('when somebody spoils a copy of an imported snapshot', () => {
  it('leaves what the event says, and its finding, as they were; also as a preview', async () => {
    const workspace = await ready();
    await revokeWholly(workspace);
    const path = await cosigned(await pack('1'));
    await load(workspace, path);
    const [before] = await events(workspace);
    expect(before).toMatchObject({ condition: 'key_used_after_revocation', snapshot: 1 });
    const message = () => workspace.reader.readRaw<[], [string]>('SELECT message || read_values FROM finding').all();
    const said = message();
    const stripped = await unpacked(path, { [signatureMember]: await secondsSignature(path), [secondsName]: null });
    expect(await outcome(workspace, stripped, { dryRun: true })).toBe('trust signer.revoked');
    expect(await events(workspace)).toEqual([{ ...before, times: 2, lastSeenAt: expect.any(String) }]);
    expect(message()).toEqual(said);
  });
});

describe('when the times of one publisher are wrong', () => {
  it('no other scan looks old beside one that says it was read in 2099, which is found', async () => {
    const workspace = await ready();
    const scan = { role: 'discovery' as const };
    await load(workspace, await pack('a', { ...scan, registryId: 'urn:honest' }));
    await load(workspace, await pack('b', { ...scan, registryId: 'urn:late', collectedAt: '2099-01-01T00:00:00Z' }));
    expect(defaultSnapshots(workspace.reader)).toMatchObject({ discovery: [1, 2], leftOut: [] });
    expect((await dashboard(workspace)).asOf).toBe('2026-11-23T12:00:00Z');
    expect(await standing(workspace)).toEqual([['future_dated', 1, 2]]);
  });

  it('finds a source that was read after the snapshot was created', async () => {
    const workspace = await ready();
    const { warnings } = await load(workspace, await pack('a', { createdAt: days(-10) }));
    expect(warnings.join()).toContain('after it was created');
    expect(await standing(workspace)).toEqual([['future_dated', 1, 1]]);
  });

  it('the clock of all others does not follow it, neither while it counts nor once its key is revoked', async () => {
    const workspace = await ready();
    const good = { registryId: 'urn:good', expiresAt: days(100).toISOString() };
    await load(workspace, await pack('a', { ...good, sequence: 1 }));
    const late = { registryId: 'urn:late', ...bySecond };
    await load(workspace, await pack('x', { ...late, sequence: 1, createdAt: new Date('2099-01-01T00:00:00Z') }));
    expect(effectiveClock(workspace.reader, now)).toMatchObject({ source: 'computer', at: '2026-11-23T12:00:00Z' });
    // The next one that is ahead is called so too.
    const again = await load(workspace, await pack('y', { ...late, sequence: 2, createdAt: days(400) }));
    expect(again.verification.freshness.code).toBe('freshness.future');
    await revokeWholly(workspace);
    await checkRun(sessionOf(workspace, now).context, {}, silentJob);
    expect((await standing(workspace)).map(([condition]) => condition)).not.toContain('stale');
    const next = await load(workspace, await pack('b', { ...good, sequence: 2 }));
    expect(next.verification.freshness.code).toBe('freshness.current');
    // A disowned snapshot says nothing of the time either, also where it was not ahead when it came.
    await load(workspace, await pack('c', { ...good, sequence: 3 }));
    await revokeWholly(workspace, publisher.publicKey);
    expect(effectiveClock(workspace.reader, days(-30)).source).toBe('computer');
  });

  it('finds times that run backwards along a chain, until the earlier one no longer counts', async () => {
    const workspace = await ready();
    const first = await pack('1', { sequence: 1, ...bySecond });
    await load(workspace, first);
    const old = { createdAt: days(-30), collectedAt: days(-31).toISOString() };
    const { warnings } = await load(workspace, await pack('2', { previousPath: first, ...old }));
    expect(warnings.join()).toContain('run backwards');
    expect(await standing(workspace)).toEqual([['time_backwards', 2, 2]]);
    await revokeWholly(workspace);
    expect((await events(workspace)).find(({ condition }) => condition === 'time_backwards')).toMatchObject({
      settledWhy: expect.stringContaining('no longer counts'),
      finding: { state: 'closed' },
    });
  });
});

describe('when an import must not happen', () => {
  it('a registry in another role is refused and kept', async () => {
    const workspace = await ready();
    await load(workspace, await pack('1'));
    const turned = await pack('2', { sequence: 2, role: 'discovery' });
    expect(await outcome(workspace, turned)).toBe('trust continuity.role_changed');
    expect(await standing(workspace)).toEqual([['role_changed', 2, null]]);
    expect(defaultSnapshots(workspace.reader)).toMatchObject({ registry: [1], discovery: [] });
  });

  it('what is called historical and is the newest is refused, with a sentence that says what to do', async () => {
    const workspace = await ready();
    const path = await pack('1');
    expect(await outcome(workspace, path, { historical: true })).toBe('refused continuity.not_older');
    expect(rowCount(workspace, 'snapshot')).toBe(0);
    expect(await outcome(workspace, path)).toBe('no failure');
  });

  it('a key that was revoked while the bundle was being opened counts no more', async () => {
    const workspace = await ready();
    const path = await pack('1', bySecond);
    const verified = await openVerified(path, { trust: loadTrustStore(workspace.reader), now, job: silentJob });
    try {
      await revokeWholly(workspace);
      const options = { historical: false, dryRun: false, now, job: silentJob };
      expect(await codeOf(() => importSnapshot(workspace, verified, options))).toBe('trust signer.revoked');
    } finally {
      await verified.close();
    }
    expect(rowCount(workspace, 'snapshot')).toBe(0);
    expect(await standing(workspace)).toEqual([['key_used_after_revocation', 1, null]]);
  });
});
