/** Packs: what is refused when one is loaded, and that the shipped pack restates the reference's own ids and clauses. */
import { describe, expect, it } from 'vitest';
import { clauseById } from '../../../src-main/core/policy/clauses.ts';
import { loadPacks, type Pack, parsePack } from '../../../src-main/core/policy/pack.ts';
import { silentJob } from '../../../src-main/core/ports.ts';
import { packsList } from '../../../src-main/core/usecases/packs-list.ts';
import { packListSchema } from '../../../src-shared/contract/schemas/findings.ts';

const [core] = loadPacks();
const rule = core?.rules.find((one) => one.id === 'INV-004');
if (!core || !rule) throw new Error('the core pack is missing');

const withRule = (over: Partial<Pack['rules'][number]>): unknown => ({ ...core, rules: [{ ...rule, ...over }] });

describe('when a pack is loaded', () => {
  it('accepts the shipped packs', () => {
    expect(loadPacks().map((pack) => pack.id)).toEqual(['model-inventory-core']);
    expect(core.rules.length).toBeGreaterThanOrEqual(75);
    expect(core.rules.every((one) => one.clauses.every((id) => clauseById(id) !== undefined))).toBe(true);
  });

  it.each([
    ['an unknown field', { firesWhen: 'blank(model.ownr)' }, 'ownr'],
    ['an unknown relation', { firesWhen: 'model.siblings.exists(s, true)' }, 'siblings'],
    [
      'an unknown parameter',
      { firesWhen: 'days(model.last_inventory_review_at, as_of) > param("no_such")' },
      'no_such',
    ],
    ['an unknown function', { firesWhen: 'isBlank(model.last_inventory_review_at)' }, 'isBlank'],
    ['another entity’s variable', { firesWhen: 'blank(dataset.dataset_owner)' }, 'dataset_owner'],
    ['a comparison of different types', { firesWhen: 'model.last_inventory_review_at > 3' }, 'string > int'],
    ['a predicate that is no truth value', { firesWhen: 'model.last_inventory_review_at' }, 'not bool'],
    ['text that does not parse', { firesWhen: 'blank(' }, 'parse'],
    ['an unknown clause', { clauses: ['GDPR-999'] }, 'GDPR-999'],
    ['an unknown entity', { entity: 'robot' as 'model' }, 'entity'],
    ['a field it reads and does not declare', { reads: [] }, 'reads'],
    ['a declared field that does not exist', { reads: ['model.ownr'] }, 'model.ownr'],
    ['a message that reads an unknown field', { message: ['$', '{model.ownr}'].join('') }, 'ownr'],
  ])('refuses %s, naming the rule', (_what, over, part) => {
    expect(() => parsePack(withRule(over), 'mine.json')).toThrow(part);
    if (!('entity' in over)) expect(() => parsePack(withRule(over), 'mine.json')).toThrow('INV-004');
  });

  it('refuses the same rule twice', () => {
    expect(() => parsePack({ ...core, rules: [rule, rule] }, 'mine.json')).toThrow('used twice');
  });

  it('refuses what is not part of the format', () => {
    expect(() => parsePack({ ...core, author: 'me' }, 'mine.json')).toThrow('author');
  });
});

describe('when packs are listed', () => {
  it('prints every parameter with its source, and says what is not set', async () => {
    const context = {
      clock: { now: () => new Date(0) },
      grants: { resolve: () => '' },
      workspace: () => {
        throw new Error('no workspace');
      },
      setWorkspace: () => {},
      hasWorkspace: false,
    };
    const list = packListSchema.parse(await packsList(context, {}, silentJob));
    const parameters = new Map(list.packs[0]?.parameters.map((parameter) => [parameter.name, parameter]));
    expect(parameters.get('stale_days')?.value).toBe('tier 1: 7, tier 2: 30, tier 3: 90, tier 4: 180');
    expect(parameters.get('authority_table')?.value).toBe('not set');
    expect(parameters.get('log_min_days_eu_high_risk')?.source).toBe('law (AIA-19)');
  });
});
