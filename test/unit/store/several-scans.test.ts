import { afterEach, describe, expect, it } from 'vitest';
import { silentJob } from '../../../src-main/core/ports.ts';
import { defaultSnapshots, loadRecordSet } from '../../../src-main/core/store/record-set.ts';
import type { EngineContext } from '../../../src-main/core/usecases/context.ts';
import { reconcileRun } from '../../../src-main/core/usecases/reconcile-run.ts';
import {
  type BundleInput,
  bundle,
  cleanUp,
  importBundle,
  now,
  record,
  testWorkspace,
  trustPublisher,
} from './support.ts';

afterEach(cleanUp);

const registry = (letter: string) => `urn:uuid:00000000-0000-4000-8000-00000000000${letter}`;
const seen = (id: string, uri: string) => record('deployment', id, { deployment_id: id, model_uri: uri });
const scan = (letter: string, collectedAt: string, more: Partial<BundleInput> = {}): BundleInput => ({
  records: [seen('a', 'hf://org/a')],
  role: 'discovery',
  registryId: registry(letter),
  supplied: { deployment: ['model_uri'] },
  collectedAt,
  ...more,
});

async function opened(...inputs: readonly BundleInput[]) {
  const { workspace } = await testWorkspace();
  trustPublisher(workspace);
  const warnings: (readonly string[])[] = [];
  for (const input of inputs) warnings.push((await importBundle(workspace, await bundle(input))).warnings);
  const context: EngineContext = {
    clock: { now: () => now },
    grants: { resolve: () => '' },
    hasWorkspace: true,
    workspace: () => workspace,
    setWorkspace: () => {},
  };
  return { workspace, db: workspace.reader, warnings, context };
}

describe('when several scans are stored', () => {
  it('it reads beside the newest only those of the week before it, and names the others', async () => {
    const { db, context } = await opened(
      scan('1', '2026-10-20T08:00:00Z'),
      scan('2', '2026-11-13T08:00:00Z'),
      scan('3', '2026-11-20T08:00:00Z'),
    );
    expect(defaultSnapshots(db)).toMatchObject({ discovery: [2, 3], leftOut: [1] });
    const run = await reconcileRun(context, {}, silentJob);
    expect(run.discovery).toEqual([2, 3]);
    expect(run.conclusion.reasons.join()).toMatch(/snapshot 1 .* left out: .*2026-10-20/);
    expect(run.totals.coverage.complete).toBe(false);
    const asked = await reconcileRun(context, { discovery: [1, 2, 3] }, silentJob);
    expect(asked.conclusion.reasons.join()).not.toContain('left out');
  });

  it('it leaves nothing out of one scan, or of none', async () => {
    expect(defaultSnapshots((await opened(scan('1', '2026-01-01T08:00:00Z'))).db).leftOut).toEqual([]);
    expect(defaultSnapshots((await opened()).db)).toMatchObject({ discovery: [], leftOut: [] });
  });

  it('it warns at import of another registry of the role that covers the same', async () => {
    const { warnings } = await opened(
      scan('1', '2026-11-18T08:00:00Z', { scope: ['prod/a', 'namespace:x'] }),
      scan('2', '2026-11-19T08:00:00Z', { scope: ['prod'] }),
      scan('3', '2026-11-20T08:00:00Z', { scope: ['staging', 'namespace:x'] }),
      scan('4', '2026-11-20T08:00:00Z', { scope: ['elsewhere', 'namespace:prod'] }),
      scan('5', '2026-11-20T08:00:00Z', { scope: ['prod'], role: 'registry' }),
    );
    expect(warnings.map((list) => list.length)).toEqual([0, 1, 1, 0, 0]);
    expect(warnings[1]?.[0]).toMatch(/^Snapshot 1 of another registry .* covers prod\/a too/);
    expect(warnings[2]?.[0]).toMatch(/^Snapshot 1 of another registry .* covers namespace:x too/);
  });

  it('it names the ids that different registries hold differently', async () => {
    const { db } = await opened(
      scan('1', '2026-11-18T08:00:00Z', { records: [seen('a', 'hf://org/a'), seen('b', 'hf://org/b')] }),
      scan('2', '2026-11-19T08:00:00Z', {
        records: [seen('a', 'hf://org/a'), seen('b', 'hf://org/c'), seen('d', 'x')],
      }),
    );
    expect(loadRecordSet(db, [1, 2]).conflicts('deployment')).toEqual([{ id: 'b', snapshots: [1, 2] }]);
    expect(loadRecordSet(db, [1, 2]).conflicts('model')).toEqual([]);
    expect(loadRecordSet(db, [1]).conflicts('deployment')).toEqual([]);
  });

  it('it takes two snapshots of one registry for versions, not for a conflict', async () => {
    const first = await bundle(scan('1', '2026-11-18T08:00:00Z'));
    const { workspace } = await testWorkspace();
    trustPublisher(workspace);
    await importBundle(workspace, first);
    const later = scan('1', '2026-11-19T08:00:00Z', {
      records: [seen('a', 'hf://org/changed')],
      sequence: 2,
      previousPath: first,
    });
    await importBundle(workspace, await bundle(later));
    expect(loadRecordSet(workspace.reader, [1, 2]).conflicts('deployment')).toEqual([]);
  });
});
