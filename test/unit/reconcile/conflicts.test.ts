import { describe, expect, it } from 'vitest';
import { silentJob } from '../../../src-main/core/ports.ts';
import { reconcile } from '../../../src-main/core/reconcile/reconcile.ts';
import { type RecordSet, recordSetOf } from '../../../src-main/core/record-set.ts';
import { type Drafts, observed, registered, setOf, sourceOf } from './records.ts';

const run = (registry: RecordSet, discovery: RecordSet, leftOut: readonly string[] = []) =>
  reconcile({ registry, discovery, baseline: null, asOf: '', job: silentJob, parameters: { leftOut } });

const merged = (...sets: readonly RecordSet[]): RecordSet =>
  recordSetOf(
    sets.flatMap((set) => set.snapshots),
    sets.flatMap((set) => [...set.all('model'), ...set.all('model_version'), ...set.all('deployment')]),
  );
const scan = (snapshot: number, registryId: string, ...seen: Drafts) =>
  setOf('discovery', seen, { snapshot, registryId, sources: [sourceOf(['deployment'], { scope: ['*'] })] });

const credit = registered('credit', { uri: 'hf://org/credit' });
const known = observed('k8s:/ml/Deployment/a', { model_uri: 'hf://org/credit' });
const shadow = observed('k8s:/ml/Deployment/a', { model_uri: 'hf://org/shadow' });

describe('when two registries hold different records under one id', () => {
  it('it neither certifies nor takes the discovery as complete, and names the id', async () => {
    const { totals, conclusion } = await run(
      setOf('registry', credit),
      merged(scan(2, 'east', shadow), scan(3, 'west', known)),
    );
    expect(totals.coverage.complete).toBe(false);
    expect(totals.coverage.gaps.join()).toMatch(/snapshots 2, 3.*k8s:\/ml\/Deployment\/a/);
    expect(conclusion.state).toBe('cannot_certify');
    expect(conclusion.reasons.join()).toContain('k8s:/ml/Deployment/a');
  });

  it('it proves no absence with the scans that contradict each other', async () => {
    const discovery = merged(
      scan(2, 'east', shadow),
      scan(3, 'west', observed('k8s:/ml/Deployment/a', { model_uri: 'hf://o/x' })),
    );
    const rows = (await run(setOf('registry', credit), discovery)).rows.filter((row) => !row.observation);
    expect(rows.map((row) => row.verdict)).toEqual(['cannot_determine']);
    expect(rows[0]?.missingEvidence.join()).toContain('contradicted by the snapshot of another registry');
  });

  it('it says of an unregistered observation that a claim may be hidden', async () => {
    const other = (snapshot: number, registryId: string, uri: string) =>
      setOf('registry', registered('credit', { uri }), { snapshot, registryId });
    const registry = merged(other(1, 'one', 'hf://org/one'), other(2, 'two', 'hf://org/two'));
    const { rows, conclusion } = await run(registry, scan(3, 'east', observed('o', { model_uri: 'hf://org/one' })));
    expect(rows.find((row) => row.verdict === 'unregistered')?.missingEvidence.join()).toContain('credit:1');
    expect(conclusion.state).toBe('cannot_certify');
  });

  it.each([
    ['the same registry', scan(3, 'east', known)],
    ['another registry that agrees', scan(3, 'west', shadow)],
    ['another registry under another id', scan(3, 'west', observed('other', { model_uri: 'hf://org/credit' }))],
  ])('it finds no conflict with %s', async (_, second) => {
    const { totals } = await run(setOf('registry', credit), merged(scan(2, 'east', shadow), second));
    expect(totals.coverage).toMatchObject({ complete: true, gaps: [] });
  });
});

describe('when a discovery snapshot was left out', () => {
  it('it makes an exception and a gap of it', async () => {
    const discovery = scan(3, 'west', known);
    expect((await run(setOf('registry', credit), discovery)).conclusion.state).toBe('certified');
    const { conclusion, totals } = await run(setOf('registry', credit), discovery, ['Snapshot 2 was left out']);
    expect(conclusion).toEqual({ state: 'certified_with_exceptions', reasons: ['Snapshot 2 was left out.'] });
    expect(totals.coverage).toMatchObject({ complete: false, gaps: ['Snapshot 2 was left out'] });
  });
});
