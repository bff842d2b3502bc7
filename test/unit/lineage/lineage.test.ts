import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineageToCsv, lineageToDot, lineageToJson, lineageToSvg } from '../../../src-main/core/lineage/export.ts';
import { buildLineage, lineageGraph } from '../../../src-main/core/lineage/lineage.ts';
import { lineageDiff } from '../../../src-main/core/lineage/lineage-diff.ts';
import { lineageGraphSchema } from '../../../src-shared/domain/lineage.ts';
import { type Drafts, setOf } from '../reconcile/records.ts';

const ref = (kind: string, id: string) => ({ kind, id });

const credit: Drafts = [
  ['third_party', 'acme', { third_party_name: 'Acme' }],
  ['dataset', 'raw', { dataset_name: 'Raw' }],
  ['dataset', 'train', { dataset_name: 'Train', lineage_upstream: [ref('dataset', 'raw')] }],
  ['pipeline', 'etl', { pipeline_inputs: [ref('dataset', 'raw')], pipeline_outputs: [ref('dataset', 'train')] }],
  [
    'model',
    'credit',
    {
      model_name: 'Credit',
      model_uri: 'models:/credit',
      vendor_ref: ref('third_party', 'acme'),
      base_model_ref: 'hf://org/base',
    },
  ],
  [
    'model_version',
    'credit:1',
    {
      version_label: '1',
      model_ref: ref('model', 'credit'),
      model_uri: 'models:/credit/1',
      training_data_refs: [{ dataset_ref: ref('dataset', 'train') }],
    },
  ],
  [
    'model_version',
    'credit:2',
    {
      version_label: '2',
      model_ref: ref('model', 'credit'),
      parent_version: ref('model_version', 'credit:1'),
      training_data_refs: [{ dataset_ref: ref('dataset', 'gone') }],
    },
  ],
  ['deployment', 'prod', { deployment_name: 'prod', version_ref: ref('model_version', 'credit:1') }],
  ['deployment', 'found', { deployment_name: 'found', model_uri: 'models:/credit/1' }],
  ['monitoring', 'watch', { monitor_deployment_ref: ref('deployment', 'prod') }],
];
const all = { up: 50, down: 50, maxNodes: 500 };
const ids = (nodes: readonly { id: string }[]) => nodes.map((node) => node.id).sort();

