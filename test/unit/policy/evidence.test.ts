/** Rules answer only from evidence: what was seen running, what was reconciled, and what is still what was signed. */
import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../src-shared/domain/finding.ts';
import type { Verdict } from '../../../src-shared/domain/verdict.ts';
import { cleanInventory, sha } from '../../fixtures/policy/clean-inventory.ts';
import { all, change, type Inventory, type Mutation, refOf, set } from '../../fixtures/policy/inventory.ts';
import { evaluate, onlyRule } from './run.ts';

const seen = 'deployment/seen-credit';
const basis = (value: string | null): Mutation => set(seen, { observation_basis: value }, 'discovery');

/** The first row of the clean inventory with another verdict; `unregistered` has no claim. */
const verdict =
  (name: Verdict): Mutation =>
  (inventory) => {
    const [first, ...rest] = inventory.verdictRows ?? [];
    if (!first) throw new Error('no verdict row');
    const { claim, ...others } = first;
    return {
      ...inventory,
      verdictRows: [{ ...others, verdict: name, ...(claim && name !== 'unregistered' ? { claim } : {}) }, ...rest],
    };
  };

async function outcomeOf(ruleId: string, subject: string, inventory: Inventory) {
  const { hits, summary } = await evaluate(inventory, onlyRule(ruleId));
  const { kind, id } = refOf(subject);
  const hit = hits.find((found) => found.subject.kind === kind && found.subject.id === id);
  const outcome: Outcome | 'no hit' = hit?.outcome ?? 'no hit';
  return { outcome, missing: hit?.missing ?? [], counts: summary.rules[0]?.counts, message: hit?.message };
}

describe('when only a manifest declares what the inventory does not know', () => {
  const planted = (value: string | null) => all(verdict('unregistered'), basis(value))(cleanInventory());

  it.each(['live_api', 'api_dump'])('fires DEP-002 on what was seen (%s)', async (value) => {
    const { outcome } = await outcomeOf('DEP-002', seen, planted(value));
    expect(outcome).toBe('fires');
  });

  it('does not apply DEP-002 to a manifest', async () => {
    const { outcome, counts } = await outcomeOf('DEP-002', seen, planted('manifest'));
    expect(outcome).toBe('no hit');
    expect(counts).toEqual({ fires: 0, pass: 1, cannot_evaluate: 0, not_applicable: 1 });
  });

  it('cannot evaluate DEP-002 where nobody says how it was observed', async () => {
    const { outcome, missing } = await outcomeOf('DEP-002', seen, planted(null));
    expect(outcome).toBe('cannot_evaluate');
    expect(missing).toEqual(['deployment.observation_basis (blank)']);
  });
});

describe('when a registered deployment is matched by a manifest only', () => {
  it('DEP-003 does not take it for found', async () => {
    const { outcome, missing } = await outcomeOf(
      'DEP-003',
      'deployment/credit-prod',
      basis('manifest')(cleanInventory()),
    );
    expect(outcome).toBe('cannot_evaluate');
    expect(missing).toEqual(['deployment.observation_basis (nothing seen running)']);
  });

  it('VER-004 does not take the manifest’s digest for one that runs', async () => {
    const other = set(seen, { running_digest: sha('f') }, 'discovery');
    const onProd = (inventory: Inventory) => outcomeOf('VER-004', 'deployment/credit-prod', inventory);
    expect((await onProd(other(cleanInventory()))).outcome).toBe('fires');
    expect((await onProd(all(other, basis('manifest'))(cleanInventory()))).outcome).toBe('no hit');
    expect(await onProd(all(other, basis(null))(cleanInventory()))).toMatchObject({
      outcome: 'cannot_evaluate',
      missing: ['deployment.observation_basis (blank)'],
    });
  });
});

describe('when nothing was reconciled', () => {
  it.each(['DEP-002', 'DEP-003', 'VER-004'])('%s passes nothing and says what is missing', async (ruleId) => {
    const { hits, summary } = await evaluate({ ...cleanInventory(), verdictRows: null }, onlyRule(ruleId));
    expect(summary.rules[0]?.counts).toMatchObject({ pass: 0, fires: 0 });
    expect(summary.rules[0]?.counts.cannot_evaluate).toBeGreaterThan(0);
    for (const hit of hits) expect(hit.missing).toEqual(['reconciliation']);
  });

  it('DEP-003 says so too for a deployment that a reconciliation gave no verdict', async () => {
    const rows = (cleanInventory().verdictRows ?? []).slice(1);
    const { outcome, missing } = await outcomeOf('DEP-003', 'deployment/credit-prod', {
      ...cleanInventory(),
      verdictRows: rows,
    });
    expect(outcome).toBe('cannot_evaluate');
    expect(missing).toEqual(['a verdict of the reconciliation']);
  });
});

describe('when the stored evidence was compared with what was signed', () => {
  const judged = (side: 'registry' | 'discovery' | 'baseline', state: 'intact' | 'altered' | 'unknown') =>
    change(side, { evidenceIntact: { state, reason: `the ${side} is ${state}` } })(cleanInventory());

  it('REC-003 passes what is intact', async () => {
    const { hits, summary } = await evaluate(judged('registry', 'intact'), onlyRule('REC-003'));
    expect(hits).toEqual([]);
    expect(summary.rules[0]?.counts.pass).toBe(2);
  });

  it('REC-003 cannot evaluate what nobody could confirm', async () => {
    const { hits } = await evaluate(judged('registry', 'unknown'), onlyRule('REC-003'));
    expect(hits.map(({ outcome, missing }) => ({ outcome, missing }))).toEqual([
      { outcome: 'cannot_evaluate', missing: ['snapshot.snapshot_digest (the registry is unknown)'] },
    ]);
  });

  it.each(['registry', 'discovery', 'baseline'] as const)(
    'fires REC-003 on an altered %s and concludes nothing from records',
    async (side) => {
      const { hits, summary } = await evaluate(judged(side, 'altered'));
      const fired = hits.filter((hit) => hit.outcome === 'fires');
      expect(fired.map(({ ruleId }) => ruleId)).toEqual(['REC-003']);
      expect(fired[0]?.message).toContain(`the ${side} is altered`);
      expect(summary.unreliableInput).toBe(true);
      const passing = summary.rules.filter((rule) => rule.counts.pass > 0).map((rule) => rule.ruleId);
      expect(passing.filter((id) => id !== 'REC-003')).toEqual([]);
      const gaps = hits.filter((hit) => hit.outcome === 'cannot_evaluate' && hit.ruleId === 'VER-001');
      expect(gaps.map(({ missing }) => missing)).toEqual([['unaltered evidence']]);
    },
  );
});
