/** Understanding and risk: matrices of the models, what changed, and the lineage picture of the riskiest one. Pure. */
import { entityOf } from '../../../src-shared/domain/dictionary.ts';
import { code, count, data, empty, heading, note, table } from './blocks.ts';
import type { ModelFacts, ReportInputs } from './inputs.ts';
import { lineageBlock } from './lineage-picture.ts';
import type { Block, Cell, DataSet } from './model.ts';
import { plural, showCount, showInstant } from './wording.ts';

const blank = 'not stated';
const group = (models: readonly ModelFacts[], key: keyof ModelFacts): string[] =>
  [...new Set(models.map((model) => model[key].trim() || blank))].sort(
    (a, b) => Number(a === blank) - Number(b === blank) || (a < b ? -1 : 1),
  );
const having = (models: readonly ModelFacts[], key: keyof ModelFacts, value: string): ModelFacts[] =>
  models.filter((model) => (model[key].trim() || blank) === value);

/** Tier down, `key` across; at most six columns, the rest summed as "other", so that the rows always add up. */
function matrix(
  sets: DataSet[],
  models: readonly ModelFacts[],
  key: keyof ModelFacts,
  name: string,
  what: string,
): Block {
  const columns = group(models, key);
  const own = columns.slice(0, columns.length > 6 ? 5 : 6);
  const rest = columns.slice(own.length);
  const cell = (list: readonly ModelFacts[]): Cell => count(list.length);
  return table(
    sets,
    {
      name,
      caption: `Risk tier by ${what} (${plural(models.length, 'model')})`,
      unit: 'tiers',
      cap: 20,
      columns: [
        { label: 'Risk tier', weight: 16, cell: (tier: string) => data(tier) },
        ...own.map((value) => ({
          label: value.replaceAll('_', ' '),
          weight: 13,
          align: 'right' as const,
          cell: (tier: string) => cell(having(having(models, 'riskTier', tier), key, value)),
        })),
        ...(rest.length === 0
          ? []
          : [
              {
                label: `${showCount(rest.length)} others`,
                weight: 13,
                align: 'right' as const,
                cell: (tier: string) =>
                  cell(having(models, 'riskTier', tier).filter((model) => rest.includes(model[key].trim() || blank))),
              },
            ]),
        { label: 'Models', weight: 12, align: 'right', cell: (tier: string) => cell(having(models, 'riskTier', tier)) },
      ],
    },
    group(models, 'riskTier'),
  );
}

export function populationBlocks(sets: DataSet[], inputs: ReportInputs): Block[] {
  const { models } = inputs;
  if (models === null) return [empty('Models'), ...changeBlocks(sets, inputs)];
  if (models.length === 0) return [note('The snapshots hold no model record.'), ...changeBlocks(sets, inputs)];
  sets.push({
    name: 'models',
    title: 'Models that the matrices count',
    columns: ['Id', 'Name', 'Risk tier', 'Lifecycle', 'Origin', 'Business line', 'EU class', 'ICFR-relevant'],
    rows: models.map((model) => [
      model.id,
      model.name,
      model.riskTier,
      model.lifecycleStatus,
      model.origin,
      model.businessLine,
      model.euClass,
      model.icfrRelevant,
    ]),
  });
  return [
    matrix(sets, models, 'lifecycleStatus', 'tier-by-status', 'lifecycle status'),
    matrix(sets, models, 'origin', 'tier-by-origin', 'origin'),
    matrix(sets, models, 'businessLine', 'tier-by-line', 'business line'),
    matrix(sets, models, 'euClass', 'tier-by-eu-class', 'EU AI Act class'),
    matrix(sets, models, 'icfrRelevant', 'tier-by-icfr', 'relevance to financial reporting'),
    note('The ids behind each figure are in the attached JSON, data set “models”.'),
    ...changeBlocks(sets, inputs),
  ];
}

/** Added, removed, changed per record kind since the snapshot before. */
export function changeBlocks(sets: DataSet[], inputs: ReportInputs): Block[] {
  if (inputs.changes === null) return [heading('Changes since the previous snapshot'), empty('Previous snapshot')];
  const { changes } = inputs;
  const number = (value: number): Cell => count(value);
  return [
    heading('Changes since the previous snapshot'),
    table(
      sets,
      {
        name: 'changes',
        caption: `Records changed from ${showInstant(changes.from)} to ${showInstant(changes.to)}`,
        unit: 'record kinds',
        cap: 30,
        columns: [
          { label: 'Record kind', weight: 30, cell: (row) => data(entityOf(row.kind).plural) },
          { label: 'Added', weight: 12, align: 'right', cell: (row) => number(row.added), value: (row) => row.added },
          {
            label: 'Changed',
            weight: 12,
            align: 'right',
            cell: (row) => number(row.changed),
            value: (row) => row.changed,
          },
          {
            label: 'Removed',
            weight: 12,
            align: 'right',
            cell: (row) => number(row.removed),
            value: (row) => row.removed,
          },
          {
            label: 'Unchanged',
            weight: 14,
            align: 'right',
            cell: (row) => number(row.unchanged),
            value: (row) => row.unchanged,
          },
          {
            label: 'Records now',
            weight: 14,
            align: 'right',
            cell: (row) => number(row.records),
            value: (row) => row.records,
          },
        ],
      },
      changes.kinds.filter((kind) => kind.records + kind.removed > 0),
    ),
  ];
}

/** The whole graph behind the picture, always attached. */
export function lineageData(inputs: ReportInputs): DataSet[] {
  if (inputs.lineage === null) return [];
  const { graph } = inputs.lineage;
  return [
    {
      name: 'lineage-nodes',
      title: 'Lineage nodes',
      columns: ['Id', 'Kind', 'Label', 'Detail', 'Steps from root', 'Findings', 'Described by a record'],
      rows: graph.nodes.map((node) => [
        node.id,
        node.kind,
        node.label,
        node.detail,
        node.depth,
        node.findings,
        !node.dangling,
      ]),
    },
    {
      name: 'lineage-edges',
      title: 'Lineage edges',
      columns: ['From', 'To', 'Relation', 'Stated by'],
      rows: graph.edges.map((edge) => [edge.from, edge.to, edge.relation, edge.evidence]),
    },
  ];
}

export function lineageSection(inputs: ReportInputs): Block[] {
  if (inputs.lineage === null) return [heading('Lineage of the model with the highest risk'), empty('Lineage')];
  const { graph, name, why, model } = inputs.lineage;
  const picture = lineageBlock('lineage', 'From source data (left) to production (right)', graph);
  const dangling = picture.nodes.filter((node) => node.dangling);
  return [
    heading('Lineage of the model with the highest risk'),
    {
      type: 'keyValue',
      rows: [
        { label: 'Model', value: [...data(`${name} `), ...code(`${model.kind}/${model.id}`)] },
        { label: 'Chosen because', value: data(why) },
      ],
    },
    picture,
    ...(dangling.length > 0
      ? [
          note(
            `${plural(dangling.length, 'box', 'boxes')} with a dashed frame: referred to by a record, described by none.`,
          ),
        ]
      : []),
    ...(graph.cycles.length > 0
      ? [note(`${plural(graph.cycles.length, 'cycle')} in the stated lineage: a record cannot be its own origin.`)]
      : []),
  ];
}
