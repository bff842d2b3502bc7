/**
 * The graph on screen: React Flow over a layout that is computed elsewhere.
 *
 * Selecting keeps the view. Expanding shows the whole graph while that can be read; after that the expanded node stays where it
 * is and the view moves on only as far as the new nodes need. Only nodes in view are mounted, and sizes and handles are given, so that thousands of nodes stay quick.
 */
import '@xyflow/react/dist/base.css';
import { useComputedColorScheme } from '@mantine/core';
import { useReducedMotion } from '@mantine/hooks';
import { Background, BackgroundVariant, Position, ReactFlow, type ReactFlowInstance } from '@xyflow/react';
import { type JSX, type Ref, useCallback, useEffect, useImperativeHandle, useMemo, useRef, useState } from 'react';
import type { LineageEdge } from '../../../src-shared/domain/lineage.ts';
import { CurveEdge, type CurveFlowEdge } from './graph-edge.tsx';
import { type RecordFlowNode, RecordNode } from './graph-node.tsx';
import { boundsOf, nodeHeight, nodeWidth, panTo, viewFor } from './layout.ts';
import { type Direction, edgeKey } from './merge-graph.ts';
import type { Layout } from './use-layout.ts';

const nodeTypes = { record: RecordNode };
const edgeTypes = { curve: CurveEdge };
/** Beyond this many links their words are shown around the selected record only. */
const labelLimit = 12;

export interface CanvasHandle {
  fit(): void;
  zoomBy(factor: number): void;
  /** Brings a node into view when it is outside. */
  reveal(id: string): void;
}

interface CanvasProps {
  readonly layout: Layout;
  readonly selected: string | null;
  readonly onSelect: (id: string | null) => void;
  readonly onOpen: (id: string) => void;
  readonly onExpand: (id: string, direction: Direction) => void;
  readonly handle: Ref<CanvasHandle>;
}

