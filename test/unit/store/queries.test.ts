import { afterEach, describe, expect, it } from 'vitest';
import type { ReadableDb } from '../../../src-main/core/store/database.ts';
import { dossier } from '../../../src-main/core/store/dossier.ts';
import { inventoryFacets, inventoryList } from '../../../src-main/core/store/inventory-queries.ts';
import { defaultSnapshots, loadRecordSet } from '../../../src-main/core/store/record-set.ts';
import { reviewQueuePage } from '../../../src-main/core/store/review-queue.ts';
import { kindDeltas, snapshotDiff } from '../../../src-main/core/store/snapshot-diff.ts';
import type { InputOf } from '../../../src-shared/contract/contract.ts';
import { contract } from '../../../src-shared/contract/contract.ts';
import type { CanonicalRecord } from '../../../src-shared/domain/record.ts';
import { type BundleInput, bundle, cleanUp, importBundle, record, testWorkspace, trustPublisher } from './support.ts';

afterEach(cleanUp);

const list = (db: ReadableDb, input: InputOf<'inventory.list'>) => {
  const output = inventoryList(db, contract['inventory.list'].input.parse(input));
  return contract['inventory.list'].output.parse(output);
};
const facets = (db: ReadableDb, input: InputOf<'inventory.facets'>) =>
  inventoryFacets(db, contract['inventory.facets'].input.parse(input));
const diff = (db: ReadableDb, input: InputOf<'snapshots.diff'>) =>
  contract['snapshots.diff'].output.parse(snapshotDiff(db, contract['snapshots.diff'].input.parse(input)));

const party = (id: string, name: string): CanonicalRecord => record('party', id, { party_id: id, party_name: name });
const tiers = ['1', '2', '3', '4'];
const model = (index: number, extra: CanonicalRecord['body'] = {}): CanonicalRecord => {
  const id = `m-${String(index).padStart(3, '0')}`;
  return record('model', id, {
    model_id: id,
    model_name: index % 10 === 0 ? `Credit scoring ${index}` : `Pricing ${index}`,
    risk_tier: tiers[index % 4] ?? '1',
    owner: index % 5 === 0 ? null : { kind: 'party', id: index % 2 === 0 ? 'p-risk' : 'p-fin' },
    description: index === 7 ? 'Uses the credit bureau file' : 'Plain',
    inventory_created_at: `2026-01-${String((index % 28) + 1).padStart(2, '0')}`,
    tags: index % 3 === 0 ? ['eu', 'retail'] : ['eu'],
    ...extra,
  });
};
const fleet: readonly CanonicalRecord[] = [
  party('p-risk', 'Risk Ops'),
  party('p-fin', 'Finance'),
  ...Array.from({ length: 100 }, (_, i) => model(i)),
];

async function opened(...inputs: readonly BundleInput[]) {
  const { workspace } = await testWorkspace();
  trustPublisher(workspace);
  const paths: string[] = [];
  for (const input of inputs) {
    const path = await bundle(input);
    paths.push(path);
    await importBundle(workspace, path);
  }
  return { workspace, db: workspace.reader, paths };
}

