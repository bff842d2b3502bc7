/** Checks of a record's files: what is kept, what the dossier says by it, and which findings open and close. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { signModel } from '../../../src-main/core/artifact/sign-model.ts';
import { silentJob } from '../../../src-main/core/ports.ts';
import { findTrustedKey, saveTrustedKey } from '../../../src-main/core/store/trust-queries.ts';
import { describePublicKey, generatePublisherKey } from '../../../src-main/core/trust/keys.ts';
import { activityList } from '../../../src-main/core/usecases/activity-list.ts';
import { activityVerify } from '../../../src-main/core/usecases/activity-verify.ts';
import { artifactCheck } from '../../../src-main/core/usecases/artifact-check.ts';
import { artifactVerify } from '../../../src-main/core/usecases/artifact-verify.ts';
import { findingsShow } from '../../../src-main/core/usecases/findings-show.ts';
import { inventoryShow } from '../../../src-main/core/usecases/inventory-show.ts';
import { contract } from '../../../src-shared/contract/contract.ts';
import type { RecordBody } from '../../../src-shared/domain/record.ts';
import { codeOf, sessionOf } from '../../support/session.ts';
import {
  bundle,
  cleanUp,
  importBundle,
  now,
  publisher,
  record,
  rowCount,
  testWorkspace,
  trustPublisher,
} from '../store/support.ts';
import { makeFolder, put, removeFolders, sha256 } from './workbench.ts';

afterEach(cleanUp);
afterAll(removeFolders);

const ref = { kind: 'model_version', id: 'credit-pd:3' } as const;
const data = { kind: 'dataset', id: 'loans' } as const;
const digest = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;

async function workspaceWith(version: RecordBody, dataset: RecordBody = { dataset_digest: digest('rows') }) {
  const { workspace } = await testWorkspace();
  trustPublisher(workspace);
  const records = [
    record('model', 'credit-pd', {}),
    record(ref.kind, ref.id, version),
    record(data.kind, data.id, dataset),
  ];
  const path = await bundle({ records });
  await importBundle(workspace, path);
  const { context, grant } = sessionOf(workspace, now);
  return {
    workspace,
    path,
    context,
    dossier: async (of: typeof ref | typeof data = ref) =>
      contract['inventory.show'].output.parse(await inventoryShow(context, { ref: of }, silentJob)),
    check: async (folder: string, of: typeof ref | typeof data = ref) =>
      contract['artifact.check'].output.parse(
        await artifactCheck(context, { ref: of, path: grant(folder), ignore: [] }, silentJob),
      ),
    grant,
  };
}

function signedModel(files: Readonly<Record<string, string>>, key = publisher): string {
  const folder = makeFolder(files);
  const digests = new Map(Object.entries(files).map(([name, text]) => [name, sha256(text)]));
  put(join(folder, 'model.sig'), signModel({ name: 'm', files: digests, ignored: ['model.sig'] }, key.privateKey));
  return folder;
}

describe('a model version', () => {
  it('says that nobody checked it, and that a claimed signature is a claim', async () => {
    const plain = await workspaceWith({ artefact_digest: digest('w') });
    expect((await plain.dossier()).artifact).toMatchObject({
      signature: { state: 'unknown', code: 'artifact.never_checked' },
      files: { state: 'unknown', code: 'files.never_checked', text: expect.stringContaining(digest('w')) },
      checks: [],
    });
    const claimed = await workspaceWith({ signature_ref: 's3://m/model.sig' });
    expect((await claimed.dossier()).artifact?.signature).toMatchObject({
      state: 'unknown',
      code: 'artifact.claimed',
      text: 'Claimed, not verified: the record names s3://m/model.sig.',
    });
    expect((await claimed.dossier(data)).artifact).toMatchObject({ signature: null });
    const model = await inventoryShow(claimed.context, { ref: { kind: 'model', id: 'credit-pd' } }, silentJob);
    expect(model.artifact).toBeNull();
  });

  it('keeps a pass with who, when and by which key; the log names it and stays whole', async () => {
    const { workspace, context, check, dossier } = await workspaceWith({ artefact_digest: digest('w') });
    const result = await check(signedModel({ 'weights.bin': 'w' }));
    expect(result).toMatchObject({ ok: true, finding: null, by: 'Ada Auditor', current: true });
    const { artifact } = await dossier();
    expect(artifact?.signature).toMatchObject({ state: 'pass', code: 'artifact.verified' });
    expect(artifact?.signature?.text).toBe('Verified on 2026-11-23 by Ada Auditor: signed by Test publisher.');
    expect(artifact?.files).toMatchObject({ state: 'pass', code: 'recorded.agrees' });
    expect(artifact?.checks).toHaveLength(1);
    const { entries } = await activityList(context, { limit: 5 }, silentJob);
    expect(entries[0]).toMatchObject({ action: 'artifact.checked', summary: expect.stringContaining(': verified') });
    expect(await activityVerify(context, {}, silentJob)).toMatchObject({ ok: true });
    expect(rowCount(workspace, 'finding')).toBe(0);
  });

  it('opens findings for changed files and for a stranger’s signature, and settles them when that is over', async () => {
    const { context, check, dossier } = await workspaceWith({ artefact_digest: digest('w') });
    const folder = signedModel({ 'weights.bin': 'w' });
    writeFileSync(join(folder, 'weights.bin'), 'W');
    const failed = await check(folder);
    expect(failed).toMatchObject({ ok: false, finding: expect.any(Number) });
    expect((await dossier()).artifact?.signature).toMatchObject({ state: 'fail', code: 'artifact.failed' });
    const finding = await findingsShow(context, { id: failed.finding ?? 0 }, silentJob);
    expect(finding).toMatchObject({ ruleId: 'SIG-001', severity: 'critical', state: 'open', subject: { id: ref.id } });

    const stranger = await check(signedModel({ 'weights.bin': 'w' }, generatePublisherKey()));
    expect(stranger).toMatchObject({
      ok: false,
      verification: { recorded: { state: 'pass' }, content: { state: 'unknown' } },
    });
    const second = await findingsShow(context, { id: stranger.finding ?? 0 }, silentJob);
    expect(second).toMatchObject({ ruleId: 'SIG-002', state: 'open' });
    expect((await findingsShow(context, { id: failed.finding ?? 0 }, silentJob)).state).toBe('open');

    writeFileSync(join(folder, 'weights.bin'), 'w');
    expect(await check(folder)).toMatchObject({ ok: true, finding: null });
    for (const id of [failed.finding, stranger.finding])
      expect((await findingsShow(context, { id: id ?? 0 }, silentJob)).state).toBe('closed');
  });

  it('keeps the signature’s answer when later checks had none, and says when the record changed since', async () => {
    const { workspace, path, check, dossier } = await workspaceWith({ artefact_digest: digest('w') });
    await check(signedModel({ 'weights.bin': 'w' }));
    for (let n = 0; n < 25; n += 1) await check(makeFolder({ 'weights.bin': 'w' }));
    const before = await dossier();
    expect(before.artifact?.signature).toMatchObject({ state: 'pass' });
    expect(before.artifact?.checks).toHaveLength(21);
    const changed = [
      record('model', 'credit-pd', {}),
      record(ref.kind, ref.id, { artefact_digest: digest('other') }),
      record(data.kind, data.id, { dataset_digest: digest('rows') }),
    ];
    await importBundle(workspace, await bundle({ records: changed, previousPath: path }));
    const { artifact } = await dossier();
    expect(artifact?.signature).toMatchObject({ state: 'warn', code: 'artifact.outdated' });
    expect(artifact?.files).toMatchObject({ state: 'warn', code: 'files.outdated' });
    expect(artifact?.checks.every(({ current }) => !current)).toBe(true);
  });

  it('applies the scope, the validity and the revocation of a key', async () => {
    const signer = generatePublisherKey();
    const folder = signedModel({ 'weights.bin': 'w' }, signer);
    const variants = [
      [{ registryIds: ['urn:other'] }, 'signer.out_of_scope'],
      [{ validFor: { end: '2026-01-01T00:00:00Z' } }, 'signer.not_valid'],
      [{ revoked: { at: '2026-11-01T00:00:00Z', reason: 'lost', accepted: [] as never[] } }, 'signer.revoked'],
    ] as const;
    for (const [change, code] of variants) {
      const { workspace, check } = await workspaceWith({ artefact_digest: digest('w') });
      // Not the key that signed the snapshot: without that the record would be no evidence either.
      trustPublisher(workspace, signer.publicKey);
      const key = findTrustedKey(workspace.reader, describePublicKey(signer.publicKey).keyId);
      if (!key) expect.unreachable();
      else
        saveTrustedKey(workspace.writer, {
          ...key,
          ...change,
          registryIds: [...('registryIds' in change ? change.registryIds : key.registryIds)],
        });
      expect(await check(folder)).toMatchObject({ ok: false, verification: { signer: { state: 'fail', code } } });
    }
  });
});

describe('a dataset', () => {
  it('is compared with its recorded digest', async () => {
    const { check, dossier } = await workspaceWith({});
    expect(await check(makeFolder({ 'loans.csv': 'rows' }), data)).toMatchObject({ ok: true });
    expect((await dossier(data)).artifact?.files).toMatchObject({ state: 'pass' });
    const failed = await check(makeFolder({ 'loans.csv': 'rowz' }), data);
    expect(failed).toMatchObject({ ok: false, finding: expect.any(Number) });
    expect((await dossier(data)).artifact?.files).toMatchObject({ state: 'fail' });
  });
});

describe('what is refused', () => {
  it('kinds without files, unknown records, and files that are not there; nothing is stored', async () => {
    const { workspace, context, grant } = await workspaceWith({});
    const path = grant(makeFolder({ a: 'a' }));
    const call = (of: Parameters<typeof artifactCheck>[1]['ref'], place = path) =>
      codeOf(() => artifactCheck(context, { ref: of, path: place, ignore: [] }, silentJob));
    expect(await call({ kind: 'model', id: 'credit-pd' })).toBe('usage artifact.kind');
    expect(await call({ kind: 'dataset', id: 'nothing' })).toBe('usage record.unknown');
    expect(await call(data, grant('/nowhere'))).toBe('input artifact.unreadable');
    expect(rowCount(workspace, 'artifact_check')).toBe(0);
  });

  it('a scoped key is not certain for an artifact that no record names', async () => {
    const { workspace, context, grant } = await workspaceWith({});
    const hint = workspace.reader.readRaw<[], [string]>('SELECT hint FROM trust_key').get()?.[0] ?? '';
    const key = findTrustedKey(workspace.reader, hint);
    if (key) saveTrustedKey(workspace.writer, { ...key, registryIds: ['urn:one'] });
    const folder = signedModel({ 'weights.bin': 'w' });
    expect(await artifactVerify(context, { path: grant(folder), ignore: [] }, silentJob)).toMatchObject({
      ok: false,
      signer: { state: 'unknown', code: 'signer.scope_unknown' },
    });
  });
});
