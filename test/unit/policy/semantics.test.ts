/** The small words of rules: blank, days, before, digests, parties, patterns (regulation reference 0.2). */
import { describe, expect, it } from 'vitest';
import {
  days,
  digestsDiffer,
  digestsEqual,
  before as earlier,
  matchesPattern,
  opensToAll,
  outside,
} from '../../../src-main/core/policy/functions.ts';
import { Probe, Unknown } from '../../../src-main/core/policy/unknown.ts';
import { blank, isPlaceholder, missing, readField, statedNone } from '../../../src-main/core/policy/values.ts';
import { cleanInventory, to } from '../../fixtures/policy/clean-inventory.ts';
import { type Mutation, set, unsupply } from '../../fixtures/policy/inventory.ts';
import { evaluate, onlyRule } from './run.ts';

const probe = new Probe();
const text = { kind: 'string' } as const;

describe('blank', () => {
  it.each(['', '   ', 'tbd', 'TODO', 'n/a', 'N/A.', 'unknown', '-', '--', 'none', ' None '])(
    'when the text is "%s" it is blank',
    (value) => {
      expect(isPlaceholder(value)).toBe(true);
      expect(typeof readField(value, text, true)).toBe('symbol');
    },
  );

  it.each(['n/a: vendor model, no training data', 'unknown origin, see ticket 12', 'none known as of 2026-01-01', '0'])(
    'when the text gives a reason, as "%s", it is a value',
    (value) => expect(readField(value, text, true)).toBe(value),
  );

  it('when a field is absent it is blank if a source supplies it and missing if none does', () => {
    expect(readField(undefined, text, true)).toBe(blank);
    expect(readField(undefined, text, false)).toBe(missing);
  });

  it('when a source states null it is blank even where the field is not listed as supplied', () => {
    expect(readField(null, text, false)).toBe(blank);
  });

  it('when "none" is a value of the enumeration it is an answer', () => {
    const authn = { kind: 'enum', values: ['none', 'mfa'] } as const;
    expect(readField('none', authn, true)).toBe('none');
    expect(readField('none', text, true)).toBe(statedNone);
  });

  it('when every element of a list is blank the list is blank', () => {
    const list = { kind: 'list', of: text } as const;
    expect(readField([], list, true)).toBe(blank);
    expect(readField(['tbd', ''], list, true)).toBe(blank);
    expect(readField(['none'], list, true)).toBe(statedNone);
    expect(readField(['tbd', 'pricing'], list, true)).toEqual(['pricing']);
  });

  it('when a value has the wrong type it is missing, not blank', () => {
    expect(readField('yes', { kind: 'bool' }, true)).toBe(missing);
    expect(readField('many', { kind: 'int' }, true)).toBe(missing);
    expect(readField(0, { kind: 'int' }, true)).toBe(0);
    expect(readField(false, { kind: 'bool' }, true)).toBe(false);
  });
});

describe('days and before', () => {
  it('when both carry a time it counts whole days between the instants, across offsets', () => {
    expect(days(probe, '2026-11-01T12:00:00Z', '2026-11-03T11:59:59Z')).toBe(1);
    expect(days(probe, '2026-11-01T23:00:00-05:00', '2026-11-03T04:00:00Z')).toBe(1);
    expect(days(probe, '2026-11-03T12:00:00Z', '2026-11-01T12:00:00Z')).toBe(-2);
  });

  it('when one is a date it counts UTC calendar days', () => {
    expect(days(probe, '2026-11-01', '2026-11-02T00:30:00Z')).toBe(1);
    expect(days(probe, '2026-02-28', '2026-03-01')).toBe(1);
    expect(days(probe, '2024-02-28', '2024-03-01')).toBe(2);
  });

  it('when something expires today it has not expired yet', () => {
    expect(earlier(probe, '2026-11-20', '2026-11-20T08:00:00Z')).toBe(false);
    expect(earlier(probe, '2026-11-19', '2026-11-20T08:00:00Z')).toBe(true);
    expect(earlier(probe, '2026-11-20T07:59:59Z', '2026-11-20T09:00:00+01:00')).toBe(true);
  });

  it('when a side is blank no comparison holds', () => {
    expect(days(probe, '', '2026-11-20') > 0 || days(probe, '', '2026-11-20') <= 0).toBe(false);
    expect(earlier(probe, '', '2026-11-20') || earlier(probe, '2026-11-20', '')).toBe(false);
  });

  it.each(['2026-13-01', '2026-02-30', 'last week', '2026-11-20T08:00:00', '20.11.2026'])(
    'when "%s" cannot be placed in time it is unknown',
    (value) => {
      expect(() => days(probe, value, '2026-11-20')).toThrow(Unknown);
    },
  );
});

