/**
 * Reconciliation certificate (regulation reference 4.5): the inventory (A) against what was found running (B) and against the
 * previous snapshot of A. Twelve numbered sections; the conclusion is computed, never chosen. Pure.
 */

import { formatRef } from '../../../src-shared/domain/record.ts';
import type { Cell as ValueCell, VerdictRow } from '../../../src-shared/domain/verdict.ts';
import { type MatchKey, matchKeys, type Verdict, verdictLabels, verdicts } from '../../../src-shared/domain/verdict.ts';
import {
  code,
  count,
  data,
  dataSetOf,
  empty,
  heading,
  lead,
  note,
  notice,
  paragraph,
  prose,
  section,
  span,
  table,
} from './blocks.ts';
import { certificateConclusion, controlTotals, matchRates } from './certificate-figures.ts';
import {
  coverageTable,
  gapList,
  head,
  recordsOf,
  rulesById,
  ruleTable,
  scopeGaps,
  signOffLines,
  snapshotCell,
  snapshotTable,
} from './compose-common.ts';
import { ageingTable, dispositionTable, findingsData } from './findings-section.ts';
import { requireIssuable } from './gate.ts';
import type { ReportInputs } from './inputs.ts';
import { type Block, type Cell, type DataSet, type ReportModel, reportModelSchema } from './model.ts';
import { changeBlocks } from './population.ts';
import { absenceIsNotProof, noEvidence, plural, severityRank, showCount, showInstant } from './wording.ts';

const keyLabels: Readonly<Record<MatchKey, string>> = {
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
function rowsData(rows: readonly VerdictRow[]): DataSet {
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

/** The rows of some verdicts, worst first, each with the facts its reader needs. */
function verdictBlocks(rows: readonly VerdictRow[], wanted: readonly Verdict[], anchor: string, none: string): Block[] {
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
              value: [
                span('registry ', 'muted'),
                span(showValue(field.claim), 'data'),
                span('  found ', 'muted'),
                span(showValue(field.observed), 'data'),
                span('  before ', 'muted'),
                span(showValue(field.previous), 'data'),
              ],
            })),
          ...fact('Evidence missing', row.missingEvidence.join('; ')),
        ],
      })),
    },
  ];
}