describe('when records are listed', () => {
  it('pages through all of them once, in id order, with values as shown', async () => {
    const { db } = await opened({ records: fleet });
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = list(db, { kind: 'model', limit: 33, ...(cursor === undefined ? {} : { cursor }) });
      expect(page.total).toBe(100);
      seen.push(...page.rows.map((row) => row.id));
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(Array.from({ length: 100 }, (_, i) => `m-${String(i).padStart(3, '0')}`));
    const [first] = list(db, { kind: 'model', filters: [{ field: 'id', op: 'is', values: ['m-001'] }] }).rows;
    expect(first?.values).toMatchObject({ owner: 'Finance', risk_tier: '2', tags: 'eu' });
    expect(first?.verdict).toBeNull();
    expect(first?.completeness).toBeCloseTo(6 / 27);
  });

  it('sorts by name and backwards', async () => {
    const { db } = await opened({ records: fleet });
    const names = list(db, { kind: 'model', sort: 'name', limit: 100 }).rows.map((row) => row.name);
    expect(names).toEqual([...names].sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1)));
    expect(list(db, { kind: 'model', descending: true, limit: 1 }).rows[0]?.id).toBe('m-099');
  });

  it('finds by prefix of every word, names before mentions', async () => {
    const { db } = await opened({ records: fleet });
    const found = list(db, { kind: 'model', search: 'cred' });
    expect(found.total).toBe(11);
    expect(found.rows.slice(0, 10).every((row) => row.name.startsWith('Credit'))).toBe(true);
    expect(found.rows[10]?.id).toBe('m-007');
    expect(list(db, { kind: 'model', search: 'cred bur' }).rows.map((row) => row.id)).toEqual(['m-007']);
    expect(list(db, { kind: 'model', search: 'CRÉDIT "scoring" AND (30' }).total).toBe(0);
    expect(list(db, { kind: 'model', search: 'crédit scoring-30' }).rows.map((row) => row.id)).toEqual(['m-030']);
    expect(list(db, { kind: 'model', search: '---' }).total).toBe(0);
    expect(list(db, { kind: 'party', search: 'credit' }).total).toBe(0);
  });

  it('answers every filter operator, on facets and on any other field', async () => {
    const { db } = await opened({ records: fleet });
    const total = (
      field: string,
      op: 'is' | 'is_not' | 'empty' | 'not_empty' | 'contains' | 'before' | 'after',
      ...values: string[]
    ) => list(db, { kind: 'model', filters: [{ field, op, values }] }).total;
    expect(total('risk_tier', 'is', '1', '2')).toBe(50);
    expect(total('risk_tier', 'is_not', '1')).toBe(75);
    expect(total('owner', 'empty')).toBe(20);
    expect(total('owner', 'not_empty')).toBe(80);
    expect(total('owner', 'is', 'p-risk')).toBe(40);
    expect(total('tags', 'is', 'retail')).toBe(34);
    expect(total('description', 'contains', 'BUREAU')).toBe(1);
    expect(total('inventory_created_at', 'before', '2026-01-03')).toBe(8);
    expect(total('inventory_created_at', 'after', '2026-01-27')).toBe(3);
    expect(total('never_heard_of', 'not_empty')).toBe(0);
    expect(
      list(db, { kind: 'model', search: 'credit', filters: [{ field: 'risk_tier', op: 'is', values: ['1'] }] }).total,
    ).toBe(5);
  });

  it('counts facets under the search and all other filters', async () => {
    const { db } = await opened({ records: fleet });
    const of = (output: ReturnType<typeof facets>, field: string) =>
      output.facets.find((facet) => facet.field === field);
    const all = facets(db, { kind: 'model' });
    expect(of(all, 'risk_tier')?.values).toEqual(tiers.map((value) => ({ value, count: 25 })));
    expect(of(all, 'owner')).toMatchObject({ empty: 20 });
    expect(of(all, 'tags')?.values).toEqual([
      { value: 'eu', count: 100 },
      { value: 'retail', count: 34 },
    ]);
    const filtered = facets(db, {
      kind: 'model',
      search: 'credit',
      filters: [{ field: 'risk_tier', op: 'is', values: ['1'] }],
    });
    expect(of(filtered, 'risk_tier')?.values).toEqual([
      { value: '1', count: 5 },
      { value: '3', count: 5 },
      { value: '4', count: 1 },
    ]);
    expect(of(filtered, 'tags')?.values).toEqual([
      { value: 'eu', count: 5 },
      { value: 'retail', count: 2 },
    ]);
  });

  it('merges registries, the later snapshot of a record winning', async () => {
    const { db } = await opened(
      { records: [model(1), model(2), model(5)], collectedAt: '2026-11-01T00:00:00Z' },
      {
        records: [model(2, { model_name: 'From the second' }), model(3)],
        registryId: 'urn:uuid:00000000-0000-4000-8000-000000000002',
        collectedAt: '2026-11-02T00:00:00Z',
      },
    );
    const rows = list(db, { kind: 'model' }).rows;
    expect(rows.map((row) => [row.id, row.snapshot])).toEqual([
      ['m-001', 1],
      ['m-002', 2],
      ['m-003', 2],
      ['m-005', 1],
    ]);
    expect(rows[1]?.name).toBe('From the second');
    const set = loadRecordSet(db, defaultSnapshots(db).registry);
    expect([...set.all('model')].map((item) => [item.id, item.snapshot])).toEqual(
      rows.map((row) => [row.id, row.snapshot]),
    );
    expect(set.count('model')).toBe(4);
    expect(facets(db, { kind: 'model', fields: ['risk_tier'] }).facets[0]?.values).toHaveLength(3);
  });

  it('shows findings and verdicts beside the records, and filters and sorts by them', async () => {
    const { db, workspace } = await opened({ records: fleet });
    const insert = workspace.writer.write<[string, string, number, string, string]>(
      `INSERT INTO finding (rule_id, pack_id, pack_version, title, message, severity, severity_rank, state, subject_kind, subject_id,
        subject_name, fires_when, expected, read_values, clauses, read_digest, first_seen_at, first_seen_run, last_seen_run)
       VALUES (?, 'p', '1', 't', 'm', ?, ?, ?, 'model', ?, 'n', '', '', '[]', '[]', '', '', 1, 1)`,
    );
    insert.run('r1', 'critical', 0, 'open', 'm-010');
    insert.run('r2', 'low', 3, 'open', 'm-020');
    insert.run('r3', 'high', 1, 'closed', 'm-030');
    workspace.writer.write<[]>("INSERT INTO reconcile_run VALUES (1, '', '', '', '[]', '[]', '[]', '{}', '{}')").run();
    workspace.writer
      .write<[]>(
        "INSERT INTO verdict_row (run, position, row_id, verdict, severity, claim_kind, claim_id, model_id, search, sentence, missing, body) VALUES (1, 0, 'x', 'orphaned', 'high', 'model_version', 'v', 'm-020', '', '', '[]', x'')",
      )
      .run();
    const worst = list(db, { kind: 'model', sort: 'findings', descending: true, limit: 2 }).rows;
    expect(worst.map((row) => [row.id, row.findings.critical, row.findings.low, row.verdict])).toEqual([
      ['m-010', 1, 0, null],
      ['m-020', 0, 1, 'orphaned'],
    ]);
    const ids = (field: string, op: 'is' | 'not_empty' | 'empty', ...values: string[]) =>
      list(db, { kind: 'model', filters: [{ field, op, values }] }).rows.map((row) => row.id);
    expect(ids('findings', 'is', 'critical')).toEqual(['m-010']);
    expect(ids('findings', 'not_empty')).toEqual(['m-010', 'm-020']);
    expect(list(db, { kind: 'model', filters: [{ field: 'findings', op: 'empty' }] }).total).toBe(98);
    expect(ids('verdict', 'is', 'orphaned')).toEqual(['m-020']);
  });
});