export function GraphCanvas({ layout, selected, onSelect, onOpen, onExpand, handle }: CanvasProps): JSX.Element {
  const { graph, positions, routes } = layout;
  const scheme = useComputedColorScheme('light');
  const motion = useReducedMotion() ? 0 : 220;
  const box = useRef<HTMLDivElement>(null);
  const [flow, setFlow] = useState<ReactFlowInstance<RecordFlowNode, CurveFlowEdge> | null>(null);
  const shown = useRef<{ readonly root: string; readonly layout: Layout } | null>(null);

  // The focus itself is selected to begin with: then nothing fades.
  const near = useMemo(
    () => around(graph.edges, selected === graph.root ? null : selected),
    [graph.edges, graph.root, selected],
  );
  const nodes = useMemo(
    (): RecordFlowNode[] =>
      graph.nodes.map((node) => ({
        id: node.id,
        type: 'record',
        position: positions.get(node.id) ?? { x: 0, y: 0 },
        width: nodeWidth,
        height: nodeHeight,
        measured: { width: nodeWidth, height: nodeHeight },
        handles: [
          { type: 'target', position: Position.Left, x: 0, y: nodeHeight / 2, width: 1, height: 1 },
          { type: 'source', position: Position.Right, x: nodeWidth, y: nodeHeight / 2, width: 1, height: 1 },
        ],
        data: {
          node,
          root: node.id === graph.root,
          current: node.id === selected,
          faded: near !== null && !near.has(node.id),
          onExpand,
        },
      })),
    [graph, positions, selected, near, onExpand],
  );
  const edges = useMemo(
    (): CurveFlowEdge[] =>
      graph.edges.map((edge) => ({
        id: edgeKey(edge),
        type: 'curve',
        source: edge.from,
        target: edge.to,
        data: {
          edge,
          route: routes.get(edgeKey(edge)),
          strong: edge.from === selected || edge.to === selected,
          labelled: graph.edges.length <= labelLimit || edge.from === selected || edge.to === selected,
        },
      })),
    [graph.edges, routes, selected],
  );

  const fit = useCallback(
    (whole: boolean) => {
      const { clientWidth, clientHeight } = box.current ?? { clientWidth: 1000, clientHeight: 600 };
      void flow?.setViewport(viewFor(positions, graph.root, clientWidth, clientHeight, whole));
    },
    [flow, positions, graph.root],
  );
  useEffect(() => {
    if (!flow) return;
    const before = shown.current;
    shown.current = { root: graph.root, layout };
    const anchor = selected ?? graph.root;
    const [was, is] = [before?.layout.positions.get(anchor), positions.get(anchor)];
    if (!before || before.root !== graph.root || !was || !is) {
      fit(false);
    } else if (before.layout !== layout) {
      const { x, y, zoom } = flow.getViewport();
      const kept = { zoom, x: x + (was.x - is.x) * zoom, y: y + (was.y - is.y) * zoom };
      const fresh = new Map([...positions].filter(([id]) => !before.layout.positions.has(id)));
      const { clientWidth, clientHeight } = box.current ?? { clientWidth: 1000, clientHeight: 600 };
      const whole = viewFor(positions, graph.root, clientWidth, clientHeight, true);
      if (fresh.size === 0) void flow.setViewport(kept);
      else if (whole.zoom >= 0.5) void flow.setViewport(whole, { duration: motion });
      else void flow.setViewport(panTo(kept, boundsOf(fresh), clientWidth, clientHeight), { duration: motion });
    }
  }, [flow, layout, graph.root, positions, selected, fit, motion]);

  useImperativeHandle(handle, () => ({
    fit: () => fit(true),
    zoomBy: (factor) => {
      if (!flow || !box.current) return;
      const { x, y, zoom } = flow.getViewport();
      const next = Math.min(2, Math.max(0.05, zoom * factor));
      const [cx, cy] = [box.current.clientWidth / 2, box.current.clientHeight / 2];
      void flow.setViewport({ zoom: next, x: cx - ((cx - x) * next) / zoom, y: cy - ((cy - y) * next) / zoom });
    },
    reveal: (id) => {
      const at = positions.get(id);
      if (!flow || !box.current || !at) return;
      const { x, y, zoom } = flow.getViewport();
      const { clientWidth, clientHeight } = box.current;
      const [left, top] = [at.x * zoom + x, at.y * zoom + y];
      const inside =
        left > 20 &&
        top > 20 &&
        left + nodeWidth * zoom < clientWidth - 20 &&
        top + nodeHeight * zoom < clientHeight - 20;
      if (!inside) void flow.setCenter(at.x + nodeWidth / 2, at.y + nodeHeight / 2, { zoom });
    },
  }));

  return (
    <div ref={box} style={{ width: '100%', height: '100%' }}>
      <ReactFlow<RecordFlowNode, CurveFlowEdge>
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        onInit={setFlow}
        aria-label="Picture of the graph"
        colorMode={scheme}
        onlyRenderVisibleElements
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        disableKeyboardA11y
        deleteKeyCode={null}
        zoomOnDoubleClick={false}
        minZoom={0.05}
        maxZoom={2}
        proOptions={{ hideAttribution: true }}
        onNodeClick={(_, node) => onSelect(node.id)}
        onNodeDoubleClick={(_, node) => onOpen(node.id)}
        onPaneClick={() => onSelect(null)}
      >
        <Background variant={BackgroundVariant.Dots} gap={22} size={1.4} color="var(--dot)" bgColor="var(--canvas)" />
      </ReactFlow>
    </div>
  );
}

/** The selected node and its neighbours, or null when nothing is selected and nothing fades. */
function around(edges: readonly LineageEdge[], selected: string | null): ReadonlySet<string> | null {
  if (selected === null) return null;
  const near = new Set([selected]);
  for (const edge of edges) {
    if (edge.from === selected) near.add(edge.to);
    if (edge.to === selected) near.add(edge.from);
  }
  return near;
}
