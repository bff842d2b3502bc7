/** What both templates share: cover, snapshots with their checks, rule tables, gates. Pure. */
import type { TemplateId } from '../../../src-shared/contract/schemas/report.ts';
import { type CheckLine, fullText } from '../../../src-shared/domain/trust.ts';
import { code, count, data, note, prose, severityCell, span, state, table } from './blocks.ts';
import type { ReportInputs, ReportSnapshot, RuleResult } from './inputs.ts';
import type { Block, Cell, DataSet, GateLine, ReportModel } from './model.ts';
import { historyLine } from './snapshot-history.ts';
import { templates } from './templates.ts';
import { absenceIsNotProof, noEvidence, plural, severityRank, showInstant } from './wording.ts';

export const recordsOf = (snapshot: ReportSnapshot): number =>
  Object.values(snapshot.meta.counts).reduce((sum, value) => sum + value, 0);

/** "Snapshot 3": linked to where its digest stands. */
export const snapshotCell = (number: number): Cell => [span(`S${number}`, 'data', 'snapshots')];

const orNone = (text: string): string => (text.trim() === '' ? noEvidence : text);

/** A role without a person: evidence is not what is missing. */
export const orNobody = (name: string): string => (name.trim() === '' ? 'nobody is named' : name);

/** The identifying head of a model; sections, data and conclusion are the template's. */
export function head(template: TemplateId, inputs: ReportInputs, qualification: GateLine[]) {
  const { title: documentKind, reader, subject } = templates[template];
  return {
    format: 'urn:assay:report-model:v1',
    template,
    title: inputs.title ?? (inputs.organisation.trim() === '' ? subject : `${subject}, ${inputs.organisation}`),
    documentKind,
    cover: {
      organisation: orNone(inputs.organisation),
      workspace: orNone(inputs.workspace),
      reportId: inputs.reportId,
      supersedes: inputs.supersedes,
      asOf: inputs.asOf,
      classification: inputs.classification,
      preparedBy: orNobody(inputs.preparedBy),
      reviewedBy: orNobody(inputs.reviewedBy),
      reader,
    },
    qualification,
    packs: (inputs.check?.run.packs ?? []).map((pack) => ({ ...pack })),
    parameters: inputs.parameters.map((parameter) => ({ ...parameter })),
    snapshots: inputs.snapshots.map((snapshot) => ({
      snapshot: snapshot.meta.snapshot,
      snapshotId: snapshot.meta.snapshotId,
      source: snapshot.meta.registryName,
      role: snapshot.meta.role,
      sequence: snapshot.meta.sequence,
      takenAt: snapshot.meta.takenAt,
      digest: snapshot.meta.statementSha256,
      records: recordsOf(snapshot),
      signer: orNone(snapshot.signer),
      checks: checkLines(snapshot).map(([label, line]) => ({
        label,
        line: { state: line.state, code: line.code, text: line.text },
      })),
    })),
  } satisfies Partial<ReportModel>;
}

const checkLines = ({ verification, history }: ReportSnapshot): readonly (readonly [string, CheckLine])[] => [
  ['Content', verification.content],
  ['Signer', { ...verification.signer, text: fullText(verification.signer) }],
  ['Freshness', { ...verification.freshness, text: fullText(verification.freshness) }],
  ['Container', verification.container],
  ['History', historyLine(history)],
];

/** The snapshots: where each came from, when, how much, what it hashes to, who signed it. */
export function snapshotTable(sets: DataSet[], inputs: ReportInputs): Block {
  return table(
    sets,
    {
      name: 'snapshots',
      caption: 'Snapshots that every figure of this report is taken from',
      unit: 'snapshots',
      cap: 60,
      columns: [
        { label: 'No.', weight: 5, cell: (row) => data(`S${row.meta.snapshot}`) },
        { label: 'Source', weight: 20, cell: (row) => data(row.meta.registryName) },
        { label: 'Role', weight: 10, cell: (row) => data(row.meta.role) },
        {
          label: 'Seq.',
          weight: 6,
          align: 'right',
          cell: (row) => count(row.meta.sequence),
          value: (row) => row.meta.sequence,
        },
        {
          label: 'Taken at (UTC)',
          weight: 15,
          cell: (row) => data(showInstant(row.meta.takenAt)),
          value: (row) => row.meta.takenAt,
        },
        { label: 'Records', weight: 9, align: 'right', cell: (row) => count(recordsOf(row)), value: recordsOf },
        { label: 'Statement SHA-256', weight: 27, cell: (row) => code(row.meta.statementSha256) },
      ],
    },
    inputs.snapshots,
  );
}

