/** How many signatures a snapshot needs: set through the contract, bounded by the keys that can sign, written down. */
import { afterEach, describe, expect, it } from 'vitest';
import { silentJob } from '../../../src-main/core/ports.ts';
import { loadTrustStore } from '../../../src-main/core/store/trust-queries.ts';
import { describePublicKey, generatePublisherKey } from '../../../src-main/core/trust/keys.ts';
import { thresholdFor } from '../../../src-main/core/trust/trust-store.ts';
import { activityList } from '../../../src-main/core/usecases/activity-list.ts';
import { snapshotsImport } from '../../../src-main/core/usecases/snapshots-import.ts';
import { trustAdd } from '../../../src-main/core/usecases/trust-add.ts';
import { trustList } from '../../../src-main/core/usecases/trust-list.ts';
import { trustRevoke } from '../../../src-main/core/usecases/trust-revoke.ts';
import { trustSetThreshold } from '../../../src-main/core/usecases/trust-set-threshold.ts';
import { contract } from '../../../src-shared/contract/contract.ts';
import { codeOf, sessionOf, type TestSession } from '../../support/session.ts';
import { bundle, cleanUp, now, publisher, record, testWorkspace } from '../store/support.ts';

afterEach(cleanUp);

const opened = async () => sessionOf((await testWorkspace()).workspace, now);
const add = async ({ context }: TestSession, key = generatePublisherKey().publicKey, validity = {}) => {
  const { rawBytes, keyId } = describePublicKey(key);
  await trustAdd(context, { rawBytes, label: keyId.slice(0, 6), registryIds: ['*'], ...validity }, silentJob);
  return keyId;
};
const set = async ({ context }: TestSession, threshold: number) =>
  contract['trust.setThreshold'].output.parse(await trustSetThreshold(context, { threshold }, silentJob));
const threshold = async ({ context }: TestSession) => (await trustList(context, {}, silentJob)).threshold;

describe('when the threshold is set', () => {
  it('is kept, and written down once with the value before', async () => {
    const session = await opened();
    await add(session);
    await add(session);
    expect(await set(session, 2)).toEqual({ threshold: 2, registryId: null, usableKeys: 2 });
    expect(await set(session, 2)).toEqual({ threshold: 2, registryId: null, usableKeys: 2 });
    expect(await threshold(session)).toBe(2);
    const { entries } = await activityList(session.context, { limit: 10 }, silentJob);
    const [entry, ...others] = entries.filter(({ action }) => action === 'trust.threshold_set');
    expect(others).toEqual([]);
    expect(entry?.summary).toBe('Set the number of signatures that a snapshot needs from 1 to 2');
  });

  it('refuses more than the keys that can sign: revoked, ended and future ones do not count', async () => {
    const session = await opened();
    expect(await codeOf(() => set(session, 1))).toBe('refused trust.threshold_too_high');
    await add(session);
    const lost = await add(session);
    await add(session, generatePublisherKey().publicKey, { validUntil: '2026-11-22T00:00:00Z' });
    await add(session, generatePublisherKey().publicKey, { validFrom: '2026-11-24T00:00:00Z' });
    await trustRevoke(session.context, { hint: lost, accepted: [], reason: 'lost' }, silentJob);
    expect(await codeOf(() => set(session, 2))).toBe('refused trust.threshold_too_high');
    await expect(set(session, 2)).rejects.toThrow(/1 of 4 trusted keys can sign now/);
    expect(await threshold(session)).toBe(1);
    expect(await set(session, 1)).toEqual({ threshold: 1, registryId: null, usableKeys: 1 });
    const list = contract['trust.list'].output.parse(await trustList(session.context, {}, silentJob));
    expect(list).toMatchObject({ threshold: 1, usableKeys: 1 });
    expect(list.keys).toHaveLength(4);
  });

  it('decides whether a bundle with one signature is imported', async () => {
    const session = await opened();
    await add(session, publisher.publicKey);
    await add(session);
    const records = [record('model', 'm', { model_id: 'm', model_name: 'M' })];
    const input = { file: session.grant(await bundle({ records })), historical: false, dryRun: false };
    await set(session, 2);
    expect(await codeOf(() => snapshotsImport(session.context, input, silentJob))).toMatch(/^trust /);
    await set(session, 1);
    expect((await snapshotsImport(session.context, input, silentJob)).outcome).toBe('imported');
  });
});

describe('when one registry asks for more', () => {
  const demanding = 'urn:demanding';
  const setFor = ({ context }: TestSession, count: number) =>
    trustSetThreshold(context, { threshold: count, registryId: demanding }, silentJob);

  it('the higher of the two numbers counts, and other registries are as before', async () => {
    const session = await opened();
    await add(session, publisher.publicKey);
    await add(session);
    expect(await setFor(session, 2)).toEqual({ threshold: 2, registryId: demanding, usableKeys: 2 });
    const records = [record('model', 'm', { model_id: 'm', model_name: 'M' })];
    const input = (file: string) => ({ file: session.grant(file), historical: false, dryRun: false });
    const ofDemanding = input(await bundle({ records, registryId: demanding }));
    expect(await codeOf(() => snapshotsImport(session.context, ofDemanding, silentJob))).toBe('trust signer.threshold');
    expect((await snapshotsImport(session.context, input(await bundle({ records })), silentJob)).outcome).toBe(
      'imported',
    );
    expect((await trustList(session.context, {}, silentJob)).thresholds).toEqual({ [demanding]: 2 });
  });

  it('refuses more than the keys in its scope, and less than the common number', async () => {
    const session = await opened();
    const { rawBytes } = describePublicKey(publisher.publicKey);
    await trustAdd(session.context, { rawBytes, label: 'elsewhere', registryIds: ['urn:other'] }, silentJob);
    await add(session);
    expect(await codeOf(() => setFor(session, 2))).toBe('refused trust.threshold_too_high');
    await add(session);
    await set(session, 2);
    expect(await codeOf(() => setFor(session, 1))).toBe('refused trust.threshold_below_common');
  });

  it('keeps its own number when the common one sinks to it and below', async () => {
    const session = await opened();
    await add(session);
    await add(session);
    await set(session, 2);
    await setFor(session, 2);
    await set(session, 1);
    expect(thresholdFor(loadTrustStore(session.context.workspace().reader), demanding)).toBe(2);
  });
});
