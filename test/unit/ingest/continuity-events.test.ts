/** Continuity conditions on real bundles in a real store: event, finding, severity, and silence where nothing is wrong. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { silentJob } from '../../../src-main/core/ports.ts';
import { coSignatureName, signatureMember } from '../../../src-main/core/snapshot/names.ts';
import { openContainer, readMember } from '../../../src-main/core/snapshot/read.ts';
import { findingDetail } from '../../../src-main/core/store/finding-queries.ts';
import { findTrustedKey, saveTrustedKey } from '../../../src-main/core/store/trust-queries.ts';
import type { OpenWorkspace } from '../../../src-main/core/store/workspace.ts';
import { readBundle, writeBundle } from '../../../src-main/core/trust/bundle.ts';
import { describePublicKey, generatePublisherKey } from '../../../src-main/core/trust/keys.ts';
import { checkRun } from '../../../src-main/core/usecases/check-run.ts';
import { findingsDecide } from '../../../src-main/core/usecases/findings-decide.ts';
import { registriesTimeline } from '../../../src-main/core/usecases/registries-timeline.ts';
import { snapshotsImport } from '../../../src-main/core/usecases/snapshots-import.ts';
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import { codeOf, sessionOf } from '../../support/session.ts';
import {
  type BundleInput,
  bundle,
  cleanUp,
  now,
  publisher,
  record,
  registryOne,
  rowCount,
  temporaryFolder,
  testWorkspace,
  trustPublisher,
} from '../store/support.ts';

afterEach(cleanUp);

type Timeline = OutputOf<'registries.timeline'>['registries'][number];
const days = (count: number): Date => new Date(now.getTime() + count * 86_400_000);
const pack = (name: string, more: Partial<BundleInput> = {}): Promise<string> =>
  bundle({ records: [record('model', 'credit', { model_name: name })], ...more });

async function ready() {
  const { workspace } = await testWorkspace();
  trustPublisher(workspace);
  return workspace;
}

const load = (
  workspace: OpenWorkspace,
  path: string,
  options: { historical?: boolean; dryRun?: boolean; at?: Date } = {},
) => {
  const { context, grant } = sessionOf(workspace, options.at ?? now);
  const input = { file: grant(path), historical: options.historical ?? false, dryRun: options.dryRun ?? false };
  return codeOf(() => snapshotsImport(context, input, silentJob));
};

async function timeline(workspace: OpenWorkspace, at = now): Promise<Timeline[]> {
  return (await registriesTimeline(sessionOf(workspace, at).context, {}, silentJob)).registries;
}
const events = async (workspace: OpenWorkspace, at = now) =>
  (await timeline(workspace, at)).flatMap((registry) => registry.events);
const conditions = async (workspace: OpenWorkspace) => (await events(workspace)).map((event) => event.condition);
const check = (workspace: OpenWorkspace, at = now) => checkRun(sessionOf(workspace, at).context, {}, silentJob);
const decide = (workspace: OpenWorkspace, id: number, more: object) =>
  findingsDecide(sessionOf(workspace, now).context, { ids: [id], reason: 'because', ...more } as never, silentJob);

/** The members of a bundle in a folder, some of them replaced; null leaves one out. */
async function unpacked(path: string, replace: Readonly<Record<string, Buffer | null>> = {}): Promise<string> {
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
async function memberOf(path: string, name: string): Promise<Buffer> {
  const container = await openContainer(path);
  try {
    return await readMember(container, name, 1 << 20);
  } finally {
    await container.close();
  }
}

function trustOnly(workspace: OpenWorkspace, more: object) {
  const key = findTrustedKey(workspace.reader, describePublicKey(publisher.publicKey).keyId);
  if (!key) throw new Error('the publisher is not trusted in this test');
  saveTrustedKey(workspace.writer, { ...key, ...more });
}
const revoke = (workspace: OpenWorkspace, maxSequence: number) =>
  trustOnly(workspace, {
    revoked: { at: '2026-11-22T00:00:00Z', reason: 'stolen', accepted: [{ registryId: registryOne, maxSequence }] },
  });

describe('when a chain is whole', () => {
  it('leaves no event and no finding: in order, again, expiring later, evaluated', async () => {
    const workspace = await ready();
    const first = await pack('1', { expiresAt: '2027-11-23T12:00:00Z' });
    const second = await pack('2', { previousPath: first, expiresAt: '2027-11-23T12:00:00Z' });
    for (const path of [first, first, second]) expect(await load(workspace, path)).toBe('no failure');
    await check(workspace);
    expect(await events(workspace)).toEqual([]);
    expect(rowCount(workspace, "finding WHERE rule_id LIKE 'INT-%'")).toBe(0);
    const [registry] = await timeline(workspace);
    expect(registry).toMatchObject({ missing: [], nextSequence: 3, continuesUnseen: null });
    expect(registry?.lane.map(({ link, newest }) => [link, newest])).toEqual([
      ['first', false],
      ['linked', true],
    ]);
    expect(registry?.freshness.state).toBe('current');
  });
});

describe('when a snapshot is missing', () => {
  it('keeps a gap that shrinks with every historical import, and opens again what was said to be remedied', async () => {
    const workspace = await ready();
    const chain = [await pack('1')];
    for (let n = 2; n <= 5; n += 1) chain.push(await pack(String(n), { previousPath: chain.at(-1) ?? '' }));
    const file = (sequence: number): string => chain[sequence - 1] ?? '';
    await load(workspace, file(1));
    await load(workspace, file(5));
    const [gap] = await events(workspace);
    expect(gap).toMatchObject({ condition: 'gap', severity: 'medium', sequence: 5, settledAt: null });
    decide(workspace, gap?.finding.id ?? 0, { state: 'remediated' });
    await check(workspace);
    expect((await events(workspace))[0]?.finding.state).toBe('open');

    await load(workspace, file(3), { historical: true });
    expect((await timeline(workspace))[0]?.missing).toEqual([
      { from: 2, to: 2, named: 2 },
      { from: 4, to: 4, named: 4 },
    ]);
    await load(workspace, file(4), { historical: true });
    expect((await events(workspace)).map(({ sequence, settledAt }) => [sequence, settledAt !== null])).toEqual([
      [5, true],
      [3, false],
    ]);
    await load(workspace, file(2), { historical: true });
    expect((await events(workspace)).every(({ finding }) => finding.state === 'closed')).toBe(true);
    expect(findingDetail(workspace.reader, gap?.finding.id ?? 0).thread.at(-1)?.text).toContain('5 continues 4');
  });
});

describe('when the history is rewritten', () => {
  it('keeps a fork as critical, and a decision on it through evaluations', async () => {
    const workspace = await ready();
    const first = await pack('1');
    await load(workspace, first);
    await load(workspace, await pack('2', { previousPath: first }));
    const other = await pack('another 2', { previousPath: first });
    expect(await load(workspace, await pack('3', { previousPath: other }))).toBe('no failure');
    const [fork, ...more] = await events(workspace);
    expect(more).toEqual([]);
    const lane = (await timeline(workspace))[0]?.lane;
    expect(fork).toMatchObject({ condition: 'fork', severity: 'critical', snapshot: 3 });
    expect(fork?.otherSha256).toBe(lane?.[1]?.statementSha256);
    decide(workspace, fork?.finding.id ?? 0, { state: 'remediated' });
    await check(workspace);
    expect((await events(workspace))[0]).toMatchObject({ settledAt: null, finding: { state: 'remediated' } });
  });

  it('checks a historical import against both neighbours', async () => {
    const workspace = await ready();
    const first = await pack('1', { sequence: 1 });
    const second = await pack('2', { previousPath: first });
    const third = await pack('3', { previousPath: second });
    await load(workspace, first);
    await load(workspace, third);
    // The stored successor names another statement for sequence 2: refused, and both digests are kept.
    expect(await load(workspace, await pack('beside', { sequence: 2 }), { historical: true })).toBe(
      'trust continuity.equivocation',
    );
    expect(await load(workspace, second, { historical: true })).toBe('no failure');
    expect(await conditions(workspace)).toEqual(['gap', 'equivocation']);
    // What it names itself is another first one than the stored: a fork, found though it is only historical.
    const other = await ready();
    await load(other, first);
    await load(other, await pack('9', { sequence: 9 }));
    const elsewhere = await pack('another 1', { sequence: 1 });
    expect(await load(other, await pack('2', { previousPath: elsewhere }), { historical: true })).toBe('no failure');
    const [registry] = await timeline(other);
    expect(registry?.lane.map(({ link }) => link)).toEqual(['first', 'fork', 'gap']);
    expect(registry?.events.map(({ condition, sequence }) => [condition, sequence])).toEqual([
      ['gap', 9],
      ['fork', 2],
    ]);
  });

  it('keeps one equivocation per rival, with both digests and how often it came', async () => {
    const workspace = await ready();
    await load(workspace, await pack('1'));
    const rivals = [await pack('b'), await pack('c')];
    for (const path of [...rivals, rivals[0] ?? '']) {
      expect(await load(workspace, path)).toBe('trust continuity.equivocation');
    }
    const found = await events(workspace);
    expect(found.map(({ condition, times, snapshot }) => [condition, times, snapshot])).toEqual([
      ['equivocation', 2, null],
      ['equivocation', 1, null],
    ]);
    const [stored] = (await timeline(workspace))[0]?.lane ?? [];
    for (const { otherSha256 } of found) expect(otherSha256).toBe(stored?.statementSha256);
    expect(new Set(found.map(({ statementSha256 }) => statementSha256)).size).toBe(2);
  });
});

describe('when the sequence goes back or far ahead', () => {
  it('keeps a rollback until somebody imports it as historical', async () => {
    const workspace = await ready();
    await load(workspace, await pack('5', { sequence: 5 }));
    const old = await pack('3', { sequence: 3 });
    expect(await load(workspace, old)).toBe('trust continuity.rollback');
    expect(await load(workspace, old, { dryRun: true })).toBe('trust continuity.rollback');
    expect(await events(workspace)).toEqual([
      expect.objectContaining({ condition: 'rollback', severity: 'medium', times: 2, settledAt: null }),
    ]);
    expect(await load(workspace, old, { historical: true })).toBe('no failure');
    const settled = (await events(workspace)).find(({ condition }) => condition === 'rollback');
    expect(settled).toMatchObject({ finding: { state: 'closed' }, settledWhy: expect.stringContaining('Ada Auditor') });
  });

  it('refuses a jump near 2^53, keeps it, and lets the honest successor in', async () => {
    const workspace = await ready();
    const first = await pack('1');
    await load(workspace, first);
    const jump = await pack('far', { sequence: Number.MAX_SAFE_INTEGER });
    expect(await load(workspace, jump)).toBe('trust continuity.fast_forward');
    expect(await load(workspace, jump, { historical: true })).toBe('trust continuity.fast_forward');
    expect(await events(workspace)).toEqual([
      expect.objectContaining({ condition: 'fast_forward', severity: 'high', snapshot: null, times: 2 }),
    ]);
    expect(await load(workspace, await pack('2', { previousPath: first }))).toBe('no failure');
    expect((await timeline(workspace))[0]?.nextSequence).toBe(3);
  });

  it('recovers from a stolen key that numbered high, once the key is revoked', async () => {
    const workspace = await ready();
    const first = await pack('1');
    await load(workspace, first);
    await load(workspace, await pack('stolen', { sequence: 900_000 }));
    const fresh = generatePublisherKey();
    trustPublisher(workspace, fresh.publicKey);
    const honest = await pack('2', { previousPath: first, key: fresh.privateKey });
    expect(await load(workspace, honest)).toBe('trust continuity.rollback');
    revoke(workspace, 1);
    expect(await load(workspace, honest)).toBe('no failure');
    const [registry] = await timeline(workspace);
    expect(registry?.lane.map(({ link, newest }) => [link, newest])).toEqual([
      ['first', false],
      ['linked', true],
      ['disowned', false],
    ]);
    expect(registry?.nextSequence).toBe(3);
    expect(registry?.missing).toEqual([]);
    const gap = registry?.events.find(({ condition }) => condition === 'gap');
    expect(gap?.settledWhy).toContain('no longer counts');
    // The honest one is what is evaluated from now on.
    expect((await check(workspace)).snapshots).toEqual([3]);
  });
});

describe('when time is wrong', () => {
  it('finds a snapshot stale when its day has passed, and settles it with a newer one', async () => {
    const workspace = await ready();
    const first = await pack('1', { expiresAt: days(10).toISOString() });
    await load(workspace, first);
    await check(workspace, days(9));
    expect(await events(workspace)).toEqual([]);
    const late = (await timeline(workspace, days(11)))[0];
    expect(late?.freshness.state).toBe('stale');
    await check(workspace, days(11));
    expect(await events(workspace, days(11))).toEqual([
      expect.objectContaining({ condition: 'stale', severity: 'medium', settledAt: null }),
    ]);
    const next = await pack('2', { previousPath: first, createdAt: days(11), expiresAt: days(30).toISOString() });
    await load(workspace, next, { at: days(11) });
    expect((await events(workspace, days(11)))[0]).toMatchObject({ finding: { state: 'closed' } });
    // A clock that was set back makes nothing fresh again, and nothing stale that is not.
    expect((await timeline(workspace, days(-400)))[0]?.freshness.state).toBe('current');
  });

  it('judges staleness by the newest time seen where the computer is behind it', async () => {
    const workspace = await ready();
    await load(
      workspace,
      await pack('1', {
        createdAt: days(-20),
        collectedAt: days(-21).toISOString(),
        expiresAt: days(-5).toISOString(),
      }),
      {
        at: days(-20),
      },
    );
    await load(workspace, await pack('x', { registryId: 'urn:other', createdAt: days(0) }), { at: days(0) });
    await check(workspace, days(-20));
    expect(await conditions(workspace)).toEqual(['stale']);
  });

  it('names what was created in the future, and not what is five minutes ahead', async () => {
    const workspace = await ready();
    const first = await pack('1', { createdAt: new Date(now.getTime() + 4 * 60_000) });
    await load(workspace, first);
    expect(await events(workspace)).toEqual([]);
    await load(workspace, await pack('2', { previousPath: first, createdAt: days(3) }));
    expect(await events(workspace)).toEqual([
      expect.objectContaining({ condition: 'future_dated', severity: 'medium', snapshot: 2, settledAt: null }),
    ]);
  });
});

describe('when parts of bundles are mixed', () => {
  it('finds a member of another bundle, one that is missing and one that nobody listed', async () => {
    const workspace = await ready();
    const first = await pack('1');
    const second = await pack('2', { previousPath: first });
    const shard = 'records/model-0001.ndjson';
    const swapped = await unpacked(second, { [shard]: await memberOf(first, shard) });
    expect(await load(workspace, swapped)).toBe('trust content.digest');
    expect(await load(workspace, await unpacked(second, { [shard]: null }))).toBe('trust content.missing_member');
    expect(await load(workspace, await unpacked(second, { 'evidence/x': Buffer.from('x') }))).toBe(
      'trust content.unlisted_member',
    );
    expect(await events(workspace)).toEqual([
      expect.objectContaining({ condition: 'mixed_members', severity: 'high', sequence: 2, times: 3, snapshot: null }),
    ]);
    // The same parts, whole, are no incident.
    expect(await load(workspace, await unpacked(first))).toBe('no failure');
    expect(rowCount(workspace, 'snapshot')).toBe(1);
  });

  it('finds co-signatures over two statements', async () => {
    const workspace = await ready();
    const cosigner = generatePublisherKey();
    trustPublisher(workspace, cosigner.publicKey);
    const first = await pack('1');
    const second = await pack('2', { key: cosigner.privateKey, sequence: 2 });
    const name = Buffer.from(describePublicKey(cosigner.publicKey).keyId, 'base64').toString('hex');
    const mixed = await unpacked(first, {
      [`signatures/${name}.sigstore.json`]: await memberOf(second, 'snapshot.sigstore.json'),
    });
    expect(await load(workspace, mixed)).toBe('trust signature.payload_differs');
    const [event, ...more] = await events(workspace);
    expect(more).toEqual([]);
    expect(event).toMatchObject({ condition: 'mixed_members', sequence: 1 });
    expect(event?.otherSha256).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('when a known key says what it may not', () => {
  it('finds a registry outside its scope, listed though nothing of it was ever imported', async () => {
    const workspace = await ready();
    trustOnly(workspace, { registryIds: ['urn:mine'] });
    expect(await load(workspace, await pack('theirs', { registryId: 'urn:theirs' }))).toBe('trust signer.out_of_scope');
    expect(await load(workspace, await pack('mine', { registryId: 'urn:mine' }))).toBe('no failure');
    const registries = await timeline(workspace);
    expect(registries.map(({ registryId, lane, events: list }) => [registryId, lane.length, list.length])).toEqual([
      ['urn:mine', 1, 0],
      ['urn:theirs', 0, 1],
    ]);
    expect(await events(workspace)).toEqual([
      expect.objectContaining({ condition: 'wrong_registry', severity: 'high' }),
    ]);
  });

  it('finds a revoked key above its last sequence; at or below it historical imports still work', async () => {
    const workspace = await ready();
    const chain = [await pack('1')];
    for (let n = 2; n <= 4; n += 1) chain.push(await pack(String(n), { previousPath: chain.at(-1) ?? '' }));
    await load(workspace, chain[2] ?? '');
    revoke(workspace, 3);
    expect(await load(workspace, chain[1] ?? '', { historical: true })).toBe('no failure');
    expect(await conditions(workspace)).toEqual([]);
    for (const historical of [false, true]) {
      expect(await load(workspace, chain[3] ?? '', { historical })).toBe('trust signer.revoked');
    }
    expect(await events(workspace)).toEqual([
      expect.objectContaining({ condition: 'key_used_after_revocation', severity: 'critical', sequence: 4, times: 2 }),
    ]);
  });
});

describe('when a revoked key signs beside one that counts', () => {
  it('imports the snapshot and keeps the use of the key, and nothing where it signed in time', async () => {
    const cosigner = generatePublisherKey();
    const { keyId } = describePublicKey(cosigner.publicKey);
    const cosigned = async (path: string): Promise<string> => {
      const { payload } = readBundle(signatureMember, await memberOf(path, signatureMember));
      const name = coSignatureName(Buffer.from(keyId, 'base64').toString('hex'));
      return unpacked(path, { [name]: writeBundle(payload, cosigner.privateKey) });
    };
    const workspace = await ready();
    trustPublisher(workspace, cosigner.publicKey);
    const key = findTrustedKey(workspace.reader, keyId);
    if (!key) throw new Error('the cosigner is not trusted in this test');
    saveTrustedKey(workspace.writer, {
      ...key,
      revoked: { at: '2026-11-22T00:00:00Z', reason: 'lost', accepted: [{ registryId: registryOne, maxSequence: 1 }] },
    });
    const first = await pack('1');
    const second = await pack('2', { previousPath: first });
    expect(await load(workspace, await cosigned(first))).toBe('no failure');
    expect(await conditions(workspace)).toEqual([]);
    expect(await load(workspace, await cosigned(second))).toBe('no failure');
    expect(await events(workspace)).toEqual([
      expect.objectContaining({ condition: 'key_used_after_revocation', snapshot: 2, sequence: 2 }),
    ]);
  });
});

describe('when a stranger presents a bundle', () => {
  it('leaves one entry in the log and nothing else, whatever it claims', async () => {
    const workspace = await ready();
    await load(workspace, await pack('1', { sequence: 5 }));
    const stranger = generatePublisherKey().privateKey;
    const before = { events: rowCount(workspace, 'continuity_event'), log: rowCount(workspace, 'activity') };
    for (const sequence of [5, 3, Number.MAX_SAFE_INTEGER]) {
      expect(await load(workspace, await pack('x', { key: stranger, sequence }))).toBe('trust signer.untrusted');
    }
    expect(rowCount(workspace, 'continuity_event')).toBe(before.events);
    expect(rowCount(workspace, 'finding')).toBe(0);
    expect(rowCount(workspace, 'refused_statement')).toBe(0);
    expect(rowCount(workspace, 'activity')).toBe(before.log + 3);
    // Two statements in one bundle, neither signed by anybody known: no incident of any publisher.
    const another = generatePublisherKey();
    const foreign = await pack('y', { key: another.privateKey });
    const name = coSignatureName(Buffer.from(describePublicKey(another.publicKey).keyId, 'base64').toString('hex'));
    const mixed = await unpacked(await pack('x', { key: stranger }), {
      [name]: await memberOf(foreign, signatureMember),
    });
    expect(await load(workspace, mixed)).toBe('trust signature.payload_differs');
    expect(rowCount(workspace, 'continuity_event')).toBe(before.events);
    before.log += 1;
    expect(await load(workspace, await pack('x', { key: stranger }), { dryRun: true })).toBe('trust signer.untrusted');
    expect(rowCount(workspace, 'activity')).toBe(before.log + 3);
  });
});

describe('when an acceptance has run out', () => {
  it('opens again with the next evaluation', async () => {
    const workspace = await ready();
    await load(workspace, await pack('1'));
    await load(workspace, await pack('b'));
    const id = (await events(workspace))[0]?.finding.id ?? 0;
    decide(workspace, id, { state: 'accepted_risk', expiresAt: '2026-12-01' });
    await check(workspace, days(5));
    expect(findingDetail(workspace.reader, id).state).toBe('accepted_risk');
    await check(workspace, days(20));
    expect(findingDetail(workspace.reader, id).state).toBe('open');
  });
});

describe('the order in which a valid chain is imported', () => {
  it('changes neither what it looks like in the end nor raises a fork or an equivocation', async () => {
    const chain = [await pack('1', { sequence: 3 })];
    for (let n = 2; n <= 4; n += 1) chain.push(await pack(String(n), { previousPath: chain.at(-1) ?? '' }));
    const seen = new Set<string>();
    for (const order of permutations(chain)) {
      const workspace = await ready();
      for (const [index, path] of order.entries()) {
        const historical = order.slice(0, index).some((earlier) => chain.indexOf(earlier) > chain.indexOf(path));
        expect(await load(workspace, path, { historical })).toBe('no failure');
      }
      const [registry] = await timeline(workspace);
      const wrong = registry?.events.filter(({ condition, settledAt }) => condition !== 'gap' || settledAt === null);
      expect(wrong).toEqual([]);
      seen.add(
        JSON.stringify([
          registry?.lane.map(({ sequence, statementSha256, link, newest }) => [
            sequence,
            statementSha256,
            link,
            newest,
          ]),
          registry?.missing,
          registry?.nextSequence,
        ]),
      );
      workspace.close();
    }
    expect(seen.size).toBe(1);
    // 24 workspaces of four imports each: seconds, on a busy machine many.
  }, 120_000);
});

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, index) =>
    permutations(items.filter((_, other) => other !== index)).map((rest) => [item, ...rest]),
  );
}
