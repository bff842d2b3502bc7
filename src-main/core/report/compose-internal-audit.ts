/**
 * Internal audit workpaper (regulation reference 4.1): thirteen numbered sections and annex A.
 *
 * Hooks: SOX 404 and AS 1105.10 (completeness and accuracy of entity data), SS1/23 P2.5, SR 26-2 section VI, ISO/IEC 42001 9.2.
 * Pure: the same inputs give the same model and so the same digest.
 */

import type { CitedClause } from '../../../src-shared/domain/finding.ts';
import { procedures, results, subset } from './audit-procedures.ts';
import { code, data, empty, heading, lead, notice, paragraph, prose, section, table } from './blocks.ts';
import {
  cannotEvaluateTable,
  coverageTable,
  gapList,
  head,
  orNobody,
  recordsOf,
  rulesById,
  ruleTable,
  scopeGaps,
  signOffLines,
  snapshotTable,
  verificationTable,
} from './compose-common.ts';
import { ageingTable, dispositionTable, findingCards, findingsData } from './findings-section.ts';
import { requireIssuable } from './gate.ts';
import type { ReportInputs } from './inputs.ts';
import { type Block, type DataSet, type ReportModel, reportModelSchema } from './model.ts';
import { lineageData, lineageSection, populationBlocks } from './population.ts';
import { controlTable } from './totals-section.ts';
import { absenceIsNotProof, modeLabels, noEvidence, plural, showCount, showInstant } from './wording.ts';

const controlSheet = (inputs: ReportInputs): Block[] => [
  {
    type: 'keyValue',
    rows: [
      { label: 'Workpaper no.', value: code(inputs.reportId) },
      {
        label: 'Replaces',
        value: inputs.supersedes === null ? prose('Nothing: first issue.') : code(inputs.supersedes),
      },
      { label: 'Engagement', value: data(inputs.workspace) },
      { label: 'Organisation', value: data(inputs.organisation) },
      { label: 'As of (UTC)', value: data(showInstant(inputs.asOf)) },
      { label: 'Evidence taken', value: data(period(inputs)) },
      { label: 'Preparer', value: data(orNobody(inputs.preparedBy)) },
      { label: 'Reviewer', value: data(orNobody(inputs.reviewedBy)) },
      { label: 'Classification', value: data(inputs.classification) },
      { label: 'Activity log', value: inputs.activity ? data(inputs.activity.text) : data('') },
      { label: 'Activity log head', value: code(inputs.activity?.head ?? '') },
    ],
  },
];

function period(inputs: ReportInputs): string {
  const times = inputs.snapshots.map((snapshot) => snapshot.meta.takenAt).sort();
  const [first] = times;
  const last = times.at(-1);
  return first === undefined || last === undefined ? '' : `${showInstant(first)} to ${showInstant(last)}`;
}

function criteria(sets: DataSet[], inputs: ReportInputs): Block[] {
  const cited = [
    ...new Map(inputs.findings.flatMap((finding) => finding.clauses).map((clause) => [clause.id, clause])).values(),
  ];
  const clauses: readonly CitedClause[] = inputs.criteria ?? cited;
  return [
    lead(
      'Is the model inventory complete, accurate and governed as the selected criteria describe, on the evidence supplied?',
    ),
    paragraph(
      inputs.criteria === null
        ? 'Only the clauses that findings cite are listed; the packs’ full list of clauses was not supplied.'
        : 'Each clause is quoted with its force: a supervisory expectation or a voluntary standard is never called a breach.',
    ),
    table(
      sets,
      {
        name: 'criteria',
        caption: 'Clauses in scope',
        unit: 'clauses',
        cap: 80,
        columns: [
          { label: 'Clause', weight: 13, cell: (row) => data(row.id) },
          { label: 'Regime', weight: 27, cell: (row) => data(row.regime) },
          { label: 'Citation', weight: 25, cell: (row) => data(row.cite) },
          { label: 'Force on the report date', weight: 20, cell: (row) => prose(modeLabels[row.mode]) },
          { label: 'Applies', weight: 15, cell: (row) => data(row.applies) },
        ],
      },
      [...clauses].sort((a, b) => (a.id < b.id ? -1 : 1)),
    ),
  ];
}

