/** The selected record beside the graph: what it is, what leads to it and from it, and what can be done. */
import { Anchor, Badge, Button, Group, Stack, Text, Title, UnstyledButton } from '@mantine/core';
import { IconArrowsMinimize, IconFocus2 } from '@tabler/icons-react';
import type { JSX } from 'react';
import type { LineageGraph, LineageNode } from '../../../src-shared/domain/lineage.ts';
import { parseRef } from '../../../src-shared/domain/record.ts';
import { ChangeBadge, humanWord } from '../../ui/badges.tsx';
import { KindIcon } from '../../ui/kind-icon.tsx';
import { RecordLink } from '../../ui/record-link.tsx';
import { withShortDigests } from '../../ui/record-name.ts';
import classes from './graph.module.css';
import type { Direction } from './merge-graph.ts';

interface NodePanelProps {
  readonly graph: LineageGraph;
  readonly node: LineageNode;
  readonly snapshot: number | undefined;
  readonly expanded: boolean;
  readonly onSelect: (id: string) => void;
  readonly onFocus: (id: string) => void;
  readonly onExpand: (id: string, direction: Direction) => void;
  readonly onCollapse: (id: string) => void;
}

export function NodePanel(props: NodePanelProps): JSX.Element {
  const { graph, node, snapshot, expanded, onFocus, onCollapse } = props;
  const ref = parseRef(node.id);
  return (
    <aside className={classes['side']} aria-label={`Selected: ${node.label}`}>
      <Stack gap={4}>
        <Group gap={6} c="dimmed" fz="sm" wrap="nowrap">
          <KindIcon kind={node.kind} /> {humanWord(node.kind)}
        </Group>
        <Title order={2} size="h4" style={{ overflowWrap: 'anywhere' }}>
          {node.label}
        </Title>
        <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {withShortDigests(node.detail || node.id)}
        </Text>
        <Group gap={6}>
          {node.change !== 'same' && <ChangeBadge change={node.change} />}
          {node.findings > 0 && (
            <Badge variant="default" tt="none">
              {node.findings} open {node.findings === 1 ? 'finding' : 'findings'}
            </Badge>
          )}
        </Group>
        {node.dangling && (
          <Text size="sm">
            Other records refer to this, and no imported record describes it. That is a gap in the inventory.
          </Text>
        )}
      </Stack>
      <Group gap="xs">
        {ref && !node.dangling && (
          <RecordLink target={ref} {...(snapshot === undefined ? {} : { snapshot })}>
            Open dossier
          </RecordLink>
        )}
        {ref && node.id !== graph.root && (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconFocus2 size={15} aria-hidden />}
            onClick={() => onFocus(node.id)}
          >
            Focus here
          </Button>
        )}
        {expanded && (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconArrowsMinimize size={15} aria-hidden />}
            onClick={() => onCollapse(node.id)}
          >
            Collapse
          </Button>
        )}
      </Group>
      <Neighbours {...props} direction="up" title="Comes from" />
      <Neighbours {...props} direction="down" title="Leads to" />
    </aside>
  );
}

function Neighbours(props: NodePanelProps & { readonly direction: Direction; readonly title: string }): JSX.Element {
  const { graph, node, direction, title, onSelect, onExpand } = props;
  const edges = graph.edges.filter((edge) => (direction === 'up' ? edge.to : edge.from) === node.id);
  const hidden = direction === 'up' ? node.hiddenUp : node.hiddenDown;
  const labels = new Map(graph.nodes.map(({ id, label }) => [id, label]));
  return (
    <section>
      <Title order={3} size="h6" mb={2}>
        {title} ({edges.length}
        {hidden > 0 ? ` shown, ${hidden} hidden` : ''})
      </Title>
      {edges.map((edge) => {
        const other = direction === 'up' ? edge.from : edge.to;
        return (
          <UnstyledButton key={`${other} ${edge.relation}`} className={classes['link']} onClick={() => onSelect(other)}>
            <Text span inherit fw={500} style={{ overflowWrap: 'anywhere' }}>
              {labels.get(other) ?? other}
            </Text>
            <Text span display="block" size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
              {humanWord(edge.relation)}, stated by {edge.evidence}
              {edge.change === 'same' ? '' : ` (${edge.change})`}
            </Text>
          </UnstyledButton>
        );
      })}
      {edges.length === 0 && hidden === 0 && (
        <Text size="sm" c="dimmed" px={6}>
          Nothing recorded.
        </Text>
      )}
      {hidden > 0 && (
        <Anchor
          component="button"
          type="button"
          size="sm"
          lh="26px"
          px={6}
          onClick={() => onExpand(node.id, direction)}
        >
          Show {hidden} more
        </Anchor>
      )}
    </section>
  );
}
