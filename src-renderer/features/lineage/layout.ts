/** Geometry of the graph: sizes, the layout engine's input, the fallback in columns, and the view that shows it all. */
import type { ElkNode } from 'elkjs/lib/elk-api.js';
import type { LineageGraph } from '../../../src-shared/domain/lineage.ts';
import { edgeKey } from './merge-graph.ts';

export const nodeWidth = 212;
export const nodeHeight = 62;
const columnGap = 72;
const rowGap = 22;

export interface Point {
  readonly x: number;
  readonly y: number;
}
/** Top left corner of each node. */
export type Positions = ReadonlyMap<string, Point>;
/** Points of a link from start to end, by the key of the link; a link without a route is drawn as one curve. */
export type Routes = ReadonlyMap<string, readonly Point[]>;

/**
 * Input for ELK's layered algorithm. Small graphs get the tidier placement; beyond that the options that were measured to be
 * two to four times faster than the defaults (1,500 nodes in 0.85 s instead of 4 s).
 */
export function elkInput(graph: LineageGraph): ElkNode {
  const known = new Set(graph.nodes.map(({ id }) => id));
  const small = graph.nodes.length <= 200;
  return {
    id: 'lineage',
    layoutOptions: {
      'elk.algorithm': 'layered',
      'elk.direction': 'RIGHT',
      'elk.spacing.nodeNode': String(rowGap),
      'elk.layered.spacing.nodeNodeBetweenLayers': String(columnGap),
      'elk.edgeRouting': 'POLYLINE',
      ...(small
        ? {
            'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF',
            'elk.layered.nodePlacement.bk.fixedAlignment': 'BALANCED',
            'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
            'elk.spacing.edgeNode': '16',
            'elk.layered.spacing.edgeNodeBetweenLayers': '18',
          }
        : {
            'elk.layered.layering.strategy': 'LONGEST_PATH',
            'elk.layered.nodePlacement.strategy': 'SIMPLE',
            'elk.layered.thoroughness': '1',
            'elk.layered.crossingMinimization.greedySwitch.type': 'OFF',
          }),
    },
    children: graph.nodes.map(({ id }) => ({ id, width: nodeWidth, height: nodeHeight })),
    edges: graph.edges
      .filter(({ from, to }) => from !== to && known.has(from) && known.has(to))
      .map((edge) => ({ id: edgeKey(edge), sources: [edge.from], targets: [edge.to] })),
  };
}

/** One column per step from the focus, in the order of the answer: always possible, never slow. */
export function rankColumns(graph: LineageGraph): Positions {
  const columns = new Map<number, string[]>();
  for (const node of graph.nodes) {
    const column = columns.get(node.depth) ?? [];
    column.push(node.id);
    columns.set(node.depth, column);
  }
  const tallest = Math.max(1, ...[...columns.values()].map((column) => column.length));
  const first = Math.min(...columns.keys());
  const positions = new Map<string, Point>();
  for (const [depth, ids] of columns) {
    const top = ((tallest - ids.length) * (nodeHeight + rowGap)) / 2;
    ids.forEach((id, row) => {
      positions.set(id, { x: (depth - first) * (nodeWidth + columnGap), y: top + row * (nodeHeight + rowGap) });
    });
  }
  return positions;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export function boundsOf(positions: Positions): Box {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y } of positions.values()) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x + nodeWidth);
    bottom = Math.max(bottom, y + nodeHeight);
  }
  return positions.size === 0
    ? { x: 0, y: 0, width: nodeWidth, height: nodeHeight }
    : { x: left, y: top, width: right - left, height: bottom - top };
}

export interface View {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

/**
 * View that shows the whole layout, or the focus at a readable size where the whole would be too small to read.
 *
 * Computed here because React Flow's `fitView` measures mounted nodes only, and most are not mounted.
 */
export function viewFor(positions: Positions, focus: string, width: number, height: number, whole = false): View {
  const box = boundsOf(positions);
  // Room for the counts of hidden neighbours at both sides.
  const fit = Math.min((width - 104) / box.width, (height - 90) / box.height, 1);
  const at = positions.get(focus);
  if (fit < 0.55 && !whole && at) {
    const zoom = 0.8;
    return {
      zoom,
      x: width / 2 - (at.x + nodeWidth / 2) * zoom,
      y: height / 2 - (at.y + nodeHeight / 2) * zoom,
    };
  }
  const zoom = Math.max(0.05, fit);
  return {
    zoom,
    x: (width - box.width * zoom) / 2 - box.x * zoom,
    y: (height - box.height * zoom) / 2 - box.y * zoom,
  };
}

/** The same view, moved as little as brings a box into it; a box larger than the window shows its start. */
export function panTo(view: View, target: Box, width: number, height: number): View {
  const margin = 56;
  const shift = (start: number, length: number, size: number): number => {
    if (start < margin || length > size - 2 * margin) return margin - start;
    return start + length > size - margin ? size - margin - start - length : 0;
  };
  const { zoom } = view;
  return {
    zoom,
    x: view.x + shift(target.x * zoom + view.x, target.width * zoom, width),
    y: view.y + shift(target.y * zoom + view.y, target.height * zoom, height),
  };
}

/** A line through the points of a route, rounded at its bends so that the eye can follow it. */
export function routePath(route: readonly Point[]): string {
  const [first, ...rest] = route;
  if (!first) return '';
  const parts = [`M${first.x},${first.y}`];
  let before = first;
  rest.forEach((point, index) => {
    const next = rest[index + 1];
    if (!next) {
      parts.push(`L${point.x},${point.y}`);
      return;
    }
    const enter = towards(point, before);
    const leave = towards(point, next);
    parts.push(`L${enter.x},${enter.y}`, `Q${point.x},${point.y} ${leave.x},${leave.y}`);
    before = point;
  });
  return parts.join(' ');
}

/** The point up to 18 units from a bend in the direction of its neighbour, never past the middle between the two. */
function towards(bend: Point, neighbour: Point): Point {
  const [dx, dy] = [neighbour.x - bend.x, neighbour.y - bend.y];
  const share = Math.min(0.5, 18 / Math.max(1, Math.hypot(dx, dy)));
  return { x: bend.x + dx * share, y: bend.y + dy * share };
}

/** The middle of a route by length, where its words stand. */
export function routeMiddle(route: readonly Point[]): Point {
  const lengths = route.slice(1).map((point, index) => {
    const from = route[index] ?? point;
    return Math.hypot(point.x - from.x, point.y - from.y);
  });
  let left = lengths.reduce((sum, length) => sum + length, 0) / 2;
  for (const [index, length] of lengths.entries()) {
    const [from, to] = [route[index], route[index + 1]];
    if (!from || !to) break;
    if (left <= length) {
      const share = length === 0 ? 0 : left / length;
      return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
    }
    left -= length;
  }
  return route[0] ?? { x: 0, y: 0 };
}

/** Cubic curve from the right side of one node to the left side of another; bows out when the target lies behind. */
export function edgePath(from: Point, to: Point): string {
  const [x1, y1] = [from.x + nodeWidth, from.y + nodeHeight / 2];
  const [x2, y2] = [to.x, to.y + nodeHeight / 2];
  const reach = x2 > x1 ? (x2 - x1) / 2 : 80 + (x1 - x2) / 4;
  return `M${x1},${y1} C${x1 + reach},${y1} ${x2 - reach},${y2} ${x2},${y2}`;
}
