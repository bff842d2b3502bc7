/**
 * The same graph as a table: the way through lineage with a screen reader, and for anyone who prefers rows.
 *
 * One row per link, nearest first, so that reading down the table is walking away from the focus.
 */
import { type JSX, useMemo } from 'react';
import type { LineageEdge, LineageGraph, LineageNode } from '../../../src-shared/domain/lineage.ts';
import { parseRef } from '../../../src-shared/domain/record.ts';
import { ChangeBadge, humanWord } from '../../ui/badges.tsx';
import { type DataColumn, DataTable, sourceOf, useColumnView } from '../../ui/data-table.tsx';
import { RecordLink } from '../../ui/record-link.tsx';
import { middleCut } from '../../ui/record-name.ts';
import { edgeKey } from './merge-graph.ts';

interface LinkRow {
  readonly edge: LineageEdge;
  readonly from: LineageNode;
  readonly to: LineageNode;
  /** Steps from the focus: negative upstream. */
  readonly depth: number;
}

/** Links with both ends known, ordered by distance from the focus and then by name. */
export function linkRows(graph: LineageGraph): readonly LinkRow[] {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  return graph.edges
    .flatMap((edge): LinkRow[] => {
      const [from, to] = [nodes.get(edge.from), nodes.get(edge.to)];
      if (!from || !to) return [];
      const depth = Math.abs(from.depth) > Math.abs(to.depth) ? from.depth : to.depth;
      return [{ edge, from, to, depth }];
    })
    .sort(
      (a, b) => Math.abs(a.depth) - Math.abs(b.depth) || a.depth - b.depth || a.edge.from.localeCompare(b.edge.from),
    );
}

const side = (depth: number): string =>
  depth === 0 ? 'Same step' : `${Math.abs(depth)} ${depth < 0 ? 'upstream' : 'downstream'}`;

const NodeName = ({ node }: { readonly node: LineageNode }): JSX.Element => {
  const ref = parseRef(node.id);
  return ref && !node.dangling ? (
    <RecordLink target={ref} inGrid>
      <span title={node.label}>{middleCut(node.label, 34)}</span>
    </RecordLink>
  ) : (
    <span>
      {node.label} <em>(no record)</em>
    </span>
  );
};

const columns: readonly DataColumn<LinkRow>[] = [
  { id: 'depth', header: 'Steps', width: 120, cell: (row) => side(row.depth), text: (row) => String(row.depth) },
  {
    id: 'from',
    header: 'From',
    width: 220,
    grow: true,
    cell: (row) => <NodeName node={row.from} />,
    text: (row) => row.edge.from,
  },
  { id: 'fromKind', header: 'Kind', width: 120, cell: (row) => humanWord(row.from.kind), text: (row) => row.from.kind },
  {
    id: 'relation',
    header: 'Relation',
    width: 140,
    cell: (row) => humanWord(row.edge.relation),
    text: (row) => row.edge.relation,
  },
  {
    id: 'to',
    header: 'To',
    width: 220,
    grow: true,
    cell: (row) => <NodeName node={row.to} />,
    text: (row) => row.edge.to,
  },
  { id: 'toKind', header: 'Kind', width: 120, cell: (row) => humanWord(row.to.kind), text: (row) => row.to.kind },
  {
    id: 'evidence',
    header: 'Stated by',
    width: 240,
    cell: (row) => row.edge.evidence,
    text: (row) => row.edge.evidence,
  },
  {
    id: 'change',
    header: 'Change',
    width: 120,
    cell: (row) => (row.edge.change === 'same' ? '' : <ChangeBadge change={row.edge.change} />),
    text: (row) => row.edge.change,
  },
];

interface TableTwinProps {
  readonly graph: LineageGraph;
  readonly onFocus: (id: string) => void;
}

export function TableTwin({ graph, onFocus }: TableTwinProps): JSX.Element {
  const view = useColumnView('lineage', columns);
  const source = useMemo(() => sourceOf(linkRows(graph)), [graph]);
  return (
    <DataTable
      label="Lineage links; Enter moves the focus to the far end"
      view={view}
      source={source}
      rowId={(row) => edgeKey(row.edge)}
      onOpen={(row) => onFocus(row.depth < 0 ? row.edge.from : row.edge.to)}
      resetKey={graph.root}
    />
  );
}
