/**
 * Internal audit workpaper (regulation reference 4.1): thirteen numbered sections and annex A.
 *
 * Hooks: SOX 404 and AS 1105.10 (completeness and accuracy of entity data), SS1/23 P2.5, SR 26-2 section VI, ISO/IEC 42001 9.2.
 * Pure: the same inputs give the same model and so the same digest.
 */
import type { CitedClause } from '../../../src-shared/domain/finding.ts';
import {
  code,
  count,
  data,
  empty,
  heading,
  lead,
  notice,
  paragraph,
  prose,
  section,
  severityCell,
  table,
} from './blocks.ts';
import {
  cannotEvaluateTable,
  coverageTable,
  gapList,
  head,
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
      { label: 'Preparer', value: data(inputs.preparedBy) },
      { label: 'Reviewer', value: data(inputs.reviewedBy) },
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
  heading('Scope gaps'),
  ...gapList(sets, scopeGaps(inputs)),
];

function procedures(sets: DataSet[], inputs: ReportInputs): Block[] {
  if (inputs.check === null) return [empty('Policy evaluation')];
  const { run, rules } = inputs.check;
  return [
    paragraph(
      `Each rule was evaluated on the full population of its record kind; nothing was sampled. ${plural(rules.length, 'rule')}, ${plural(run.evaluations, 'evaluation')}, as of ${showInstant(run.asOf)}.`,
    ),
    table(
      sets,
      {
        name: 'packs',
        caption: 'Policy packs',
        unit: 'packs',
        cap: 30,
        columns: [
          { label: 'Pack', weight: 25, cell: (row) => data(row.id) },
          { label: 'Version', weight: 15, cell: (row) => data(row.version) },
          { label: 'Title', weight: 45, cell: (row) => data(row.title) },
          { label: 'Rules', weight: 15, align: 'right', cell: (row) => count(row.rules), value: (row) => row.rules },
        ],
      },
      run.packs,
    ),
    table(
      sets,
      {
        name: 'parameters',
        caption: 'Parameters and where each comes from',
        unit: 'parameters',
        cap: 60,
        columns: [
          { label: 'Parameter', weight: 35, cell: (row) => data(row.name) },
          { label: 'Value', weight: 25, cell: (row) => data(row.value) },
          { label: 'Source', weight: 40, cell: (row) => data(row.source) },
        ],
      },
      inputs.parameters,
    ),
    paragraph(
      'Manual steps: the notes and decisions that people recorded stand with each finding in section 7 and in section 8.',
    ),
  ];
}

function results(sets: DataSet[], inputs: ReportInputs): Block[] {
  if (inputs.check === null) return [empty('Results')];
  const { run, rules } = inputs.check;
  const of = { of: run.evaluations, ofLabel: 'evaluations', link: 'results-matrix' };
  return [
    {
      type: 'totals',
      items: [
        { label: 'Fires', value: run.outcomes.fires, ...of },
        { label: 'Passes', value: run.outcomes.pass, ...of },
        { label: 'Cannot evaluate', value: run.outcomes.cannot_evaluate, ...of },
        { label: 'Not applicable', value: run.outcomes.not_applicable, ...of },
      ],
    },
    ruleTable(
      sets,
      'results-matrix',
      'Outcome of each rule; “tested” is what fires, passes and cannot be evaluated add up to',
      rules,
      120,
    ),
    ...tierMatrix(sets, inputs),
  ];
}

/** Open findings on models by severity and the model's tier; needs the models' facts. */
function tierMatrix(sets: DataSet[], inputs: ReportInputs): Block[] {
  if (inputs.models === null) return [empty('Findings by risk tier')];
  const tierOf = new Map(inputs.models.map((model) => [model.id, model.riskTier || 'no tier']));
  const open = inputs.findings.filter((finding) => finding.state === 'open' && finding.subject.kind === 'model');
  const tiers = [...new Set(open.map((finding) => tierOf.get(finding.subject.id) ?? 'no tier'))].sort().slice(0, 6);
  const rows = (['critical', 'high', 'medium', 'low', 'info'] as const).filter((severity) =>
    open.some((finding) => finding.severity === severity),
  );
  return [
    table(
      sets,
      {
        name: 'findings-by-tier',
        caption: `Open findings on models, by severity and risk tier (${showCount(open.length)} of ${showCount(inputs.findings.length)} findings)`,
        unit: 'severities',
        cap: 10,
        columns: [
          { label: 'Severity', weight: 20, cell: (severity) => severityCell(severity) },
          ...tiers.map((tier) => ({
            label: `Tier ${tier}`.replace('Tier no tier', 'No tier'),
            weight: 12,
            align: 'right' as const,
            cell: (severity: (typeof rows)[number]) =>
              count(
                open.filter(
                  (finding) => finding.severity === severity && (tierOf.get(finding.subject.id) ?? 'no tier') === tier,
                ).length,
              ),
          })),
          {
            label: 'Open',
            weight: 12,
            align: 'right',
            cell: (severity) => count(open.filter((finding) => finding.severity === severity).length),
          },
        ],
      },
      rows,
    ),
  ];
}

const subset = (
  sets: DataSet[],
  inputs: ReportInputs,
  name: string,
  caption: string,
  ids: readonly string[],
): Block => {
  const rules = rulesById(inputs, ids);
  return rules.length === 0 ? empty(caption) : ruleTable(sets, name, caption, rules);
};

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
    ...head(
      'internal-audit',
      'Internal audit workpaper',
      'Audit lead, audit committee, external auditor',
      inputs,
      qualification,
    ),
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
