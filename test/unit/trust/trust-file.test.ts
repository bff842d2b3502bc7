/** Trust files: signed by an administrator, pinned at first contact, never backwards; and files on disk decide nothing afterwards. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { toJcs } from '../../../src-main/core/canonical-json.ts';
import { silentJob } from '../../../src-main/core/ports.ts';
import { loadTrustStore, saveTrustedKey } from '../../../src-main/core/store/trust-queries.ts';
import { signDsse } from '../../../src-main/core/trust/dsse.ts';
import { describePublicKey, generatePublisherKey } from '../../../src-main/core/trust/keys.ts';
import { readTrustFile, type TrustDocument, trustDocumentType } from '../../../src-main/core/trust/trust-file.ts';
import { activityList } from '../../../src-main/core/usecases/activity-list.ts';
import { snapshotVerify } from '../../../src-main/core/usecases/snapshot-verify.ts';
import { trustAdd } from '../../../src-main/core/usecases/trust-add.ts';
import { trustExport } from '../../../src-main/core/usecases/trust-export.ts';
import { trustImport } from '../../../src-main/core/usecases/trust-import.ts';
import { trustList } from '../../../src-main/core/usecases/trust-list.ts';
import { trustRevoke } from '../../../src-main/core/usecases/trust-revoke.ts';
import { trustSetThreshold } from '../../../src-main/core/usecases/trust-set-threshold.ts';
import { contract } from '../../../src-shared/contract/contract.ts';
import { codeOf, sessionOf, type TestSession } from '../../support/session.ts';
import {
  bundle,
  cleanUp,
  importBundle,
  now,
  publisher,
  record,
  temporaryFolder,
  testWorkspace,
} from '../store/support.ts';

afterEach(cleanUp);

const opened = async (at = now) => sessionOf((await testWorkspace()).workspace, at);
const add = ({ context }: TestSession, key = publisher.publicKey, registryIds = ['*']) =>
  trustAdd(context, { rawBytes: describePublicKey(key).rawBytes, label: 'Registry team', registryIds }, silentJob);
const revoke = ({ context }: TestSession, hint: string, maxSequence: number) =>
  trustRevoke(context, { hint, accepted: [{ registryId: 'urn:r', maxSequence }], reason: 'stolen' }, silentJob);

async function exported(session: TestSession, plain = false): Promise<string> {
  const path = join(temporaryFolder(), 'trust.json');
  await trustExport(session.context, { file: session.grant(path), plain }, silentJob);
  return path;
}
const issuerOf = (path: string): string =>
  readTrustFile(readFileSync(path, 'utf8'), path).signed?.issuer.fingerprint ?? '';
interface TakeOptions {
  readonly issuer?: string;
  readonly replaceIssuer?: string;
  readonly widen?: boolean;
  readonly dryRun?: boolean;
}
const take = async (session: TestSession, path: string, options: TakeOptions = {}) =>
  contract['trust.import'].output.parse(
    await trustImport(
      session.context,
      {
        file: session.grant(path),
        dryRun: options.dryRun ?? false,
        widen: options.widen ?? false,
        ...(options.issuer ? { issuer: options.issuer } : {}),
        ...(options.replaceIssuer ? { replaceIssuer: options.replaceIssuer } : {}),
      },
      silentJob,
    ),
  );
const storeOf = ({ context }: TestSession) => loadTrustStore(context.workspace().reader);
const { keyId } = describePublicKey(publisher.publicKey);

describe('when a trust store is exported', () => {
  it('is signed by the administrator, with a number that only grows', async () => {
    const session = await opened();
    await add(session);
    const numbers = [];
    for (let i = 0; i < 3; i += 1) {
      const { signed } = readTrustFile(readFileSync(await exported(session), 'utf8'), 'trust.json');
      numbers.push(signed?.document.serial);
      expect(signed?.issuer.name).toBe('Ada Auditor');
      expect(signed?.document.trust.keys.map((key) => key.hint)).toEqual([keyId]);
    }
    expect(numbers).toEqual([1, 2, 3]);
  });

  it('plain JSON stays readable and says of itself that nobody vouches for it', async () => {
    const session = await opened();
    await add(session);
    const path = await exported(session, true);
    expect(readTrustFile(readFileSync(path, 'utf8'), 'trust.json')).toMatchObject({ signed: null });
    const file = session.grant(await bundle({ records: [record('model', 'm', { model_name: 'M' })] }));
    const answer = await snapshotVerify(session.context, { file, trust: session.grant(path) }, silentJob);
    expect(answer).toMatchObject({ ok: true, trust: { kind: 'unsigned_file', issuer: null } });
    expect(answer.trust.text).toMatch(/unsigned: whoever can write to it decides/);
    expect(await codeOf(() => take(session, path))).toBe('input trust.unsigned');
    const named = { file, trust: session.grant(path), issuer: '00' };
    expect(await codeOf(() => snapshotVerify(session.context, named, silentJob))).toBe('trust trust.unsigned');
  });

  it('a signed one verifies a snapshot, names its issuer, and is refused for another', async () => {
    const session = await opened();
    await add(session);
    const path = await exported(session);
    const file = session.grant(await bundle({ records: [record('model', 'm', { model_name: 'M' })] }));
    const verify = (issuer?: string) =>
      snapshotVerify(
        session.context,
        { file, trust: session.grant(path), ...(issuer === undefined ? {} : { issuer }) },
        silentJob,
      );
    expect(await verify()).toMatchObject({ ok: true, trust: { kind: 'signed_file', serial: 1 } });
    expect((await verify(issuerOf(path))).trust.text).toContain('its fingerprint is the one given');
    expect(await codeOf(() => verify('ab'.repeat(32)))).toBe('trust trust.issuer_mismatch');
  });
});

describe('when a signed trust file is imported', () => {
  it('asks for the fingerprint at first contact, pins the issuer, and writes it down', async () => {
    const [mine, theirs] = [await opened(), await opened()];
    await add(theirs);
    const path = await exported(theirs);
    const preview = await take(mine, path, { dryRun: true });
    expect(preview).toMatchObject({ outcome: 'preview', firstContact: true, previousSerial: null });
    expect(preview.changes).toEqual([
      { kind: 'added', hint: keyId, text: 'Trust the key "Registry team" for every registry.' },
    ]);
    expect(storeOf(mine).keys).toEqual([]);
    expect(await codeOf(() => take(mine, path))).toBe('trust trust.issuer_unknown');
    expect(await codeOf(() => take(mine, path, { issuer: 'ab'.repeat(32) }))).toBe('trust trust.issuer_mismatch');
    expect(storeOf(mine).keys).toEqual([]);

    expect(await take(mine, path, { issuer: issuerOf(path) })).toMatchObject({ outcome: 'applied' });
    expect(storeOf(mine).keys).toMatchObject([{ hint: keyId, addedBy: 'Ada Auditor (trust file)' }]);
    const { issuer } = await trustList(mine.context, {}, silentJob);
    expect(issuer).toMatchObject({ name: 'Ada Auditor', serial: 1, fingerprint: issuerOf(path) });
    const { entries } = await activityList(mine.context, { limit: 5 }, silentJob);
    expect(entries[0]).toMatchObject({ action: 'trust.imported' });
    expect(await take(mine, path)).toMatchObject({ outcome: 'already_applied', changes: [] });
  });

  it('refuses an older file, another file of the same number, and another issuer', async () => {
    const [mine, theirs, stranger] = [await opened(), await opened(), await opened()];
    await add(theirs);
    await add(stranger);
    const first = await exported(theirs);
    await revoke(theirs, keyId, 4);
    const second = await exported(theirs);
    await take(mine, second, { issuer: issuerOf(second) });
    expect(storeOf(mine).keys[0]?.revoked?.accepted).toEqual([{ registryId: 'urn:r', maxSequence: 4 }]);
    expect(await codeOf(() => take(mine, first))).toBe('trust trust.rollback');
    const foreign = await exported(stranger);
    expect(await codeOf(() => take(mine, foreign))).toBe('trust trust.issuer_changed');
    // Also when the fingerprint of the new issuer is given: who was pinned stays.
    expect(await codeOf(() => take(mine, foreign, { issuer: issuerOf(foreign) }))).toBe('trust trust.issuer_changed');
    const twin = resigned(second, theirs, (document) => ({ ...document, trust: { ...document.trust, threshold: 3 } }));
    expect(await codeOf(() => take(mine, twin))).toBe('trust trust.equivocation');
    expect(storeOf(mine).keys).toHaveLength(1);
  });

  it('never takes a revocation back, loosens one, or lowers a threshold, and says so', async () => {
    const [mine, theirs] = [await opened(), await opened()];
    for (const session of [mine, theirs]) {
      await add(session);
      await add(session, second.publicKey);
    }
    const { keyId: other } = describePublicKey(second.publicKey);
    await trustSetThreshold(mine.context, { threshold: 2 }, silentJob);
    await trustSetThreshold(mine.context, { threshold: 2, registryId: 'urn:r' }, silentJob);
    await revoke(mine, keyId, 3);
    await revoke(mine, other, 3);
    await trustSetThreshold(theirs.context, { threshold: 1, registryId: 'urn:r' }, silentJob);
    await revoke(theirs, other, 9);
    const path = await exported(theirs);
    const { changes } = await take(mine, path, { issuer: issuerOf(path) });
    expect(changes.map(({ kind }) => kind).sort()).toEqual(['kept', 'kept', 'kept', 'kept']);
    const after = storeOf(mine);
    expect(after.keys.map((key) => key.revoked?.accepted[0]?.maxSequence)).toEqual([3, 3]);
    expect([after.threshold, after.thresholds]).toEqual([2, { 'urn:r': 2 }]);
  });

  it('tightens: revocations, lower last sequences and higher thresholds are taken over', async () => {
    const [mine, theirs] = [await opened(), await opened()];
    for (const session of [mine, theirs]) {
      await add(session);
      await add(session, second.publicKey);
    }
    await revoke(mine, keyId, 9);
    await trustSetThreshold(theirs.context, { threshold: 2 }, silentJob);
    await trustSetThreshold(theirs.context, { threshold: 2, registryId: 'urn:r' }, silentJob);
    await revoke(theirs, keyId, 3);
    const path = await exported(theirs);
    await take(mine, path, { issuer: issuerOf(path) });
    const after = storeOf(mine);
    expect(after.keys.find((key) => key.hint === keyId)?.revoked?.accepted).toEqual([
      { registryId: 'urn:r', maxSequence: 3 },
    ]);
    expect([after.threshold, after.thresholds]).toEqual([2, { 'urn:r': 2 }]);
  });

  it('knows about revocations only what the issuer knew, not what day it is', async () => {
    const [early, mine] = [await opened(new Date('2026-06-01T00:00:00Z')), await opened()];
    await add(early);
    const path = await exported(early);
    await take(mine, path, { issuer: issuerOf(path) });
    const [key] = (await trustList(mine.context, {}, silentJob)).keys;
    expect(key).toMatchObject({ revocationUnknownSince: '2026-06-01T00:00:00Z', stale: true });
  });

  it('lets known keys do more only where a person consents, and narrows them without asking', async () => {
    const [mine, theirs] = [await opened(), await opened()];
    const { rawBytes } = describePublicKey(publisher.publicKey);
    const pin = ({ context }: TestSession, registryIds: string[], validUntil?: string) =>
      trustAdd(
        context,
        { rawBytes, label: 'Registry team', registryIds, ...(validUntil === undefined ? {} : { validUntil }) },
        silentJob,
      );
    await pin(mine, ['urn:a', 'urn:b'], '2026-12-01T00:00:00Z');
    await pin(theirs, ['urn:b', 'urn:c']);
    const path = await exported(theirs);
    const issuer = issuerOf(path);
    const kinds = ({ changes }: Awaited<ReturnType<typeof take>>) => changes.map(({ kind }) => kind).sort();
    expect(kinds(await take(mine, path, { issuer }))).toEqual(['scope', 'wider', 'wider']);
    expect(storeOf(mine).keys[0]).toMatchObject({ registryIds: ['urn:b'], validFor: { end: '2026-12-01T00:00:00Z' } });
    // The same file again changes nothing, until somebody consents.
    expect(await take(mine, path)).toMatchObject({ outcome: 'already_applied' });
    expect(kinds(await take(mine, path, { widen: true }))).toEqual(['scope', 'validity']);
    expect(storeOf(mine).keys[0]).toMatchObject({ registryIds: ['urn:b', 'urn:c'], validFor: {} });
  });

  it('never makes a key of one registry one of every registry on its own', async () => {
    const [mine, theirs] = [await opened(), await opened()];
    await add(mine, publisher.publicKey, ['urn:a']);
    await add(theirs, publisher.publicKey, ['*']);
    const path = await exported(theirs);
    await take(mine, path, { issuer: issuerOf(path) });
    expect(storeOf(mine).keys[0]?.registryIds).toEqual(['urn:a']);
  });

  it('names the stored snapshots that lose their signer by it', async () => {
    const [mine, theirs] = [await opened(), await opened()];
    await add(mine);
    await add(theirs, publisher.publicKey, ['urn:elsewhere']);
    await importBundle(mine.context.workspace(), await bundle({ records: [record('model', 'm', {})] }));
    const path = await exported(theirs);
    const { affected } = await take(mine, path, { issuer: issuerOf(path), dryRun: true });
    expect(affected).toMatchObject([{ snapshot: 1, effect: 'untrusted' }]);
  });

  it('cannot use up the numbers and times of later files', async () => {
    const [mine, theirs] = [await opened(), await opened()];
    await add(theirs);
    const path = await exported(theirs);
    const issuer = issuerOf(path);
    const changed = (change: Partial<TrustDocument>) =>
      resigned(path, theirs, (document) => ({ ...document, ...change }));
    expect(await codeOf(() => take(mine, changed({ serial: Number.MAX_SAFE_INTEGER }), { issuer }))).toBe(
      'trust trust.leap',
    );
    expect(await codeOf(() => take(mine, changed({ issuedAt: '2099-01-01T00:00:00Z' }), { issuer }))).toBe(
      'trust trust.future',
    );
    await take(mine, path, { issuer });
    expect(await codeOf(() => take(mine, changed({ serial: 1_000_002 })))).toBe('trust trust.leap');
    expect(await take(mine, changed({ serial: 1_000_001 }))).toMatchObject({ outcome: 'applied' });
  });

  it('another issuer takes over when a person says so, with the fingerprint, and it is written down', async () => {
    const [mine, lost, next] = [await opened(), await opened(), await opened()];
    await add(lost);
    await add(next, second.publicKey);
    const path = await exported(lost);
    await take(
      mine,
      resigned(path, lost, (document) => ({ ...document, serial: 500 })),
      { issuer: issuerOf(path) },
    );
    const other = await exported(next);
    expect(await codeOf(() => take(mine, other, { replaceIssuer: issuerOf(path) }))).toBe(
      'trust trust.issuer_mismatch',
    );
    expect(await take(mine, other, { replaceIssuer: issuerOf(other) })).toMatchObject({
      outcome: 'applied',
      serial: 1,
      previousSerial: 500,
    });
    const { issuer } = await trustList(mine.context, {}, silentJob);
    expect(issuer).toMatchObject({ fingerprint: issuerOf(other), serial: 1 });
    const { entries } = await activityList(mine.context, { limit: 1 }, silentJob);
    expect(entries[0]).toMatchObject({ action: 'trust.issuer_replaced' });
    expect(await codeOf(() => take(mine, path))).toBe('trust trust.issuer_changed');
  });

  it('says of an added key where it was retired', async () => {
    const [mine, theirs] = [await opened(), await opened()];
    await add(theirs);
    const path = await exported(theirs);
    const at = '2026-11-02T00:00:00Z';
    const changed = resigned(path, theirs, (document) => ({
      ...document,
      trust: {
        ...document.trust,
        keys: document.trust.keys.map((key) => ({
          ...key,
          retired: [{ registryId: 'urn:r', at, maxSequence: 4, reason: 'rotation' }],
        })),
      },
    }));
    const { changes } = await take(mine, changed, { issuer: issuerOf(changed) });
    expect(changes[0]?.text).toContain('retired for urn:r, accepted up to sequence 4');
  });

  it('a word of the future gives way to one that can be believed, also when verifying by the file', async () => {
    const [mine, theirs] = [await opened(), await opened()];
    for (const session of [mine, theirs]) await add(session);
    const [key] = storeOf(mine).keys;
    if (!key) throw new Error('no key');
    saveTrustedKey(mine.context.workspace().writer, { ...key, confirmedAt: '2099-01-01T00:00:00Z' });
    const path = await exported(theirs);
    const ahead = resigned(path, theirs, (document) => ({
      ...document,
      issuedAt: '2020-01-01T00:00:00Z',
      trust: {
        ...document.trust,
        keys: document.trust.keys.map((k) => ({ ...k, confirmedAt: '2026-11-20T00:00:00Z' })),
      },
    }));
    const file = mine.grant(await bundle({ records: [record('model', 'm', {})] }));
    const answer = await snapshotVerify(mine.context, { file, trust: mine.grant(ahead) }, silentJob);
    expect(answer.freshness).toMatchObject({ state: 'warn', code: 'freshness.trust_stale' });
    const before = (await trustList(mine.context, {}, silentJob)).keys[0];
    expect(before).toMatchObject({ stale: true });
    await take(mine, path, { issuer: issuerOf(path) });
    expect(storeOf(mine).keys[0]?.confirmedAt).toBe('2026-11-23T12:00:00Z');
  });

  const spoilt = {
    'a changed payload': (text: string) =>
      text.replace(/"payload": "(.)/, (_all, c) => `"payload": "${c === 'e' ? 'f' : 'e'}`),
    'a changed signature': (text: string) => text.replace(/"sig": "(.{20})./, '"sig": "$1A'),
    'half a file': (text: string) => text.slice(0, text.length / 2),
    'no signature': (text: string) => JSON.stringify({ ...JSON.parse(text), signatures: [] }),
    'another payload type': (text: string) => text.replace('vnd.assay.trust-store', 'vnd.in-toto'),
    'an unknown field': (text: string) => JSON.stringify({ ...JSON.parse(text), extra: 1 }),
  };
  it.each(Object.entries(spoilt))('refuses a file with %s and changes nothing', async (_name, spoil) => {
    const [mine, theirs] = [await opened(), await opened()];
    await add(theirs);
    const path = await exported(theirs);
    const issuer = issuerOf(path);
    writeFileSync(path, spoil(readFileSync(path, 'utf8')));
    expect(await codeOf(() => take(mine, path, { issuer }))).toMatch(
      /^(input trust\.(malformed|unsigned)|trust trust\.(signature|payload_type))$/,
    );
    expect(storeOf(mine).keys).toEqual([]);
  });

  it.each<[string, (document: TrustDocument) => unknown]>([
    ['keys twice', (d) => ({ ...d, trust: { ...d.trust, keys: [...d.trust.keys, ...d.trust.keys] } })],
    [
      'a hint of another key',
      (d) => ({ ...d, trust: { ...d.trust, keys: d.trust.keys.map((k) => ({ ...k, hint: 'AAAA' })) } }),
    ],
    ["another key's certificate", (d) => ({ ...d, issuer: { ...d.issuer, certificate: 'AAAA' } })],
    ['a threshold of 0', (d) => ({ ...d, trust: { ...d.trust, threshold: 0 } })],
    ['an unknown field', (d) => ({ ...d, extra: 1 })],
  ])('refuses what its issuer signed with %s', async (_name, change) => {
    const [mine, theirs] = [await opened(), await opened()];
    await add(theirs);
    const path = await exported(theirs);
    const issuer = issuerOf(path);
    const changed = resigned(path, theirs, change);
    expect(await codeOf(() => take(mine, changed, { issuer }))).toMatch(/^input trust\./);
    expect(storeOf(mine).keys).toEqual([]);
  });

  it('refuses a payload that is not canonical, so that every reader sees the same keys', async () => {
    const [mine, theirs] = [await opened(), await opened()];
    await add(theirs);
    const path = await exported(theirs);
    const issuer = issuerOf(path);
    const twice = rewritten(path, theirs, (jcs) => jcs.replace('{', '{"serial":7,'));
    expect(await codeOf(() => take(mine, twice, { issuer }))).toBe('input trust.malformed');
  });
});

const second = generatePublisherKey();

/** The same file with another document, signed by the same administrator. */
const resigned = (path: string, session: TestSession, change: (document: TrustDocument) => unknown): string =>
  rewritten(path, session, (jcs) => toJcs(change(JSON.parse(jcs))));

