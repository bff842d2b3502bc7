/**
 * The mode of a cited clause: clause × as_of × facts of the record (regulation reference 0.1, 0.3 and the dates of 1.0).
 *
 * Only law that already applies to this record can be a `breach`. Guidance is an `expectation_gap`, a framework or standard a
 * `standard_gap`, and what applies later is `readiness` with its date. A clause whose regime does not apply is not cited. Law
 * whose applicability nobody has stated is cited as `readiness` and says so: it can never print "breach".
 */
import type { CitedClause, ClauseMode } from '../../../src-shared/domain/finding.ts';
import { assertNever } from '../../../src-shared/result.ts';
import type { Clause, Regime } from './clauses.ts';
import { type Moment, parseMoment } from './instants.ts';

/** A fact of the record: true, false, or not stated by any source. */
export type Fact = boolean | undefined;

/** What decides applicability. A subject without a model (a snapshot, the organisation) is judged by "any model". */
export interface ClauseFacts {
  /** Packs switched on in `organisation.org_regimes`; undefined when the organisation does not say. */
  readonly regimes: ReadonlySet<string> | undefined;
  readonly euInScope: Fact;
  readonly euClass: string | undefined;
  readonly placedOnEuMarketAt: string | undefined;
  readonly significantDesignChangeAt: string | undefined;
  readonly forPublicAuthority: Fact;
  readonly gpai: Fact;
  readonly gpaiReleaseAt: string | undefined;
  /** Scope decision "model" and a type that SR 26-2 covers. */
  readonly usModel: Fact;
  readonly personalData: Fact;
  readonly admt: Fact;
  readonly phi: Fact;
  readonly icfr: Fact;
  readonly inUse: Fact;
}

export interface ModeParameters {
  /** `A` (as Annex III / Annex I) or a date: when Chapter III Section 5 and Chapter IX start to apply (reference 1.0). */
  readonly aiaSection5Date: string;
}

const packOf: Readonly<Record<Regime, readonly string[]>> = {
  AIA: ['eu_ai_act', 'eu_gpai'],
  SR26: ['us_mrm'],
  SR117: ['us_mrm'],
  SS1: ['uk_ss1_23'],
  E23: ['ca_e23'],
  RMF: ['nist_ai_rmf'],
  ISO: ['iso_42001'],
  GDPR: ['gdpr'],
  CCPA: ['ccpa_admt'],
  HIPAA: ['hipaa'],
  SOX: ['sox_icfr'],
  DORA: ['dora'],
  ACC: ['accounting'],
};

const annexIii = '2027-12-02';
const annexI = '2028-08-02';
const publicLegacy = '2030-08-02';
const rescission = '2026-04-17';

/** When a clause starts to apply to the record: a date, `never` (not to this record), or `unstated` facts with the date if it does. */
type Start =
  | { readonly from: string }
  | { readonly never: true }
  | { readonly unstated: string; readonly from: string };

const never: Start = { never: true };

/** The clause as cited in a finding, or null when it does not apply to the record. */
export function citeClause(
  clause: Clause,
  asOf: string,
  facts: ClauseFacts,
  parameters: ModeParameters,
): CitedClause | null {
  const cited = (mode: ClauseMode, applies: string): CitedClause => ({
    id: clause.id,
    cite: clause.cite,
    regime: clause.regime,
    mode,
    applies,
  });
  const switchedOn =
    facts.regimes === undefined ? undefined : packOf[clause.regime].some((pack) => facts.regimes?.has(pack));
  if (switchedOn === false) return null;
  const start = startOf(clause, facts, parameters);
  if ('never' in start) return null;
  const reached = notBefore(asOf, start.from);
  switch (clause.force) {
    case 'law': {
      if ('unstated' in start)
        return cited('readiness', `${date(start.from, clause)}; ${start.unstated} is not stated`);
      if (!reached) return cited('readiness', start.from);
      if (switchedOn === undefined)
        return cited(
          'readiness',
          `${date(start.from, clause)}; the organisation has not said whether ${clause.regime} applies`,
        );
      return cited('breach', date(start.from, clause));
    }
    case 'guidance':
    case 'expectation':
      return reached ? cited('expectation_gap', date(start.from, clause)) : cited('readiness', start.from);
    case 'rescinded':
      return notBefore(asOf, rescission) ? null : cited('expectation_gap', clause.applies);
    case 'voluntary':
    case 'standard':
    case 'accounting_standard':
      return cited('standard_gap', clause.applies);
    default:
      return assertNever(clause.force);
  }
}

