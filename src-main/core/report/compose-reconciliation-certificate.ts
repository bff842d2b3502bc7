/**
 * Reconciliation certificate (regulation reference 4.5): the inventory (A) against what was found (B) and against the previous
 * snapshot of A. Twelve numbered sections; the conclusion is computed, never chosen. Pure.
 */
import type { ReconcileTotals } from '../../../src-shared/domain/verdict.ts';
import { code, data, empty, heading, lead, note, notice, paragraph, section, span, table } from './blocks.ts';
import { certificateConclusion } from './certificate-figures.ts';
import {
  coverageTable,
  gapList,
  head,
  orNobody,
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
import { type Block, type DataSet, type ReportModel, reportModelSchema } from './model.ts';
import { changeBlocks } from './population.ts';
import { methodBlocks, totalsBlocks } from './totals-section.ts';
import { rowsData, verdictBlocks } from './verdict-section.ts';
import { absenceIsNotProof, noEvidence, plural, showCount, showInstant } from './wording.ts';

const certificate = (inputs: ReportInputs): Block[] => [
  {
    type: 'keyValue',
    rows: [
      { label: 'Certificate no.', value: code(inputs.reportId) },
      { label: 'As of (UTC)', value: data(showInstant(inputs.asOf)) },
      { label: 'Organisation', value: data(inputs.organisation) },
      { label: 'Workspace', value: data(inputs.workspace) },
      { label: 'Preparer', value: data(orNobody(inputs.preparedBy)) },
      { label: 'Independent checker', value: data(orNobody(inputs.reviewedBy)) },
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
          label: 'B: found',
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
      paragraph('Found and not registered: each needs an owner, a registry entry or an end.'),
      ...declaredNote(totals),
      ...verdictBlocks(rows, ['unregistered'], 'only-found', none('Found and not registered')),
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
    ...head('reconciliation-certificate', inputs, qualification),
    scope: {
      statement: `Registry of ${inputs.organisation || noEvidence} against what was found, on ${plural(inputs.snapshots.length, 'signed snapshot')}.`,
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

/** Says how many of what is not registered a manifest only declares. */
function declaredNote(totals: ReconcileTotals | undefined): Block[] {
  if (totals === undefined || totals.control.declaredOnly.unregistered === 0) return [];
  const { observations, declaredOnly } = totals.control;
  return [
    note(
      `Declared by a manifest only, not seen running: ${showCount(declaredOnly.unregistered)} of ${showCount(observations.unregistered)}.`,
    ),
  ];
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
