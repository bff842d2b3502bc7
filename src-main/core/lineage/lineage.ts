/** Lineage (I4, M3.1) as a picture around one record: nearest neighbours first, with what is not shown counted. */
import type { LineageEdge, LineageGraph, LineageNode } from '../../../src-shared/domain/lineage.ts';
import { formatRef, type RecordRef } from '../../../src-shared/domain/record.ts';
import { raise } from '../../../src-shared/result.ts';
import { changes, closure, eachNeighbour, type LineageIndex, relationOf } from './lineage-index.ts';

export { buildLineage, type LineageIndex } from './lineage-index.ts';

export interface GraphOptions {
  readonly root: RecordRef | string;
  /** Steps to show upstream and downstream. */
  readonly up: number;
  readonly down: number;
  readonly maxNodes: number;
  /** Open findings of a node, by `kind/id`. */
  readonly findingsOf?: ((id: string) => number) | undefined;
}

/** Most cycles that are listed; a knot of thousands helps nobody. */
const maximumCycles = 50;

/** The picture around one record: nearest nodes first, both sides in turn, until depth or `maxNodes` ends it. */
export function lineageGraph(index: LineageIndex, options: GraphOptions): LineageGraph {
  const rootId = typeof options.root === 'string' ? options.root : formatRef(options.root);
  const root = index.byId.get(rootId);
  if (root === undefined) {
    raise(
      'input',
      'lineage.unknown_record',
      `${rootId}: no record and no reference of that name in these snapshots; check the id.`,
      { record: rootId },
    );
  }
  // What feeds a model's versions feeds the model: its data and pipelines stand upstream of it in the picture.
  const seeds = [root];
  if (index.nodes[root]?.kind === 'model') {
    eachNeighbour(index, root, 'down', (other, edge) => {
      if (relationOf(index.relation[edge] ?? 0).name === 'version_of') seeds.push(other);
    });
  }
  const depths = new Map<number, number>([[root, 0]]);
  let [above, below] = [seeds, [root]];
  for (let step = 1; step <= Math.max(options.up, options.down) && depths.size < options.maxNodes; step += 1) {
    const grow = (frontier: readonly number[], side: 'up' | 'down', limit: number): number[] => {
      const next: number[] = [];
      if (step > limit) return next;
      for (const node of frontier) {
        eachNeighbour(index, node, side, (other) => {
          if (depths.has(other) || depths.size >= options.maxNodes) return;
          depths.set(other, side === 'up' ? -step : step);
          next.push(other);
        });
      }
      return next;
    };
    below = grow(below, 'down', options.down);
    above = grow(above, 'up', options.up);
    if (above.length === 0 && below.length === 0) break;
  }

  const nodes: LineageNode[] = [];
  const edges = new Set<number>();
  for (const [number, depth] of depths) {
    const node = index.nodes[number];
    if (!node) continue;
    const hidden = { up: new Set<number>(), down: new Set<number>() };
    for (const side of ['up', 'down'] as const) {
      eachNeighbour(index, number, side, (other, edge) => {
        if (depths.has(other)) edges.add(edge);
        else hidden[side].add(other);
      });
    }
    nodes.push({
      id: node.id,
      kind: node.kind,
      label: node.label,
      detail: node.detail,
      depth,
      hiddenUp: hidden.up.size,
      hiddenDown: hidden.down.size,
      dangling: node.dangling,
      findings: options.findingsOf?.(node.id) ?? 0,
      change: node.change,
    });
  }
  nodes.sort((a, b) => a.depth - b.depth || compareText(a.id, b.id));

  const upstream = closure(index, seeds, 'up');
  const downstream = closure(index, [root], 'down');
  let reachable = 0;
  upstream.forEach((seen, number) => {
    if (seen === 1 || downstream[number] === 1) reachable += 1;
  });
  const cycles = index
    .cycles()
    .filter((cycle) => cycle.some((number) => upstream[number] === 1 || downstream[number] === 1))
    .slice(0, maximumCycles)
    .map((cycle) => cycle.map((number) => index.nodes[number]?.id ?? ''));
  return {
    root: rootId,
    nodes,
    edges: [...edges].sort((a, b) => a - b).map((edge) => edgeOf(index, edge)),
    reachable,
    cycles,
  };
}

function edgeOf(index: LineageIndex, edge: number): LineageEdge {
  const relation = relationOf(index.relation[edge] ?? 0);
  return {
    from: index.nodes[index.from[edge] ?? 0]?.id ?? '',
    to: index.nodes[index.to[edge] ?? 0]?.id ?? '',
    relation: relation.name,
    evidence: `${relation.kind}.${relation.field}`,
    change: changes[index.edgeChange[edge] ?? 0] ?? 'same',
  };
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
