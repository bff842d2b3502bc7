/**
 * The one table of the application: virtual rows over keyset pages, one tab stop, arrow keys, marks, and copying.
 *
 * It follows the ARIA grid pattern with `aria-activedescendant`, because a row that scrolls away is unmounted and could not
 * keep a real focus; the row under the cursor therefore always stays mounted. The store sorts, searches and filters; the
 * table only shows. Heights are fixed and the scroll height is that of the whole result, so nothing jumps while rows load.
 */
// biome-ignore-all lint/a11y/useSemanticElements: rows are positioned by transform, which table elements do not allow (ARIA APG, grid)
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names its active cell (aria-activedescendant)
// biome-ignore-all lint/a11y/useKeyWithClickEvents: keys arrive at the grid, which is the one tab stop
// biome-ignore-all lint/a11y/noStaticElementInteractions: keys arrive at the grid, which is the one tab stop
import { notifications } from '@mantine/notifications';
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import {
  type JSX,
  type KeyboardEvent,
  type MouseEvent,
  type Ref,
  useCallback,
  useEffect,
  useId,
  useImperativeHandle,
  useRef,
  useState,
} from 'react';
import { useLetterKeys } from '../api/preferences.ts';
import { copyToClipboard, tableForClipboard } from './clipboard.ts';
import classes from './data-table.module.css';
import type { ColumnView } from './data-table-columns.tsx';
import { tableAction } from './data-table-keys.ts';
import type { DataColumn, Position, RowSource, Sorting } from './data-table-model.ts';
import { cellId, rowHeight, TableHead, TableRow, widthStyle } from './data-table-parts.tsx';
import type { Selection } from './data-table-selection.ts';

export { ColumnChooser, type ColumnView, useColumnView } from './data-table-columns.tsx';
export { type DataColumn, type RowSource, type Sorting, sourceOf } from './data-table-model.ts';
export { type Selection, useSelection } from './data-table-selection.ts';

/** Chromium's elements end at about 33.5 million pixels; beyond this many rows a person has to filter. */
const maxRows = 900_000;
const skeletonRows = 14;

export interface DataTableHandle<Row> {
  focus(): void;
  /** Moves the cursor by rows and reports the new current row. */
  step(by: number): void;
  /** Moves to the next (1) or previous (-1) loaded row that is wanted; false when there is none. */
  seek(direction: 1 | -1, wanted: (row: Row) => boolean): boolean;
}

export interface DataTableProps<Row extends object> {
  /** Accessible name. */
  readonly label: string;
  readonly view: ColumnView<Row>;
  readonly source: RowSource<Row>;
  readonly rowId: (row: Row) => string;
  readonly sort?: Sorting;
  readonly onSort?: (sorting: Sorting) => void;
  readonly selection?: Selection<Row>;
  /** Enter or a double click. */
  readonly onOpen?: (row: Row) => void;
  /** The cursor came to another row: what a detail pane follows. */
  readonly onCurrent?: (row: Row) => void;
  /** Row shown as current, when the owner decides (deep link). */
  readonly currentId?: string | undefined;
  /** Back to the top when this changes: other filters, other kind. */
  readonly resetKey?: string;
  readonly handle?: Ref<DataTableHandle<Row>>;
}

