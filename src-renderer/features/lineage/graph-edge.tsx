/** A link between two records, with the relation in words where there is room for it. */
import { BaseEdge, type Edge, EdgeLabelRenderer, type EdgeProps, getBezierPath } from '@xyflow/react';
import { type JSX, memo } from 'react';
import type { LineageEdge } from '../../../src-shared/domain/lineage.ts';
import classes from './graph.module.css';

export interface CurveEdgeData extends Record<string, unknown> {
  readonly edge: LineageEdge;
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
  const { edge, strong, labelled } = data;
  const [path, labelX, labelY] = getBezierPath({ sourceX, sourceY, sourcePosition, targetX, targetY, targetPosition });
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
            style={{ transform: `translate(-50%, -50%) translate(${labelX}px, ${labelY}px)` }}
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
