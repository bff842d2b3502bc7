/** Moving through the graph with the arrow keys: along edges sideways, along a column up and down. */
import type { LineageGraph } from '../../../src-shared/domain/lineage.ts';
import type { Positions } from './layout.ts';

export type Arrow = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown';

export const isArrow = (key: string): key is Arrow =>
  key === 'ArrowLeft' || key === 'ArrowRight' || key === 'ArrowUp' || key === 'ArrowDown';

/** Node that an arrow leads to, or the same one where nothing lies that way. */
export function walk(graph: LineageGraph, positions: Positions, from: string, arrow: Arrow): string {
  const here = positions.get(from);
  if (!here) return graph.root;
  const candidates =
    arrow === 'ArrowRight'
      ? graph.edges.filter((edge) => edge.from === from).map((edge) => edge.to)
      : arrow === 'ArrowLeft'
        ? graph.edges.filter((edge) => edge.to === from).map((edge) => edge.from)
        : graph.nodes
            .map(({ id }) => id)
            .filter((id) => {
              const at = positions.get(id);
              if (!at || id === from || Math.abs(at.x - here.x) > 120) return false;
              return arrow === 'ArrowUp' ? at.y < here.y : at.y > here.y;
            });
  let nearest = from;
  let best = Infinity;
  for (const id of candidates) {
    const at = positions.get(id);
    if (!at) continue;
    const distance = Math.abs(at.y - here.y) + Math.abs(at.x - here.x) / 1000;
    if (distance < best) [nearest, best] = [id, distance];
  }
  return nearest;
}
