/** Two lineages on one canvas: what was added, removed or changed around a record between two sets of snapshots. */
import type { LineageGraph } from '../../../src-shared/domain/lineage.ts';
import { type GraphOptions, lineageGraph } from './lineage.ts';
import { type Change, indexBuilder, type LineageIndex } from './lineage-index.ts';

/** Both indexes in one, every node and edge marked. A node changed when its record's body did, or when it got or lost one. */
export function mergeLineage(before: LineageIndex, after: LineageIndex): LineageIndex {
  const builder = indexBuilder();
  for (const node of after.nodes) {
    const was = before.nodes[before.byId.get(node.id) ?? -1];
    const change: Change =
      was === undefined ? 'added' : was.digest !== node.digest || was.dangling !== node.dangling ? 'changed' : 'same';
    builder.node({ ...node, change });
  }
  for (const node of before.nodes) if (!after.byId.has(node.id)) builder.node({ ...node, change: 'removed' });
  const numberOf = (index: LineageIndex, end: number): number => {
    const node = index.nodes[end];
    if (!node) throw new Error(`no node ${end}`);
    return builder.node(node);
  };
  const key = (index: LineageIndex, edge: number): string =>
    `${index.nodes[index.from[edge] ?? 0]?.id}\u0000${index.nodes[index.to[edge] ?? 0]?.id}\u0000${index.relation[edge]}`;
  const keysOf = (index: LineageIndex): Set<string> => new Set(Array.from(index.from, (_, edge) => key(index, edge)));
  const [was, is] = [keysOf(before), keysOf(after)];
  const copy = (index: LineageIndex, mark: (edge: string) => Change | null): void => {
    index.from.forEach((from, edge) => {
      const change = mark(key(index, edge));
      if (change === null) return;
      builder.edge(numberOf(index, from), numberOf(index, index.to[edge] ?? 0), index.relation[edge] ?? 0, change);
    });
  };
  copy(after, (edge) => (was.has(edge) ? 'same' : 'added'));
  copy(before, (edge) => (is.has(edge) ? null : 'removed'));
  return builder.done();
}

/** The picture around a record that exists before, after, or both. */
export const lineageDiff = (before: LineageIndex, after: LineageIndex, options: GraphOptions): LineageGraph =>
  lineageGraph(mergeLineage(before, after), options);
