/** Clause strength decides the wording: clause × as_of × facts (regulation reference 0.1, 0.3, 1.0). */
import { describe, expect, it } from 'vitest';
import { type ClauseFacts, citeClause, firstDate } from '../../../src-main/core/policy/clause-mode.ts';
import { type Clause, clauseById, clauses } from '../../../src-main/core/policy/clauses.ts';
import { cleanInventory } from '../../fixtures/policy/clean-inventory.ts';
import { set, unsupply } from '../../fixtures/policy/inventory.ts';
import { evaluate, onlyRule } from './run.ts';

const everyPack = [
  'eu_ai_act',
  'eu_gpai',
  'us_mrm',
  'uk_ss1_23',
  'ca_e23',
  'nist_ai_rmf',
  'iso_42001',
  'gdpr',
  'ccpa_admt',
  'hipaa',
  'sox_icfr',
  'dora',
  'accounting',
];

const facts = (over: Partial<ClauseFacts> = {}): ClauseFacts => ({
  regimes: new Set(everyPack),
  euInScope: true,
  euClass: 'high_risk_annex_iii',
  placedOnEuMarketAt: undefined,
  significantDesignChangeAt: undefined,
  forPublicAuthority: undefined,
  gpai: true,
  gpaiReleaseAt: undefined,
  usModel: true,
  personalData: true,
  admt: true,
  phi: true,
  icfr: true,
  inUse: true,
  ...over,
});

const clause = (id: string): Clause => {
  const found = clauseById(id);
  if (!found) throw new Error(`no clause ${id}`);
  return found;
};

const now = '2026-11-23T12:00:00Z';
const mode = (id: string, over: Partial<ClauseFacts> = {}, asOf = now, section5 = 'A') => {
  const cited = citeClause(clause(id), asOf, facts(over), { aiaSection5Date: section5 });
  return cited && `${cited.mode} ${cited.applies}`;
};

describe('when a clause is guidance', () => {
  it('never prints breach, whatever the facts and the date', () => {
    for (const guidance of clauses.filter((one) => one.force !== 'law')) {
      for (const asOf of ['2020-01-01', now, '2035-01-01']) {
        expect(citeClause(guidance, asOf, facts(), { aiaSection5Date: '2026-08-02' })?.mode).not.toBe('breach');
      }
    }
  });

  it('is an expectation gap or a standard gap, and E-23 is readiness until 1 May 2027', () => {
    expect(mode('SS1-1.2')).toBe('expectation_gap in effect');
    expect(mode('SR26-VI.1')).toBe('expectation_gap 2026-04-17');
    expect(mode('E23-2.1')).toBe('readiness 2027-05-01');
    expect(mode('E23-2.1', {}, '2027-05-01')).toBe('expectation_gap 2027-05-01');
    expect(mode('ISO-7.5')).toBe('standard_gap certification');
    expect(mode('SOX-IPE')).toBe('standard_gap in force');
  });

  it('cites rescinded SR 11-7 only for a date before its end', () => {
    expect(mode('SR117-V')).toBeNull();
    expect(mode('SR117-V', {}, '2026-04-16')).toMatch(/^expectation_gap/);
  });

  it('leaves generative models out of SR 26-2', () => {
    expect(mode('SR26-VI.1', { usModel: false })).toBeNull();
  });
});

describe('when a clause is law', () => {
  it('is a breach where it applies to the record', () => {
    expect(mode('GDPR-32')).toBe('breach in force');
    expect(mode('DORA-8.1')).toBe('breach in force');
  });

  it('is not cited where the record is out of its scope or the pack is switched off', () => {
    expect(mode('GDPR-32', { personalData: false })).toBeNull();
    expect(mode('SOX-404', { icfr: false })).toBeNull();
    expect(mode('HIPAA-312c', { regimes: new Set(['gdpr']) })).toBeNull();
  });

  it('is readiness, and says why, where nobody has stated whether it applies', () => {
    expect(mode('GDPR-32', { personalData: undefined })).toMatch(/^readiness .*not stated/);
    expect(mode('DORA-8.1', { regimes: undefined })).toMatch(/^readiness .*has not said/);
  });

  it('is readiness with its date before it applies', () => {
    expect(mode('CCPA-7221')).toBe('readiness 2027-01-01');
    expect(mode('CCPA-7221', {}, '2027-01-01')).toBe('breach 2027-01-01');
  });
});

