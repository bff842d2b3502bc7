/** One step of lineage to each side, as two lists; the graph itself is one click away. */
import { Button, Text } from '@mantine/core';
import { IconSitemap } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { JSX } from 'react';
import type { LineageGraph } from '../../../src-shared/domain/lineage.ts';
import { parseRef, type RecordRef } from '../../../src-shared/domain/record.ts';
import { useAssayQuery } from '../../api/hooks.ts';
import { humanWord } from '../../ui/badges.tsx';
import { KindIcon } from '../../ui/kind-icon.tsx';
import { Panel } from '../../ui/page.tsx';
import { RecordLink } from '../../ui/record-link.tsx';
import { ErrorPanel, Loading } from '../../ui/states.tsx';
import classes from './dossier.module.css';

interface LineageTabProps {
  readonly target: RecordRef;
  readonly snapshot: number | undefined;
}

export function LineageTab({ target, snapshot }: LineageTabProps): JSX.Element {
  const graph = useAssayQuery('lineage.graph', {
    root: target,
    up: 1,
    down: 1,
    ...(snapshot === undefined ? {} : { snapshot }),
  });
  if (graph.error) return <ErrorPanel error={graph.error} what="lineage.graph" />;
  if (!graph.data) return <Loading label="Loading lineage" />;
  return (
    <>
      <div>
        <Button
          leftSection={<IconSitemap size={16} aria-hidden />}
          renderRoot={(props) => (
            <Link
              {...props}
              to="/lineage"
              search={{ kind: target.kind, id: target.id, ...(snapshot === undefined ? {} : { snapshot }) }}
            />
          )}
        >
          Open the graph
        </Button>
      </div>
      <Side title="Comes from" graph={graph.data} side="up" />
      <Side title="Leads to" graph={graph.data} side="down" />
    </>
  );
}

function Side({
  title,
  graph,
  side,
}: {
  readonly title: string;
  readonly graph: LineageGraph;
  readonly side: 'up' | 'down';
}): JSX.Element {
  const edges = graph.edges.filter((edge) => (side === 'up' ? edge.to : edge.from) === graph.root);
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  return (
    <Panel title={title} note={`${edges.length} ${edges.length === 1 ? 'link' : 'links'}, one step`}>
      {edges.length === 0 && (
        <Text size="sm" c="dimmed">
          No record states a link on this side.
        </Text>
      )}
      {edges.map((edge) => {
        const node = nodes.get(side === 'up' ? edge.from : edge.to);
        if (!node) return null;
        const ref = parseRef(node.id);
        return (
          <div key={`${edge.from} ${edge.to} ${edge.relation}`} className={classes['row']}>
            <span className={classes['rowSide']}>
              <KindIcon kind={node.kind} size={14} /> {humanWord(edge.relation)}
            </span>
            <span className={classes['rowMain']}>
              {ref && !node.dangling ? <RecordLink target={ref}>{node.label}</RecordLink> : `${node.label} (no record)`}
            </span>
            <span className={classes['rowSide']}>{edge.evidence}</span>
          </div>
        );
      })}
    </Panel>
  );
}
