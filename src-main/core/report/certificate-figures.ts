/** The figures and the computed conclusion of a reconciliation certificate (regulation reference 4.5). Pure. */
import type { ControlTotals, TierMatch, Verdict, VerdictRow } from '../../../src-shared/domain/verdict.ts';
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

/** The engine's own control totals: below the population, the lines of each side add up to it (regulation reference 4.5). */
export function controlTotals({ totals }: ReconcileRun): readonly ControlLine[] {
  const { claims, observations, declaredOnly } = totals.control;
  const onlyHere = 'A: live, not found; B: not registered';
  return [
    {
      label: 'Population',
      a: claims.total,
      b: observations.total,
      remark: 'the sum of the lines below',
    },
    { label: 'Matched', a: claims.matched, b: observations.matched, remark: matchedRemark(declaredOnly) },
    {
      label: 'Only on this side',
      a: claims.orphaned,
      b: observations.unregistered,
      remark:
        declaredOnly.unregistered === 0
          ? onlyHere
          : `${onlyHere}; of B ${showCount(declaredOnly.unregistered)} declared by a manifest only`,
    },
    {
      label: 'Duplicate or renamed copy',
      a: null,
      b: observations.duplicate,
      remark: 'registered weights, other name',
    },
    {
      label: 'Cannot determine',
      a: claims.cannotDetermine,
      b: observations.cannotDetermine,
      remark: 'evidence is missing',
    },
    {
      label: 'Excluded: claims no live stage, not found',
      a: claims.notLive,
      b: null,
      remark: 'never counted as missing',
    },
  ];
}

function matchedRemark({ claimsMatched, observationsMatched }: ControlTotals['declaredOnly']): string {
  const all = 'with or without differences';
  return claimsMatched + observationsMatched === 0
    ? all
    : `${all}; by a manifest only: A ${showCount(claimsMatched)}, B ${showCount(observationsMatched)}`;
}

export interface MatchRate {
  readonly tier: string;
  readonly matched: number;
  readonly claims: number;
  readonly observations: number;
  readonly rate: string;
}

/** Match rate by tier of the model, then over all; what was only found has no tier. */
export function matchRates({ totals }: ReconcileRun): readonly MatchRate[] {
  const rate = (name: string, list: readonly TierMatch[]): MatchRate => {
    const sum = (part: Exclude<keyof TierMatch, 'tier'>) => list.reduce((all, tier) => all + tier[part], 0);
    const [matched, claims, observations] = [sum('matched'), sum('claimsUnmatched'), sum('observationsUnmatched')];
    return {
      tier: name,
      matched,
      claims,
      observations,
      rate: showShare(matched, matched + claims + observations),
    };
  };
  return [...totals.byTier.map((tier) => rate(tier.tier || 'no tier', [tier])), rate('All', totals.byTier)];
}

const differing: readonly Verdict[] = ['mutated', 'metadata_drift', 'stage_mismatch'];

/** What does not agree although the rule may still certify: never left out of the sentence that certifies. */
function agreement(run: ReconcileRun, rows: readonly VerdictRow[]): { readonly full: boolean; readonly text: string } {
  const { control, byVerdict } = run.totals;
  const { orphaned } = control.claims;
  const undetermined = byVerdict.cannot_determine ?? 0;
  const drift = rows.filter((row) => row.observation !== undefined && differing.includes(row.verdict)).length;
  const declared = control.declaredOnly.claimsMatched;
  const observed =
    declared === 0 ? '' : ` (${showCount(declared)} of them only as a manifest declares it, not observed)`;
  const { total, matched, notLive } = control.claims;
  return {
    full: orphaned + undetermined + drift === 0,
    text: `of ${plural(total, 'registry claim')}, ${showCount(matched)} found${observed}, ${showCount(notLive)} of no live stage and not found, ${showCount(orphaned)} registered as live and not found; ${showCount(undetermined)} undetermined, ${showCount(drift)} found with differences.`,
  };
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
  const { run, rows } = inputs.reconcile;
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
  const { full, text: counts } = agreement(run, rows);
  const reasons = [...new Set([...refusals, ...exceptions, ...run.conclusion.reasons])];
  if (refusals.length > 0 || run.conclusion.state === 'cannot_certify') {
    return {
      state: 'cannot_certify',
      label: 'Cannot certify',
      tone: 'critical',
      text: `On this evidence the inventory cannot be certified against what was found: ${counts}`,
      reasons,
    };
  }
  if (exceptions.length > 0 || run.conclusion.state === 'certified_with_exceptions') {
    return {
      state: 'certified_with_exceptions',
      label: 'Certified with exceptions',
      tone: 'warning',
      text: `Within the limits of section 12, the inventory is certified against what was found, except as listed: ${counts}`,
      reasons,
    };
  }
  return {
    state: 'certified',
    label: 'Certified',
    tone: 'good',
    text: full
      ? `Within the limits of section 12, the inventory agrees with what was found: ${counts}`
      : `Within the limits of section 12, no exception stands; the inventory does not agree with what was found in everything: ${counts}`,
    reasons,
  };
}