describe('when one record is shown', () => {
  it('tells facts, relations both ways, history and what is missing', async () => {
    const version = record('model_version', 'v-1', {
      version_id: 'v-1',
      model_ref: { kind: 'model', id: 'm-001' },
      version_label: '1',
      model_kind_extra: { id: 'm-001' },
    });
    const first: BundleInput = { records: [...fleet, version] };
    const { db, workspace, paths } = await opened(first);
    const [previousPath] = paths;
    const changed = fleet.map((item) => (item.id === 'm-001' ? model(1, { owner: null, house_note: 'kept' }) : item));
    await importBundle(
      workspace,
      await bundle({ records: [...changed, version], ...(previousPath ? { previousPath } : {}) }),
    );
    const shown = contract['inventory.show'].output.parse(
      dossier(db, { ref: { kind: 'model', id: 'm-001' }, compareTo: 1 }),
    );
    expect(shown.snapshot).toBe(2);
    const fact = (field: string) => shown.facts.find((item) => item.field === field);
    expect(fact('owner')).toMatchObject({
      cell: { state: 'empty' },
      previous: { state: 'value', value: 'Finance' },
      group: 'ownership',
    });
    expect(fact('model_type')).toMatchObject({ cell: { state: 'missing' } });
    expect(fact('house_note')).toMatchObject({ cell: { state: 'value', value: 'kept' }, need: 'optional' });
    expect(fact('model_id')?.cell).toMatchObject({ locator: 'evidence/r.json#/m-001', confidence: 'declared' });
    // `model_kind_extra` is no reference that the dictionary knows; the version refers to the model once.
    expect(shown.relations).toEqual([
      {
        relation: expect.stringMatching(/^Model version: /),
        ref: { kind: 'model_version', id: 'v-1' },
        name: '1',
        detail: 'model_version.model_ref',
      },
    ]);
    expect(shown.history.map(({ snapshot, changed: differs }) => [snapshot, differs])).toEqual([
      [1, false],
      [2, true],
    ]);
    const owner = dossier(db, { ref: { kind: 'party', id: 'p-risk' } });
    expect(owner.relations.filter((relation) => relation.detail === 'model.owner')).toHaveLength(40);
    expect(dossier(db, { ref: { kind: 'model', id: 'm-002' } }).relations[0]).toMatchObject({
      ref: { kind: 'party', id: 'p-risk' },
      name: 'Risk Ops',
    });
    expect(() => dossier(db, { ref: { kind: 'model', id: 'none' } })).toThrow(/No current snapshot holds model\/none/);
  });
});

