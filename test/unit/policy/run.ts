/** Runs the shipped packs over a fixture inventory, with the one house table set that the packs leave open. */
import { type EvaluationInput, type EvaluationSummary, evaluatePacks } from '../../../src-main/core/policy/evaluate.ts';
import { loadPacks, type Pack } from '../../../src-main/core/policy/pack.ts';
import { silentJob } from '../../../src-main/core/ports.ts';
import type { RuleHit } from '../../../src-shared/domain/finding.ts';
import { type Inventory, recordSet } from '../../fixtures/policy/inventory.ts';

const board = ['model risk committee'];

/** The packs with APR-006's authority table filled in, as a house would. */
export const packs: readonly Pack[] = loadPacks().map((pack) => {
  const { authority_table: table, ...others } = pack.parameters;
  if (!table) return pack;
  const value = { '1': board, '2': board, '3': board, '4': board };
  return { ...pack, parameters: { ...others, authority_table: { ...table, value } } };
});

/** Everything at once. */
export async function evaluateAll(
  input: EvaluationInput,
): Promise<{ readonly hits: readonly RuleHit[]; readonly summary: EvaluationSummary }> {
  const hits: RuleHit[] = [];
  const run = evaluatePacks(input);
  for (;;) {
    const step = await run.next();
    if (step.done) return { hits, summary: step.value };
    hits.push(...step.value);
  }
}

export const evaluate = (
  inventory: Inventory,
  used: readonly Pack[] = packs,
): Promise<{ readonly hits: readonly RuleHit[]; readonly summary: EvaluationSummary }> =>
  evaluateAll({
    packs: used,
    registry: recordSet(inventory.registry),
    discovery: inventory.discovery && recordSet(inventory.discovery),
    baseline: inventory.baseline && recordSet(inventory.baseline),
    verdictRows: inventory.verdictRows,
    asOf: inventory.asOf,
    job: silentJob,
  });

/** Only the rule under test, so that a case costs what it needs. */
export function onlyRule(ruleId: string): readonly Pack[] {
  return packs.flatMap((pack) => {
    const rules = pack.rules.filter((rule) => rule.id === ruleId);
    return rules.length > 0 ? [{ ...pack, rules }] : [];
  });
}