describe('when lineage is drawn around a record', () => {
  const index = buildLineage(setOf('registry', credit));

  it('it goes from the raw source to the monitor', () => {
    const graph = lineageGraph(index, { root: { kind: 'deployment', id: 'prod' }, ...all });
    const depth = Object.fromEntries(graph.nodes.map((node) => [node.id, node.depth]));
    expect(depth).toMatchObject({
      'deployment/prod': 0,
      'monitoring/watch': 1,
      'model_version/credit:1': -1,
      'dataset/train': -2,
      'model/credit': -2,
      'dataset/raw': -3,
      'pipeline/etl': -3,
      'third_party/acme': -3,
      'external/hf://org/base': -3,
    });
    expect(graph.edges).toContainEqual({
      from: 'dataset/train',
      to: 'model_version/credit:1',
      relation: 'trained_on',
      evidence: 'model_version.training_data_refs',
      change: 'same',
    });
    expect(() => lineageGraphSchema.parse(graph)).not.toThrow();
  });

  it('it joins an observed deployment to the version with the same address', () => {
    const graph = lineageGraph(index, { root: { kind: 'deployment', id: 'found' }, up: 1, down: 0, maxNodes: 10 });
    expect(ids(graph.nodes)).toEqual(['deployment/found', 'model_version/credit:1']);
    expect(graph.edges[0]?.evidence).toBe('deployment.model_uri');
  });

  it('it shows the data of its versions upstream of a model', () => {
    const graph = lineageGraph(index, { root: { kind: 'model', id: 'credit' }, up: 1, down: 1, maxNodes: 50 });
    expect(graph.nodes.filter((node) => node.depth === -1).map((node) => node.id)).toEqual([
      'dataset/gone',
      'dataset/train',
      'external/hf://org/base',
      'third_party/acme',
    ]);
  });

  it('it marks what is referred to and described nowhere', () => {
    const graph = lineageGraph(index, { root: { kind: 'model_version', id: 'credit:2' }, ...all });
    expect(graph.nodes.filter((node) => node.dangling).map((node) => node.id)).toEqual([
      'external/hf://org/base',
      'dataset/gone',
    ]);
  });

  it('it counts what it does not show', () => {
    const graph = lineageGraph(index, {
      root: { kind: 'model_version', id: 'credit:1' },
      up: 0,
      down: 0,
      maxNodes: 500,
      findingsOf: () => 3,
    });
    expect(graph.nodes).toEqual([
      expect.objectContaining({ id: 'model_version/credit:1', hiddenUp: 2, hiddenDown: 3, findings: 3 }),
    ]);
    // Itself; upstream train, raw, etl, credit, acme, base; downstream credit:2, prod, found, watch.
    expect(graph.reachable).toBe(11);
    expect(
      lineageGraph(index, { root: { kind: 'model_version', id: 'credit:1' }, up: 9, down: 9, maxNodes: 4 }).nodes,
    ).toHaveLength(4);
  });

  it('it takes a base by name, but no bare commit for a model', () => {
    const based = buildLineage(
      setOf('registry', [
        ['model', 'm', { model_name: 'M', base_model_ref: 'gpt-4 (API)' }],
        ['model_version', 'm:1', { model_ref: ref('model', 'm'), base_model_version: '92557d03bb12543040c8' }],
        ['model_version', 'm:2', { model_ref: ref('model', 'm'), base_model_version: 'hf://org/base@92557d03bb' }],
      ]),
    );
    const graph = lineageGraph(based, { root: { kind: 'model', id: 'm' }, ...all });
    expect(graph.nodes.filter((node) => node.kind === 'external').map((node) => node.id)).toEqual([
      'external/gpt-4 (API)',
      'external/hf://org/base@92557d03bb',
    ]);
  });

  it('it refuses a record that is not there with its name', () => {
    expect(() => lineageGraph(index, { root: { kind: 'model', id: 'nope' }, ...all })).toThrow('model/nope');
  });
});

