/** Findings in print: one card per rule with its subjects, because one cause in many models is one finding. Pure. */
import { type FindingState, findingStateLabels } from '../../../src-shared/domain/finding.ts';
import { code, data, dataSetOf, prose, severityCell, span, state, type TableSpec, table, toColumn } from './blocks.ts';
import type { FindingDetail, ReportInputs, RuleResult } from './inputs.ts';
import type { Block, Cell, DataSet } from './model.ts';
import {
  clauseSentence,
  daysBetween,
  modeLabels,
  noEvidence,
  plural,
  severityRank,
  showCount,
  showDate,
} from './wording.ts';

const subjectsPerCard = 10;
const notesPerCard = 6;

export const stateLabel = (value: FindingState): string => findingStateLabels[value];

const subjectRef = (finding: FindingDetail): string => `${finding.subject.kind}/${finding.subject.id}`;

const findingColumns: TableSpec<FindingDetail>['columns'] = [
  { label: 'No.', weight: 7, cell: (row) => data(`F${row.id}`), value: (row) => row.id },
  { label: 'Subject', weight: 25, cell: (row) => code(subjectRef(row)) },
  { label: 'What was found', weight: 31, cell: (row) => data(row.message) },
  { label: 'State', weight: 13, cell: (row) => state(stateLabel(row.state)), value: (row) => row.state },
  { label: 'Owner', weight: 13, cell: (row) => data(row.assignee ?? ''), value: (row) => row.assignee },
  {
    label: 'Due',
    weight: 12,
    cell: (row) => data(row.dueAt === null ? '' : showDate(row.dueAt)),
    value: (row) => row.dueAt,
  },
];

/** Every finding with every field a re-performer needs; always attached. */
export function findingsData(inputs: ReportInputs): DataSet {
  return dataSetOf<FindingDetail>(
    {
      name: 'findings',
      caption: 'All findings',
      unit: 'findings',
      cap: 0,
      columns: [
        ...findingColumns,
        { label: 'Rule', weight: 1, cell: (row) => data(row.ruleId) },
        { label: 'Pack', weight: 1, cell: (row) => data(`${row.packId} ${row.packVersion}`) },
        { label: 'Severity', weight: 1, cell: (row) => data(row.severity) },
        { label: 'First seen', weight: 1, cell: (row) => data(row.firstSeenAt) },
        {
          label: 'Values read',
          weight: 1,
          cell: (row) =>
            data(
              row.values
                .map((value) => `${value.field} ${value.state === 'value' ? `= ${value.value}` : value.state}`)
                .join('; '),
            ),
        },
        {
          label: 'Clauses',
          weight: 1,
          cell: (row) => data(row.clauses.map((clause) => `${clause.id} (${clause.mode})`).join('; ')),
        },
        {
          label: 'Snapshot digests',
          weight: 1,
          cell: (row) => data(row.snapshots.map((snapshot) => snapshot.statementSha256).join('; ')),
        },
      ],
    },
    inputs.findings,
  );
}

const criterion = (findings: readonly FindingDetail[]): Cell[] => {
  const byId = new Map(
    findings.flatMap((finding) => finding.clauses).map((clause) => [`${clause.id} ${clause.mode}`, clause]),
  );
  if (byId.size === 0) return [prose('House rule; no clause is cited.')];
  return [...byId.values()].map((clause) => [
    span(`${clause.regime}: `, 'muted'),
    span(clauseSentence(clause), 'data'),
    span(` (${modeLabels[clause.mode]})`, 'muted'),
  ]);
};

function notes(findings: readonly FindingDetail[], type: 'note' | 'decision'): Cell[] {
  const entries = findings.flatMap((finding) =>
    finding.thread.filter((entry) => entry.type === type).map((entry) => ({ finding, entry })),
  );
  if (entries.length === 0) return [[span(noEvidence, 'muted')]];
  const shown = entries
    .slice(0, notesPerCard)
    .map(
      ({ finding, entry }): Cell => [
        span(`F${finding.id}, ${entry.by}, ${showDate(entry.at)}: `, 'muted'),
        ...(entry.state === null ? [] : [span(`${stateLabel(entry.state)}. `, 'strong')]),
        span(entry.text, 'data'),
      ],
    );
  return entries.length > shown.length
    ? [...shown, [span(`${showCount(shown.length)} of ${showCount(entries.length)} entries shown.`, 'muted')]]
    : shown;
}

