/** Header and rows of a table. Widths come from custom properties of the grid, so that resizing redraws no row. */
// biome-ignore-all lint/a11y/useSemanticElements: rows are positioned by transform, which table elements do not allow (ARIA APG, grid)
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names its active cell (aria-activedescendant)
// biome-ignore-all lint/a11y/useKeyWithClickEvents: keys arrive at the grid, which is the one tab stop
// biome-ignore-all lint/a11y/noStaticElementInteractions: keys arrive at the grid, which is the one tab stop
import { IconArrowDown, IconArrowUp, IconCheck } from '@tabler/icons-react';
import { type CSSProperties, type JSX, type MouseEvent, memo, type ReactNode } from 'react';
import classes from './data-table.module.css';
import type { ColumnView } from './data-table-columns.tsx';
import type { DataColumn, Sorting } from './data-table-model.ts';

export const rowHeight = 36;
const markWidth = 40;

/** Name of the custom property that holds a column's width. */
const widthProperty = (id: string): string => `--w-${id}`;

/** Custom properties with the width of each column, for the grid element. */
export function widthStyle<Row extends object>(view: ColumnView<Row>): CSSProperties {
  return Object.fromEntries(
    view.visible.map((column) => [
      widthProperty(column.id),
      `${view.table.getColumn(column.id)?.getSize() ?? column.width}px`,
    ]),
  ) as CSSProperties;
}

function cellStyle<Row>(column: DataColumn<Row>, marks: boolean): CSSProperties {
  const width = `var(${widthProperty(column.id)})`;
  return {
    flex: column.grow ? `1 0 ${width}` : `0 0 ${width}`,
    ...(column.pinned ? { left: marks ? markWidth : 0 } : {}),
  };
}

export const cellId = (grid: string, row: number, col: number): string => `${grid}-${row === -1 ? 'h' : row}-${col}`;

interface HeadProps<Row extends object> {
  readonly grid: string;
  readonly view: ColumnView<Row>;
  readonly sort: Sorting | undefined;
  readonly onSort: (column: DataColumn<Row>) => void;
  readonly cursorCol: number | null;
  readonly marks: 'none' | 'some' | 'all' | null;
  readonly onMarkAll: () => void;
}

export function TableHead<Row extends object>(props: HeadProps<Row>): JSX.Element {
  const { grid, view, sort, onSort, cursorCol, marks, onMarkAll } = props;
  const headers = new Map(view.table.getFlatHeaders().map((header) => [header.column.id, header]));
  return (
    <div role="rowgroup" className={classes['head']}>
      <div role="row" aria-rowindex={1} style={{ display: 'contents' }}>
        {marks !== null && (
          // Ctrl+A and X do the same from the keyboard.
          <span className={classes['mark']} onClick={onMarkAll} aria-hidden>
            <span className={`${classes['box']} ${marks === 'none' ? '' : classes['boxOn']}`}>
              {marks === 'all' ? <IconCheck size={12} stroke={3} /> : marks === 'some' ? '–' : null}
            </span>
          </span>
        )}
        {view.visible.map((column, index) => {
          const header = headers.get(column.id);
          const sorted = column.sort !== undefined && sort?.key === column.sort;
          const name = [
            classes['headCell'],
            column.align === 'end' ? classes['end'] : '',
            column.sort ? classes['sortable'] : '',
            column.pinned ? classes['stick'] : '',
            cursorCol === index ? classes['cursor'] : '',
          ].join(' ');
          return (
            <div
              key={column.id}
              id={cellId(grid, -1, index)}
              role="columnheader"
              aria-colindex={index + 1}
              aria-sort={sorted ? (sort?.descending ? 'descending' : 'ascending') : column.sort ? 'none' : undefined}
              className={name}
              style={cellStyle(column, marks !== null)}
              title={column.help}
              onClick={() => onSort(column)}
            >
              <span className={classes['clip']}>{column.header}</span>
              {sorted &&
                (sort?.descending ? (
                  <IconArrowDown className={classes['sortIcon']} size={14} aria-hidden />
                ) : (
                  <IconArrowUp className={classes['sortIcon']} size={14} aria-hidden />
                ))}
              {header && (
                <span
                  className={`${classes['resize']} ${header.column.getIsResizing() ? classes['resizing'] : ''}`}
                  aria-hidden
                  onClick={(event) => event.stopPropagation()}
                  onMouseDown={header.getResizeHandler()}
                  onTouchStart={header.getResizeHandler()}
                  onDoubleClick={() => header.column.resetSize()}
                />
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

interface RowProps<Row extends object> {
  readonly grid: string;
  readonly index: number;
  readonly row: Row | undefined;
  readonly columns: readonly DataColumn<Row>[];
  readonly start: number;
  readonly current: boolean;
  readonly cursorCol: number | null;
  /** null: the table has no marks. */
  readonly marked: boolean | null;
  readonly onPress: (index: number, col: number | 'mark', event: MouseEvent) => void;
  readonly onOpen: (index: number) => void;
}

function Row<R extends object>(props: RowProps<R>): JSX.Element {
  const { grid, index, row, columns, start, current, cursorCol, marked, onPress, onOpen } = props;
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={marked ?? (current || undefined)}
      className={`${classes['row']} ${current ? classes['current'] : ''}`}
      style={{ transform: `translateY(${start}px)` }}
      onDoubleClick={() => onOpen(index)}
    >
      {marked !== null && (
        <span className={classes['mark']} onClick={(event) => onPress(index, 'mark', event)} aria-hidden>
          <span className={`${classes['box']} ${marked ? classes['boxOn'] : ''}`}>
            {marked && <IconCheck size={12} stroke={3} />}
          </span>
        </span>
      )}
      {columns.map((column, col) => (
        <div
          key={column.id}
          id={cellId(grid, index, col)}
          role="gridcell"
          aria-colindex={col + 1}
          className={[
            classes['cell'],
            column.align === 'end' ? classes['end'] : '',
            column.pinned ? classes['stick'] : '',
            cursorCol === col ? classes['cursor'] : '',
          ].join(' ')}
          style={cellStyle(column, marked !== null)}
          onClick={(event) => onPress(index, col, event)}
        >
          {row === undefined ? <span className={classes['bone']} /> : <CellContent column={column} row={row} />}
        </div>
      ))}
    </div>
  );
}

function CellContent<R>({ column, row }: { readonly column: DataColumn<R>; readonly row: R }): ReactNode {
  const content = column.cell(row);
  return typeof content === 'string' ? (
    <span className={classes['clip']} title={content}>
      {content}
    </span>
  ) : (
    content
  );
}

/** A row redraws only when one of its own properties changes. */
export const TableRow = memo(Row) as typeof Row;
