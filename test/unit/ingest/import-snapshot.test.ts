import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { bodyDigest } from '../../../src-main/core/canonical-json.ts';
import { jobContext } from '../../../src-main/core/ports.ts';
import { readEvidence } from '../../../src-main/core/store/evidence.ts';
import { loadRecordSet } from '../../../src-main/core/store/record-set.ts';
import type { CanonicalRecord } from '../../../src-shared/domain/record.ts';
import { AssayError, type Failure } from '../../../src-shared/result.ts';
import { bundle, cleanUp, importBundle, record, rowCount, testWorkspace, trustPublisher } from '../store/support.ts';

afterEach(cleanUp);

const failureOf = async (work: Promise<unknown>): Promise<Failure> => {
  try {
    await work;
  } catch (error) {
    if (error instanceof AssayError) return error.failure;
    throw error;
  }
  throw new Error('it did not fail');
};

const model = (id: string, extra: Record<string, string | number | null> = {}): CanonicalRecord =>
  record('model', id, {
    model_id: id,
    model_name: `Model ${id}`,
    owner: { kind: 'party', id: 'risk-ops' },
    risk_tier: '1',
    ...extra,
  });

const fleet = (count: number, change: (index: number) => Record<string, string> = () => ({})): CanonicalRecord[] => [
  record('party', 'risk-ops', { party_id: 'risk-ops', party_name: 'Risk Ops' }),
  ...Array.from({ length: count }, (_, index) => model(`m-${String(index).padStart(6, '0')}`, change(index))),
];

const contentTables = [
  'snapshot',
  'snapshot_record',
  'body',
  'body_frame',
  'prov_frame',
  'record_search',
  'snapshot_column',
  'review_queue',
  'evidence',
];

async function ready() {
  const { workspace, folder } = await testWorkspace();
  trustPublisher(workspace);
  return { workspace, folder };
}

describe('when a snapshot is imported', () => {
  it('gives back every record with the digest of decisions.md 1 and its provenance', async () => {
    const { workspace } = await ready();
    const records = [
      ...fleet(300),
      record('dataset', 'd/ü "quoted" \u{1F600}', {
        dataset_id: 'd/ü "quoted" \u{1F600}',
        dataset_name: 'Straße',
        shape: { rows: [1, 2] },
      }),
    ];
    const result = await importBundle(workspace, await bundle({ records }));
    expect(result).toMatchObject({
      outcome: 'imported',
      snapshot: 1,
      records: 302,
      bodiesReused: 0,
      unknownFields: { 'dataset.shape': 1 },
    });
    expect(result.verification.ok).toBe(true);
    const set = loadRecordSet(workspace.reader, [1]);
    for (const expected of records) {
      const stored = set.get({ kind: expected.kind, id: expected.id });
      expect(stored?.body).toEqual(expected.body);
      expect(stored?.prov).toEqual(expected.prov);
      expect(stored?.digest).toBe(bodyDigest(expected));
    }
    expect([...set.all('model')].map((item) => item.id)).toEqual(
      fleet(300)
        .slice(1)
        .map((item) => item.id),
    );
    expect(set.count('model')).toBe(300);
  });

  it('keeps evidence byte for byte', async () => {
    const { workspace } = await ready();
    await importBundle(workspace, await bundle({ records: fleet(2), evidence: { 'test/raw.json': '{"a":1}\n' } }));
    expect(readEvidence(workspace.reader, 1, 'evidence/test/raw.json')?.toString()).toBe('{"a":1}\n');
  });

  it('does nothing the second time', async () => {
    const { workspace } = await ready();
    const path = await bundle({ records: fleet(20) });
    await importBundle(workspace, path);
    const again = await importBundle(workspace, path);
    expect(again).toMatchObject({ outcome: 'already_imported', snapshot: 1, records: 21 });
    expect(rowCount(workspace, 'snapshot')).toBe(1);
    expect(rowCount(workspace, 'snapshot_record')).toBe(21);
  });

  it('previews without keeping anything, with the same numbers', async () => {
    const { workspace } = await ready();
    const path = await bundle({ records: fleet(20) });
    const preview = await importBundle(workspace, path, { dryRun: true });
    expect(preview).toMatchObject({ outcome: 'preview', snapshot: null, records: 21 });
    for (const table of contentTables) expect(rowCount(workspace, table), table).toBe(0);
    const real = await importBundle(workspace, path);
    expect(real.kinds).toEqual(preview.kinds);
  });

  it('queues what lacks a core field that its source supplies, and nothing else', async () => {
    const { workspace } = await ready();
    const records = [
      model('complete'),
      model('no-owner', { owner: null }),
      record('model', 'no-name', { model_id: 'no-name', owner: { kind: 'party', id: 'p' }, risk_tier: '2' }),
    ];
    const result = await importBundle(workspace, await bundle({ records }));
    expect(result.incomplete).toBe(2);
    const queue = workspace.reader
      .readRaw<[], [string, string]>('SELECT id, missing FROM review_queue ORDER BY id')
      .all();
    expect(queue).toEqual([
      ['no-name', '["model_name"]'],
      ['no-owner', '["owner"]'],
    ]);
  });
});

