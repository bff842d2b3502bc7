/**
 * Lineage: what feeds a record and what it feeds, from raw source to production.
 *
 * It starts one step to each side and grows where a person asks, because a full graph cannot be read. Selecting never moves
 * the view; the table twin says the same without a picture.
 */
import { ActionIcon, Alert, Button, Group, Text, VisuallyHidden } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconZoomIn, IconZoomOut } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { type JSX, type KeyboardEvent, useCallback, useEffect, useRef, useState } from 'react';
import { parseRef, type RecordRef } from '../../../src-shared/domain/record.ts';
import { useLetterKeys } from '../../api/preferences.ts';
import { count } from '../../ui/numbers.ts';
import { Page } from '../../ui/page.tsx';
import { fileName, saveFile } from '../../ui/save-file.ts';
import { useScreenSearch } from '../../ui/search-state.ts';
import { ErrorPanel, Loading } from '../../ui/states.tsx';
import { toCsv, toPng, toSvg } from './export-graph.ts';
import { FocusPicker } from './focus-picker.tsx';
import classes from './graph.module.css';
import { type CanvasHandle, GraphCanvas } from './graph-canvas.tsx';
import { type ExportAs, LineageToolbar } from './lineage-toolbar.tsx';
import type { Direction } from './merge-graph.ts';
import { NodePanel } from './node-panel.tsx';
import { lineageSearch } from './search.ts';
import { TableTwin } from './table-twin.tsx';
import { manyNodes, type ShownGraph, useGraph } from './use-graph.ts';
import { type Layout, useLayout } from './use-layout.ts';
import { isArrow, walk } from './walk.ts';

export { lineageSearch } from './search.ts';

export function LineageScreen(): JSX.Element {
  const [search, patch] = useScreenSearch(lineageSearch);
  const { kind, id, snapshot } = search;
  if (kind === undefined || id === undefined) {
    return (
      <Page title="Lineage" subtitle="From raw source to production, and back">
        <FocusPicker snapshot={snapshot} onPick={(ref) => patch({ kind: ref.kind, id: ref.id }, 'push')} />
      </Page>
    );
  }
  return <FocusedLineage root={{ kind, id }} />;
}

function FocusedLineage({ root }: { readonly root: RecordRef }): JSX.Element {
  const [search, patch] = useScreenSearch(lineageSearch);
  const { up, down, snapshot, compareTo, view } = search;
  const [maxNodes, setMaxNodes] = useState(manyNodes);
  const shown = useGraph({
    root,
    up,
    down,
    maxNodes,
    ...(snapshot === undefined ? {} : { snapshot }),
    ...(compareTo === undefined ? {} : { compareTo }),
  });
  const layout = useLayout(shown.graph);
  const canvas = useRef<CanvasHandle>(null);
  const { graph } = shown;
  const rootNode = graph?.nodes.find((node) => node.id === graph.root);

  const focusOn = (id: string): void => {
    const ref = parseRef(id);
    if (ref) patch({ kind: ref.kind, id: ref.id, up: 1, down: 1 }, 'push');
  };
  const save = async (as: ExportAs): Promise<void> => {
    if (!layout) return;
    const title = `Lineage of ${rootNode?.label ?? root.id}`;
    const name = fileName(`lineage ${root.kind} ${root.id}`, as);
    if (as === 'csv') return saveFile(name, new Blob([toCsv(layout.graph)], { type: 'text/csv;charset=utf-8' }));
    const svg = toSvg(layout.graph, layout.positions, layout.routes, title);
    saveFile(name, as === 'svg' ? new Blob([svg], { type: 'image/svg+xml' }) : await toPng(svg));
  };

  return (
    <Page
      title={rootNode ? `Lineage of ${rootNode.label}` : 'Lineage'}
      subtitle={graph ? <Counts graph={graph} busy={shown.loading} /> : 'From raw source to production, and back'}
      layout="fill"
      actions={
        <Button variant="default" onClick={() => patch({ kind: undefined, id: undefined, up: 1, down: 1 }, 'push')}>
          Change focus
        </Button>
      }
    >
      <LineageToolbar
        {...{ up, down, view, snapshot, compareTo }}
        onDepth={(side, depth) => patch({ [side]: depth })}
        onView={(next) => patch({ view: next })}
        onSnapshot={(next) => patch({ snapshot: next })}
        onCompare={(next) => patch({ compareTo: next })}
        onFit={() => canvas.current?.fit()}
        onExport={(as) => {
          save(as).catch((error: unknown) =>
            notifications.show({ color: 'red', message: `The picture could not be drawn: ${String(error)}. Try CSV.` }),
          );
        }}
      />
      {graph && graph.cycles.length > 0 && (
        <Alert color="orange" variant="light" py={6} mt="xs">
          {graph.cycles.length === 1 ? 'One cycle' : `${graph.cycles.length} cycles`} in this lineage, for example{' '}
          {graph.cycles[0]?.join(' → ')}.
        </Alert>
      )}
      {graph && graph.nodes.length >= maxNodes && graph.reachable > maxNodes && maxNodes < 5000 && (
        <Alert color="gray" variant="light" py={6} mt="xs">
          <Group justify="space-between">
            <Text size="sm">
              Stopped at {count(maxNodes)} records; {count(graph.reachable)} can be reached.
            </Text>
            <Button size="compact-sm" variant="default" onClick={() => setMaxNodes(5000)}>
              Show up to 5,000
            </Button>
          </Group>
        </Alert>
      )}
      <div className={classes['body']} style={{ marginTop: 10 }}>
        {shown.error ? (
          <ErrorPanel error={shown.error} what="lineage.graph" />
        ) : !layout ? (
          <div style={{ flex: 1 }}>
            <Loading rows={10} label="Lineage is laid out" />
          </div>
        ) : view === 'table' ? (
          <TableTwin graph={layout.graph} onFocus={focusOn} />
        ) : (
          <GraphView
            layout={layout}
            shown={shown}
            snapshot={snapshot}
            canvas={canvas}
            onFocus={focusOn}
            onTable={() => patch({ view: 'table' })}
          />
        )}
      </div>
    </Page>
  );
}

