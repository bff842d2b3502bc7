/** Every rule of the packs: it passes on a clean inventory, fires on a planted fault, and says when it cannot tell. */
import { describe, expect, it } from 'vitest';
import { cleanInventory } from '../../fixtures/policy/clean-inventory.ts';
import { ruleCases } from '../../fixtures/policy/rule-cases.ts';
import { evaluate, onlyRule, packs } from './run.ts';

const ruleIds = packs.flatMap((pack) => pack.rules.map((rule) => rule.id));
const clean = await evaluate(cleanInventory());

describe('when nothing is wrong', () => {
  it('fires nothing at all', () => {
    expect(
      clean.hits
        .filter((hit) => hit.outcome === 'fires')
        .map((hit) => `${hit.ruleId} ${hit.subject.id}: ${hit.message}`),
    ).toEqual([]);
  });

  it('leaves nothing that cannot be evaluated', () => {
    expect(clean.hits.map((hit) => `${hit.ruleId} ${hit.subject.id}: ${hit.missing}`)).toEqual([]);
  });
});

it('when a rule is in a pack it has a case, and when there is a case it has a rule', () => {
  expect(Object.keys(ruleCases).sort()).toEqual([...ruleIds].sort());
});

describe.each(ruleIds)('%s', (ruleId) => {
  const ruleCase = ruleCases[ruleId];
  if (!ruleCase) throw new Error(`no case for ${ruleId}`);
  const { subject, fires, cannot, missing, says } = ruleCase;

  it('when the evidence is sound it passes on some record', () => {
    expect(clean.summary.rules.find((rule) => rule.ruleId === ruleId)?.counts.pass).toBeGreaterThan(0);
  });

  it('when the fault is planted it fires on that record, with what it read and where that stands', async () => {
    const { hits } = await evaluate(fires(cleanInventory()), onlyRule(ruleId));
    const fired = hits.filter((hit) => hit.outcome === 'fires');
    const hit = fired.find((found) => `${found.subject.kind}/${found.subject.id}` === subject);
    expect(fired.map((found) => `${found.subject.kind}/${found.subject.id}`)).toContain(subject);
    expect(hit?.ruleId).toBe(ruleId);
    expect(hit?.message).toContain(says ?? '');
    expect(hit?.message).not.toMatch(/undefined|NaN|\[object/);
    expect(hit?.missing).toEqual([]);
    // Snapshots are no records: their facts stand in the message.
    if (!subject.startsWith('snapshot/') && !['DEP-002', 'REC-001'].includes(ruleId)) {
      expect(hit?.values.length).toBeGreaterThan(0);
      expect(hit?.values.every((value) => value.state !== 'value' || (value.locator ?? '').length > 0)).toBe(true);
    }
  });

  it('when the evidence is not supplied it says so, and does not pass that record', async () => {
    const { hits, summary } = await evaluate(cannot(cleanInventory()), onlyRule(ruleId));
    const gaps = hits.filter((hit) => hit.outcome === 'cannot_evaluate');
    expect(gaps.flatMap((hit) => hit.missing).join('; ')).toContain(missing);
    expect(summary.rules[0]?.counts.fires).toBe(0);
    expect(summary.rules[0]?.counts.pass).toBeLessThan(
      clean.summary.rules.find((rule) => rule.ruleId === ruleId)?.counts.pass ?? 0,
    );
    expect(summary.rules[0]?.counts.cannot_evaluate).toBe(gaps.length);
  });
});