describe('when the next snapshot of a registry is imported', () => {
  it('stores only what changed and counts it', async () => {
    const { workspace } = await ready();
    const first = await bundle({ records: fleet(3000) });
    await importBundle(workspace, first);
    const sizeOf = () =>
      Number(
        workspace.reader
          .readRaw<[], [number]>('SELECT page_count * page_size FROM pragma_page_count, pragma_page_size')
          .get()?.[0],
      );
    const before = sizeOf();
    const changed = fleet(3000, (index) => (index % 100 === 7 ? { description: `now different ${index}` } : {}));
    const records = [...changed.filter((item) => item.id !== 'm-000011'), model('z-new')];
    const result = await importBundle(workspace, await bundle({ records, previousPath: first }));
    expect(result).toMatchObject({ outcome: 'imported', comparedTo: 1, warnings: [] });
    expect(result.kinds).toContainEqual({
      kind: 'model',
      records: 3000,
      added: 1,
      changed: 30,
      removed: 1,
      unchanged: 2969,
    });
    expect(result.bodiesReused).toBe(2970);
    expect(rowCount(workspace, 'body')).toBe(3001 + 31);
    // What is left is the narrow key table: a fraction of the first import.
    expect(sizeOf() - before).toBeLessThan(before * 0.35);
    const set = loadRecordSet(workspace.reader, [2]);
    expect(set.get({ kind: 'model', id: 'm-000107' })?.body['description']).toBe('now different 107');
    expect(
      loadRecordSet(workspace.reader, [1]).get({ kind: 'model', id: 'm-000107' })?.body['description'],
    ).toBeUndefined();
    expect([...set.all('model')]).toHaveLength(3000);
    for (const item of set.all('model')) expect(item.prov.default.locator).toBe(`evidence/r.json#/${item.id}`);
  });

  it('refuses a lower sequence, and imports it as historical when asked', async () => {
    const { workspace } = await ready();
    await importBundle(workspace, await bundle({ records: fleet(3), sequence: 5 }));
    const old = await bundle({ records: fleet(2), sequence: 3 });
    expect(await failureOf(importBundle(workspace, old))).toMatchObject({ kind: 'trust', code: 'continuity.rollback' });
    expect(await importBundle(workspace, old, { historical: true })).toMatchObject({
      outcome: 'imported',
      snapshot: 2,
    });
    expect(workspace.reader.readRaw<[], [string]>('SELECT chain FROM snapshot ORDER BY snapshot').all()).toEqual([
      ['first'],
      ['historical'],
    ]);
  });

  it('names equivocation, and a gap', async () => {
    const { workspace } = await ready();
    await importBundle(workspace, await bundle({ records: fleet(3), sequence: 5 }));
    const rival = await bundle({ records: fleet(4), sequence: 5 });
    expect(await failureOf(importBundle(workspace, rival))).toMatchObject({
      kind: 'trust',
      code: 'continuity.equivocation',
    });
    const later = await importBundle(workspace, await bundle({ records: fleet(4), sequence: 9 }));
    expect(later.warnings.join()).toMatch(/Between sequence 5 and 9/);
  });
});

describe('when an import fails', () => {
  it('leaves nothing but one rejected entry when the last record has a wrong type', async () => {
    const { workspace } = await ready();
    const records = [...fleet(2000), record('model', 'zz-last', { model_id: 'zz-last', risk_tier: 7 })];
    const failure = await failureOf(importBundle(workspace, await bundle({ records })));
    expect(failure).toMatchObject({
      kind: 'input',
      code: 'record.wrong_type',
      details: { member: 'records/model-0001.ndjson', line: 2001, id: 'zz-last', field: 'risk_tier' },
    });
    expect(failure.message).toContain('one of 1, 2, 3, 4');
    for (const table of contentTables) expect(rowCount(workspace, table), table).toBe(0);
    const entries = workspace.reader.readRaw<[], [string]>('SELECT action FROM activity ORDER BY seq').all();
    expect(entries).toEqual([['workspace.created'], ['snapshot.rejected']]);
    expect((await importBundle(workspace, await bundle({ records: fleet(3) }))).outcome).toBe('imported');
  });

  it('leaves nothing when it is cancelled half way', async () => {
    const { workspace } = await ready();
    let asked = 0;
    const job = jobContext(
      () => ++asked > 6,
      () => {},
    );
    const path = await bundle({ records: fleet(6000) });
    expect(await failureOf(importBundle(workspace, path, { job }))).toMatchObject({ kind: 'cancelled' });
    expect(asked).toBeGreaterThan(6);
    for (const table of contentTables) expect(rowCount(workspace, table), table).toBe(0);
    expect(rowCount(workspace, 'activity')).toBe(1);
  });
});

describe('when the files of the workspace are searched', () => {
  it('no plaintext of a record, a name or a key is found in any of them', async () => {
    const { workspace, folder } = await ready();
    const sentinel = 'SENTINEL-plaintext-5cf1';
    const records = [
      ...fleet(50),
      record('model', sentinel, { model_id: sentinel, model_name: `${sentinel} name`, odd_field: sentinel }),
    ];
    await importBundle(workspace, await bundle({ records, evidence: { 'test/raw.txt': sentinel.repeat(50) } }));
    const seed = Buffer.from(workspace.keys.dek);
    for (const phase of ['open', 'closed']) {
      for (const name of readdirSync(folder)) {
        const bytes = readFileSync(join(folder, name));
        expect(bytes.includes(sentinel), `${phase} ${name}`).toBe(false);
        expect(bytes.includes('Test fleet'), `${phase} ${name}`).toBe(false);
        expect(
          bytes.includes(seed) || bytes.includes(seed.toString('hex')) || bytes.includes(seed.toString('base64')),
          name,
        ).toBe(false);
      }
      workspace.close();
    }
    expect(readdirSync(folder).sort()).toEqual(['keys.a', 'keys.b', 'store.db']);
  });
});