describe('when two snapshots are compared', () => {
  it('says in one sentence what changed, with the fields behind it', async () => {
    const { db, workspace, paths } = await opened({ records: fleet });
    const [previousPath] = paths;
    const next = fleet
      .filter((item) => item.id !== 'm-003')
      .map((item) =>
        item.id === 'm-002'
          ? model(2, { owner: null, risk_tier: '1' })
          : item.id === 'm-004'
            ? model(4, { description: 'Else' })
            : item,
      );
    await importBundle(
      workspace,
      await bundle({ records: [...next, model(200)], ...(previousPath ? { previousPath } : {}) }),
    );
    expect(kindDeltas(db, 1, 2)).toContainEqual({
      kind: 'model',
      records: 100,
      added: 1,
      changed: 2,
      removed: 1,
      unchanged: 97,
    });
    const all = diff(db, { from: 1, to: 2 });
    expect(all.rows.map((row) => [row.id, row.change])).toEqual([
      ['m-002', 'changed'],
      ['m-003', 'removed'],
      ['m-004', 'changed'],
      ['m-200', 'added'],
    ]);
    expect(all.rows[0]?.sentence).toBe('Owner changed from Risk Ops to nobody, and 1 more field');
    expect(
      all.rows[0]?.fields.map((field) => [field.field, field.before.value, field.after.value, field.after.state]),
    ).toEqual([
      ['owner', 'Risk Ops', '', 'empty'],
      ['risk_tier', '3', '1', 'value'],
    ]);
    const first = diff(db, { from: 1, to: 2, change: 'changed', limit: 1 });
    expect(first.rows.map((row) => row.id)).toEqual(['m-002']);
    expect(
      diff(db, { from: 1, to: 2, change: 'changed', limit: 1, ...(first.next ? { cursor: first.next } : {}) }).rows.map(
        (row) => row.id,
      ),
    ).toEqual(['m-004']);
    expect(kindDeltas(db, 2, 1)).toContainEqual({
      kind: 'model',
      records: 100,
      added: 1,
      changed: 2,
      removed: 1,
      unchanged: 97,
    });
  });
});

describe('when the review queue is read', () => {
  it('pages through incomplete records with its denominator', async () => {
    const { db } = await opened({ records: fleet });
    const parse = (input: InputOf<'inventory.reviewQueue'>) =>
      reviewQueuePage(db, contract['inventory.reviewQueue'].input.parse(input));
    const first = parse({ limit: 15 });
    expect(first).toMatchObject({ total: 20, checked: 102 });
    expect(first.rows[0]).toEqual({
      kind: 'model',
      id: 'm-000',
      name: 'Credit scoring 0',
      snapshot: 1,
      missing: ['owner'],
    });
    const second = parse({ limit: 15, ...(first.next ? { cursor: first.next } : {}) });
    expect(second.rows).toHaveLength(5);
    expect(second.next).toBeNull();
    expect(parse({ kind: 'party' })).toMatchObject({ total: 0, checked: 2 });
  });
});