const population = (sets: DataSet[], inputs: ReportInputs): Block[] => [
  ...(inputs.snapshots.length === 0
    ? [empty('Snapshots')]
    : [snapshotTable(sets, inputs), verificationTable(sets, inputs), coverageTable(sets, inputs)]),
  heading('Control totals and integrity rules'),
  inputs.check === null
    ? empty('Rule results')
    : ruleTable(sets, 'rules-rec', 'Rules REC-001 to REC-007', rulesById(inputs, ['REC-*'])),
  inputs.reconcile === null ? empty('Reconciliation') : controlTable(sets, inputs.reconcile.run),
  heading('Scope gaps'),
  ...gapList(sets, scopeGaps(inputs)),
];

function overall(inputs: ReportInputs): ReportModel['conclusion'] {
  if (inputs.check === null) {
    return {
      state: 'no_rating',
      label: 'No rating',
      tone: 'info',
      text: `No policy pack was evaluated: ${noEvidence}.`,
      reasons: [],
    };
  }
  const open = inputs.findings.filter((finding) => finding.state === 'open');
  const of = (severity: string): number => open.filter((finding) => finding.severity === severity).length;
  const reasons = [
    `${showCount(of('critical'))} critical, ${showCount(of('high'))} high, ${showCount(of('medium'))} medium and ${showCount(of('low'))} low of ${plural(open.length, 'open finding')}; ${plural(inputs.findings.length, 'finding')} in all.`,
    `${plural(inputs.check.run.outcomes.cannot_evaluate, 'evaluation')} of ${showCount(inputs.check.run.evaluations)} could not be made for want of evidence.`,
  ];
  const scale =
    'House scale: any open critical finding gives “unsatisfactory”, any open high one “needs improvement”, any other “satisfactory with observations”.';
  if (of('critical') > 0)
    return { state: 'unsatisfactory', label: 'Unsatisfactory', tone: 'critical', text: scale, reasons };
  if (of('high') > 0)
    return { state: 'needs_improvement', label: 'Needs improvement', tone: 'warning', text: scale, reasons };
  if (open.length > 0)
    return {
      state: 'satisfactory_with_observations',
      label: 'Satisfactory with observations',
      tone: 'warning',
      text: scale,
      reasons,
    };
  return { state: 'satisfactory', label: 'Satisfactory', tone: 'good', text: scale, reasons };
}

