/** Controls over the graph: depth to each side, snapshots, graph or table, zoom, and export. */
import { ActionIcon, Button, Menu, SegmentedControl, Tooltip } from '@mantine/core';
import {
  IconDownload,
  IconFileTypeCsv,
  IconFileTypePng,
  IconFileTypeSvg,
  IconFocusCentered,
  IconMinus,
  IconPlus,
} from '@tabler/icons-react';
import type { JSX } from 'react';
import { SnapshotSelect } from '../../ui/snapshot-select.tsx';
import classes from './graph.module.css';

export type ExportAs = 'svg' | 'png' | 'csv';

interface ToolbarProps {
  readonly up: number;
  readonly down: number;
  readonly view: 'graph' | 'table';
  readonly snapshot: number | undefined;
  readonly compareTo: number | undefined;
  readonly onDepth: (side: 'up' | 'down', depth: number) => void;
  readonly onView: (view: 'graph' | 'table') => void;
  readonly onSnapshot: (snapshot: number | undefined) => void;
  readonly onCompare: (snapshot: number | undefined) => void;
  readonly onFit: () => void;
  readonly onExport: (as: ExportAs) => void;
}

export function LineageToolbar(props: ToolbarProps): JSX.Element {
  return (
    <div className={classes['toolbar']} role="toolbar" aria-label="Lineage">
      <Depth label="Upstream" value={props.up} onChange={(depth) => props.onDepth('up', depth)} />
      <Depth label="Downstream" value={props.down} onChange={(depth) => props.onDepth('down', depth)} />
      <SnapshotSelect
        label="Snapshot"
        none="Newest snapshots"
        width={230}
        value={props.snapshot}
        onChange={props.onSnapshot}
      />
      <SnapshotSelect
        label="Compare with"
        none="Compare with…"
        width={230}
        value={props.compareTo}
        onChange={props.onCompare}
      />
      <SegmentedControl
        aria-label="Show as"
        data={[
          { value: 'graph', label: 'Graph' },
          { value: 'table', label: 'Table' },
        ]}
        value={props.view}
        onChange={(view) => props.onView(view === 'table' ? 'table' : 'graph')}
      />
      <Tooltip label="Show everything (0)">
        <ActionIcon
          variant="default"
          size={34}
          aria-label="Fit the graph to the window"
          disabled={props.view === 'table'}
          onClick={props.onFit}
        >
          <IconFocusCentered size={18} stroke={1.75} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />}>
            Export
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconFileTypeSvg size={16} />} onClick={() => props.onExport('svg')}>
            Picture (SVG)
          </Menu.Item>
          <Menu.Item leftSection={<IconFileTypePng size={16} />} onClick={() => props.onExport('png')}>
            Picture (PNG)
          </Menu.Item>
          <Menu.Item leftSection={<IconFileTypeCsv size={16} />} onClick={() => props.onExport('csv')}>
            Links (CSV)
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}

interface DepthProps {
  readonly label: string;
  readonly value: number;
  readonly onChange: (depth: number) => void;
}

const Depth = ({ label, value, onChange }: DepthProps): JSX.Element => (
  // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot stand in a toolbar's row
  <div className={classes['depth']} role="group" aria-label={`${label} steps`}>
    {label}
    <ActionIcon
      variant="subtle"
      color="gray"
      size={26}
      aria-label={`Fewer ${label.toLowerCase()} steps`}
      disabled={value === 0}
      onClick={() => onChange(value - 1)}
    >
      <IconMinus size={14} aria-hidden />
    </ActionIcon>
    <output className={classes['depthValue']}>{value}</output>
    <ActionIcon
      variant="subtle"
      color="gray"
      size={26}
      aria-label={`More ${label.toLowerCase()} steps`}
      disabled={value === 50}
      onClick={() => onChange(value + 1)}
    >
      <IconPlus size={14} aria-hidden />
    </ActionIcon>
  </div>
);
