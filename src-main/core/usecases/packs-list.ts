/** `packs.list`: the policy packs that are shipped with their parameters for print, and the rules that are built in. */
import { show } from '../policy/compile.ts';
import { loadPacks, type Parameter } from '../policy/pack.ts';
import { standingPacks } from '../review/standing-packs.ts';
import type { Handler } from './context.ts';

export const packsList: Handler<'packs.list'> = () => ({
  packs: [
    ...loadPacks().map(({ id, version, title, description, rules, parameters }) => ({
      ...{ id, version, title, description },
      rules: rules.length,
      parameters: Object.entries(parameters).map(([name, parameter]) => ({
        name,
        value: printValue(parameter.value),
        source: parameter.cite ? `${parameter.source} (${parameter.cite})` : parameter.source,
      })),
    })),
    ...standingPacks.map(({ id, version, title, description, rules }) => ({
      ...{ id, version, title, description },
      rules: rules.length,
      parameters: [],
    })),
  ],
});

/** `7`, `md5, sha1`, `tier 1: 7, tier 2: 30`, or `not set`. */
function printValue(value: Parameter['value']): string {
  if (value === null) return 'not set';
  if (typeof value !== 'object' || Array.isArray(value)) return show(value);
  return Object.entries(value)
    .map(([tier, entry]) => `tier ${tier}: ${show(entry)}`)
    .join(', ');
}
