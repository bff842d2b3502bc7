/**
 * How a report says things: clause wording by strength (regulation reference 0.1), dates, plain counts.
 *
 * Nothing here may call a supervisory expectation a breach: a letter that says of itself that it is not enforceable must not
 * be quoted as if it were.
 */

import type { CitedClause, ClauseMode } from '../../../src-shared/domain/finding.ts';
import { type Severity, severities } from '../../../src-shared/domain/finding.ts';
import { assertNever } from '../../../src-shared/result.ts';

export const noEvidence = 'no evidence supplied';

/** Said wherever a scan is relied on (regulation reference 4.5, section 12). */
export const absenceIsNotProof =
  'Absence from a scan is not proof of absence: what was not scanned, or could not be read, was not seen.';

/** What a finding may say about one clause. */
export function clauseSentence(clause: CitedClause): string {
  switch (clause.mode) {
    case 'breach':
      return `Evidence required by ${clause.cite} is missing or contradicts it.`;
    case 'readiness':
      return `Evidence for ${clause.cite} will be needed from ${clause.applies}.`;
    case 'expectation_gap':
      return `Does not evidence the practice described in ${clause.cite}.`;
    case 'standard_gap':
      return `Does not meet the selected control ${clause.cite}.`;
    case 'house':
      return `Outside a limit that the organisation set for itself (${clause.cite}).`;
    default:
      return assertNever(clause.mode);
  }
}

export const modeLabels: Readonly<Record<ClauseMode, string>> = {
  breach: 'Law, applies now',
  readiness: 'Applies later',
  expectation_gap: 'Supervisory expectation',
  standard_gap: 'Voluntary standard',
  house: 'House limit',
};

export const severityLabels: Readonly<Record<Severity, string>> = {
  critical: 'Critical',
  high: 'High',
  medium: 'Medium',
  low: 'Low',
  info: 'Information',
};

export const severityRank = (severity: Severity): number => severities.indexOf(severity);

/** `2026-03-29 01:30:00Z`; what is not an instant is printed as it came. */
export const showInstant = (text: string): string =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) ? text.replace('T', ' ') : text;

export const showDate = (text: string): string => text.slice(0, 10);

/** 12,345: thousands are grouped for print only. */
export const showCount = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',');

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${showCount(count)} ${count === 1 ? one : many}`;

/** Share in percent with one decimal, or "not applicable" where there is nothing to take a share of. */
export const showShare = (part: number, whole: number): string =>
  whole === 0
    ? 'not applicable (nothing to compare)'
    : `${((100 * part) / whole).toFixed(1)} % (${showCount(part)} of ${showCount(whole)})`;

/** Whole UTC days from a to b; NaN where one is not a date. */
export const daysBetween = (a: string, b: string): number =>
  Math.floor((Date.parse(b.slice(0, 10)) - Date.parse(a.slice(0, 10))) / 86_400_000);
