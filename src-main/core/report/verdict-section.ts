/** Verdict rows in print and as the attached data set: claim, observation, previous claim, and what differs. Pure. */
import { formatRef } from '../../../src-shared/domain/record.ts';
import type {
  MatchKey,
  Cell as ValueCell,
  Verdict,
  VerdictField,
  VerdictRow,
} from '../../../src-shared/domain/verdict.ts';
import { code, data, dataSetOf, paragraph, span } from './blocks.ts';
import type { Block, Cell, DataSet } from './model.ts';
import { severityRank } from './wording.ts';

export const keyLabels: Readonly<Record<MatchKey, string>> = {
  weight_digest: 'Digest of the weights',
  image_digest: 'Digest of the container image',
  model_reference: 'Normalised model reference',
  id: 'Id',
  name: 'Name',
};

const rowsCap = 40;

const showValue = (cell: ValueCell): string => (cell.state === 'value' ? cell.value : cell.state);

const fieldText = (row: VerdictRow): string =>
  row.fields
    .filter((field) => field.agrees === false)
    .map(
      (field) =>
        `${field.label}: registry ${showValue(field.claim)}, found ${showValue(field.observed)}, before ${showValue(field.previous)}`,
    )
    .join('; ');

const ref = (row: VerdictRow, side: 'claim' | 'observation' | 'previous' | 'model'): string => {
  const value = row[side];
  return value ? formatRef(value) : '';
};

/** Every verdict row with its references; always attached. */
export function rowsData(rows: readonly VerdictRow[]): DataSet {
  return dataSetOf<VerdictRow>(
    {
      name: 'verdict-rows',
      caption: 'All verdict rows',
      unit: 'rows',
      cap: 0,
      columns: [
        { label: 'Row', weight: 1, cell: (row) => code(row.rowId) },
        { label: 'Verdict', weight: 1, cell: (row) => data(row.verdict) },
        { label: 'Severity', weight: 1, cell: (row) => data(row.severity) },
        { label: 'Title', weight: 1, cell: (row) => data(row.title) },
        { label: 'Sentence', weight: 1, cell: (row) => data(row.sentence) },
        { label: 'Registry', weight: 1, cell: (row) => data(ref(row, 'claim')), value: (row) => ref(row, 'claim') },
        {
          label: 'Found',
          weight: 1,
          cell: (row) => data(ref(row, 'observation')),
          value: (row) => ref(row, 'observation'),
        },
        { label: 'Before', weight: 1, cell: (row) => data(ref(row, 'previous')), value: (row) => ref(row, 'previous') },
        { label: 'Model', weight: 1, cell: (row) => data(ref(row, 'model')), value: (row) => ref(row, 'model') },
        { label: 'Region', weight: 1, cell: (row) => data(row.region), value: (row) => row.region },
        { label: 'Segment', weight: 1, cell: (row) => data(row.segment), value: (row) => row.segment },
        {
          label: 'Matched by',
          weight: 1,
          cell: (row) => data(row.match?.key ?? ''),
          value: (row) => row.match?.key ?? null,
        },
        {
          label: 'Match confidence',
          weight: 1,
          cell: (row) => data(row.match?.confidence ?? ''),
          value: (row) => row.match?.confidence ?? null,
        },
        { label: 'Differences', weight: 1, cell: (row) => data(fieldText(row)), value: fieldText },
        {
          label: 'Missing evidence',
          weight: 1,
          cell: (row) => data(row.missingEvidence.join('; ')),
          value: (row) => row.missingEvidence.join('; '),
        },
      ],
    },
    rows,
  );
}

const fact = (label: string, text: string): { label: string; value: Cell }[] =>
  text === '' ? [] : [{ label, value: data(text) }];

/** Registry, found and previous value of one field: on one line where they are short, else one under the other. */
function threeSides(field: VerdictField): Cell {
  const sides = [
    ['registry', showValue(field.claim)],
    ['found', showValue(field.observed)],
    ['before', showValue(field.previous)],
  ] as const;
  const separator = sides.reduce((sum, [, value]) => sum + value.length, 0) > 60 ? '\n' : '    ';
  return sides.flatMap(([side, value], index) => [
    span(`${index === 0 ? '' : separator}${side}  `, 'muted'),
    span(value, 'data'),
  ]);
}

/** The rows of some verdicts, worst first, each with the facts its reader needs. */
export function verdictBlocks(
  rows: readonly VerdictRow[],
  wanted: readonly Verdict[],
  anchor: string,
  none: string,
): Block[] {
  const chosen = rows
    .filter((row) => wanted.includes(row.verdict))
    .sort((a, b) => severityRank(a.severity) - severityRank(b.severity) || (a.rowId < b.rowId ? -1 : 1));
  if (chosen.length === 0) return [paragraph(none)];
  return [
    {
      type: 'verdicts',
      anchor,
      total: chosen.length,
      data: 'verdict-rows',
      rows: chosen.slice(0, rowsCap).map((row) => ({
        rowId: row.rowId,
        verdict: row.verdict,
        severity: row.severity,
        title: row.title,
        sentence: row.sentence,
        facts: [
          ...(row.claim ? [{ label: 'Registry', value: code(formatRef(row.claim)) }] : []),
          ...(row.observation ? [{ label: 'Found', value: code(formatRef(row.observation)) }] : []),
          ...(row.previous ? [{ label: 'Before', value: code(formatRef(row.previous)) }] : []),
          ...fact('Where', [row.region, row.segment].filter((part) => part !== '').join(', ')),
          ...(row.match ? fact('Matched by', `${keyLabels[row.match.key]}, ${row.match.confidence} confidence`) : []),
          ...row.fields
            .filter((field) => field.agrees === false)
            .map((field) => ({
              label: field.label,
              value: threeSides(field),
            })),
          ...fact('Evidence missing', row.missingEvidence.join('; ')),
        ],
      })),
    },
  ];
}
