/** Which columns are shown and how wide, as a person left them; TanStack Table keeps the state, this file remembers it. */
import { ActionIcon, Menu, ScrollArea, Tooltip } from '@mantine/core';
import { IconColumns3 } from '@tabler/icons-react';
import {
  type ColumnDef,
  columnResizingFeature,
  columnSizingFeature,
  columnVisibilityFeature,
  type ReactTable,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { type JSX, useEffect, useMemo, useState } from 'react';
import type { DataColumn } from './data-table-model.ts';

const features = tableFeatures({ columnVisibilityFeature, columnSizingFeature, columnResizingFeature });
type Features = typeof features;

/** Rows stay in the pages of the store (cursor-pages.ts); the table library models columns only. */
const noRows: readonly never[] = [];

interface Remembered {
  readonly visibility: Record<string, boolean>;
  readonly sizing: Record<string, number>;
}
/** For as long as the window lives: a kind's columns come back as they were left. */
const remembered = new Map<string, Remembered>();

export interface ColumnView<Row extends object> {
  readonly table: ReactTable<Features, Row>;
  /** Visible columns in order. */
  readonly visible: readonly DataColumn<Row>[];
  readonly all: readonly DataColumn<Row>[];
}

/** Column state under a name; mount the owner with `key={name}` when the name can change. */
export function useColumnView<Row extends object>(name: string, columns: readonly DataColumn<Row>[]): ColumnView<Row> {
  const [visibility, setVisibility] = useState<Record<string, boolean>>(
    () => remembered.get(name)?.visibility ?? Object.fromEntries(columns.map((c) => [c.id, c.hidden !== true])),
  );
  const [sizing, setSizing] = useState<Record<string, number>>(() => remembered.get(name)?.sizing ?? {});
  useEffect(() => {
    remembered.set(name, { visibility, sizing });
  }, [name, visibility, sizing]);

  const defs = useMemo(
    () =>
      columns.map(
        (column): ColumnDef<Features, Row> => ({
          id: column.id,
          header: column.header,
          accessorFn: column.text,
          size: column.width,
          minSize: 56,
          maxSize: 1200,
          enableHiding: column.pinned !== true,
        }),
      ),
    [columns],
  );
  const table = useTable<Features, Row>({
    features,
    columns: defs,
    data: noRows,
    state: { columnVisibility: visibility, columnSizing: sizing },
    onColumnVisibilityChange: setVisibility,
    onColumnSizingChange: setSizing,
    columnResizeMode: 'onChange',
  });
  const visible = useMemo(() => columns.filter((column) => visibility[column.id] !== false), [columns, visibility]);
  return { table, visible, all: columns };
}

/** Button with a checkbox for each column. */
export function ColumnChooser<Row extends object>({ view }: { readonly view: ColumnView<Row> }): JSX.Element {
  const { table, all } = view;
  return (
    <Menu closeOnItemClick={false} position="bottom-end" width={280} withinPortal>
      <Menu.Target>
        <Tooltip label="Choose columns">
          <ActionIcon variant="default" size={34} aria-label="Choose columns">
            <IconColumns3 size={18} stroke={1.75} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          Columns, {view.visible.length} of {all.length} shown
        </Menu.Label>
        <ScrollArea.Autosize mah={420} type="auto">
          {all.map((column) => {
            const model = table.getColumn(column.id);
            const shown = view.visible.includes(column);
            return (
              <Menu.CheckboxItem
                key={column.id}
                checked={shown}
                disabled={column.pinned === true}
                onChange={(next) => model?.toggleVisibility(next)}
              >
                {column.header}
              </Menu.CheckboxItem>
            );
          })}
        </ScrollArea.Autosize>
        <Menu.Divider />
        <Menu.Item
          onClick={() => {
            table.setColumnVisibility(Object.fromEntries(all.map((c) => [c.id, c.hidden !== true])));
            table.resetColumnSizing(true);
          }}
        >
          Reset columns
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