function card(findings: readonly FindingDetail[], rule: RuleResult | undefined): Block {
  const [first] = findings;
  if (!first) throw new Error('a card needs a finding');
  const tested = rule ? rule.counts.pass + rule.counts.fires + rule.counts.cannot_evaluate : null;
  const open = findings.filter((finding) => finding.state === 'open').length;
  return {
    type: 'finding',
    anchor: `finding:${first.ruleId}`,
    ruleId: first.ruleId,
    severity: first.severity,
    title: rule?.title ?? first.name,
    extent: `${plural(findings.length, 'record')}${tested === null ? '' : ` of ${showCount(tested)} tested`}; ${showCount(open)} of ${showCount(findings.length)} open`,
    rows: [
      { label: 'Condition', value: [data(first.firesWhen)] },
      { label: 'Criterion', value: criterion(findings) },
      { label: 'Cause and effect', value: notes(findings, 'note') },
      { label: 'Recommendation', value: [data(first.expected)] },
      { label: 'Response', value: notes(findings, 'decision') },
    ],
    subjects: {
      columns: findingColumns.map(toColumn),
      rows: findings.slice(0, subjectsPerCard).map((finding) => findingColumns.map((column) => column.cell(finding))),
      total: findings.length,
      data: 'findings',
    },
  };
}

/** Cards in the order of severity, then of how many records are concerned. Closed findings are left to the follow-up. */
export function findingCards(inputs: ReportInputs): Block[] {
  const groups = new Map<string, FindingDetail[]>();
  for (const finding of inputs.findings) {
    if (finding.state === 'closed') continue;
    const group = groups.get(finding.ruleId);
    if (group) group.push(finding);
    else groups.set(finding.ruleId, [finding]);
  }
  return [...groups.values()]
    .sort((a, b) => {
      const [x, y] = [a[0], b[0]];
      if (!x || !y) return 0;
      return (
        severityRank(x.severity) - severityRank(y.severity) || b.length - a.length || (x.ruleId < y.ruleId ? -1 : 1)
      );
    })
    .map((findings) =>
      card(
        findings,
        inputs.check?.rules.find((rule) => rule.ruleId === findings[0]?.ruleId),
      ),
    );
}

const disposed: readonly FindingState[] = ['accepted_risk', 'remediated', 'not_applicable', 'false_positive'];

/** Who decided what and why; a decision whose facts have changed since is marked. */
export function dispositionTable(sets: DataSet[], inputs: ReportInputs): Block {
  const rows = inputs.findings
    .filter((finding) => disposed.includes(finding.state))
    .map((finding) => ({ finding, decision: finding.thread.findLast((entry) => entry.type === 'decision') }));
  return table(
    sets,
    {
      name: 'dispositions',
      caption: 'Decisions on findings',
      unit: 'decisions',
      cap: 60,
      columns: [
        { label: 'No.', weight: 6, cell: ({ finding }) => data(`F${finding.id}`) },
        { label: 'Rule', weight: 9, cell: ({ finding }) => data(finding.ruleId, `finding:${finding.ruleId}`) },
        { label: 'Subject', weight: 19, cell: ({ finding }) => code(subjectRef(finding)) },
        { label: 'Decision', weight: 12, cell: ({ finding }) => state(stateLabel(finding.state)) },
        { label: 'Reason', weight: 22, cell: ({ decision }) => data(decision?.text ?? '') },
        { label: 'By', weight: 12, cell: ({ decision }) => data(decision?.by ?? '') },
        { label: 'On', weight: 11, cell: ({ decision }) => data(decision ? showDate(decision.at) : '') },
        {
          label: 'Since then',
          weight: 12,
          cell: ({ finding }) => state(finding.changedSinceReview ? 'changed' : 'unchanged'),
        },
      ],
    },
    rows,
  );
}

const ages = [
  ['0 to 30 days', 0, 30],
  ['31 to 60 days', 31, 60],
  ['61 to 90 days', 61, 90],
  ['over 90 days', 91, Number.POSITIVE_INFINITY],
] as const;

/** Open findings by age at the report date and by severity. */
export function ageingTable(sets: DataSet[], inputs: ReportInputs): Block {
  const open = inputs.findings.filter((finding) => finding.state === 'open');
  const rows = (['critical', 'high', 'medium', 'low', 'info'] as const)
    .map((severity) => ({ severity, list: open.filter((finding) => finding.severity === severity) }))
    .filter((row) => row.list.length > 0);
  const inAge = (list: readonly FindingDetail[], from: number, to: number): number =>
    list.filter((finding) => {
      const days = Math.max(0, daysBetween(finding.firstSeenAt, inputs.asOf));
      return days >= from && days <= to;
    }).length;
  return table(
    sets,
    {
      name: 'ageing',
      caption: 'Open findings by age since first seen',
      unit: 'severities',
      cap: 10,
      columns: [
        { label: 'Severity', weight: 20, cell: (row) => severityCell(row.severity) },
        ...ages.map(([label, from, to]) => ({
          label,
          weight: 13,
          align: 'right' as const,
          cell: (row: (typeof rows)[number]): Cell => [span(String(inAge(row.list, from, to)), 'number')],
        })),
        {
          label: 'Overdue',
          weight: 13,
          align: 'right',
          cell: (row) => [
            span(
              String(
                row.list.filter((finding) => finding.dueAt !== null && daysBetween(finding.dueAt, inputs.asOf) > 0)
                  .length,
              ),
              'number',
            ),
          ],
        },
        { label: 'Open', weight: 13, align: 'right', cell: (row) => [span(String(row.list.length), 'number')] },
      ],
    },
    rows,
  );
}
