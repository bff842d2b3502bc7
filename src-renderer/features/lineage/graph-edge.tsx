/** A link between two records, with the relation in words where there is room for it. */
import { BaseEdge, type Edge, EdgeLabelRenderer, type EdgeProps, getBezierPath } from '@xyflow/react';
import { type JSX, memo } from 'react';
import type { LineageEdge } from '../../../src-shared/domain/lineage.ts';
import classes from './graph.module.css';
import { type Point, routeMiddle, routePath } from './layout.ts';

export interface CurveEdgeData extends Record<string, unknown> {
  readonly edge: LineageEdge;
  /** Where the layout engine led it; absent: one curve. */
  readonly route: readonly Point[] | undefined;
  readonly strong: boolean;
  readonly labelled: boolean;
}
export type CurveFlowEdge = Edge<CurveEdgeData, 'curve'>;

const strokes: Readonly<Record<LineageEdge['change'], string>> = {
  same: 'var(--edge)',
  added: 'var(--added)',
  removed: 'var(--removed)',
  changed: 'var(--changed)',
};

function CurveEdgeView(props: EdgeProps<CurveFlowEdge>): JSX.Element | null {
  const { id, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, data } = props;
  if (!data) return null;
  const { edge, route, strong, labelled } = data;
  const [curve, curveX, curveY] = getBezierPath({ sourceX, sourceY, sourcePosition, targetX, targetY, targetPosition });
  const path = route ? routePath(route) : curve;
  const label = route ? routeMiddle(route) : { x: curveX, y: curveY };
  const stroke = strong && edge.change === 'same' ? 'var(--edge-strong)' : strokes[edge.change];
  return (
    <>
      <BaseEdge
        id={id}
        path={path}
        style={{
          stroke,
          strokeWidth: strong ? 2.2 : 1.3,
          ...(edge.change === 'removed' ? { strokeDasharray: '6 4' } : {}),
        }}
      />
      {labelled && (
        <EdgeLabelRenderer>
          <span
            className={`${classes['edgeLabel']} ${strong ? classes['edgeLabelStrong'] : ''}`}
            style={{ transform: `translate(-50%, -50%) translate(${label.x}px, ${label.y}px)` }}
            aria-hidden
          >
            {edge.relation.replaceAll('_', ' ')}
          </span>
        </EdgeLabelRenderer>
      )}
    </>
  );
}

export const CurveEdge = memo(CurveEdgeView);
