/** Sections 3 and 4 of the reconciliation certificate: how records were matched, and control totals that add up. Pure. */

import { matchKeys, type ReconcileTotals, verdictLabels, verdicts } from '../../../src-shared/domain/verdict.ts';
import { count, data, empty, note, paragraph, prose, table } from './blocks.ts';
import { controlTotals, matchRates } from './certificate-figures.ts';
import type { ReconcileRun, ReportInputs } from './inputs.ts';
import type { Block, DataSet } from './model.ts';
import { keyLabels } from './verdict-section.ts';
import { plural, showCount } from './wording.ts';

/** The engine's control totals, line by line. */
export const controlTable = (sets: DataSet[], run: ReconcileRun): Block =>
  table(
    sets,
    {
      name: 'control-totals',
      caption: 'Control totals: each side adds up to its own population',
      unit: 'lines',
      cap: 20,
      columns: [
        { label: 'Line', weight: 50, cell: (row) => prose(row.label) },
        {
          label: 'A: registry',
          weight: 18,
          align: 'right',
          cell: (row) => (row.a === null ? prose('–') : count(row.a)),
          value: (row) => row.a,
        },
        {
          label: 'B: found',
          weight: 18,
          align: 'right',
          cell: (row) => (row.b === null ? prose('–') : count(row.b)),
          value: (row) => row.b,
        },
        { label: 'Remark', weight: 30, cell: (row) => prose(row.remark) },
      ],
    },
    controlTotals(run),
  );

/** What observations rest on: a manifest says what somebody means to run, only a platform says what runs. */
function basisNote({ observationBasis, observations }: ReconcileTotals): Block {
  const of = (basis: string): number => observationBasis[basis] ?? 0;
  const [declared, observed] = [of('manifest'), of('live_api') + of('api_dump')];
  const parts = [
    `seen on a platform: ${showCount(observed)}`,
    `declared by a manifest and not seen running: ${showCount(declared)}`,
    `basis not stated: ${showCount(observations - observed - declared)}`,
  ];
  return note(`${plural(observations, 'observation')}; ${parts.join(', ')}.`);
}

/** Section 4: control totals, rows by verdict, match rate by tier. */
export function totalsBlocks(sets: DataSet[], inputs: ReportInputs): Block[] {
  if (inputs.reconcile === null) return [empty('Reconciliation')];
  const { run } = inputs.reconcile;
  const { totals } = run;
  const { claims, observations } = totals.control;
  return [
    {
      type: 'totals',
      items: [
        {
          label: 'Registry claims found',
          value: claims.matched,
          of: claims.total - claims.notLive,
          ofLabel: 'live or found',
          link: 'section-7',
        },
        {
          label: 'Found and registered',
          value: observations.matched,
          of: observations.total,
          ofLabel: 'found',
          link: 'section-7',
        },
        {
          label: 'Only in registry',
          value: claims.orphaned,
          of: totals.claimsLive,
          ofLabel: 'claimed live',
          link: 'section-6',
        },
        {
          label: 'Only found',
          value: observations.unregistered,
          of: observations.total,
          ofLabel: 'found',
          link: 'section-5',
        },
      ],
    },
    controlTable(sets, run),
    basisNote(totals),
    table(
      sets,
      {
        name: 'by-verdict',
        caption: `Rows by verdict (${plural(inputs.reconcile.rows.length, 'row')})`,
        unit: 'verdicts',
        cap: 20,
        columns: [
          { label: 'Verdict', weight: 70, cell: (row) => prose(verdictLabels[row]) },
          {
            label: 'Rows',
            weight: 30,
            align: 'right',
            cell: (row) => count(totals.byVerdict[row] ?? 0),
            value: (row) => totals.byVerdict[row] ?? 0,
          },
        ],
      },
      verdicts,
    ),
    table(
      sets,
      {
        name: 'match-rates',
        caption:
          'Match rate = matched claims ÷ (matched + live claims without a match + found without a match); what is undetermined or a duplicate counts as not matched',
        unit: 'tiers',
        cap: 20,
        columns: [
          { label: 'Risk tier', weight: 25, cell: (row) => data(row.tier) },
          {
            label: 'Matched',
            weight: 15,
            align: 'right',
            cell: (row) => count(row.matched),
            value: (row) => row.matched,
          },
          {
            label: 'Live, no match',
            weight: 15,
            align: 'right',
            cell: (row) => count(row.claims),
            value: (row) => row.claims,
          },
          {
            label: 'Found, no match',
            weight: 15,
            align: 'right',
            cell: (row) => count(row.observations),
            value: (row) => row.observations,
          },
          { label: 'Match rate', weight: 30, align: 'right', cell: (row) => prose(row.rate) },
        ],
      },
      matchRates(run),
    ),
  ];
}

/** Section 3: the keys in their fixed order and how often each one decided. */
export function methodBlocks(sets: DataSet[], inputs: ReportInputs): Block[] {
  if (inputs.reconcile === null) return [empty('Matching')];
  const { byMatchKey } = inputs.reconcile.run.totals;
  return [
    paragraph(
      'Keys are tried in this fixed order and the first that matches decides; each row says which one it was and with what confidence. Digests are compared only within one algorithm. Nothing was matched by hand.',
    ),
    table(
      sets,
      {
        name: 'match-keys',
        caption: `Matches by key (${plural(inputs.reconcile.run.totals.matchedObservations, 'matched observation')} of ${showCount(inputs.reconcile.run.totals.observations)})`,
        unit: 'keys',
        cap: 10,
        columns: [
          { label: 'Order', weight: 12, align: 'right', cell: (row) => count(matchKeys.indexOf(row) + 1) },
          { label: 'Key', weight: 60, cell: (row) => prose(keyLabels[row]) },
          {
            label: 'Matches',
            weight: 28,
            align: 'right',
            cell: (row) => count(byMatchKey[row] ?? 0),
            value: (row) => byMatchKey[row] ?? 0,
          },
        ],
      },
      matchKeys,
    ),
  ];
}
