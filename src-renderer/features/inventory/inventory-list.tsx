/** The list of one kind: search, filters, table, and what can be done with marked rows. Mounted anew for each kind. */
import { Button, CloseButton } from '@mantine/core';
import { IconCopy } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { type JSX, useMemo, useRef } from 'react';
import { entityOf } from '../../../src-shared/domain/dictionary.ts';
import { useCursorPages } from '../../ui/cursor-pages.ts';
import {
  ColumnChooser,
  copyRows,
  DataTable,
  type DataTableHandle,
  useColumnView,
  useSelection,
} from '../../ui/data-table.tsx';
import { effective, FilterBar } from '../../ui/filter-bar.tsx';
import { countOf } from '../../ui/numbers.ts';
import { SearchBox } from '../../ui/search-box.tsx';
import { EmptyNoMatch, EmptyNotRun, ErrorPanel } from '../../ui/states.tsx';
import classes from './inventory.module.css';
import { type InventoryRow, inventoryColumns } from './inventory-columns.tsx';
import type { InventorySearch } from './search.ts';

interface InventoryListProps {
  readonly search: InventorySearch;
  readonly onSearch: (patch: Partial<InventorySearch>) => void;
}

const rowId = (row: InventoryRow): string => `${row.kind}/${row.id}`;

export function InventoryList({ search, onSearch }: InventoryListProps): JSX.Element {
  const { kind, snapshot, q, filters, sort, descending } = search;
  const entity = entityOf(kind);
  const navigate = useNavigate();
  const columns = useMemo(() => inventoryColumns(kind), [kind]);
  const view = useColumnView(`inventory/${kind}`, columns);
  const selection = useSelection<InventoryRow>();
  const table = useRef<DataTableHandle<InventoryRow>>(null);

  const applied = effective(filters);
  const input = {
    kind,
    search: q,
    filters: applied,
    sort,
    descending,
    ...(snapshot === undefined ? {} : { snapshot }),
  };
  const list = useCursorPages('inventory.list', input);
  const filtered = q !== '' || applied.length > 0;
  const open = (row: InventoryRow): void => {
    void navigate({
      to: '/record/$kind/$id',
      params: { kind: row.kind, id: row.id },
      search: snapshot === undefined ? {} : { snapshot },
    });
  };

  return (
    <div className={classes['main']}>
      <div className={classes['bar']}>
        <SearchBox
          value={q}
          label={`Search ${entity.plural.toLowerCase()}`}
          busy={list.stale}
          onChange={(next) => onSearch({ q: next })}
          onDone={() => table.current?.focus()}
        />
        <span className={classes['total']} role="status">
          {list.pending
            ? ''
            : countOf(
                list.total,
                filtered ? 'match' : entity.label.toLowerCase(),
                filtered ? 'matches' : entity.plural.toLowerCase(),
              )}
        </span>
        <ColumnChooser view={view} />
      </div>
      <FilterBar fields={entity.fields} filters={filters} onChange={(next) => onSearch({ filters: next })} />
      {list.error ? (
        <ErrorPanel error={list.error} what="inventory.list" onRetry={list.refetch} />
      ) : !list.pending && list.total === 0 ? (
        filtered ? (
          <EmptyNoMatch onClear={() => onSearch({ q: '', filters: [] })} />
        ) : (
          <EmptyNotRun title={`No ${entity.plural.toLowerCase()} here`}>
            The shown snapshot holds no records of this kind. Its sources may not state them, or it was collected
            without them.
          </EmptyNotRun>
        )
      ) : (
        <DataTable
          label={entity.plural}
          view={view}
          source={list}
          rowId={rowId}
          sort={{ key: sort, descending }}
          onSort={(next) => onSearch({ sort: sortKey(next.key), descending: next.descending })}
          selection={selection}
          onOpen={open}
          resetKey={JSON.stringify(input)}
          handle={table}
        />
      )}
      {selection.size > 0 && (
        <section className={classes['selection']} aria-label="Marked rows">
          <span role="status">
            {countOf(selection.size, 'row')} marked{notShown(selection.rows, list)}
          </span>
          <Button
            size="compact-sm"
            variant="light"
            leftSection={<IconCopy size={15} aria-hidden />}
            onClick={() => copyRows(view.visible, selection.rows)}
          >
            Copy with headers
          </Button>
          <CloseButton size="sm" ml="auto" aria-label="Unmark all" onClick={selection.clear} />
        </section>
      )}
    </div>
  );
}

const sortKey = (key: string): InventorySearch['sort'] => (key === 'name' || key === 'findings' ? key : 'id');

/** ", 3 not in this list": a mark survives a filter, and a person must know. Said only when the whole list is loaded. */
function notShown(
  marked: readonly InventoryRow[],
  list: { readonly loaded: number; readonly total: number; rows(): readonly InventoryRow[] },
): string {
  if (list.loaded < list.total) return '';
  const here = new Set(list.rows().map(rowId));
  const missing = marked.filter((row) => !here.has(rowId(row))).length;
  return missing === 0 ? '' : `, ${missing} not in this list`;
}
