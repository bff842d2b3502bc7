/** The use cases of trust, import and session over a real workspace, through the handlers that every host calls. */
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { silentJob } from '../../../src-main/core/ports.ts';
import { type OpenWorkspace, openWithKeys } from '../../../src-main/core/store/workspace.ts';
import { describePublicKey, exportPublicKeyPem } from '../../../src-main/core/trust/keys.ts';
import { activityList } from '../../../src-main/core/usecases/activity-list.ts';
import { activityVerify } from '../../../src-main/core/usecases/activity-verify.ts';
import type { EngineContext } from '../../../src-main/core/usecases/context.ts';
import { snapshotsImport } from '../../../src-main/core/usecases/snapshots-import.ts';
import { snapshotsList } from '../../../src-main/core/usecases/snapshots-list.ts';
import { snapshotsShow } from '../../../src-main/core/usecases/snapshots-show.ts';
import { trustAdd } from '../../../src-main/core/usecases/trust-add.ts';
import { trustList } from '../../../src-main/core/usecases/trust-list.ts';
import { trustRead } from '../../../src-main/core/usecases/trust-read.ts';
import { trustRevoke } from '../../../src-main/core/usecases/trust-revoke.ts';
import { workspaceInfo } from '../../../src-main/core/usecases/workspace-info.ts';
import { workspaceLock } from '../../../src-main/core/usecases/workspace-lock.ts';
import { contract } from '../../../src-shared/contract/contract.ts';
import { type Grant, grantSchema } from '../../../src-shared/contract/schemas/workspace.ts';
import { AssayError } from '../../../src-shared/result.ts';
import {
  bundle,
  cleanUp,
  now,
  publisher,
  record,
  registryOne,
  temporaryFolder,
  testWorkspace,
} from '../store/support.ts';

afterEach(cleanUp);

async function session() {
  const { workspace, folder } = await testWorkspace();
  const paths = new Map<string, string>();
  let open: OpenWorkspace | null = workspace;
  const context: EngineContext = {
    clock: { now: () => now },
    grants: { resolve: (grant) => paths.get(grant) ?? '' },
    get hasWorkspace() {
      return open !== null;
    },
    workspace() {
      if (!open) throw new Error('no workspace');
      return open;
    },
    setWorkspace(next) {
      open?.close();
      open = next;
    },
  };
  const grant = (path: string): Grant => {
    const id = grantSchema.parse(`grant:${randomUUID()}`);
    paths.set(id, path);
    return id;
  };
  return { context, grant, workspace, folder };
}

const codeOf = async (work: () => unknown): Promise<string> => {
  try {
    await work();
  } catch (error) {
    if (error instanceof AssayError) return `${error.failure.kind} ${error.failure.code}`;
    throw error;
  }
  return 'no failure';
};

const models = [
  record('model', 'm', { model_id: 'm', model_name: 'M', owner: { kind: 'party', id: 'p' }, risk_tier: '1' }),
];
const key = describePublicKey(publisher.publicKey);

describe('when a bundle comes from a key that nobody trusts', () => {
  it('is refused with one entry in the log, and imported once the key is trusted', async () => {
    const { context, grant } = await session();
    const path = await bundle({ records: models });
    const input = { file: grant(path), historical: false, dryRun: false };
    expect(await codeOf(() => snapshotsImport(context, input, silentJob))).toMatch(/^trust /);
    expect(snapshotsList(context, {}, silentJob)).toEqual({ snapshots: [] });

    const pem = join(temporaryFolder(), 'pub.pem');
    writeFileSync(pem, exportPublicKeyPem(publisher.publicKey));
    const read = await trustRead(context, { file: grant(pem) }, silentJob);
    expect(read.keyId).toBe(key.keyId);
    const add = { rawBytes: read.rawBytes, label: 'Publisher', registryIds: ['*'] };
    await trustAdd(context, add, silentJob);
    expect(await codeOf(() => trustAdd(context, add, silentJob))).toBe('refused trust.known_key');

    const imported = await snapshotsImport(context, input, silentJob);
    expect(contract['snapshots.import'].output.parse(imported)).toMatchObject({ outcome: 'imported', records: 1 });
    const shown = await snapshotsShow(context, { snapshot: 1 }, silentJob);
    expect(contract['snapshots.show'].output.parse(shown).verification.ok).toBe(true);
    expect((await trustList(context, {}, silentJob)).keys).toMatchObject([{ hint: key.keyId, snapshots: 1 }]);
    expect(contract['workspace.info'].output.parse(workspaceInfo(context, {}, silentJob))).toMatchObject({
      snapshots: 1,
      records: 1,
    });
    const actions = (await activityList(context, { limit: 10 }, silentJob)).entries.map((entry) => entry.action);
    expect(actions).toEqual(['snapshot.imported', 'trust.key_added', 'snapshot.rejected', 'workspace.created']);
    expect(activityVerify(context, {}, silentJob)).toMatchObject({ ok: true, entries: 4 });
  });

  it('is refused after the sequence at which its key was revoked, which cannot be moved up again', async () => {
    const { context, grant } = await session();
    await trustAdd(context, { rawBytes: key.rawBytes, label: 'Publisher', registryIds: ['*'] }, silentJob);
    await trustRevoke(
      context,
      { hint: key.keyId, accepted: [{ registryId: registryOne, maxSequence: 4 }], reason: 'lost' },
      silentJob,
    );
    const late = { file: grant(await bundle({ records: models, sequence: 5 })), historical: false, dryRun: false };
    expect(await codeOf(() => snapshotsImport(context, late, silentJob))).toMatch(/^trust /);
    expect(
      await codeOf(() =>
        trustRevoke(
          context,
          { hint: key.keyId, accepted: [{ registryId: registryOne, maxSequence: 9 }], reason: 'found' },
          silentJob,
        ),
      ),
    ).toBe('refused trust.revocation_widened');
    const early = { ...late, file: grant(await bundle({ records: models, sequence: 4 })) };
    expect((await snapshotsImport(context, early, silentJob)).outcome).toBe('imported');
  });
});

describe('when a session ends', () => {
  it('is written down, and locks although another process is importing', async () => {
    const { context, folder, workspace } = await session();
    const other = openWithKeys(folder, workspace.keys);
    await other.writer.transactionAsync(async () => {
      expect(workspaceLock(context, {}, silentJob)).toEqual({ done: true });
    });
    expect(context.hasWorkspace).toBe(false);
    other.close();
    const again = openWithKeys(folder, workspace.keys);
    await workspaceLock({ ...context, workspace: () => again, setWorkspace: () => {} }, {}, silentJob);
    expect(again.reader.readRaw<[], [string]>('SELECT action FROM activity ORDER BY seq').all()).toEqual([
      ['workspace.created'],
      ['workspace.locked'],
    ]);
    again.close();
  });
});
