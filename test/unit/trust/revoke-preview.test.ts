/** What would become untrusted: counted before it is done, and exactly what then happens. */
import { afterEach, describe, expect, it } from 'vitest';
import { silentJob } from '../../../src-main/core/ports.ts';
import { describePublicKey, generatePublisherKey } from '../../../src-main/core/trust/keys.ts';
import { activityList } from '../../../src-main/core/usecases/activity-list.ts';
import { checkRun } from '../../../src-main/core/usecases/check-run.ts';
import { reconcileRun } from '../../../src-main/core/usecases/reconcile-run.ts';
import { reportBuild } from '../../../src-main/core/usecases/report-build.ts';
import { reportReadiness } from '../../../src-main/core/usecases/report-readiness.ts';
import { trustAdd } from '../../../src-main/core/usecases/trust-add.ts';
import { trustConfirm } from '../../../src-main/core/usecases/trust-confirm.ts';
import { trustList } from '../../../src-main/core/usecases/trust-list.ts';
import { trustRevoke } from '../../../src-main/core/usecases/trust-revoke.ts';
import { trustRevokePreview } from '../../../src-main/core/usecases/trust-revoke-preview.ts';
import { contract } from '../../../src-shared/contract/contract.ts';
import { codeOf, sessionOf, type TestSession } from '../../support/session.ts';
import {
  bundle,
  cleanUp,
  importBundle,
  now,
  publisher,
  record,
  registryOne,
  testWorkspace,
  trustPublisher,
} from '../store/support.ts';

afterEach(cleanUp);

const { keyId } = describePublicKey(publisher.publicKey);
const records = [record('model', 'm1', { model_name: 'Credit' })];

/** Snapshots 3 and 4 of one registry, both signed by the test publisher. */
async function imported() {
  const { workspace } = await testWorkspace();
  trustPublisher(workspace);
  const third = await bundle({ records, sequence: 3 });
  await importBundle(workspace, third);
  await importBundle(
    workspace,
    await bundle({ records: [...records, record('model', 'm2', {})], previousPath: third }),
  );
  return sessionOf(workspace, now);
}
const preview = async ({ context }: TestSession, maxSequence: number, hint = keyId) =>
  contract['trust.revokePreview'].output.parse(
    await trustRevokePreview(context, { hint, accepted: [{ registryId: registryOne, maxSequence }] }, silentJob),
  );

describe('when a revocation is previewed', () => {
  it('names the snapshots after the last good sequence, out of all that the key signed, and changes nothing', async () => {
    const session = await imported();
    expect(await preview(session, 4)).toMatchObject({ signed: 2, affected: [] });
    const one = await preview(session, 3);
    expect(one.affected).toMatchObject([{ sequence: 4, effect: 'untrusted', accepted: 0, threshold: 1 }]);
    expect((await preview(session, 0)).affected.map(({ sequence }) => sequence)).toEqual([3, 4]);
    expect(one.usableKeys).toBe(0);
    expect(one.registriesWithoutQuorum).toEqual([one.affected[0]?.registryId]);
    const [key] = (await trustList(session.context, {}, silentJob)).keys;
    expect(key?.revoked).toBeUndefined();
  });

  it('names the runs and reports that rest on them', async () => {
    const session = await imported();
    await reconcileRun(session.context, {}, silentJob);
    await checkRun(session.context, {}, silentJob);
    const report = await reportBuild(
      session.context,
      { template: 'internal-audit', classification: 'Internal' },
      silentJob,
    );
    const { affected } = await preview(session, 3);
    expect(affected[0]).toMatchObject({
      reconcileRuns: [1],
      checkRuns: [1],
      reports: [{ id: report.id, signed: false }],
    });
  });

  it('says what the revocation then does: the report leaves the same snapshots out', async () => {
    const session = await imported();
    const { affected } = await preview(session, 3);
    await trustRevoke(
      session.context,
      { hint: keyId, accepted: [{ registryId: registryOne, maxSequence: 3 }], reason: 'stolen' },
      silentJob,
    );
    const { lines } = await reportReadiness(session.context, { template: 'internal-audit' }, silentJob);
    const named = lines.map(({ text }) => text).filter((text) => text.includes('is no longer trusted'));
    expect(named).toHaveLength(1);
    expect(named[0]).toContain(`S${affected[0]?.snapshot} `);
    // What is gone already is no news.
    expect((await preview(session, 3)).affected).toEqual([]);
    expect((await preview(session, 9)).affected).toEqual([]);
  });

  it('a key that signed nothing changes nothing, and an unknown one is refused', async () => {
    const session = await imported();
    const other = describePublicKey(generatePublisherKey().publicKey);
    await trustAdd(session.context, { rawBytes: other.rawBytes, label: 'Other', registryIds: ['*'] }, silentJob);
    expect(await preview(session, 0, other.keyId)).toMatchObject({ signed: 0, affected: [], usableKeys: 1 });
    expect(await codeOf(() => preview(session, 0, 'nobody'))).toBe('usage trust.unknown_key');
  });
});

describe('when a key is added with the fingerprint that came over another channel', () => {
  const add = ({ context }: TestSession, fingerprint: string) =>
    trustAdd(
      context,
      { rawBytes: describePublicKey(publisher.publicKey).rawBytes, label: 'P', registryIds: ['*'], fingerprint },
      silentJob,
    );
  const { fingerprint } = describePublicKey(publisher.publicKey);

  it('every group of it has to be the same', async () => {
    const session = sessionOf((await testWorkspace()).workspace, now);
    const wrong = `${fingerprint.slice(0, 40)}${fingerprint[40] === '0' ? '1' : '0'}${fingerprint.slice(41)}`;
    expect(await codeOf(() => add(session, wrong))).toBe('trust trust.fingerprint_mismatch');
    expect(await codeOf(() => add(session, fingerprint.slice(0, 24)))).toBe('trust trust.fingerprint_mismatch');
    await expect(async () => add(session, wrong)).rejects.toThrow(/group 9 is/);
    expect((await add(session, fingerprint.toUpperCase().replaceAll(' ', ''))).hint).toBe(keyId);
    const { entries } = await activityList(session.context, { limit: 1 }, silentJob);
    expect(entries[0]?.details).toMatchObject({ compared: true });
  });
});

describe('when the publisher was asked and nothing was revoked', () => {
  it('the named keys are known to stand from that day; others and revoked ones are not', async () => {
    const { workspace } = await testWorkspace();
    trustPublisher(workspace);
    const other = generatePublisherKey();
    trustPublisher(workspace, other.publicKey);
    const { context } = sessionOf(workspace, new Date('2027-03-01T00:00:00Z'));
    const states = async () =>
      new Map((await trustList(context, {}, silentJob)).keys.map((key) => [key.hint, key.stale]));
    expect([...(await states()).values()]).toEqual([true, true]);
    expect(await trustConfirm(context, { hints: [keyId] }, silentJob)).toEqual({
      confirmedAt: '2027-03-01T00:00:00Z',
      keys: 1,
    });
    expect((await states()).get(keyId)).toBe(false);
    expect((await states()).get(describePublicKey(other.publicKey).keyId)).toBe(true);
    await trustRevoke(context, { hint: keyId, accepted: [], reason: 'stolen' }, silentJob);
    expect(await codeOf(() => trustConfirm(context, { hints: [keyId] }, silentJob))).toBe('usage trust.unknown_key');
    expect(await trustConfirm(context, {}, silentJob)).toMatchObject({ keys: 1 });
  });
});