describe('when the AI Act is cited', () => {
  it('dates high-risk duties by annex', () => {
    expect(mode('AIA-10')).toBe('readiness 2027-12-02');
    expect(mode('AIA-10', { euClass: 'high_risk_annex_i' })).toBe('readiness 2028-08-02');
    expect(mode('AIA-10', {}, '2027-12-02')).toBe('breach 2027-12-02');
    expect(mode('AIA-10', { euClass: 'minimal' })).toBeNull();
    expect(mode('AIA-10', { euInScope: false })).toBeNull();
    expect(mode('AIA-10', { euClass: undefined })).toMatch(/^readiness 2027-12-02; the EU risk class is not stated/);
  });

  it('leaves legacy systems out unless they changed or serve a public authority', () => {
    const placedOnEuMarketAt = '2025-01-01';
    expect(mode('AIA-10', { placedOnEuMarketAt })).toBeNull();
    expect(mode('AIA-10', { placedOnEuMarketAt, forPublicAuthority: true })).toBe('readiness 2030-08-02');
    expect(mode('AIA-10', { placedOnEuMarketAt, significantDesignChangeAt: '2028-01-01' }, '2028-02-01')).toBe(
      'breach 2027-12-02',
    );
  });

  it('takes the unsettled Section 5 date from the parameter, for high-risk systems only', () => {
    expect(mode('AIA-43.4')).toBe('readiness 2027-12-02');
    expect(mode('AIA-43.4', {}, now, '2026-08-02')).toBe('breach 2026-08-02');
    expect(mode('AIA-43.4', { euClass: 'minimal' }, now, '2026-08-02')).toBeNull();
    expect(mode('AIA-10', {}, now, '2026-08-02')).toBe('readiness 2027-12-02');
  });

  it('dates synthetic content and general-purpose models by when they came out', () => {
    expect(mode('AIA-50.2')).toBe('breach 2026-08-02');
    expect(mode('AIA-50.2', { placedOnEuMarketAt: '2026-01-01' })).toBe('readiness 2026-12-02');
    expect(mode('AIA-53a', { gpaiReleaseAt: '2024-05-01' })).toBe('readiness 2027-08-02');
    expect(mode('AIA-53a', { gpaiReleaseAt: '2026-05-01' })).toBe('breach 2025-08-02');
  });

  it('reads dates as the reference writes them', () => {
    expect(firstDate('2 Aug 2026; 2 Dec 2026 if on the market before 2 Aug 2026')).toBe('2026-08-02');
    expect(firstDate('in force')).toBe('');
  });
});

describe('when a rule fires', () => {
  const modes = async (...mutations: readonly ReturnType<typeof set>[]) => {
    const { hits } = await evaluate(
      mutations.reduce((now_, mutate) => mutate(now_), cleanInventory()),
      onlyRule('DEP-008'),
    );
    return Object.fromEntries(hits[0]?.clauses.map((cited) => [cited.id, cited.mode]) ?? []);
  };
  const open = set('deployment/credit-prod', { encrypted_in_transit: false });

  it('one finding can be a breach of one clause and leave another out', async () => {
    expect(await modes(open)).toEqual({ 'GDPR-32': 'breach', 'DORA-9.4c': 'breach' });
  });

  it('does not print breach when the facts that decide are not supplied', async () => {
    expect(await modes(open, unsupply('model.processes_personal_data'))).toMatchObject({ 'GDPR-32': 'readiness' });
    expect(Object.values(await modes(open, unsupply('organisation.org_regimes')))).not.toContain('breach');
  });
});
