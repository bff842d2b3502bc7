import { afterEach, describe, expect, it } from 'vitest';
import { compress } from '../../../src-main/core/store/frames.ts';
import { recordKeeper } from '../../../src-main/core/store/keeper.ts';
import { loadRecordSet } from '../../../src-main/core/store/record-set.ts';
import type { CanonicalRecord } from '../../../src-shared/domain/record.ts';
import { bundle, cleanUp, importBundle, record, testWorkspace, trustPublisher } from './support.ts';

afterEach(cleanUp);

const model = (index: number, risk_tier: string): CanonicalRecord => {
  const id = `m-${String(index).padStart(4, '0')}`;
  return record('model', id, { model_id: id, model_name: `Pricing ${index}`, risk_tier, description: 'Plain' });
};

/** Two snapshots of one registry: one model changed, one gone, one new. More than one page and one frame each. */
async function twoSnapshots() {
  const { workspace } = await testWorkspace();
  trustPublisher(workspace);
  const before = Array.from({ length: 1500 }, (_, index) => model(index, '2'));
  const first = await bundle({ records: before, sequence: 1 });
  await importBundle(workspace, first);
  const after = [...before.slice(0, 700), model(700, '1'), ...before.slice(702), model(1500, '3')];
  await importBundle(workspace, await bundle({ records: after, sequence: 2, previousPath: first }));
  return workspace;
}

describe('when two snapshots are read with one keeper', () => {
  it('gives the records of each with the chosen fields only', async () => {
    const { reader } = await twoSnapshots();
    const keep = recordKeeper({ model: ['model_name', 'risk_tier', 'aliases'] });
    for (const snapshot of [2, 1]) {
      const kept = [...loadRecordSet(reader, [snapshot], { keep }).all('model')];
      const whole = [...loadRecordSet(reader, [snapshot]).all('model')];
      expect(kept).toEqual(
        whole.map((each) => ({
          ...each,
          body: { model_name: each.body['model_name'], risk_tier: each.body['risk_tier'] },
        })),
      );
      expect(kept.every((each) => each.snapshot === snapshot)).toBe(true);
    }
  });

  it('holds once what both have in common', async () => {
    const { reader } = await twoSnapshots();
    const keep = recordKeeper({ model: ['risk_tier'] });
    const [now, before] = [2, 1].map((snapshot) => loadRecordSet(reader, [snapshot], { keep }));
    const bodies = (id: string) => [now, before].map((set) => set?.get({ kind: 'model', id })?.body);
    const [same, sameBefore] = bodies('m-0003');
    expect(same).toBeDefined();
    expect(same).toBe(sameBefore);
    expect(bodies('m-0700')).toEqual([{ risk_tier: '1' }, { risk_tier: '2' }]);
    expect(bodies('m-0701')).toEqual([undefined, { risk_tier: '2' }]);
  });
});

describe('when entries are listed', () => {
  it('names every record in order, and equal contents for equal bodies', async () => {
    const { reader } = await twoSnapshots();
    const [now, before] = [2, 1].map((snapshot) => [...loadRecordSet(reader, [snapshot]).entries('model')]);
    const ids = [...loadRecordSet(reader, [2]).all('model')].map(({ id }) => id);
    expect(now?.map(({ id }) => id)).toEqual(ids);
    const earlier = new Map(before?.map(({ id, content }) => [id, content]));
    expect(now?.filter(({ id, content }) => earlier.get(id) !== content).map(({ id }) => id)).toEqual([
      'm-0700',
      'm-1500',
    ]);
    const both = [...loadRecordSet(reader, [1, 2]).entries('model')];
    expect(both).toHaveLength(1501);
    expect(both.find(({ id }) => id === 'm-0003')?.snapshot).toBe(2);
    expect(both.find(({ id }) => id === 'm-0701')?.snapshot).toBe(1);
  });
});

describe('when a body was altered in the store', () => {
  it('refuses to give it out', async () => {
    const workspace = await twoSnapshots();
    workspace.writer
      .write<[Uint8Array]>('UPDATE body_frame SET data = ? WHERE frame = 1')
      .run(compress(Buffer.from('{"body":{},"id":"m-0000","kind":"model"}')));
    const set = loadRecordSet(workspace.reader, [2]);
    expect(set.digestsChecked).toBe(true);
    expect(() => set.get({ kind: 'model', id: 'm-0000' })).toThrow(/no longer has the digest/);
    expect(() => [...set.all('model')]).toThrow(/no longer has the digest/);
    expect(() => set.get({ kind: 'model', id: 'm-0001' })).toThrow(/lacks a stored record/);
  });
});
