/**
 * Places a lineage graph on a page: one column per step from the root, upstream on the left.
 *
 * A printed page holds about forty boxes. Nodes nearest the root are kept, the rest is counted ("N of M shown") and attached
 * whole. Order within a column follows the neighbours' order (one barycentre sweep each way), so that lines cross little.
 */
import type { LineageGraph, LineageNode } from '../../../src-shared/domain/lineage.ts';
import type { Block } from './model.ts';

const pageWidth = 499;
const maxColumns = 5;
const maxRows = 8;
const boxHeight = 34;
const rowGap = 12;
const columnGap = 26;

type LineageBlock = Extract<Block, { type: 'lineage' }>;

/** Columns kept: the root's, then alternately the nearest on either side that hold nodes. */
function keptDepths(depths: ReadonlySet<number>): number[] {
  const kept: number[] = [];
  const nearest = [...depths].sort((a, b) => Math.abs(a) - Math.abs(b) || a - b);
  for (const depth of nearest) {
    const contiguous = kept.length === 0 || kept.some((other) => Math.abs(other - depth) === 1);
    if (contiguous && kept.length < maxColumns) kept.push(depth);
  }
  return kept.sort((a, b) => a - b);
}

/** Mean position of a node's neighbours in an already ordered column; nodes without neighbours keep their place. */
function barycentre(
  node: LineageNode,
  place: ReadonlyMap<string, number>,
  graph: LineageGraph,
  fallback: number,
): number {
  const positions = graph.edges
    .flatMap((edge) => (edge.from === node.id ? [edge.to] : edge.to === node.id ? [edge.from] : []))
    .flatMap((id) => place.get(id) ?? []);
  return positions.length === 0 ? fallback : positions.reduce((sum, value) => sum + value, 0) / positions.length;
}

export function lineageBlock(anchor: string, caption: string, graph: LineageGraph): LineageBlock {
  const columns = keptDepths(new Set(graph.nodes.map((node) => node.depth)));
  const byColumn = columns.map((depth) => {
    const all = graph.nodes.filter((node) => node.depth === depth);
    const important = [...all].sort(
      (a, b) =>
        Number(b.id === graph.root) - Number(a.id === graph.root) || b.findings - a.findings || (a.id < b.id ? -1 : 1),
    );
    return important.slice(0, maxRows);
  });
  const rootColumn = Math.max(0, columns.indexOf(0));
  const place = new Map<string, number>();
  const settle = (index: number): void => {
    const nodes = byColumn[index] ?? [];
    const keyed = nodes.map((node, row) => ({ node, key: barycentre(node, place, graph, row) }));
    keyed.sort((a, b) => a.key - b.key || (a.node.id < b.node.id ? -1 : 1));
    byColumn[index] = keyed.map((item) => item.node);
    for (const [row, item] of keyed.entries()) place.set(item.node.id, row - (keyed.length - 1) / 2);
  };
  settle(rootColumn);
  for (let index = rootColumn - 1; index >= 0; index -= 1) settle(index);
  for (let index = rootColumn + 1; index < columns.length; index += 1) settle(index);

  const rows = Math.max(1, ...byColumn.map((column) => column.length));
  const boxWidth = Math.min(150, (pageWidth - columnGap * (columns.length - 1)) / Math.max(1, columns.length));
  const used = boxWidth * columns.length + columnGap * (columns.length - 1);
  const height = rows * boxHeight + (rows - 1) * rowGap;
  const round = (value: number): number => Math.round(value * 100) / 100;
  const nodes = byColumn.flatMap((column, index) => {
    const columnHeight = column.length * boxHeight + (column.length - 1) * rowGap;
    return column.map((node, row) => ({
      id: node.id,
      kind: node.kind,
      label: node.label,
      detail: node.detail,
      x: round((pageWidth - used) / 2 + index * (boxWidth + columnGap)),
      y: round((height - columnHeight) / 2 + row * (boxHeight + rowGap)),
      width: round(boxWidth),
      height: boxHeight,
      findings: node.findings,
      dangling: node.dangling,
      root: node.id === graph.root,
    }));
  });
  const shown = new Set(nodes.map((node) => node.id));
  return {
    type: 'lineage',
    anchor,
    caption,
    width: pageWidth,
    height,
    nodes,
    edges: graph.edges
      .filter((edge) => shown.has(edge.from) && shown.has(edge.to))
      .map((edge) => ({ from: edge.from, to: edge.to, relation: edge.relation })),
    reachable: Math.max(graph.reachable, graph.nodes.length),
  };
}
