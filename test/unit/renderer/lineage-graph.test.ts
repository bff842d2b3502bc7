/** Lineage in the window: merging expansions, fallback layout, walking, and files that hold every edge. */
import { describe, expect, it } from 'vitest';
import { toCsv, toSvg } from '../../../src-renderer/features/lineage/export-graph.ts';
import {
  boundsOf,
  elkInput,
  nodeWidth,
  panTo,
  rankColumns,
  routeMiddle,
  routePath,
  viewFor,
} from '../../../src-renderer/features/lineage/layout.ts';
import { mergeGraphs } from '../../../src-renderer/features/lineage/merge-graph.ts';
import { walk } from '../../../src-renderer/features/lineage/walk.ts';
import type { LineageEdge, LineageGraph, LineageNode } from '../../../src-shared/domain/lineage.ts';

const node = (id: string, depth: number, more: Partial<LineageNode> = {}): LineageNode => ({
  id,
  kind: id.split('/')[0] ?? '',
  label: id,
  detail: '',
  depth,
  hiddenUp: 0,
  hiddenDown: 0,
  dangling: false,
  findings: 0,
  change: 'same',
  ...more,
});
const edge = (from: string, to: string, relation = 'derived_from'): LineageEdge => ({
  from,
  to,
  relation,
  evidence: 'dataset.lineage_upstream',
  change: 'same',
});

/** a → b → c, with two more behind a and one more behind c. */
const base: LineageGraph = {
  root: 'dataset/b',
  nodes: [
    node('dataset/a', -1, { hiddenUp: 2 }),
    node('dataset/b', 0),
    node('model/c', 1, { hiddenDown: 1, hiddenUp: 1 }),
  ],
  edges: [edge('dataset/a', 'dataset/b'), edge('dataset/b', 'model/c')],
  reachable: 7,
  cycles: [],
};

describe('mergeGraphs', () => {
  it('when a node is expanded its hidden count becomes zero and the new nodes continue its depth', () => {
    const above: LineageGraph = {
      root: 'dataset/a',
      nodes: [node('dataset/a', 0, { hiddenDown: 1 }), node('dataset/x', -1, { hiddenUp: 3 }), node('dataset/y', -1)],
      edges: [edge('dataset/x', 'dataset/a'), edge('dataset/y', 'dataset/a')],
      reachable: 9,
      cycles: [],
    };
    const merged = mergeGraphs(base, [{ of: { id: 'dataset/a', direction: 'up' }, graph: above }]);
    const byId = new Map(merged.nodes.map((one) => [one.id, one]));
    expect(byId.get('dataset/a')).toMatchObject({ hiddenUp: 0, hiddenDown: 0, depth: -1 });
    expect(byId.get('dataset/x')).toMatchObject({ depth: -2, hiddenUp: 3 });
    expect(merged.edges).toHaveLength(4);
  });

  it('when a neighbour comes by another way the hidden count drops by exactly that neighbour', () => {
    const other: LineageGraph = {
      root: 'dataset/b',
      nodes: [node('dataset/b', 0), node('dataset/z', -1, { hiddenDown: 1 })],
      edges: [edge('dataset/z', 'model/c')],
      reachable: 7,
      cycles: [],
    };
    const merged = mergeGraphs(base, [{ of: { id: 'dataset/b', direction: 'up' }, graph: other }]);
    expect(merged.nodes.find(({ id }) => id === 'model/c')).toMatchObject({ hiddenUp: 0, hiddenDown: 1 });
  });

  it('when the expanded node is no longer shown it adds nothing', () => {
    const merged = mergeGraphs(base, [{ of: { id: 'dataset/gone', direction: 'up' }, graph: base }]);
    expect(merged.nodes.map(({ id }) => id)).toEqual(base.nodes.map(({ id }) => id));
  });
});

describe('layout', () => {
  it('when the engine is not used every node stands in the column of its depth without overlapping', () => {
    const positions = rankColumns(base);
    expect(positions.size).toBe(3);
    expect(positions.get('dataset/a')?.x).toBeLessThan(positions.get('dataset/b')?.x ?? 0);
    expect((positions.get('model/c')?.x ?? 0) - (positions.get('dataset/b')?.x ?? 0)).toBeGreaterThan(nodeWidth);
  });

  it('when an edge is a loop or leaves the graph the engine does not get it', () => {
    const odd = { ...base, edges: [...base.edges, edge('model/c', 'model/c'), edge('model/c', 'deployment/nowhere')] };
    expect(elkInput(odd).edges).toHaveLength(2);
  });

  it('when the graph is far too large to read the view centres the focus at a readable size', () => {
    const positions = new Map(Array.from({ length: 400 }, (_, i) => [`model/${i}`, { x: 0, y: i * 90 }] as const));
    const view = viewFor(positions, 'model/200', 1000, 600);
    expect(view.zoom).toBe(0.8);
    expect(200 * 90 * view.zoom + view.y).toBeGreaterThan(0);
    expect(200 * 90 * view.zoom + view.y).toBeLessThan(600);
    expect(viewFor(positions, 'model/200', 1000, 600, true).zoom).toBeLessThan(0.1);
    expect(boundsOf(positions).height).toBeGreaterThan(35_000);
  });
});

describe('routes', () => {
  it('when a route bends it is rounded, ends where it should, and carries its words at half its length', () => {
    const route = [
      { x: 0, y: 0 },
      { x: 100, y: 0 },
      { x: 100, y: 50 },
    ];
    expect(routePath(route)).toBe('M0,0 L82,0 Q100,0 100,18 L100,50');
    expect(routeMiddle(route)).toEqual({ x: 75, y: 0 });
  });

  it('when new nodes are already in view the view stays, and otherwise moves only as far as they need', () => {
    const view = { x: 0, y: 0, zoom: 1 };
    expect(panTo(view, { x: 100, y: 100, width: 200, height: 60 }, 1000, 600)).toEqual(view);
    expect(panTo(view, { x: 900, y: 100, width: 200, height: 60 }, 1000, 600)).toEqual({ x: -156, y: 0, zoom: 1 });
  });
});

describe('walk', () => {
  it('when an arrow follows a link it arrives at the far end, and stays where there is none', () => {
    const positions = rankColumns(base);
    expect(walk(base, positions, 'dataset/b', 'ArrowRight')).toBe('model/c');
    expect(walk(base, positions, 'dataset/b', 'ArrowLeft')).toBe('dataset/a');
    expect(walk(base, positions, 'dataset/a', 'ArrowLeft')).toBe('dataset/a');
    expect(walk(base, positions, 'dataset/a', 'ArrowUp')).toBe('dataset/a');
  });
});

describe('export', () => {
  it('when the graph is drawn every edge is in the picture and hostile names are escaped', () => {
    const hostile = { ...base, nodes: [node('dataset/a', -1, { label: '<script>&"' }), ...base.nodes.slice(1)] };
    const svg = toSvg(hostile, rankColumns(hostile), new Map(), 'Lineage of <b>');
    expect(svg.match(/class="edge"/g)).toHaveLength(2);
    expect(svg).toContain('&lt;script&gt;&amp;&quot;');
    expect(svg).not.toContain('<script>');
    expect(svg).toContain('3 of 7 records shown');
  });

  it('when a value looks like a formula the CSV defuses it', () => {
    const csv = toCsv({ ...base, nodes: [node('dataset/a', -1, { label: '=cmd|1,"x"' }), ...base.nodes.slice(1)] });
    expect(csv.split('\r\n')).toHaveLength(4);
    expect(csv).toContain(`"'=cmd|1,""x"""`);
  });
});
