/** Answers are about the evidence they claim to be about: roles, newest snapshots, and evidence that goes missing. */
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { assay, assayJson, temporaryFolder } from '../support/assay.ts';

const errorSchema = z.object({ error: z.object({ code: z.string() }) });
const checkSchema = z.object({
  reconcileRun: z.int().nullable(),
  findings: z.object({ closed: z.int(), open: z.int() }),
  rules: z.array(
    z.object({ ruleId: z.string(), counts: z.object({ pass: z.int(), fires: z.int(), cannot_evaluate: z.int() }) }),
  ),
});
const findingsSchema = z.object({ rows: z.array(z.object({ id: z.int(), state: z.string() })) });
const threadSchema = z.object({ thread: z.array(z.object({ type: z.string(), text: z.string() })) });

describe('runs over the right evidence', () => {
  const folder = temporaryFolder();
  const demo = join(folder.path, 'demo');
  const w = ['-w', join(demo, 'workspace')];
  const snapshot = (name: string) => join(demo, 'snapshots', name);
  beforeAll(() => {
    expect(assay(['demo', '--models', '60', '--seed', '3', '--out', demo]).code).toBe(0);
  });
  afterAll(() => folder.remove());

  it('when a registry snapshot is named as discovery, or one snapshot twice, nothing is reconciled', () => {
    const asDiscovery = assayJson(['reconcile', ...w, '--registry', '1', '--discovery', '2']);
    expect(asDiscovery.code).toBe(2);
    expect(errorSchema.parse(asDiscovery.value).error.code).toBe('reconcile.wrong_role');
    const twice = assayJson(['reconcile', ...w, '--registry', '2', '--baseline', '2']);
    expect(errorSchema.parse(twice.value).error.code).toBe('reconcile.named_twice');
  });

  it('when the date lies before the newest snapshot it is not evaluated', () => {
    const run = assayJson(['check', ...w, '--as-of', '2001-01-01']);
    expect(run.code).toBe(2);
    expect(errorSchema.parse(run.value).error.code).toBe('check.as_of_too_early');
  });

  it('when a newer snapshot was imported the old verdicts are no evidence any more, and no report is built on them', () => {
    // The same registry a third time, with the owner column taken out of the records and of what the source supplies.
    const folderOf = (name: string) => join(folder.path, name);
    cpSync(join(demo, 'fleet', 'registry'), folderOf('third'), { recursive: true });
    const records = join(folderOf('third'), 'records');
    for (const shard of readdirSync(records).filter((name) => name.startsWith('model-'))) {
      const text = readFileSync(join(records, shard), 'utf8').replace(/"owner":\{[^}]*\},/g, '');
      writeFileSync(join(records, shard), text);
    }
    const collection = join(folderOf('third'), 'collection.json');
    const source = z
      .object({ sources: z.array(z.looseObject({ suppliedFields: z.record(z.string(), z.array(z.string())) })) })
      .loose()
      .parse(JSON.parse(readFileSync(collection, 'utf8')));
    for (const one of source.sources)
      one.suppliedFields['model'] = (one.suppliedFields['model'] ?? []).filter((field) => field !== 'owner');
    writeFileSync(collection, JSON.stringify(source));
    const key = join(demo, 'keys', 'publisher.key.pem');
    const bundle = folderOf('registry-3.assay');
    expect(
      assay([
        'snapshot',
        'pack',
        folderOf('third'),
        '--key',
        key,
        '--previous',
        snapshot('registry-2.assay'),
        '--out',
        bundle,
      ]).code,
    ).toBe(0);

    const before = findingsSchema.parse(
      assayJson(['findings', 'list', ...w, '--rule', 'OWN-001', '--limit', '100']).value,
    ).rows;
    expect(before.length).toBeGreaterThan(0);
    expect(assay(['import', bundle, ...w]).code).toBe(0);

    const stale = assayJson([
      'report',
      'build',
      ...w,
      '--template',
      'reconciliation-certificate',
      '--out',
      folderOf('stale.pdf'),
    ]);
    expect(stale.code).toBe(6);
    const unreconciled = checkSchema.parse(assayJson(['check', ...w]).value);
    expect(unreconciled.reconcileRun).toBeNull();
    expect(unreconciled.rules.find((rule) => rule.ruleId === 'DEP-003')?.counts).toMatchObject({ pass: 0, fires: 0 });

    assay(['reconcile', ...w]);
    const checked = checkSchema.parse(assayJson(['check', ...w]).value);
    expect(checked.reconcileRun).not.toBeNull();
    expect(checked.rules.find((rule) => rule.ruleId === 'OWN-001')?.counts).toMatchObject({ pass: 0, fires: 0 });
    const after = findingsSchema.parse(
      assayJson(['findings', 'list', ...w, '--rule', 'OWN-001', '--limit', '100']).value,
    ).rows;
    expect(after).toEqual(before);
    const { thread } = threadSchema.parse(assayJson(['findings', 'show', String(before[0]?.id), ...w]).value);
    expect(thread.at(-1)?.text).toContain('Cannot be evaluated any more');
    expect(
      assay(['report', 'build', ...w, '--template', 'reconciliation-certificate', '--out', folderOf('fresh.pdf')]).code,
    ).toBe(0);
  });
});