describe('when lineage runs in circles', () => {
  it('it reports each cycle once and still draws', () => {
    const circle: Drafts = [
      ['dataset', 'a', { lineage_upstream: [ref('dataset', 'c')] }],
      ['dataset', 'b', { lineage_upstream: [ref('dataset', 'a')] }],
      ['dataset', 'c', { lineage_upstream: [ref('dataset', 'b')] }],
      ['dataset', 'self', { lineage_upstream: [ref('dataset', 'self'), ref('dataset', 'a')] }],
      ['dataset', 'far', { lineage_upstream: [ref('dataset', 'far')] }],
    ];
    const graph = lineageGraph(buildLineage(setOf('registry', circle)), { root: { kind: 'dataset', id: 'a' }, ...all });
    expect(graph.cycles).toEqual([['dataset/a', 'dataset/b', 'dataset/c'], ['dataset/self']]);
    expect(graph.nodes).toHaveLength(4);
  });

  it('it survives any graph: every edge joins shown nodes, every cycle is one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(12), fc.nat(12)), { maxLength: 40 }),
        fc.nat(4),
        fc.integer({ min: 1, max: 13 }),
        (pairs, depth, maxNodes) => {
          const upstream = new Map<number, Set<number>>([[0, new Set()]]);
          for (const [from, to] of pairs) upstream.set(to, (upstream.get(to) ?? new Set()).add(from));
          const drafts: Drafts = [...upstream].map(([to, froms]) => [
            'dataset',
            String(to),
            { lineage_upstream: [...froms].map((from) => ref('dataset', String(from))) },
          ]);
          const index = buildLineage(setOf('registry', drafts));
          const graph = lineageGraph(index, { root: { kind: 'dataset', id: '0' }, up: depth, down: depth, maxNodes });
          const shown = new Set(graph.nodes.map((node) => node.id));
          expect(graph.nodes.length).toBeLessThanOrEqual(Math.min(maxNodes, graph.reachable));
          for (const edge of graph.edges) expect(shown.has(edge.from) && shown.has(edge.to)).toBe(true);
          const edges = new Set(pairs.map(([from, to]) => `dataset/${from}>dataset/${to}`));
          for (const cycle of graph.cycles)
            for (const [i, node] of cycle.entries())
              expect(edges.has(`${node}>${cycle[(i + 1) % cycle.length]}`)).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('when two lineages are compared', () => {
  const before = buildLineage(setOf('registry', credit));
  const after = buildLineage(
    setOf('registry', [
      ...credit.filter(([, id]) => id !== 'watch' && id !== 'prod'),
      ['deployment', 'prod', { deployment_name: 'prod', version_ref: ref('model_version', 'credit:2'), region: 'eu' }],
      ['dataset', 'gone', { dataset_name: 'Found again' }],
    ]),
  );

  it('it marks what was added, removed and changed, on one canvas', () => {
    const graph = lineageDiff(before, after, { root: { kind: 'model', id: 'credit' }, ...all });
    const marks = Object.fromEntries(
      graph.nodes.filter((node) => node.change !== 'same').map((node) => [node.id, node.change]),
    );
    expect(marks).toEqual({ 'deployment/prod': 'changed', 'monitoring/watch': 'removed', 'dataset/gone': 'changed' });
    expect(
      graph.edges
        .filter((edge) => edge.change !== 'same')
        .map((edge) => `${edge.from} ${edge.to} ${edge.change}`)
        .sort(),
    ).toEqual([
      'deployment/prod monitoring/watch removed',
      'model_version/credit:1 deployment/prod removed',
      'model_version/credit:2 deployment/prod added',
    ]);
  });

  it('it finds nothing between a lineage and itself', () => {
    const graph = lineageDiff(before, before, { root: { kind: 'model', id: 'credit' }, ...all });
    expect([...graph.nodes, ...graph.edges].every((part) => part.change === 'same')).toBe(true);
    expect(graph).toEqual(lineageGraph(before, { root: { kind: 'model', id: 'credit' }, ...all }));
  });
});

describe('when lineage is exported', () => {
  const hostile: Drafts = [
    ['dataset', 'a"]; evil [', { dataset_name: '=cmd()|"<script>' }],
    ['dataset', 'b', { dataset_name: 'B & co', lineage_upstream: [ref('dataset', 'a"]; evil [')] }],
  ];
  const graph = lineageGraph(buildLineage(setOf('registry', hostile)), { root: { kind: 'dataset', id: 'b' }, ...all });

  it('it quotes what DOT would take for syntax', () => {
    expect(lineageToDot(graph)).toContain('"dataset/a\\"]; evil [" -> "dataset/b"');
  });
  it('it defuses formulas and quotes in CSV', () => {
    expect(lineageToCsv(graph)).toContain('"\'=cmd()|""<script>"');
  });
  it('it escapes SVG text and holds no script', () => {
    const svg = lineageToSvg(graph);
    expect(svg).toContain('B &amp; co');
    expect(svg).not.toContain('<script');
  });
  it('it gives JSON that reads back', () => {
    expect(JSON.parse(lineageToJson(graph))).toEqual(graph);
  });
});

describe('when there are 100,000 edges', () => {
  it('it builds and closes in time linear in them', () => {
    const drafts: Drafts[number][] = [];
    const count = 50_000;
    for (let i = 0; i < count; i += 1) {
      drafts.push([
        'dataset',
        `d${i}`,
        { lineage_upstream: [ref('dataset', `d${Math.max(0, i - 1)}`), ref('dataset', `d${Math.floor(i / 2)}`)] },
      ]);
    }
    const set = setOf('registry', drafts);
    const started = performance.now();
    const index = buildLineage(set);
    const built = performance.now();
    const root = { kind: 'dataset', id: `d${count - 1}` } as const;
    const graph = lineageGraph(index, { root, up: 50, down: 50, maxNodes: 500 });
    const first = performance.now();
    lineageGraph(index, { root, up: 50, down: 50, maxNodes: 500 });
    const second = performance.now();
    expect([graph.reachable, graph.nodes.length]).toEqual([count, 500]);
    expect(graph.cycles).toEqual([['dataset/d0']]);
    expect(index.from.length).toBeGreaterThan(99_000);
    expect(second - started).toBeLessThan(10_000);
    console.info(
      `${index.from.length} edges: built in ${Math.round(built - started)} ms, first graph with cycles ${Math.round(first - built)} ms, next ${Math.round(second - first)} ms`,
    );
  });
});