function totalsBlocks(sets: DataSet[], inputs: ReportInputs): Block[] {
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

function methodBlocks(sets: DataSet[], inputs: ReportInputs): Block[] {
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

const certificate = (inputs: ReportInputs): Block[] => [
  {
    type: 'keyValue',
    rows: [
      { label: 'Certificate no.', value: code(inputs.reportId) },
      { label: 'As of (UTC)', value: data(showInstant(inputs.asOf)) },
      { label: 'Organisation', value: data(inputs.organisation) },
      { label: 'Workspace', value: data(inputs.workspace) },
      { label: 'Preparer', value: data(inputs.preparedBy) },
      { label: 'Independent checker', value: data(inputs.reviewedBy) },
      {
        label: 'Previous certificate',
        value: inputs.previousCertificate ? code(inputs.previousCertificate.reportId) : data(''),
      },
      { label: 'Its content digest', value: code(inputs.previousCertificate?.modelDigest ?? '') },
    ],
  },
];

function sources(sets: DataSet[], inputs: ReportInputs): Block[] {
  if (inputs.snapshots.length === 0) return [empty('Snapshots')];
  const roles = inputs.reconcile
    ? [
        {
          label: 'A: registry',
          value: inputs.reconcile.run.registry.flatMap((number) => [...snapshotCell(number), span(' ', 'muted')]),
        },
        {
          label: 'B: found running',
          value: inputs.reconcile.run.discovery.flatMap((number) => [...snapshotCell(number), span(' ', 'muted')]),
        },
        {
          label: 'Previous A',
          value: inputs.reconcile.run.baseline.flatMap((number) => [...snapshotCell(number), span(' ', 'muted')]),
        },
      ].map((row) => (row.value.length === 0 ? { label: row.label, value: data('') } : row))
    : [];
  return [{ type: 'keyValue', rows: roles }, snapshotTable(sets, inputs), coverageTable(sets, inputs)];
}

/** Raises `refused` / `report.blocked` while REC-003 fires. */
export function composeReconciliationCertificate(inputs: ReportInputs): ReportModel {
  const qualification = requireIssuable(inputs);
  const rows = inputs.reconcile?.rows ?? [];
  const sets: DataSet[] = [rowsData(rows), findingsData(inputs)];
  const conclusion = certificateConclusion(inputs);
  const none = (what: string): string =>
    inputs.reconcile === null ? `${what}: ${noEvidence}.` : `${what}: none among ${plural(rows.length, 'row')}.`;
  const limits = [
    absenceIsNotProof,
    'Registry exports and manual sources say what people entered; they are not observations.',
    'Times are those that the sources state; the snapshots are as old as section 2 says.',
  ];
  const totals = inputs.reconcile?.run.totals;
  const rule = (name: string, caption: string, ids: readonly string[]): Block[] => {
    const found = rulesById(inputs, ids);
    return found.length === 0 ? [] : [ruleTable(sets, name, caption, found)];
  };
  const sections = [
    section('1', 'Certificate', certificate(inputs)),
    section('2', 'Sources', sources(sets, inputs)),
    section('3', 'Matching method', methodBlocks(sets, inputs)),
    section('4', 'Control totals', totalsBlocks(sets, inputs)),
    section('5', 'Found, not in the registry', [
      paragraph('Running and not registered: each needs an owner, a registry entry or an end.'),
      ...verdictBlocks(rows, ['unregistered'], 'only-found', none('Running and not registered')),
      ...rule('rules-unregistered', 'Rules on unregistered use', ['DEP-001', 'DEP-002', 'REC-007']),
    ]),
    section('6', 'In the registry, not found', [
      paragraph(
        'Registered as live and not seen in the scanned scope. An entry that claims no live stage is never listed here.',
      ),
      ...verdictBlocks(rows, ['orphaned'], 'only-registry', none('Registered as live and not found')),
      note(absenceIsNotProof),
      ...rule('rules-orphaned', 'Rules on entries without a deployment', ['DEP-003', 'INV-006']),
    ]),
    section('7', 'Matched with differences', [
      paragraph('Both sides know the deployment and say different things about it.'),
      ...verdictBlocks(
        rows,
        ['mutated', 'stage_mismatch', 'metadata_drift', 'duplicate'],
        'differences',
        none('Matched with differences'),
      ),
      heading('Cannot determine'),
      ...verdictBlocks(rows, ['cannot_determine'], 'undetermined', none('Rows that lack the evidence for a verdict')),
      ...rule('rules-differences', 'Rules on differences', ['VER-004', 'VER-011', 'DEP-004', 'INV-005', 'FIN-001']),
    ]),
    section('8', 'Against the previous snapshot', [
      paragraph('What the registry said before and no longer says.'),
      ...verdictBlocks(rows, ['vanished'], 'vanished', none('Gone since the previous snapshot')),
      ...changeBlocks(sets, inputs),
      ...rule('rules-changes', 'Rules on changes', ['REC-001', 'ACS-001', 'VER-002', 'DAT-003', 'CHG-006']),
    ]),
    section('9', 'Ageing and disposition', [ageingTable(sets, inputs), dispositionTable(sets, inputs)]),
    section('10', 'Conclusion', [
      { type: 'notice', tone: conclusion.tone, title: conclusion.label, text: [span(conclusion.text, 'data')] },
      ...(conclusion.reasons.length > 0
        ? [{ type: 'list' as const, items: conclusion.reasons.map((reason) => data(reason)) }]
        : []),
      ...qualification.map((line) => notice('warning', 'Issued with qualification', line.text)),
      lead('The conclusion follows from the figures by a fixed rule; nobody chose it.'),
    ]),
    section('11', 'Evidence chain', evidenceChain(sets, inputs)),
    section('12', 'Sign-off and limits', [
      { type: 'signOff', lines: signOffLines(inputs) },
      heading('Areas not scanned'),
      ...gapList(sets, scopeGaps(inputs)),
      ...limits.slice(1).map(note),
    ]),
  ];
  return reportModelSchema.parse({
    ...head(
      'reconciliation-certificate',
      'Reconciliation certificate',
      'Auditor, controller, head of model risk',
      inputs,
      qualification,
    ),
    scope: {
      statement: `Registry of ${inputs.organisation || noEvidence} against what was found running, on ${plural(inputs.snapshots.length, 'signed snapshot')}.`,
      denominators: [
        { label: 'Snapshots', value: inputs.snapshots.length },
        {
          label: 'Records in these snapshots',
          value: inputs.snapshots.reduce((sum, snapshot) => sum + recordsOf(snapshot), 0),
        },
        { label: 'Registry claims, all stages', value: totals?.claimsTotal ?? 0 },
        { label: 'Registry claims, live', value: totals?.claimsLive ?? 0 },
        { label: 'Observations', value: totals?.observations ?? 0 },
        { label: 'Verdict rows', value: rows.length },
      ],
      limits,
    },
    conclusion,
    sections,
    data: sets,
  });
}

function evidenceChain(sets: DataSet[], inputs: ReportInputs): Block[] {
  const lines = [
    ...inputs.snapshots.map((snapshot) => ({
      what: `Snapshot S${snapshot.meta.snapshot}, statement`,
      digest: snapshot.meta.statementSha256,
    })),
    { what: 'Activity log head when this was composed', digest: inputs.activity?.head ?? '' },
    { what: 'Previous certificate, content', digest: inputs.previousCertificate?.modelDigest ?? '' },
  ];
  return [
    paragraph('The result set is attached to this document as JSON; the digest of that content stands in each footer.'),
    table(
      sets,
      {
        name: 'evidence-chain',
        caption: 'SHA-256 digests that this certificate rests on',
        unit: 'digests',
        cap: 60,
        columns: [
          { label: 'What', weight: 40, cell: (row) => data(row.what) },
          { label: 'SHA-256', weight: 60, cell: (row) => code(row.digest) },
        ],
      },
      lines,
    ),
    inputs.check === null
      ? empty('Policy packs')
      : table(
          sets,
          {
            name: 'packs',
            caption: 'Policy packs',
            unit: 'packs',
            cap: 30,
            columns: [
              { label: 'Pack', weight: 40, cell: (row) => data(row.id) },
              { label: 'Version', weight: 20, cell: (row) => data(row.version) },
              { label: 'Title', weight: 40, cell: (row) => data(row.title) },
            ],
          },
          inputs.check.run.packs,
        ),
  ];
}