function rewritten(path: string, session: TestSession, change: (jcs: string) => string): string {
  const { signed } = readTrustFile(readFileSync(path, 'utf8'), path);
  if (!signed) throw new Error('not a signed trust file');
  const payload = Buffer.from(change(toJcs(signed.document)));
  const key = session.context.workspace().signing.p256;
  const { payloadType } = trustDocumentType;
  const signature = {
    keyid: describePublicKey(key).keyId,
    sig: signDsse(payloadType, payload, key).toString('base64'),
  };
  const out = join(temporaryFolder(), 'rewritten.json');
  writeFileSync(out, JSON.stringify({ payloadType, payload: payload.toString('base64'), signatures: [signature] }));
  return out;
}

describe('C13 when a trust file on disk is replaced', () => {
  it('the verdict of the workspace stays as it was: keys are pinned inside the encrypted store', async () => {
    const session = await opened();
    await add(session);
    const signed = await exported(session);
    const plain = await exported(session, true);
    const stranger = generatePublisherKey();
    const records = [record('model', 'm', { model_name: 'M' })];
    const good = session.grant(await bundle({ records }));
    const evil = session.grant(await bundle({ records, key: stranger.privateKey }));
    const before = storeOf(session);
    const theirs = await opened();
    await add(theirs, stranger.publicKey);
    for (const path of [signed, plain]) {
      for (const replacement of [
        readFileSync(await exported(theirs)),
        readFileSync(await exported(theirs, true)),
        '{}',
        '',
      ])
        writeFileSync(path, replacement);
    }
    expect(await snapshotVerify(session.context, { file: good }, silentJob)).toMatchObject({
      ok: true,
      trust: { kind: 'workspace' },
    });
    expect(await snapshotVerify(session.context, { file: evil }, silentJob)).toMatchObject({
      ok: false,
      signer: { code: 'signer.untrusted' },
    });
    expect(storeOf(session)).toEqual(before);
  });

  it('and a replaced file is not taken over either: its issuer is pinned', async () => {
    const [mine, admin, stranger] = [await opened(), await opened(), await opened()];
    await add(admin);
    await add(stranger, second.publicKey);
    const path = await exported(admin);
    await take(mine, path, { issuer: issuerOf(path) });
    writeFileSync(path, readFileSync(await exported(stranger)));
    expect(await codeOf(() => take(mine, path))).toBe('trust trust.issuer_changed');
    expect(storeOf(mine).keys.map((key) => key.hint)).toEqual([keyId]);
  });
});
