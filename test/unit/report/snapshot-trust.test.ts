/** Signers judged again by today's trust store: no answer may get better, and a revoked key must show. */
import { afterEach, describe, expect, it } from 'vitest';
import { silentJob } from '../../../src-main/core/ports.ts';
import { judgeSignersToday } from '../../../src-main/core/report/snapshot-trust.ts';
import { loadTrustStore, saveTrustedKey } from '../../../src-main/core/store/trust-queries.ts';
import { describePublicKey } from '../../../src-main/core/trust/keys.ts';
import { reportBuild } from '../../../src-main/core/usecases/report-build.ts';
import { reportReadiness } from '../../../src-main/core/usecases/report-readiness.ts';
import { snapshotsShow } from '../../../src-main/core/usecases/snapshots-show.ts';
import { trustRevoke } from '../../../src-main/core/usecases/trust-revoke.ts';
import { codeOf, sessionOf } from '../../support/session.ts';
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
const audit = { template: 'internal-audit', classification: 'Internal' } as const;

async function imported() {
  const { workspace } = await testWorkspace();
  trustPublisher(workspace);
  const first = await bundle({ records: [record('model', 'm1', { model_name: 'Credit' })], sequence: 3 });
  await importBundle(workspace, first);
  return { workspace, session: sessionOf(workspace, now) };
}

describe('when a key is revoked after a snapshot was imported', () => {
  it('blocks the report and names the snapshot, where the revocation reaches it', async () => {
    const { session } = await imported();
    const before = await reportReadiness(session.context, { template: 'internal-audit' }, silentJob);
    expect(before.lines.filter(({ level }) => level === 'block')).toEqual([]);
    trustRevoke(
      session.context,
      { hint: keyId, accepted: [{ registryId: registryOne, maxSequence: 2 }], reason: 'stolen' },
      silentJob,
    );
    const { lines } = await reportReadiness(session.context, { template: 'internal-audit' }, silentJob);
    const [line] = lines.filter(({ level }) => level === 'block');
    expect(line?.text).toMatch(
      /^Snapshot S1 \(Registry One, sequence 3\) is no longer trusted: .*Test publisher \(revoked \(stolen\): accepted up to sequence 2/,
    );
    expect(await codeOf(() => reportBuild(session.context, audit, silentJob))).toBe('refused report.blocked');
    const shown = await snapshotsShow(session.context, { snapshot: 1 }, silentJob);
    expect([shown.verification.signer.state, shown.today.signer.state]).toEqual(['pass', 'fail']);
  });

  it('lets the report pass and says so, where the snapshot is older', async () => {
    const { session, workspace } = await imported();
    trustRevoke(
      session.context,
      { hint: keyId, accepted: [{ registryId: registryOne, maxSequence: 3 }], reason: 'retired' },
      silentJob,
    );
    const { lines } = await reportReadiness(session.context, { template: 'internal-audit' }, silentJob);
    expect(lines.filter(({ level }) => level === 'block')).toEqual([]);
    const stored = { ...signed(1), signers: [signerOf(keyId)] };
    const claim = { registryId: registryOne, sequence: 3, createdAt: '2026-11-20T08:00:00Z' };
    const today = judgeSignersToday(stored, claim, loadTrustStore(workspace.reader));
    expect(today.state).toBe('pass');
    expect(today.text).toContain('revoked later, good up to sequence 3');
  });
});

const signerOf = (id: string) => ({ keyId: id, label: id.slice(0, 8), trusted: true, reason: 'trusted' });
const signed = (threshold: number) => ({
  state: 'pass' as const,
  code: 'signer.trusted',
  text: 'Signed by them.',
  threshold,
  signers: [signerOf(keyId), signerOf('gone')],
});

describe('when a key was removed from the trust store', () => {
  const claim = { registryId: registryOne, sequence: 3, createdAt: '2026-11-20T08:00:00Z' };
  it('fails the signer where too few remain, and warns where enough do', async () => {
    const { workspace } = await imported();
    const trust = loadTrustStore(workspace.reader);
    expect(judgeSignersToday(signed(2), claim, trust)).toMatchObject({ state: 'fail', code: 'signer.untrusted' });
    const fewer = judgeSignersToday(signed(1), claim, trust);
    expect(fewer).toMatchObject({ state: 'warn', code: 'signer.fewer' });
    expect(fewer.text).toContain('1 of 1 required signers remain');
    const refused = { ...signed(1), state: 'fail' as const, signers: [] };
    expect(judgeSignersToday(refused, claim, trust)).toEqual(refused);
  });
});

describe('when time passes after an import', () => {
  it('an expired snapshot is no longer called current, in the window and in the report', async () => {
    const { workspace } = await testWorkspace();
    trustPublisher(workspace);
    const records = [record('model', 'm1', { model_name: 'Credit' })];
    await importBundle(workspace, await bundle({ records, sequence: 1, expiresAt: '2026-12-01T00:00:00Z' }));
    const later = sessionOf(workspace, new Date('2026-12-15T00:00:00Z'));
    const shown = await snapshotsShow(later.context, { snapshot: 1 }, silentJob);
    expect(shown.verification.freshness.code).toBe('freshness.current');
    expect(shown.today.freshness).toMatchObject({ state: 'warn', code: 'freshness.expired', text: 'It has expired.' });
    const { lines } = await reportReadiness(later.context, { template: 'internal-audit' }, silentJob);
    expect(lines.map(({ text }) => text).join('\n')).toContain('It has expired.');
  });

  it('a clock that is set back makes it no fresher: the newest snapshot seen decides', async () => {
    const { workspace } = await testWorkspace();
    trustPublisher(workspace);
    const records = [record('model', 'm1', { model_name: 'Credit' })];
    const first = await bundle({ records, sequence: 1, createdAt: now, expiresAt: '2026-11-23T13:00:00Z' });
    await importBundle(workspace, first);
    await importBundle(
      workspace,
      await bundle({ records, registryId: 'urn:other', createdAt: new Date('2026-11-25T00:00:00Z') }),
      { now: new Date('2026-11-25T00:00:00Z') },
    );
    const back = sessionOf(workspace, now);
    const { today } = await snapshotsShow(back.context, { snapshot: 1 }, silentJob);
    expect(today.freshness.code).toBe('freshness.expired');
  });
});

describe('when a snapshot lost its signers otherwise than by a revocation', () => {
  it('blocks the report as well', async () => {
    const { session, workspace } = await imported();
    const [key] = loadTrustStore(workspace.reader).keys;
    if (!key) throw new Error('no key');
    saveTrustedKey(workspace.writer, { ...key, registryIds: ['urn:other'] });
    const { lines } = await reportReadiness(session.context, { template: 'internal-audit' }, silentJob);
    expect(lines.filter(({ level }) => level === 'block').map(({ text }) => text)).toEqual([
      expect.stringMatching(/^Snapshot S1 .* is no longer trusted: .*not trusted for registry/),
    ]);
  });

  it('is left out and named where another snapshot of its registry still counts', async () => {
    const { session, workspace } = await imported();
    const records = [record('model', 'm1', { model_name: 'Credit' })];
    await importBundle(workspace, await bundle({ records, sequence: 4 }));
    trustRevoke(
      session.context,
      { hint: keyId, accepted: [{ registryId: registryOne, maxSequence: 3 }], reason: 'stolen' },
      silentJob,
    );
    const { lines } = await reportReadiness(session.context, { template: 'internal-audit' }, silentJob);
    expect(lines.filter(({ level }) => level === 'block')).toEqual([]);
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 'note', text: expect.stringMatching(/^Snapshot S2 .* left out/) }),
    );
  });
});
