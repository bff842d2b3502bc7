/** Stored snapshots against what was signed, in a real encrypted store whose bytes are changed behind Assay's back. */
import { afterEach, describe, expect, it } from 'vitest';
import { evaluatePacks } from '../../../src-main/core/policy/evaluate.ts';
import { loadPacks } from '../../../src-main/core/policy/pack.ts';
import { jobContext, silentJob } from '../../../src-main/core/ports.ts';
import { compress, decompress } from '../../../src-main/core/store/frames.ts';
import { loadRecordSet } from '../../../src-main/core/store/record-set.ts';
import { verifyStoredSnapshot } from '../../../src-main/core/store/verify-stored.ts';
import type { OpenWorkspace } from '../../../src-main/core/store/workspace.ts';
import { bundle, cleanUp, importBundle, record, testWorkspace, trustPublisher } from '../../unit/store/support.ts';

afterEach(cleanUp);

const model = (index: number, description = 'Plain') => {
  const id = `m-${String(index).padStart(4, '0')}`;
  return record('model', id, { model_id: id, model_name: `Pricing ${index} “ü”`, description });
};

/** Two snapshots; the second shares most bodies with the first. More rows than one page and one frame each. */
async function stored(): Promise<OpenWorkspace> {
  const { workspace } = await testWorkspace();
  trustPublisher(workspace);
  const before = [
    ...Array.from({ length: 2300 }, (_, index) => model(index)),
    record('dataset', 'd-1', { dataset_id: 'd-1' }),
  ];
  const first = await bundle({ records: before, sequence: 1 });
  await importBundle(workspace, first);
  const after = before.map((each, index) => (index === 40 ? model(40, 'Changed') : each));
  await importBundle(workspace, await bundle({ records: after, sequence: 2, previousPath: first }));
  return workspace;
}

const verify = ({ reader }: OpenWorkspace, snapshot: number) => verifyStoredSnapshot(reader, snapshot, silentJob);

function changeFrame(workspace: OpenWorkspace, table: 'body_frame' | 'prov_frame', change: (data: Buffer) => Buffer) {
  const [data] = workspace.writer.readRaw<[], [Uint8Array]>(`SELECT data FROM ${table} WHERE frame = 1`).get() ?? [
    new Uint8Array(),
  ];
  workspace.writer.write<[Uint8Array]>(`UPDATE ${table} SET data = ? WHERE frame = 1`).run(change(Buffer.from(data)));
}

describe('when nobody touched the store', () => {
  it('finds every snapshot intact, reports its progress and can be cancelled', async () => {
    const workspace = await stored();
    expect(await verify(workspace, 1)).toMatchObject({ state: 'intact' });
    const seen: number[] = [];
    const watched = jobContext(
      () => false,
      ({ done }) => seen.push(done),
    );
    expect(await verifyStoredSnapshot(workspace.reader, 2, watched)).toMatchObject({ state: 'intact' });
    expect(seen).toEqual([2000, 2301]);
    const cancelled = jobContext(
      () => true,
      () => {},
    );
    await expect(verifyStoredSnapshot(workspace.reader, 1, cancelled)).rejects.toThrow('Cancelled');
  });
});

describe('when the store was changed behind its back', () => {
  const changes: Readonly<Record<string, (workspace: OpenWorkspace) => void>> = {
    'one byte of a stored frame': (workspace) =>
      changeFrame(workspace, 'body_frame', (data) => {
        const at = data.length - 20;
        data.writeUInt8(data.readUInt8(at) ^ 1, at);
        return data;
      }),
    'a stored value in a frame that is well formed': (workspace) =>
      changeFrame(workspace, 'body_frame', (data) =>
        compress(Buffer.from(decompress(data).toString('utf8').replace('Plain', 'Plane'), 'utf8')),
      ),
    'where a record is said to come from': (workspace) =>
      changeFrame(workspace, 'prov_frame', (data) =>
        compress(Buffer.from(decompress(data).toString('utf8').replace('declared', 'observed'), 'utf8')),
      ),
    'a record that stands for another one': (workspace) => {
      workspace.writer
        .write<[]>("UPDATE snapshot_record SET body = (SELECT body FROM body WHERE id = 'm-0002') WHERE id = 'm-0001'")
        .run();
    },
    'a record that is gone': (workspace) => {
      workspace.writer.write<[]>("DELETE FROM snapshot_record WHERE id = 'm-0100'").run();
    },
    'the signed statement': (workspace) => {
      workspace.writer.write<[]>("UPDATE snapshot SET statement = CAST(statement || ' ' AS BLOB)").run();
    },
    'the signatures': (workspace) => {
      workspace.writer.write<[]>('DELETE FROM snapshot_signature').run();
    },
    'the signature bytes': (workspace) => {
      workspace.writer.write<[Uint8Array]>('UPDATE snapshot_signature SET bytes = ?').run(Buffer.from('{}'));
    },
  };

  it.each(Object.entries(changes))('says so: %s', async (_what, change) => {
    const workspace = await stored();
    // What was read before the change must not hide it.
    expect(await verify(workspace, 1)).toMatchObject({ state: 'intact' });
    change(workspace);
    expect(await verify(workspace, 1)).toMatchObject({ state: 'altered' });
  });

  it('a signature of another snapshot does not stand in', async () => {
    const workspace = await stored();
    workspace.writer
      .write<[]>(
        'UPDATE snapshot_signature SET bytes = (SELECT bytes FROM snapshot_signature s WHERE s.snapshot = 2) WHERE snapshot = 1',
      )
      .run();
    expect(await verify(workspace, 1)).toMatchObject({ state: 'altered' });
    expect(await verify(workspace, 2)).toMatchObject({ state: 'intact' });
  });

  it('fires REC-003 and lets the evaluation end', async () => {
    const workspace = await stored();
    changes['a stored value in a frame that is well formed']?.(workspace);
    const evidenceIntact = await verify(workspace, 1);
    const loaded = loadRecordSet(workspace.reader, [1]);
    const registry = { ...loaded, snapshots: loaded.snapshots.map((meta) => ({ ...meta, evidenceIntact })) };
    const run = evaluatePacks({
      packs: loadPacks(),
      registry,
      discovery: null,
      baseline: null,
      verdictRows: null,
      asOf: '2026-11-23',
      job: silentJob,
      listCannotEvaluate: false,
    });
    const hits = [];
    let step = await run.next();
    for (; !step.done; step = await run.next()) hits.push(...step.value);
    expect(hits.map(({ ruleId, severity }) => ({ ruleId, severity }))).toEqual([
      { ruleId: 'REC-003', severity: 'critical' },
    ]);
    expect(hits[0]?.message).toContain('Merkle root');
  });
});

it('when the signing key is no longer at hand it is unknown, not intact', async () => {
  const workspace = await stored();
  workspace.writer.write<[]>('DELETE FROM trust_key').run();
  expect(await verify(workspace, 1)).toMatchObject({ state: 'unknown' });
});
