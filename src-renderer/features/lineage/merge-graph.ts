/**
 * The shown graph: the one around the focus plus what a person expanded.
 *
 * A node's true number of neighbours is what one answer shows plus what it says is hidden; hidden counts after merging follow
 * from that, so that "+3" is right whichever answer a neighbour came from.
 */
import type { LineageEdge, LineageGraph, LineageNode } from '../../../src-shared/domain/lineage.ts';

export type Direction = 'up' | 'down';

export interface Expansion {
  readonly id: string;
  readonly direction: Direction;
}

/** Two records may be linked twice by one relation, when two fields state it. */
export const edgeKey = (edge: LineageEdge): string => `${edge.from}\n${edge.to}\n${edge.relation}\n${edge.evidence}`;

interface Degrees {
  readonly up: number;
  readonly down: number;
}

/** Distinct neighbours on each side that these edges give a node. */
function neighbours(edges: Iterable<LineageEdge>): (id: string) => Degrees {
  const up = new Map<string, Set<string>>();
  const down = new Map<string, Set<string>>();
  const put = (map: Map<string, Set<string>>, key: string, value: string): void => {
    const set = map.get(key) ?? new Set<string>();
    set.add(value);
    map.set(key, set);
  };
  for (const edge of edges) {
    put(down, edge.from, edge.to);
    put(up, edge.to, edge.from);
  }
  return (id) => ({ up: up.get(id)?.size ?? 0, down: down.get(id)?.size ?? 0 });
}

/** Adds the answers of expansions, in order, to the graph around the focus; an expansion of a node that is not shown adds nothing. */
export function mergeGraphs(
  base: LineageGraph,
  expansions: readonly { readonly of: Expansion; readonly graph: LineageGraph | undefined }[],
): LineageGraph {
  const nodes = new Map<string, LineageNode>();
  const edges = new Map<string, LineageEdge>();
  const totals = new Map<string, Degrees>();
  const cycles = [...base.cycles];
  let reachable = base.reachable;

  const take = (graph: LineageGraph, offset: number): void => {
    const inGraph = neighbours(graph.edges);
    for (const node of graph.nodes) {
      const shown = inGraph(node.id);
      const before = totals.get(node.id);
      totals.set(node.id, {
        up: Math.max(before?.up ?? 0, shown.up + node.hiddenUp),
        down: Math.max(before?.down ?? 0, shown.down + node.hiddenDown),
      });
      if (!nodes.has(node.id)) nodes.set(node.id, { ...node, depth: node.depth + offset });
    }
    for (const edge of graph.edges) edges.set(edgeKey(edge), edge);
  };
  take(base, 0);
  for (const { of, graph } of expansions) {
    const from = nodes.get(of.id);
    if (!from || !graph) continue;
    take(graph, from.depth);
    cycles.push(...graph.cycles);
    reachable = Math.max(reachable, nodes.size);
  }

  const merged = neighbours(edges.values());
  return {
    root: base.root,
    reachable,
    cycles,
    edges: [...edges.values()],
    nodes: [...nodes.values()].map((node) => {
      const total = totals.get(node.id);
      const shown = merged(node.id);
      return {
        ...node,
        hiddenUp: Math.max(0, (total?.up ?? 0) - shown.up),
        hiddenDown: Math.max(0, (total?.down ?? 0) - shown.down),
      };
    }),
  };
}
