/** A record in the graph: kind, name, detail, findings, how it changed, and how many neighbours are not shown. */

import { IconAlertTriangle, IconMinus, IconPencil, IconPlus } from '@tabler/icons-react';
import { Handle, type Node, type NodeProps, Position } from '@xyflow/react';
import { type JSX, memo } from 'react';
import type { LineageNode } from '../../../src-shared/domain/lineage.ts';
import { humanWord } from '../../ui/badges.tsx';
import { KindIcon } from '../../ui/kind-icon.tsx';
import { middleCut, withShortDigests } from '../../ui/record-name.ts';
import classes from './graph.module.css';
import type { Direction } from './merge-graph.ts';

export interface RecordNodeData extends Record<string, unknown> {
  readonly node: LineageNode;
  readonly root: boolean;
  readonly current: boolean;
  readonly faded: boolean;
  readonly onExpand: (id: string, direction: Direction) => void;
}
export type RecordFlowNode = Node<RecordNodeData, 'record'>;

const flags = { added: IconPlus, removed: IconMinus, changed: IconPencil } as const;

function RecordNodeView({ data }: NodeProps<RecordFlowNode>): JSX.Element {
  const { node, root, current, faded, onExpand } = data;
  const name = [
    classes['node'],
    root ? classes['root'] : '',
    node.dangling ? classes['dangling'] : '',
    node.change === 'same' ? '' : classes[node.change],
    current ? classes['selected'] : '',
    faded ? classes['faded'] : '',
  ].join(' ');
  return (
    <div className={name} title={node.dangling ? `${node.label}: referred to, but no record describes it` : node.label}>
      <Handle type="target" position={Position.Left} className={classes['handle'] ?? ''} isConnectable={false} />
      <span className={classes['kind']}>
        <KindIcon kind={node.kind} size={13} />
        <span className={classes['kindWord']}>
          {humanWord(node.kind)}
          {node.dangling ? ', no record' : ''}
        </span>
        {node.change !== 'same' && <ChangeFlag change={node.change} />}
        {node.findings > 0 && (
          <span className={classes['flag']} title={`${node.findings} open findings`}>
            <IconAlertTriangle size={12} aria-hidden />
            {node.findings}
          </span>
        )}
      </span>
      <span className={classes['label']}>{middleCut(node.label, 25)}</span>
      {node.detail !== '' && <span className={classes['detail']}>{withShortDigests(node.detail)}</span>}
      {node.hiddenUp > 0 && <More node={node} direction="up" count={node.hiddenUp} onExpand={onExpand} />}
      {node.hiddenDown > 0 && <More node={node} direction="down" count={node.hiddenDown} onExpand={onExpand} />}
      <Handle type="source" position={Position.Right} className={classes['handle'] ?? ''} isConnectable={false} />
    </div>
  );
}

function ChangeFlag({ change }: { readonly change: 'added' | 'removed' | 'changed' }): JSX.Element {
  const Glyph = flags[change];
  return (
    <span className={`${classes['flag']} ${classes[change]}`} style={{ border: 0 }}>
      <Glyph size={12} stroke={2.5} aria-hidden />
      {change}
    </span>
  );
}

interface MoreProps {
  readonly node: LineageNode;
  readonly direction: Direction;
  readonly count: number;
  readonly onExpand: (id: string, direction: Direction) => void;
}

const More = ({ node, direction, count, onExpand }: MoreProps): JSX.Element => (
  <button
    type="button"
    // The graph is one tab stop; + and - do the same from the keyboard.
    tabIndex={-1}
    className={`${classes['more']} ${direction === 'up' ? classes['moreUp'] : classes['moreDown']} nopan`}
    aria-label={`Show ${count} more ${direction === 'up' ? 'upstream' : 'downstream'} of ${node.label}`}
    onClick={(event) => {
      event.stopPropagation();
      onExpand(node.id, direction);
    }}
  >
    +{count}
  </button>
);

export const RecordNode = memo(RecordNodeView);
