/** Sections 5, 6 and the rule subsets of the internal audit workpaper: what was run and what came of it. Pure. */
import { count, data, empty, paragraph, severityCell, table } from './blocks.ts';
import { rulesById, ruleTable } from './compose-common.ts';
import type { ReportInputs } from './inputs.ts';
import type { Block, DataSet } from './model.ts';
import { plural, showCount, showInstant } from './wording.ts';

/** Section 5: packs, versions, parameters; nothing is sampled. */
export function procedures(sets: DataSet[], inputs: ReportInputs): Block[] {
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

/** Section 6: outcome of each rule over all evaluations, and open findings by tier. */
export function results(sets: DataSet[], inputs: ReportInputs): Block[] {
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

/** Results of the rules that one section is about. */
export const subset = (
  sets: DataSet[],
  inputs: ReportInputs,
  name: string,
  caption: string,
  ids: readonly string[],
): Block => {
  const rules = rulesById(inputs, ids);
  return rules.length === 0 ? empty(caption) : ruleTable(sets, name, caption, rules);
};