describe('digests', () => {
  it('when only the case of the hex differs they are equal', () => {
    expect(digestsDiffer(probe, 'sha256:AB', 'SHA256:ab')).toBe(false);
    expect(digestsEqual('sha256:AB', 'sha256:ab')).toBe(true);
  });

  it('when the algorithms differ nobody can tell', () => {
    expect(() => digestsDiffer(probe, 'sha256:ab', 'sha512:ab')).toThrow(Unknown);
    expect(digestsEqual('sha256:ab', 'sha512:ab')).toBe(false);
  });

  it('when one is blank they do not differ', () => {
    expect(digestsDiffer(probe, '', 'sha256:ab')).toBe(false);
  });
});

describe('parties', () => {
  const approval = 'approval/credit-use';
  const makers = (requested: string, decided: string): Mutation =>
    set(approval, { requested_by: to(requested), decided_by: to(decided) });
  const outcome = async (...mutations: readonly Mutation[]) => {
    const inventory = mutations.reduce((now, mutate) => mutate(now), cleanInventory());
    const { hits } = await evaluate(inventory, onlyRule('APR-002'));
    return hits.find((hit) => hit.subject.id === 'credit-use')?.outcome ?? 'pass';
  };

  it('when ids differ only in case it is one person', async () => {
    expect(await outcome(makers('party/Alice', 'party/alice'))).toBe('fires');
  });

  it('when two records share a contact address it is one person', async () => {
    expect(
      await outcome(makers('party/alice', 'party/dan'), set('party/dan', { party_contact: 'ALICE@bank.example' })),
    ).toBe('fires');
  });

  it('when a service identity reports to the person it is that person', async () => {
    expect(await outcome(makers('party/gina', 'party/svc-deploy'))).toBe('fires');
  });

  it('when two people report to the same person they stay two people', async () => {
    expect(
      await outcome(
        makers('party/alice', 'party/bob'),
        set('party/bob', { party_reports_to: to('party/head-lending') }),
      ),
    ).toBe('pass');
  });

  it('when one of them is in no record, or kinds are not supplied, nobody can tell', async () => {
    expect(await outcome(makers('party/alice', 'party/stranger'))).toBe('cannot_evaluate');
    expect(await outcome(makers('party/alice', 'party/dan'), unsupply('party.party_kind'))).toBe('cannot_evaluate');
  });

  it('when service identities report to each other it still ends', async () => {
    const loop = set('party/gina', { party_kind: 'service_account', party_reports_to: to('party/svc-deploy') });
    expect(['pass', 'fires']).toContain(await outcome(makers('party/gina', 'party/dan'), loop));
  });
});

describe('lists and patterns', () => {
  it('when elements differ only in case or blanks they are the same', () => {
    expect(outside([' EU-West-1', 'us-east-1'], ['eu-west-1'])).toEqual(['us-east-1']);
  });

  it('when a role is a wildcard or "all" it opens to everybody', () => {
    expect([['credit-*'], ['ALL'], ['credit', 'everyone']].map(opensToAll)).toEqual([true, true, true]);
    expect(opensToAll(['allocation'])).toBe(false);
  });

  it.each(['(a+)+$', '(a|aa)*b', '(?=a)a', '(a)\\1', '[', `${'a'.repeat(201)}`])(
    'when the naming pattern is "%s" it is not run',
    (pattern) => {
      expect(() => matchesPattern(probe, 'aaaaaaaaaaaaaaaaaaaaaaaaaaaa', pattern)).toThrow(Unknown);
    },
  );

  it('when the pattern is harmless it must match the whole name', () => {
    expect(matchesPattern(probe, 'pd-retail', 'pd-[a-z]+')).toBe(true);
    expect(matchesPattern(probe, 'x-pd-retail', 'pd-[a-z]+')).toBe(false);
  });
});