/** Raises `refused` / `report.blocked` while REC-003 fires. */
export function composeInternalAudit(inputs: ReportInputs): ReportModel {
  const qualification = requireIssuable(inputs);
  const sets: DataSet[] = [findingsData(inputs), ...lineageData(inputs)];
  const conclusion = overall(inputs);
  const cards = findingCards(inputs);
  const samePerson =
    inputs.preparedBy.trim() !== '' &&
    inputs.preparedBy.trim().toLowerCase() === inputs.reviewedBy.trim().toLowerCase();
  const limits = [
    absenceIsNotProof,
    'Findings say what the evidence shows; they are no legal advice and no statement that a law was infringed.',
  ];
  const sections = [
    section('1', 'Control sheet', controlSheet(inputs)),
    section('2', 'Objective and criteria', criteria(sets, inputs)),
    section('3', 'Population and reliability of data', [
      paragraph(
        'Every figure of this report is taken from the signed snapshots below; what they leave out is listed at the end of this section.',
      ),
      ...population(sets, inputs),
    ]),
    section('4', 'Understanding and risk', [
      paragraph('How the inventory is made up, by risk tier, and what changed since the previous snapshot.'),
      ...populationBlocks(sets, inputs),
      ...lineageSection(inputs),
    ]),
    section('5', 'Procedures', procedures(sets, inputs)),
    section('6', 'Results matrix', results(sets, inputs)),
    section(
      '7',
      'Findings',
      cards.length === 0
        ? [inputs.check === null ? empty('Findings') : paragraph('No rule fires on the evidence supplied.')]
        : [
            paragraph(
              'One card for each rule that fires, the most severe first; one cause in many records is one finding with many subjects.',
            ),
            ...cards,
          ],
    ),
    section('8', 'Auditor dispositions', [
      paragraph(
        'What people decided on findings, with their reasons. A decision whose facts have changed since is marked.',
      ),
      dispositionTable(sets, inputs),
    ]),
    section('9', 'Scope limits', [
      ...limits.map(paragraph),
      inputs.check === null ? empty('Rules that could not be evaluated') : cannotEvaluateTable(sets, inputs),
    ]),
    section('10', 'Separation of duties and access test', [
      paragraph('Who may do what, who approved the own work, and whether the access log is whole.'),
      subset(sets, inputs, 'rules-access', 'Access, separation of duties and log-chain rules', [
        'ACS-*',
        'APR-002',
        'APR-011',
        'CHG-004',
      ]),
    ]),
    section('11', 'Integrity test', [
      paragraph(
        'Snapshot digests were recomputed from the signed members at import; section 3 gives the answer for each.',
      ),
      subset(sets, inputs, 'rules-integrity', 'Digest rules', [
        'VER-002',
        'VER-004',
        'DAT-002',
        'DAT-003',
        'APR-008',
        'VAL-009',
      ]),
    ]),
    section('12', 'Follow-up', [
      ageingTable(sets, inputs),
      subset(sets, inputs, 'rules-follow-up', 'Follow-up rules', ['VAL-006', 'VAL-011', 'DOC-006']),
    ]),
    section('13', 'Conclusion and sign-off', [
      notice(conclusion.tone, conclusion.label, [conclusion.text, ...conclusion.reasons].join(' ')),
      ...qualification.map((line) => notice('warning', 'Issued with qualification', line.text)),
      ...(samePerson ? [notice('warning', 'Independence', 'Preparer and reviewer must differ.')] : []),
      { type: 'signOff', lines: signOffLines(inputs) },
    ]),
    section('A', 'Re-performance annex', reperformance(sets, inputs)),
  ];
  return reportModelSchema.parse({
    ...head('internal-audit', inputs, qualification),
    scope: {
      statement: `Model inventory of ${inputs.organisation || noEvidence}, on ${plural(inputs.snapshots.length, 'signed snapshot')}, full population.`,
      denominators: [
        { label: 'Snapshots', value: inputs.snapshots.length },
        {
          label: 'Records in these snapshots',
          value: inputs.snapshots.reduce((sum, snapshot) => sum + recordsOf(snapshot), 0),
        },
        { label: 'Models', value: inputs.models?.length ?? 0 },
        { label: 'Rules', value: inputs.check?.rules.length ?? 0 },
        { label: 'Evaluations', value: inputs.check?.run.evaluations ?? 0 },
        { label: 'Findings', value: inputs.findings.length },
      ],
      limits,
    },
    conclusion,
    sections,
    data: sets,
  });
}

function reperformance(sets: DataSet[], inputs: ReportInputs): Block[] {
  return [
    paragraph(
      'Another person gets the same result by importing the snapshots whose digests section 3 lists, evaluating the packs and parameters of section 5 as of the date in section 1, and comparing rule by rule. The file attached to this document holds every figure and every finding; its digest stands in each footer.',
    ),
    inputs.check === null
      ? empty('Rule text')
      : table(
          sets,
          {
            name: 'rule-text',
            caption: 'Text of the rules that fire',
            unit: 'rules',
            cap: 80,
            columns: [
              { label: 'Rule', weight: 10, cell: (row) => data(row.ruleId) },
              { label: 'Pack', weight: 15, cell: (row) => data(row.packId) },
              { label: 'On', weight: 13, cell: (row) => data(row.entity) },
              { label: 'Fires when', weight: 62, cell: (row) => data(row.firesWhen) },
            ],
          },
          inputs.check.rules.filter((rule) => rule.counts.fires > 0),
        ),
  ];
}
