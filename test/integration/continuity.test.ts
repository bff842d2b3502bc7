/** Continuity through the command line: a gap that is filled, two truths for one sequence, and what the timeline says of both. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { timelineOutput } from '../../src-shared/contract/schemas/timeline.ts';
import { assay, assayJson, temporaryFolder } from '../support/assay.ts';
import { bundle, cleanUp, publisher, record } from '../unit/store/support.ts';

const snapshotsSchema = z.object({ snapshots: z.array(z.looseObject({ id: z.int() })), ...timelineOutput.shape });
const findingSchema = z.object({
  state: z.string(),
  ruleId: z.string(),
  packId: z.string(),
  message: z.string(),
  values: z.array(z.object({ field: z.string(), value: z.string() })),
  thread: z.array(z.object({ type: z.string(), text: z.string() })),
});
const listSchema = z.object({ rows: z.array(z.object({ id: z.int(), ruleId: z.string(), state: z.string() })) });
const errorSchema = z.object({ error: z.object({ code: z.string(), details: z.record(z.string(), z.unknown()) }) });

const records = (name: string) => [record('model', 'credit', { model_name: name })];

describe('when a snapshot is missing', () => {
  const folder = temporaryFolder();
  const w = ['-w', join(folder.path, 'workspace')];
  const chain: string[] = [];
  const timeline = () => {
    const [registry] = snapshotsSchema.parse(assayJson(['snapshots', ...w]).value).registries;
    if (!registry) throw new Error('no registry is listed');
    return registry;
  };
  const finding = (id: number) => findingSchema.parse(assayJson(['findings', 'show', String(id), ...w]).value);
  const integrity = () =>
    listSchema
      .parse(assayJson(['findings', 'list', ...w, '--limit', '100']).value)
      .rows.filter((row) => row.ruleId.startsWith('INT-'));

  beforeAll(async () => {
    for (const name of ['one', 'two', 'three']) {
      const previousPath = chain.at(-1);
      chain.push(await bundle({ records: records(name), ...(previousPath === undefined ? {} : { previousPath }) }));
    }
    const pem = join(folder.path, 'publisher.pub.pem');
    writeFileSync(pem, publisher.publicKey.export({ type: 'spki', format: 'pem' }));
    expect(assay(['workspace', 'create', w[1] ?? '']).code).toBe(0);
    expect(assay(['trust', 'add', pem, ...w, '--label', 'Publisher']).code).toBe(0);
  });
  afterAll(() => {
    cleanUp();
    folder.remove();
  });

  it('shows the gap and keeps a finding, until the missing one is imported and links up', () => {
    expect(assay(['import', chain[0] ?? '', ...w]).code).toBe(0);
    expect(integrity()).toEqual([]);
    const third = assay(['import', chain[2] ?? '', ...w]);
    expect(third.code).toBe(0);
    expect(third.stdout).toContain('Between sequence 1 and 3 snapshots are missing here');

    const before = timeline();
    expect(before.missing).toEqual([{ from: 2, to: 2, named: 2 }]);
    expect(before.nextSequence).toBe(4);
    const [gap] = before.events;
    expect(gap).toMatchObject({ condition: 'gap', sequence: 3, snapshot: 2, settledAt: null });
    const id = gap?.finding.id ?? 0;
    expect(finding(id)).toMatchObject({ state: 'open', ruleId: 'INT-001', packId: 'evidence-integrity' });
    expect(assay(['snapshots', ...w]).stdout).toMatch(/Missing: sequence 2 .*\n.*! Gap, medium/);

    // An evaluation looks again, and neither closes nor repeats it.
    expect([0, 1]).toContain(assay(['check', ...w]).code);
    expect(integrity()).toEqual([expect.objectContaining({ id, state: 'open' })]);

    expect(assay(['import', chain[1] ?? '', ...w]).code).toBe(4);
    expect(assay(['import', chain[1] ?? '', ...w, '--historical']).code).toBe(0);
    const after = timeline();
    expect(after.missing).toEqual([]);
    expect(after.lane.map(({ sequence, link, chain: asImported }) => [sequence, link, asImported])).toEqual([
      [1, 'first', 'first'],
      [2, 'linked', 'historical'],
      [3, 'linked', 'gap'],
    ]);
    expect(after.events.map(({ condition, settledAt }) => [condition, settledAt !== null])).toEqual([
      ['gap', true],
      ['rollback', true],
    ]);
    const closed = finding(id);
    expect(closed.state).toBe('closed');
    expect(closed.thread.at(-1)).toMatchObject({
      type: 'system',
      text: expect.stringMatching(/What was missing was imported: sequence 3 continues 2/),
    });
    expect(integrity().every((row) => row.state === 'closed')).toBe(true);
  });

  it('refuses a second truth for one sequence with exit 4, and keeps both digests in one finding however often it comes', async () => {
    const rival = await bundle({ records: records('another three'), sequence: 3 });
    for (const _ of [1, 2]) {
      const refused = assayJson(['import', rival, ...w]);
      expect(refused.code).toBe(4);
      expect(errorSchema.parse(refused.value).error.code).toBe('continuity.equivocation');
    }
    const { events, lane } = timeline();
    expect(lane).toHaveLength(3);
    const found = events.filter(({ condition }) => condition === 'equivocation');
    expect(found).toEqual([expect.objectContaining({ sequence: 3, snapshot: null, times: 2, severity: 'critical' })]);
    const [event] = found;
    expect(event?.otherSha256).toBe(lane[2]?.statementSha256);
    const { values, state, message } = finding(event?.finding.id ?? 0);
    expect(state).toBe('open');
    expect(values.map(({ value }) => value)).toEqual(
      expect.arrayContaining([event?.statementSha256, lane[2]?.statementSha256]),
    );
    expect(message).toContain(event?.statementSha256);

    // A person decides; an evaluation leaves the decision alone, and presenting it once more opens it again.
    const id = String(event?.finding.id);
    const decided = assay(['findings', 'close', id, ...w, '--reason', 'The publisher withdrew it in writing.']);
    expect(decided.code).toBe(0);
    expect([0, 1]).toContain(assay(['check', ...w]).code);
    expect(finding(Number(id)).state).not.toBe('open');
    expect(assay(['import', rival, ...w]).code).toBe(4);
    expect(finding(Number(id)).state).toBe('open');
    expect(assay(['ledger', 'verify', ...w]).code).toBe(0);
  });
});