/** What verification said about each snapshot; separate answers, never one tick. */
export function verificationTable(sets: DataSet[], inputs: ReportInputs): Block {
  const rows = inputs.snapshots.flatMap((snapshot) =>
    checkLines(snapshot).map(([label, line]) => ({ snapshot, label, line })),
  );
  return table(
    sets,
    {
      name: 'verification',
      caption: 'Verification of each snapshot at import, its signers by the keys that are trusted today',
      unit: 'checks',
      cap: 60,
      columns: [
        { label: 'No.', weight: 5, cell: (row) => snapshotCell(row.snapshot.meta.snapshot) },
        { label: 'Question', weight: 10, cell: (row) => prose(row.label) },
        { label: 'Answer', weight: 10, cell: (row) => state(row.line.state) },
        { label: 'What was found', weight: 45, cell: (row) => data(row.line.text) },
        { label: 'Signer', weight: 20, cell: (row) => data(row.snapshot.signer) },
      ],
    },
    rows,
  );
}

/** Inputs seen, used and left out by each source: the denominators below every count. */
export function coverageTable(sets: DataSet[], inputs: ReportInputs): Block {
  const rows = inputs.snapshots.flatMap((snapshot) => snapshot.meta.sources.map((source) => ({ snapshot, source })));
  return table(
    sets,
    {
      name: 'coverage',
      caption: 'What each source was asked for and what it delivered',
      unit: 'sources',
      cap: 60,
      columns: [
        { label: 'No.', weight: 5, cell: (row) => snapshotCell(row.snapshot.meta.snapshot) },
        { label: 'Type', weight: 14, cell: (row) => data(row.source.type) },
        { label: 'Scope', weight: 25, cell: (row) => data(row.source.coverage.scope.join(', ')) },
        {
          label: 'Seen',
          weight: 8,
          align: 'right',
          cell: (row) => count(row.source.coverage.inputsSeen),
          value: (row) => row.source.coverage.inputsSeen,
        },
        {
          label: 'Used',
          weight: 8,
          align: 'right',
          cell: (row) => count(row.source.coverage.inputsUsed),
          value: (row) => row.source.coverage.inputsUsed,
        },
        {
          label: 'Left out',
          weight: 8,
          align: 'right',
          cell: (row) => count(row.source.coverage.inputsSkipped),
          value: (row) => row.source.coverage.inputsSkipped,
        },
        { label: 'Complete', weight: 10, cell: (row) => state(row.source.complete ? 'complete' : 'gaps') },
        { label: 'Collected at (UTC)', weight: 16, cell: (row) => data(showInstant(row.source.collectedAt)) },
      ],
    },
    rows,
  );
}

/** Every gap that a source admits: denied scopes, errors, inputs left out by reason. */
export function scopeGaps(inputs: ReportInputs): string[] {
  const gaps: string[] = [];
  for (const { meta } of inputs.snapshots) {
    for (const source of meta.sources) {
      const where = `S${meta.snapshot} ${source.type}`;
      for (const denied of source.coverage.denied) gaps.push(`${where}: denied or out of reach: ${denied}`);
      for (const error of source.coverage.errors) gaps.push(`${where}: ${error}`);
      for (const [reason, times] of Object.entries(source.coverage.reasons)) {
        if (times > 0) gaps.push(`${where}: ${plural(times, 'input')} left out: ${reason}`);
      }
    }
  }
  for (const gap of inputs.reconcile?.run.totals.coverage.gaps ?? []) gaps.push(`Reconciliation: ${gap}`);
  return [...new Set(gaps)];
}