/** The date for print: the day it starts, or the reference's own words for what has long applied. */
const date = (from: string, clause: Clause): string => (from === '' ? clause.applies : from);

function notBefore(asOf: string, from: string): boolean {
  const now: Moment | null = parseMoment(asOf);
  const start = from === '' ? null : parseMoment(from);
  return start === null || (now !== null && now.ms >= start.ms);
}

/** Applicability test of the regime (0.3) on one fact, then the clause's own date. */
function when(fact: Fact, name: string, from: string): Start {
  if (fact === false) return never;
  return fact === undefined ? { unstated: name, from } : { from };
}

function startOf(clause: Clause, facts: ClauseFacts, parameters: ModeParameters): Start {
  const from = firstDate(clause.applies);
  switch (clause.regime) {
    case 'AIA':
      return aiActStart(clause, facts, parameters);
    case 'SR26':
    case 'SR117':
      return facts.usModel === false ? never : { from };
    case 'SS1':
    case 'E23':
    case 'RMF':
    case 'ISO':
    case 'DORA':
      return { from };
    case 'GDPR':
      return when(facts.personalData, 'whether personal data is processed', from);
    case 'CCPA':
      return when(facts.admt, 'whether it makes a significant decision under California rules', from);
    case 'HIPAA':
      return when(facts.phi, 'whether health information is held', from);
    case 'SOX':
      return when(facts.icfr, 'relevance to financial reporting', from);
    case 'ACC':
      return when(facts.inUse, 'whether the model is in use', from);
    default:
      return assertNever(clause.regime);
  }
}

/** The AI Act's date function (reference 0.3): by class, with the legacy rule; Section 5 and Chapter IX by parameter. */
function aiActStart(clause: Clause, facts: ClauseFacts, { aiaSection5Date }: ModeParameters): Start {
  if (/^AIA-5[35]/.test(clause.id)) {
    const older = facts.gpaiReleaseAt !== undefined && facts.gpaiReleaseAt < '2025-08-02';
    return when(facts.gpai, 'the role under the general-purpose model rules', older ? '2027-08-02' : '2025-08-02');
  }
  if (facts.euInScope === false) return never;
  const gate = (from: string): Start => when(facts.euInScope, 'EU scope', from);
  if (clause.id === 'AIA-50.2') {
    const older = facts.placedOnEuMarketAt !== undefined && facts.placedOnEuMarketAt < '2026-08-02';
    return gate(older ? '2026-12-02' : '2026-08-02');
  }
  if (!/^[AG]\b/.test(clause.applies)) return gate(firstDate(clause.applies));
  // The Section 5 reading is unsettled: with a date set it starts then, but only ever on high-risk systems.
  const early = clause.applies.startsWith('G') && aiaSection5Date !== 'A' ? aiaSection5Date : null;
  switch (facts.euClass) {
    case undefined:
      return { unstated: 'the EU risk class', from: early ?? annexIii };
    case 'high_risk_annex_iii':
      return highRiskStart(annexIii, early, facts, gate);
    case 'high_risk_annex_i':
      return highRiskStart(annexI, early, facts, gate);
    default:
      return never;
  }
}

function highRiskStart(from: string, early: string | null, facts: ClauseFacts, gate: (from: string) => Start): Start {
  const placed = facts.placedOnEuMarketAt;
  const changed = facts.significantDesignChangeAt;
  const legacy = placed !== undefined && placed < from && !(changed !== undefined && changed >= from);
  if (!legacy) return gate(early ?? from);
  return facts.forPublicAuthority === true ? gate(publicLegacy) : never;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** First date in the reference's `applies` column as YYYY-MM-DD; '' when it names none (`in force`, `voluntary`). */
export function firstDate(applies: string): string {
  const match = /(\d{1,2}) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{4})/.exec(applies);
  if (!match) return '';
  const [, day = '', month = '', year = ''] = match;
  return `${year}-${String(months.indexOf(month) + 1).padStart(2, '0')}-${day.padStart(2, '0')}`;
}