const Counts = ({
  graph,
  busy,
}: {
  readonly graph: NonNullable<ShownGraph['graph']>;
  readonly busy: boolean;
}): JSX.Element => (
  <span aria-live="polite">
    {count(graph.nodes.length)} of {count(Math.max(graph.reachable, graph.nodes.length))} reachable records shown,{' '}
    {count(graph.edges.length)} links{busy ? ' · loading…' : ''}
  </span>
);

interface GraphViewProps {
  readonly layout: Layout;
  readonly shown: ShownGraph;
  readonly snapshot: number | undefined;
  readonly canvas: React.RefObject<CanvasHandle | null>;
  readonly onFocus: (id: string) => void;
  readonly onTable: () => void;
}

function GraphView({ layout, shown, snapshot, canvas, onFocus, onTable }: GraphViewProps): JSX.Element {
  const { graph, positions } = layout;
  const [selected, setSelected] = useState<string | null>(graph.root);
  const letters = useLetterKeys();
  const navigate = useNavigate();
  useEffect(() => setSelected(graph.root), [graph.root]);
  const node = graph.nodes.find(({ id }) => id === selected);

  const { expand: add } = shown;
  // What was expanded is selected, so that minus takes it back and the view stays with it.
  const expand = useCallback(
    (id: string, direction: Direction) => {
      setSelected(id);
      add(id, direction);
    },
    [add],
  );
  const open = (id: string): void => {
    const ref = parseRef(id);
    if (ref && !graph.nodes.find((one) => one.id === id)?.dangling) {
      void navigate({ to: '/record/$kind/$id', params: ref, search: snapshot === undefined ? {} : { snapshot } });
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const act = keyAction(event.key);
    if (!act) return;
    event.preventDefault();
    act();
  };
  const keyAction = (key: string): (() => void) | null => {
    if (isArrow(key)) {
      return () => {
        const next = selected === null ? graph.root : walk(graph, positions, selected, key);
        setSelected(next);
        canvas.current?.reveal(next);
      };
    }
    if (key === 'Escape') return () => setSelected(null);
    if (key === '0') return () => canvas.current?.fit();
    if (key === 'Enter' && selected !== null) return () => open(selected);
    if ((key === '+' || key === '=') && node) {
      return () => {
        if (node.hiddenDown > 0) expand(node.id, 'down');
        if (node.hiddenUp > 0) expand(node.id, 'up');
      };
    }
    if (key === '-' && node) return () => shown.collapse(node.id);
    if (letters && key.toLowerCase() === 't') return onTable;
    if (letters && key.toLowerCase() === 'f' && selected !== null) return () => onFocus(selected);
    return null;
  };

  return (
    <>
      <div
        className={classes['canvas']}
        role="application"
        aria-roledescription="graph"
        aria-label="Lineage graph. Arrows follow links, plus expands, minus collapses, Enter opens, T shows the table."
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the graph is one tab stop
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        <GraphCanvas
          layout={layout}
          selected={selected}
          onSelect={setSelected}
          onOpen={open}
          onExpand={expand}
          handle={canvas}
        />
        <div className={classes['overlay']}>
          <span className={classes['legend']}>
            {layout.by === 'columns'
              ? 'Too dense for the layout engine: shown in columns by distance.'
              : 'Left feeds right'}
          </span>
          <ActionIcon.Group>
            <ActionIcon variant="default" size={30} aria-label="Zoom out" onClick={() => canvas.current?.zoomBy(0.8)}>
              <IconZoomOut size={17} stroke={1.75} aria-hidden />
            </ActionIcon>
            <ActionIcon variant="default" size={30} aria-label="Zoom in" onClick={() => canvas.current?.zoomBy(1.25)}>
              <IconZoomIn size={17} stroke={1.75} aria-hidden />
            </ActionIcon>
          </ActionIcon.Group>
        </div>
        <VisuallyHidden aria-live="polite">
          {node &&
            `${node.kind} ${node.label}, ${node.detail}. ${graph.edges.filter((e) => e.to === node.id).length} links in, ${graph.edges.filter((e) => e.from === node.id).length} out, ${node.findings} findings.`}
        </VisuallyHidden>
      </div>
      {node && (
        <NodePanel
          graph={graph}
          node={node}
          snapshot={snapshot}
          expanded={shown.expanded.some(({ id }) => id === node.id)}
          onSelect={(id) => {
            setSelected(id);
            canvas.current?.reveal(id);
          }}
          onFocus={onFocus}
          onExpand={expand}
          onCollapse={shown.collapse}
        />
      )}
    </>
  );
}
