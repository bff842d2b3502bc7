/** Order of evaluation (regulation reference part 3): is the evidence sound, is the population complete, then the rest. */
const phases: readonly (readonly string[])[] = [
  ['REC'],
  ['INV', 'DEP-001', 'DEP-002'],
  ['VER', 'DAT', 'FEA', 'PIP'],
  ['OWN', 'TIER', 'APR', 'CHG', 'VAL'],
  ['DEP', 'MON', 'INC', 'ACS'],
];

/** Phase of a rule, 0 first; regime packs come last. */
export function phaseOf(ruleId: string): number {
  const exact = phases.findIndex((names) => names.includes(ruleId));
  if (exact >= 0) return exact;
  const family = ruleId.slice(0, ruleId.indexOf('-'));
  const phase = phases.findIndex((names) => names.includes(family));
  return phase < 0 ? phases.length : phase;
}

export const phaseCount = phases.length + 1;
