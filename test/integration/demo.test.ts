/** The demo is the product's own exam: every planted fault found, none invented, and what it leaves behind holds up. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { assay, assayJson, passphrase, temporaryFolder } from '../support/assay.ts';

const resultSchema = z.object({
  ok: z.boolean(),
  score: z.object({
    planted: z.int(),
    found: z.int(),
    missed: z.array(z.string()),
    invented: z.array(z.string()),
    faults: z.array(z.object({ fault: z.string(), planted: z.int(), found: z.int() })),
  }),
  verdicts: z.record(z.string(), z.int()),
  outcomes: z.object({ pass: z.int(), fires: z.int(), cannot_evaluate: z.int(), not_applicable: z.int() }),
});

describe('assay demo', () => {
  const folder = temporaryFolder();
  const out = join(folder.path, 'demo');
  let code: number | null = null;
  let result: z.infer<typeof resultSchema>;
  beforeAll(() => {
    const run = assayJson(['demo', '--models', '120', '--seed', '7', '--out', out]);
    code = run.code;
    result = resultSchema.parse(run.value);
  });
  afterAll(() => folder.remove());

  it('finds every planted fault and invents none', () => {
    expect(result.score.missed).toEqual([]);
    expect(result.score.invented).toEqual([]);
    expect(result.score.found).toBe(result.score.planted);
    expect(result.score.planted).toBeGreaterThan(30);
    expect(result.ok).toBe(true);
    expect(code).toBe(0);
  });

  it('leaves an encrypted workspace, three snapshots, a key pair and a signed report', () => {
    expect(readdirSync(join(out, 'snapshots')).sort()).toEqual([
      'discovery-1.assay',
      'registry-1.assay',
      'registry-2.assay',
    ]);
    expect(readdirSync(join(out, 'keys')).sort()).toEqual(['publisher.key.pem', 'publisher.pub.pem']);
    expect(readFileSync(join(out, 'keys', 'publisher.key.pem'), 'utf8')).toContain('ENCRYPTED PRIVATE KEY');
    const store = readFileSync(join(out, 'workspace', 'store.db'));
    expect(store.subarray(0, 15).toString('latin1')).not.toBe('SQLite format 3');
    expect(store.includes('Demo publisher')).toBe(false);
    expect(readFileSync(join(out, 'report.pdf')).subarray(0, 5).toString('latin1')).toBe('%PDF-');
  });

  it('leaves a report that verifies against the workspace, and not after one byte changed', async () => {
    const pdf = join(out, 'report.pdf');
    const verified = assayJson(['report', 'verify', pdf, '-w', join(out, 'workspace')]);
    expect(verified.code).toBe(0);
    const bytes = readFileSync(pdf);
    const at = Math.floor(bytes.length / 3);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    const { writeFileSync } = await import('node:fs');
    const altered = join(folder.path, 'altered.pdf');
    writeFileSync(altered, bytes);
    expect(assay(['report', 'verify', altered, '-w', join(out, 'workspace')]).code).toBe(4);
  });

  it('says "unknown" and exits 4 when nobody is named to believe', () => {
    const run = assayJson(['report', 'verify', join(out, 'report.pdf')]);
    expect(run.code).toBe(4);
    expect(
      z
        .object({ identity: z.object({ state: z.string() }), integrity: z.object({ state: z.string() }) })
        .parse(run.value),
    ).toMatchObject({
      identity: { state: 'unknown' },
      integrity: { state: 'pass' },
    });
  });

  it('refuses a folder that is not empty, and touches nothing', () => {
    const before = readdirSync(out);
    expect(assay(['demo', '--out', out]).code).toBe(2);
    expect(readdirSync(out)).toEqual(before);
  });

  it('keeps findings and their notes for the next session', () => {
    const w = ['-w', join(out, 'workspace')];
    const list = z
      .object({
        total: z.int(),
        rows: z.array(z.object({ kind: z.string(), id: z.int(), name: z.string(), annotations: z.int() })),
      })
      .parse(assayJson(['findings', 'list', ...w, '--limit', '1000']).value);
    expect(list.total).toBe(result.outcomes.fires);
    const noted = list.rows.filter((row) => row.annotations === 1);
    expect(noted).toHaveLength(1);
    const id = String(noted[0]?.id);
    expect(
      assay(['findings', 'accept', id, ...w, '--until', '2099-01-01', '--reason', 'Compensating control in place'])
        .code,
    ).toBe(0);
    expect(assay(['check', ...w]).code).toBe(1);
    const after = z
      .object({ state: z.string(), thread: z.array(z.object({ type: z.string() })) })
      .parse(assayJson(['findings', 'show', id, ...w]).value);
    expect(after.state).toBe('accepted_risk');
    expect(after.thread.map((entry) => entry.type)).toEqual(['note', 'decision']);
  });

  it('has an activity log whose chain verifies', () => {
    const run = assay(['ledger', 'verify', '-w', join(out, 'workspace')]);
    expect(run.code).toBe(0);
  });

  it('refuses a wrong passphrase with exit code 5', () => {
    const run = assay(['workspace', 'info', '-w', join(out, 'workspace')], {
      env: { ASSAY_PASSPHRASE: `${passphrase}!` },
    });
    expect(run.code).toBe(5);
    expect(existsSync(join(out, 'workspace', 'store.db'))).toBe(true);
  });
});
