/** The figures and the computed conclusion of a reconciliation certificate (regulation reference 4.5). Pure. */
import type { VerdictRow } from '../../../src-shared/domain/verdict.ts';
import { firesOf } from './gate.ts';
import type { ReconcileRun, ReportInputs } from './inputs.ts';
import type { ReportModel } from './model.ts';
import { daysBetween, noEvidence, plural, showCount, showShare } from './wording.ts';

export interface ControlLine {
  readonly label: string;
  readonly a: number | null;
  readonly b: number | null;
  readonly remark: string;
}

/** A = matched + A only + excluded + open; B likewise. What does not add up is shown as its own line, never hidden. */
export function controlTotals(run: ReconcileRun): readonly ControlLine[] {
  const { totals } = run;
  const aOnly = totals.byVerdict.orphaned ?? 0;
  const bOnly = totals.byVerdict.unregistered ?? 0;
  const excluded = totals.claimsTotal - totals.claimsLive;
  return [
    { label: 'Population', a: totals.claimsTotal, b: totals.observations, remark: 'all records of the side' },
    { label: 'Excluded: claims no live stage', a: excluded, b: null, remark: 'never counted as missing' },
    { label: 'In scope', a: totals.claimsLive, b: totals.observations, remark: 'population less excluded' },
    { label: 'Matched', a: totals.matchedClaims, b: totals.matchedObservations, remark: 'with or without differences' },
    { label: 'Only on this side', a: aOnly, b: bOnly, remark: 'sections 6 and 5' },
    {
      label: 'Neither: cannot determine, duplicate',
      a: totals.claimsLive - totals.matchedClaims - aOnly,
      b: totals.observations - totals.matchedObservations - bOnly,
      remark: 'section 7; in scope less the two lines above',
    },
  ];
}

const matchedVerdicts = ['matched', 'mutated', 'metadata_drift', 'stage_mismatch'];

export interface MatchRate {
  readonly tier: string;
  readonly matched: number;
  readonly aOnly: number;
  readonly bOnly: number;
  readonly rate: string;
}

/** Match rate over all rows, then by tier of the model; what was only found has no tier. */
export function matchRates(inputs: ReportInputs): readonly MatchRate[] {
  const rows = inputs.reconcile?.rows ?? [];
  const tiers = new Map((inputs.models ?? []).map((model) => [model.id, model.riskTier]));
  const tierOf = (row: VerdictRow): string => (row.model ? tiers.get(row.model.id) : '') || 'no tier';
  const rate = (tier: string, list: readonly VerdictRow[]): MatchRate => {
    const matched = list.filter((row) => matchedVerdicts.includes(row.verdict)).length;
    const aOnly = list.filter((row) => row.verdict === 'orphaned').length;
    const bOnly = list.filter((row) => row.verdict === 'unregistered').length;
    return { tier, matched, aOnly, bOnly, rate: showShare(matched, matched + aOnly + bOnly) };
  };
  const names = [...new Set(rows.map(tierOf))].sort(
    (a, b) => Number(a === 'no tier') - Number(b === 'no tier') || (a < b ? -1 : 1),
  );
  return [
    ...names.map((tier) =>
      rate(
        tier,
        rows.filter((row) => tierOf(row) === tier),
      ),
    ),
    rate('All', rows),
  ];
}

const exceptionRules = ['DEP-001', 'DEP-002', 'VER-002', 'VER-004', 'DAT-003', 'REC-001'] as const;
const maxDaysApart = 7;

/** Days between the nearest registry and the farthest discovery snapshot of the run; null without both. */
function daysApart(inputs: ReportInputs): number | null {
  const takenAt = (numbers: readonly number[]): string[] =>
    inputs.snapshots
      .filter((snapshot) => numbers.includes(snapshot.meta.snapshot))
      .map((snapshot) => snapshot.meta.takenAt);
  const run = inputs.reconcile?.run;
  if (!run) return null;
  const gaps = takenAt(run.registry).flatMap((a) => takenAt(run.discovery).map((b) => Math.abs(daysBetween(a, b))));
  return gaps.length === 0 ? null : Math.max(...gaps);
}

/**
 * Cannot certify: REC-002 or REC-003 fires, or A and B are more than seven days apart, or the engine said so (coverage below the
 * declared share); with exceptions: one of six rules fires or something was only found; else certified. The worse of this
 * and the run's own conclusion stands.
 */
export function certificateConclusion(inputs: ReportInputs): ReportModel['conclusion'] {
  if (inputs.reconcile === null) {
    return {
      state: 'cannot_certify',
      label: 'Cannot certify',
      tone: 'critical',
      text: `No reconciliation was run: ${noEvidence}.`,
      reasons: [],
    };
  }
  const { run } = inputs.reconcile;
  const refusals = ['REC-002', 'REC-003']
    .filter((id) => firesOf(inputs, id) > 0)
    .map((id) => `${id} fires on ${plural(firesOf(inputs, id), 'record')}.`);
  const apart = daysApart(inputs);
  if (apart === null) refusals.push('The run lacks a registry or a discovery snapshot.');
  else if (apart > maxDaysApart)
    refusals.push(
      `Registry and discovery snapshots are ${plural(apart, 'day')} apart; at most ${maxDaysApart} are allowed.`,
    );
  const exceptions = exceptionRules
    .filter((id) => firesOf(inputs, id) > 0)
    .map((id) => `${id} fires on ${plural(firesOf(inputs, id), 'record')}.`);
  const onlyFound = run.totals.byVerdict.unregistered ?? 0;
  if (onlyFound > 0)
    exceptions.push(
      `${showCount(onlyFound)} of ${plural(run.totals.observations, 'observation')} found and not registered.`,
    );
  const reasons = [...new Set([...refusals, ...exceptions, ...run.conclusion.reasons])];
  if (refusals.length > 0 || run.conclusion.state === 'cannot_certify') {
    return {
      state: 'cannot_certify',
      label: 'Cannot certify',
      tone: 'critical',
      text: 'On this evidence the inventory cannot be certified against what was found.',
      reasons,
    };
  }
  if (exceptions.length > 0 || run.conclusion.state === 'certified_with_exceptions') {
    return {
      state: 'certified_with_exceptions',
      label: 'Certified with exceptions',
      tone: 'warning',
      text: 'Within the limits of section 12, the inventory agrees with what was found, except as listed.',
      reasons,
    };
  }
  return {
    state: 'certified',
    label: 'Certified',
    tone: 'good',
    text: 'Within the limits of section 12, the inventory agrees with what was found.',
    reasons,
  };
}