export function DataTable<Row extends object>(props: DataTableProps<Row>): JSX.Element {
  const { label, view, source, rowId, sort, onSort, selection, onOpen, onCurrent, currentId, resetKey } = props;
  const letters = useLetterKeys();
  const grid = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState<Position>({ row: 0, col: 0 });
  const anchor = useRef(0);
  const count = source.pending ? skeletonRows : Math.min(source.total, maxRows);

  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 10,
    scrollMargin: rowHeight,
    scrollPaddingStart: rowHeight,
    rangeExtractor: (range) => {
      const shown = defaultRangeExtractor(range);
      return at.row < 0 || at.row >= range.count || shown.includes(at.row)
        ? shown
        : [...shown, at.row].sort((a, b) => a - b);
    },
  });
  const items = virtual.getVirtualItems();
  const lastVisible = virtual.range?.endIndex ?? 0;
  useEffect(() => {
    if (!source.pending) source.ensure(lastVisible);
  }, [lastVisible, source.ensure, source.pending]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another list is the reason to go back to the top.
  useEffect(() => {
    setAt((before) => ({ row: 0, col: before.col }));
    scroller.current?.scrollTo({ top: 0 });
  }, [resetKey]);

  // Rows redraw only when a property of theirs changes: what a click needs is read when it happens, not when the row is drawn.
  const now = useRef({ source, selection, rowId, onCurrent, onOpen });
  useEffect(() => {
    now.current = { source, selection, rowId, onCurrent, onOpen };
  });
  const go = useCallback(
    (to: Position) => {
      setAt(to);
      if (to.row >= 0) virtual.scrollToIndex(to.row, { align: 'auto' });
      const row = to.row >= 0 ? now.current.source.rowAt(to.row) : undefined;
      if (row) now.current.onCurrent?.(row);
    },
    [virtual],
  );

  const entries = (from: number, to: number): readonly (readonly [string, Row])[] => entriesOf(source, rowId, from, to);
  const markAll = (): void => {
    if (!selection) return;
    selection.set(entries(0, source.loaded - 1), selection.size === 0 || selection.size < source.loaded);
    if (source.loaded < source.total) {
      notifications.show({
        message: `Marked the ${source.loaded.toLocaleString()} rows loaded so far, of ${source.total.toLocaleString()}.`,
      });
    }
  };
  const sortBy = (column: DataColumn<Row> | undefined): void => {
    if (column?.sort === undefined) return;
    onSort?.({ key: column.sort, descending: sort?.key === column.sort ? !sort.descending : false });
  };
  const copy = (): void => {
    const current = source.rowAt(at.row);
    const rows = selection && selection.size > 0 ? selection.rows : current ? [current] : [];
    copyRows(view.visible, rows);
  };

  const press = useCallback(
    (index: number, col: number | 'mark', event: MouseEvent): void => {
      const { source: rows, selection: marks, rowId: idOf } = now.current;
      const row = rows.rowAt(index);
      if (!row) return;
      if (marks && event.shiftKey) marks.set(entriesOf(rows, idOf, anchor.current, index), true);
      else if (marks && (col === 'mark' || event.ctrlKey || event.metaKey)) marks.toggle(idOf(row), row);
      anchor.current = index;
      go({ row: index, col: col === 'mark' ? 0 : col });
    },
    [go],
  );
  const open = useCallback((index: number) => {
    const row = now.current.source.rowAt(index);
    if (row) now.current.onOpen?.(row);
  }, []);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 400) / rowHeight) - 2);
    const action = tableAction(event, { rows: source.total, cols: view.visible.length, page, at }, letters);
    if (!action || (action.do === 'clear' && !selection?.size)) return;
    event.preventDefault();
    switch (action.do) {
      case 'move':
        if (action.extend && selection) selection.set(entries(at.row, action.to.row), true);
        if (!action.extend) anchor.current = action.to.row;
        go(action.to);
        return;
      case 'open':
        open(at.row);
        return;
      case 'mark': {
        const row = source.rowAt(at.row);
        if (row) selection?.toggle(rowId(row), row);
        return;
      }
      case 'all':
        markAll();
        return;
      case 'copy':
        copy();
        return;
      case 'clear':
        selection?.clear();
        return;
      case 'sort':
        sortBy(view.visible[at.col]);
        return;
      case 'resize': {
        const column = view.visible[at.col];
        const size = column && view.table.getColumn(column.id)?.getSize();
        if (column && size)
          view.table.setColumnSizing((old) => ({ ...old, [column.id]: Math.max(56, size + action.by) }));
        return;
      }
    }
  };

  useImperativeHandle(props.handle, () => ({
    focus: () => scroller.current?.focus({ preventScroll: true }),
    step: (by) => go({ row: Math.max(0, Math.min(source.total - 1, at.row + by)), col: at.col }),
    seek: (direction, wanted) => {
      for (let index = at.row + direction; index >= 0 && index < source.loaded; index += direction) {
        const row = source.rowAt(index);
        if (row && wanted(row)) {
          go({ row: index, col: at.col });
          return true;
        }
      }
      return false;
    },
  }));

  const marks = !selection ? null : selection.size === 0 ? 'none' : selection.size >= source.loaded ? 'all' : 'some';
  return (
    <div
      ref={scroller}
      role="grid"
      aria-label={label}
      tabIndex={0}
      aria-rowcount={source.pending ? -1 : source.total + 1}
      aria-colcount={view.visible.length}
      aria-multiselectable={selection ? true : undefined}
      aria-busy={source.pending || source.stale}
      aria-activedescendant={count > 0 ? cellId(grid, at.row, Math.min(at.col, view.visible.length - 1)) : undefined}
      className={`${classes['scroller']} ${source.stale ? classes['stale'] : ''}`}
      style={widthStyle(view)}
      onKeyDown={onKeyDown}
    >
      <div
        className={classes['content']}
        style={{ width: `max(100%, ${view.table.getTotalSize() + (selection ? 40 : 0)}px)` }}
      >
        <TableHead
          grid={grid}
          view={view}
          sort={sort}
          onSort={sortBy}
          cursorCol={at.row === -1 ? at.col : null}
          marks={marks}
          onMarkAll={markAll}
        />
        <div
          role="rowgroup"
          className={classes['body']}
          style={{ position: 'relative', height: virtual.getTotalSize() }}
        >
          {items.map((item) => {
            const row = source.pending ? undefined : source.rowAt(item.index);
            const id = row ? rowId(row) : undefined;
            return (
              <TableRow<Row>
                key={item.key}
                grid={grid}
                index={item.index}
                row={row}
                columns={view.visible}
                start={item.start - rowHeight}
                current={!source.pending && (currentId === undefined ? item.index === at.row : id === currentId)}
                cursorCol={item.index === at.row ? at.col : null}
                marked={selection ? id !== undefined && selection.has(id) : null}
                onPress={press}
                onOpen={open}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

function entriesOf<Row>(
  source: RowSource<Row>,
  rowId: (row: Row) => string,
  from: number,
  to: number,
): (readonly [string, Row])[] {
  const list: (readonly [string, Row])[] = [];
  for (let index = Math.min(from, to); index <= Math.max(from, to); index += 1) {
    const row = source.rowAt(index);
    if (row) list.push([rowId(row), row]);
  }
  return list;
}

/** Copies rows with their header as TSV and HTML, raw values in the shown columns. */
export function copyRows<Row>(columns: readonly DataColumn<Row>[], rows: readonly Row[]): void {
  if (rows.length === 0) return;
  const done = copyToClipboard(
    tableForClipboard(
      columns.map((column) => column.header),
      rows.map((row) => columns.map((column) => column.text(row))),
    ),
  );
  notifications.show(
    done
      ? { message: `Copied ${rows.length.toLocaleString()} ${rows.length === 1 ? 'row' : 'rows'} with headers.` }
      : { message: 'The clipboard refused the copy; nothing was copied.', color: 'red' },
  );
}