export function gapList(sets: DataSet[], gaps: readonly string[]): Block[] {
  if (gaps.length === 0) return [note(`No source admits a gap. ${absenceIsNotProof}`)];
  return [
    table(
      sets,
      {
        name: 'scope-gaps',
        caption: 'Gaps that the sources themselves report',
        unit: 'gaps',
        cap: 25,
        columns: [{ label: 'Gap', weight: 100, cell: (row) => data(row) }],
      },
      gaps,
    ),
    note(absenceIsNotProof),
  ];
}

/** Results of chosen rules, worst first: outcome counts with what was evaluated as their sum. */
export function ruleTable(
  sets: DataSet[],
  name: string,
  caption: string,
  rules: readonly RuleResult[],
  cap = 60,
): Block {
  const evaluated = (rule: RuleResult): number => rule.counts.pass + rule.counts.fires + rule.counts.cannot_evaluate;
  const sorted = [...rules].sort(
    (a, b) =>
      Number(b.counts.fires > 0) - Number(a.counts.fires > 0) ||
      severityRank(a.severity) - severityRank(b.severity) ||
      b.counts.fires - a.counts.fires ||
      (a.ruleId < b.ruleId ? -1 : 1),
  );
  const link = (rule: RuleResult): string | undefined => (rule.counts.fires > 0 ? `finding:${rule.ruleId}` : undefined);
  return table(
    sets,
    {
      name,
      caption,
      unit: 'rules',
      cap,
      columns: [
        { label: 'Rule', weight: 10, cell: (row) => data(row.ruleId, link(row)) },
        { label: 'Title', weight: 34, cell: (row) => data(row.title) },
        { label: 'Severity', weight: 12, cell: (row) => severityCell(row.severity) },
        {
          label: 'Fires',
          weight: 8,
          align: 'right',
          cell: (row) => count(row.counts.fires, link(row)),
          value: (row) => row.counts.fires,
        },
        {
          label: 'Passes',
          weight: 9,
          align: 'right',
          cell: (row) => count(row.counts.pass),
          value: (row) => row.counts.pass,
        },
        {
          label: 'Cannot evaluate',
          weight: 11,
          align: 'right',
          cell: (row) => count(row.counts.cannot_evaluate),
          value: (row) => row.counts.cannot_evaluate,
        },
        {
          label: 'Not applicable',
          weight: 11,
          align: 'right',
          cell: (row) => count(row.counts.not_applicable),
          value: (row) => row.counts.not_applicable,
        },
        { label: 'Tested', weight: 9, align: 'right', cell: (row) => count(evaluated(row)), value: evaluated },
      ],
    },
    sorted,
  );
}

export const rulesById = (inputs: ReportInputs, ids: readonly string[]): RuleResult[] =>
  (inputs.check?.rules ?? []).filter((rule) =>
    ids.some((id) => (id.endsWith('*') ? rule.ruleId.startsWith(id.slice(0, -1)) : rule.ruleId === id)),
  );

/** Rules that lack a field which no source supplies. */
export function cannotEvaluateTable(sets: DataSet[], inputs: ReportInputs): Block {
  const rows = (inputs.check?.rules ?? []).filter((rule) => rule.counts.cannot_evaluate > 0);
  return table(
    sets,
    {
      name: 'cannot-evaluate',
      caption: 'Rules that could not be evaluated',
      unit: 'rules',
      cap: 60,
      columns: [
        { label: 'Rule', weight: 10, cell: (row) => data(row.ruleId) },
        { label: 'Title', weight: 36, cell: (row) => data(row.title) },
        {
          label: 'Records',
          weight: 10,
          align: 'right',
          cell: (row) => count(row.counts.cannot_evaluate),
          value: (row) => row.counts.cannot_evaluate,
        },
        { label: 'Fields that no source supplies', weight: 44, cell: (row) => data(row.missing.join(', ')) },
      ],
    },
    rows,
  );
}

export const signOffLines = (inputs: ReportInputs) => [
  { role: 'Prepared by', name: orNobody(inputs.preparedBy), note: 'maker' },
  { role: 'Reviewed by', name: orNobody(inputs.reviewedBy), note: 'checker' },
];
