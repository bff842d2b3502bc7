/** How evaluation behaves as a whole: order, determinism, evidence that is taken away, cancelling, counts. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluatePacks } from '../../../src-main/core/policy/evaluate.ts';
import { phaseOf } from '../../../src-main/core/policy/rule-order.ts';
import { jobContext, silentJob } from '../../../src-main/core/ports.ts';
import { entities } from '../../../src-shared/domain/dictionary.ts';
import { type Outcome, type RuleHit, ruleHitSchema } from '../../../src-shared/domain/finding.ts';
import { cleanInventory, sha } from '../../fixtures/policy/clean-inventory.ts';
import {
  change,
  type Inventory,
  type Mutation,
  recordSet,
  remove,
  set,
  unsupply,
} from '../../fixtures/policy/inventory.ts';
import { ruleCases } from '../../fixtures/policy/rule-cases.ts';
import { evaluate, evaluateAll, onlyRule, packs } from './run.ts';

const inputOf = (inventory: Inventory) => ({
  packs,
  registry: recordSet(inventory.registry),
  discovery: inventory.discovery && recordSet(inventory.discovery),
  baseline: inventory.baseline && recordSet(inventory.baseline),
  verdictRows: inventory.verdictRows,
  asOf: inventory.asOf,
  job: silentJob,
});

const spoilt = (): Inventory =>
  [
    set('model/credit', { description: null, validator: null }),
    set('model_version/credit-1', { artefact_digest: sha('f') }),
    set('deployment/credit-prod', { region: 'us-east-1' }),
    change('registry', { reportedTotals: { model: 9 } }),
  ].reduce((inventory, mutate) => mutate(inventory), cleanInventory());

describe('when several rules fire', () => {
  it('reports evidence first, then population, integrity, roles, operation', async () => {
    const { hits, summary } = await evaluate(spoilt());
    const phases = hits.map((hit) => phaseOf(hit.ruleId));
    expect(hits[0]?.ruleId).toBe('REC-002');
    expect(phases).toEqual([...phases].sort((a, b) => a - b));
    expect(new Set(phases).size).toBeGreaterThan(3);
    expect(summary.rules.map((rule) => phaseOf(rule.ruleId))).toEqual(
      summary.rules.map((rule) => phaseOf(rule.ruleId)).sort((a, b) => a - b),
    );
  });

  it('gives the same answer whatever the order of the records and of the packs’ rules', async () => {
    const inventory = spoilt();
    const reversed = <T>(records: Readonly<Record<string, T>>) => Object.fromEntries(Object.entries(records).reverse());
    const turned = change('registry', { records: reversed(inventory.registry.records) })(inventory);
    const backwards = packs.map((pack) => ({ ...pack, rules: [...pack.rules].reverse() }));
    const first = await evaluate(inventory);
    expect(await evaluate(inventory)).toEqual(first);
    expect(await evaluate(turned, backwards)).toEqual(first);
  });

  it('counts every evaluation and says when the input itself is unreliable', async () => {
    const { hits, summary } = await evaluate(spoilt());
    const { outcomes } = summary;
    expect(outcomes.pass + outcomes.fires + outcomes.cannot_evaluate + outcomes.not_applicable).toBe(
      summary.evaluations,
    );
    expect(outcomes.fires).toBe(hits.filter((hit) => hit.outcome === 'fires').length);
    expect(Object.values(summary.bySeverity).reduce((sum, n) => sum + n, 0)).toBe(outcomes.fires);
    expect(summary.unreliableInput).toBe(false);
    const altered = change('registry', { digests: { 'model/credit': '0'.repeat(64) } })(cleanInventory());
    expect((await evaluate(altered)).summary.unreliableInput).toBe(true);
  });

  it('leaves out cannot_evaluate hits on request, and counts them all the same', async () => {
    const inventory = unsupply('model.owner')(cleanInventory());
    const listed = await evaluate(inventory);
    const counted = await evaluateAll({ ...inputOf(inventory), listCannotEvaluate: false });
    expect(listed.hits.some((hit) => hit.outcome === 'cannot_evaluate')).toBe(true);
    expect(counted.hits.every((hit) => hit.outcome === 'fires')).toBe(true);
    expect(counted.summary).toEqual(listed.summary);
  });
});

describe('when a rule has fired', () => {
  it('gives a hit of the shared shape for every rule and every outcome', async () => {
    for (const [ruleId, { fires, cannot }] of Object.entries(ruleCases)) {
      for (const mutate of [fires, cannot]) {
        const { hits } = await evaluate(mutate(cleanInventory()), onlyRule(ruleId));
        for (const hit of hits) expect(ruleHitSchema.safeParse(hit)).toMatchObject({ success: true });
      }
    }
  });

  it('shows the values it read with state, snapshot and place, and relations that led nowhere', async () => {
    const inventory = remove('approval/credit-use')(cleanInventory());
    const { hits } = await evaluate(inventory, onlyRule('APR-001'));
    const values = new Map(hits[0]?.values.map((value) => [value.field, value]));
    expect(values.get('deployment.environment')).toEqual({
      ref: { kind: 'deployment', id: 'credit-prod' },
      field: 'deployment.environment',
      label: 'Environment',
      state: 'value',
      value: 'production',
      snapshot: 2,
      locator: 'evidence/registry.json#/deployment/credit-prod',
    });
    expect(values.get('deployment.version_ref')?.value).toBe('model_version/credit-1');
    expect(values.get('approval.subject_ref')).toMatchObject({ state: 'empty', value: '' });
  });

  it('shows the baseline’s value beside today’s where it compares the two', async () => {
    const inventory = set('model_version/credit-1', { artefact_digest: sha('f') })(cleanInventory());
    const { hits } = await evaluate(inventory, onlyRule('VER-002'));
    expect(hits[0]?.values.map(({ field, value, snapshot }) => [field, value, snapshot])).toEqual([
      ['model_version.artefact_digest', sha('a'), 1],
      ['model_version.artefact_digest', sha('f'), 2],
    ]);
  });

  it('tells a blank from something that nobody supplies', async () => {
    const { hits: blankHits } = await evaluate(
      set('model/credit', { risk_tier: null })(cleanInventory()),
      onlyRule('VER-014'),
    );
    expect(blankHits[0]).toMatchObject({ outcome: 'cannot_evaluate', missing: ['model.risk_tier (blank)'] });
    expect(blankHits[0]?.values).toMatchObject([{ field: 'model.risk_tier', state: 'empty' }]);
    const { hits: missingHits } = await evaluate(unsupply('model.risk_tier')(cleanInventory()), onlyRule('VER-014'));
    expect(missingHits[0]).toMatchObject({ outcome: 'cannot_evaluate', missing: ['model.risk_tier'] });
    expect(missingHits[0]?.values).toMatchObject([{ field: 'model.risk_tier', state: 'missing' }]);
  });

  it('raises the severity where the pack says so', async () => {
    const gone = set('party/alice', { party_active: false })(cleanInventory());
    const { hits } = await evaluate(gone, onlyRule('OWN-001'));
    expect(Object.fromEntries(hits.map((hit) => [hit.subject.id, hit.severity]))).toMatchObject({
      credit: 'critical',
      reader: 'high',
    });
  });
});

describe('when nothing was scanned and nothing came before', () => {
  it('says so once per snapshot for what needs a scan or a baseline, and passes none of it', async () => {
    const { hits, summary } = await evaluate({ ...cleanInventory(), discovery: null, baseline: null, verdictRows: [] });
    expect(hits.filter((hit) => hit.outcome === 'fires')).toEqual([]);
    for (const ruleId of ['REC-001', 'DEP-002', 'DEP-003', 'VER-002', 'DAT-003', 'MON-010', 'REC-004']) {
      const counts = summary.rules.find((rule) => rule.ruleId === ruleId)?.counts;
      expect({ ruleId, pass: counts?.pass }).toEqual({ ruleId, pass: 0 });
      expect(counts?.cannot_evaluate).toBeGreaterThan(0);
    }
  });
});

describe('when a job is cancelled', () => {
  it('stops with the failure that the host expects', async () => {
    const run = evaluatePacks({
      ...inputOf(cleanInventory()),
      job: jobContext(
        () => true,
        () => {},
      ),
    });
    await expect(run.next()).rejects.toThrow('Cancelled');
  });
});

describe('when evidence is taken away', () => {
  // REC-006 and INV-009 judge whatever is stated, so a statement that is taken away is no longer theirs to judge; REC-003 and
  // REC-001 compare whole records. VER-006 does too, and is unknown once a field that the baseline has is gone.
  const statedOnly = new Set(['REC-001', 'REC-003', 'REC-006', 'INV-009']);
  const paths = [...new Set(packs.flatMap((pack) => pack.rules.flatMap((rule) => rule.reads)))].filter(
    (path) => !path.startsWith('snapshot.'),
  );
  const idFields = new Set(entities.map((entity) => `${entity.entity}.${entity.idField}`));
  const removable = paths.filter((path) => !idFields.has(path)).sort();
  const mutations: readonly (readonly [string, Mutation])[] = Object.entries(ruleCases).map(([id, { fires }]) => [
    id,
    fires,
  ]);

  const outcomesOf = async (inventory: Inventory): Promise<ReadonlyMap<string, Outcome>> => {
    const { hits } = await evaluate(inventory);
    return new Map(hits.map((hit: RuleHit) => [`${hit.ruleId} ${hit.subject.kind}/${hit.subject.id}`, hit.outcome]));
  };

  it('never turns a finding, or something that could not be evaluated, into a pass', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...mutations),
        fc.uniqueArray(fc.constantFrom(...removable), { minLength: 1, maxLength: 3 }),
        async ([, fault], taken) => {
          const faulty = fault(cleanInventory());
          const poorer = taken.map((path) => unsupply(path)).reduce((inventory, mutate) => mutate(inventory), faulty);
          const before = await outcomesOf(faulty);
          const after = await outcomesOf(poorer);
          for (const key of before.keys()) {
            if (statedOnly.has(key.slice(0, key.indexOf(' ')))) continue;
            expect({ key, taken, after: after.get(key) ?? 'pass or not applicable' }).toEqual({
              key,
              taken,
              after: after.get(key),
            });
          }
        },
      ),
      { numRuns: 60, seed: 20261123 },
    );
  });

  it.each(Object.entries(ruleCases).filter(([id]) => !statedOnly.has(id)))(
    '%s does not pass its faulty record without any one of the fields it reads',
    async (ruleId, { fires }) => {
      const faulty = fires(cleanInventory());
      const rule = onlyRule(ruleId);
      const reads = (rule[0]?.rules[0]?.reads ?? []).filter((path) => removable.includes(path));
      const subject = ruleCases[ruleId]?.subject;
      for (const path of reads) {
        const { hits } = await evaluate(unsupply(path)(faulty), rule);
        const hit = hits.find((found) => `${found.subject.kind}/${found.subject.id}` === subject);
        expect({ ruleId, path, outcome: hit?.outcome ?? 'passed over' }).not.toEqual({
          ruleId,
          path,
          outcome: 'passed over',
        });
      }
    },
  );
});
