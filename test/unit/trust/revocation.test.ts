/** A revocation has one number for each registry: those of one say nothing about another, and nothing can be accepted at all. */
import { afterEach, describe, expect, it } from 'vitest';
import { silentJob } from '../../../src-main/core/ports.ts';
import { saveTrustedKey } from '../../../src-main/core/store/trust-queries.ts';
import { describePublicKey } from '../../../src-main/core/trust/keys.ts';
import { refusalOf } from '../../../src-main/core/trust/trust-store.ts';
import { snapshotsImport } from '../../../src-main/core/usecases/snapshots-import.ts';
import { trustRevoke } from '../../../src-main/core/usecases/trust-revoke.ts';
import { trustRevokePreview } from '../../../src-main/core/usecases/trust-revoke-preview.ts';
import { contract, type InputOf } from '../../../src-shared/contract/contract.ts';
import { codeOf, sessionOf, type TestSession } from '../../support/session.ts';
import {
  bundle,
  cleanUp,
  importBundle,
  now,
  publisher,
  record,
  testWorkspace,
  trustPublisher,
} from '../store/support.ts';
import { labKey, registryId } from './policy-lab.ts';

afterEach(cleanUp);

const { keyId } = describePublicKey(publisher.publicKey);
const records = [record('model', 'm1', { model_name: 'Credit' })];
type Accepted = NonNullable<InputOf<'trust.revoke'>['accepted']>;

/** Registry A at sequence 100 and B at 3, both signed by a key that is trusted for every registry. */
async function twoRegistries() {
  const { workspace } = await testWorkspace();
  trustPublisher(workspace);
  const third = await bundle({ records, sequence: 3, registryId: 'B' });
  await importBundle(workspace, await bundle({ records, sequence: 100, registryId: 'A' }));
  await importBundle(workspace, third);
  const session = sessionOf(workspace, now);
  const offer = async (sequence: number, id: string, previousPath?: string) => {
    const path = await bundle({
      records,
      sequence,
      registryId: id,
      ...(previousPath === undefined ? {} : { previousPath }),
    });
    return codeOf(() =>
      snapshotsImport(session.context, { file: session.grant(path), historical: false, dryRun: false }, silentJob),
    );
  };
  return { session, third, offer };
}
const preview = async ({ context }: TestSession, accepted: Accepted = []) =>
  contract['trust.revokePreview'].output.parse(await trustRevokePreview(context, { hint: keyId, accepted }, silentJob));
const revoke = ({ context }: TestSession, accepted: Accepted = []) =>
  trustRevoke(context, { hint: keyId, accepted, reason: 'stolen' }, silentJob);

describe('when a key that speaks for several registries is revoked', () => {
  it('accepts in each what is stored, as the preview says, and nothing of any other registry', async () => {
    const { session, third, offer } = await twoRegistries();
    const { accepted, affected } = await preview(session);
    expect(accepted).toEqual([
      { registryId: 'A', registryName: 'Registry One', maxSequence: 100, newestStored: 100 },
      { registryId: 'B', registryName: 'Registry One', maxSequence: 3, newestStored: 3 },
    ]);
    expect(affected).toEqual([]);
    await revoke(session);
    expect(await offer(4, 'B', third)).toBe('trust signer.revoked');
    expect(await offer(1, 'brand-new')).toBe('trust signer.revoked');
  });

  it('a number for one registry is none for another', async () => {
    const { session, third, offer } = await twoRegistries();
    const after = [{ registryId: 'A', maxSequence: 120 }];
    expect((await preview(session, after)).accepted.map(({ maxSequence }) => maxSequence)).toEqual([120, 3]);
    await revoke(session, after);
    expect(await offer(4, 'B', third)).toBe('trust signer.revoked');
    expect(await offer(101, 'A')).toBe('no failure');
    // What was not asked about again stays as it was; more is never accepted.
    expect((await preview(session, [])).accepted.map(({ maxSequence }) => maxSequence)).toEqual([120, 3]);
    expect(await codeOf(() => revoke(session, [{ registryId: 'B', maxSequence: 4 }]))).toBe(
      'refused trust.revocation_widened',
    );
    expect(await codeOf(() => revoke(session, [{ registryId: 'C', maxSequence: 0 }]))).toBe(
      'refused trust.revocation_widened',
    );
    await revoke(session, [{ registryId: 'A', maxSequence: 100 }]);
    expect((await preview(session)).affected).toEqual([]);
    expect(await offer(101, 'A')).not.toBe('no failure');
  });

  it('can leave nothing at all, not even sequence 0', async () => {
    const { workspace } = await testWorkspace();
    trustPublisher(workspace);
    const session = sessionOf(workspace, now);
    expect((await preview(session)).accepted).toEqual([]);
    await revoke(session);
    const file = session.grant(await bundle({ records, sequence: 0 }));
    expect(
      await codeOf(() => snapshotsImport(session.context, { file, historical: false, dryRun: false }, silentJob)),
    ).toBe('trust signer.revoked');
    const { session: used } = await twoRegistries();
    await revoke(used, [{ registryId: 'B', maxSequence: null }]);
    expect((await preview(used)).accepted.map(({ maxSequence }) => maxSequence)).toEqual([100, null]);
  });

  it('refuses a registry that the key has no say in, and one that is named twice', async () => {
    const { workspace } = await testWorkspace();
    saveTrustedKey(workspace.writer, labKey({ registryIds: ['urn:other'] }, publisher).trusted);
    const session = sessionOf(workspace, now);
    const one = { registryId: 'urn:other', maxSequence: 1 };
    expect(await codeOf(() => revoke(session, [{ registryId, maxSequence: 1 }]))).toBe('usage trust.not_in_scope');
    expect(await codeOf(() => revoke(session, [one, one]))).toBe('usage trust.named_twice');
  });
});

describe('when a rotation retires a key altogether', () => {
  it('sequence 0 is refused as well', () => {
    const at = '2026-11-02T00:00:00Z';
    const { trusted } = labKey({ retired: [{ registryId, at, maxSequence: null, reason: 'key rotation 2' }] });
    expect(refusalOf(trusted, { registryId, sequence: 0, createdAt: at })).toMatchObject({
      code: 'signer.revoked',
      reason: expect.stringContaining('accepted nothing'),
    });
  });
});
