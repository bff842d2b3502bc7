/** Sections 3 and 4 of the reconciliation certificate: how records were matched, and control totals that add up. Pure. */

import { matchKeys, verdictLabels, verdicts } from '../../../src-shared/domain/verdict.ts';
import { count, data, empty, paragraph, prose, table } from './blocks.ts';
import { controlTotals, matchRates } from './certificate-figures.ts';
import type { ReportInputs } from './inputs.ts';
import type { Block, DataSet } from './model.ts';
import { keyLabels } from './verdict-section.ts';
import { plural, showCount } from './wording.ts';

/** Section 4: control totals, rows by verdict, match rate by tier. */
export function totalsBlocks(sets: DataSet[], inputs: ReportInputs): Block[] {
  if (inputs.reconcile === null) return [empty('Reconciliation')];
  const { totals } = inputs.reconcile.run;
  const lines = controlTotals(inputs.reconcile.run);
  return [
    {
      type: 'totals',
      items: [
        {
          label: 'Registry claims matched',
          value: totals.matchedClaims,
          of: totals.claimsLive,
          ofLabel: 'claimed live',
          link: 'section-7',
        },
        {
          label: 'Found and matched',
          value: totals.matchedObservations,
          of: totals.observations,
          ofLabel: 'found',
          link: 'section-7',
        },
        {
          label: 'Only in registry',
          value: totals.byVerdict.orphaned ?? 0,
          of: totals.claimsLive,
          ofLabel: 'claimed live',
          link: 'section-6',
        },
        {
          label: 'Only found',
          value: totals.byVerdict.unregistered ?? 0,
          of: totals.observations,
          ofLabel: 'found',
          link: 'section-5',
        },
      ],
    },
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
      lines,
    ),
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
        caption: 'Match rate = matched ÷ (matched + only in registry + only found)',
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
            label: 'Only in registry',
            weight: 15,
            align: 'right',
            cell: (row) => count(row.aOnly),
            value: (row) => row.aOnly,
          },
          {
            label: 'Only found',
            weight: 15,
            align: 'right',
            cell: (row) => count(row.bOnly),
            value: (row) => row.bOnly,
          },
          { label: 'Match rate', weight: 30, align: 'right', cell: (row) => prose(row.rate) },
        ],
      },
      matchRates(inputs),
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
