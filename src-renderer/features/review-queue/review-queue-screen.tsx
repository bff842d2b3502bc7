/** Incomplete records: what was imported without a mandatory field, and which one, for a person to follow up at the source. */
import { Button, Select, Text } from '@mantine/core';
import { IconMailForward } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { type JSX, useState } from 'react';
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import { entities, entityOf, fieldLabel, kindSchema } from '../../../src-shared/domain/dictionary.ts';
import { useAssayQuery } from '../../api/hooks.ts';
import { useCursorPages } from '../../ui/cursor-pages.ts';
import { ColumnChooser, type DataColumn, DataTable, useColumnView, useSelection } from '../../ui/data-table.tsx';
import { countOf, outOf } from '../../ui/numbers.ts';
import { Page } from '../../ui/page.tsx';
import { RecordLink } from '../../ui/record-link.tsx';
import { recordName } from '../../ui/record-name.ts';
import { useScreenSearch } from '../../ui/search-state.ts';
import { SnapshotSelect } from '../../ui/snapshot-select.tsx';
import { EmptyNoIssue, EmptyNothingImported, ErrorPanel } from '../../ui/states.tsx';
import { AskDialog } from '../requests/ask-dialog.tsx';
import classes from './review-queue.module.css';
import { reviewQueueSearch } from './search.ts';

export { reviewQueueSearch } from './search.ts';

type Row = OutputOf<'inventory.reviewQueue'>['rows'][number];

const columns: readonly DataColumn<Row>[] = [
  { id: 'kind', header: 'Kind', width: 140, cell: (row) => entityOf(row.kind).label, text: (row) => row.kind },
  {
    id: 'name',
    header: 'Record',
    width: 260,
    grow: true,
    cell: (row) => (
      <RecordLink target={{ kind: row.kind, id: row.id }} snapshot={row.snapshot} inGrid>
        {recordName(row.id, row.name)}
      </RecordLink>
    ),
    text: (row) => row.id,
  },
  {
    id: 'count',
    header: 'Missing',
    width: 84,
    align: 'end',
    cell: (row) => String(row.missing.length),
    text: (row) => String(row.missing.length),
  },
  {
    id: 'missing',
    header: 'What is missing',
    width: 460,
    grow: true,
    cell: (row) => <Missing row={row} />,
    text: (row) => row.missing.join(', '),
  },
  {
    id: 'snapshot',
    header: 'Snapshot',
    width: 92,
    align: 'end',
    cell: (row) => String(row.snapshot),
    text: (row) => String(row.snapshot),
  },
];

/** The first few as chips; all of them in the title and in what is copied. */
function Missing({ row }: { readonly row: Row }): JSX.Element {
  const labels = row.missing.map((field) => fieldLabel(row.kind, field));
  return (
    <span className={classes['fields']} title={labels.join(', ')}>
      {labels.slice(0, 4).map((label) => (
        <span key={label} className={classes['field']}>
          {label}
        </span>
      ))}
      {labels.length > 4 && <span className={classes['more']}>and {labels.length - 4} more</span>}
    </span>
  );
}

export function ReviewQueueScreen(): JSX.Element {
  const [search, patch] = useScreenSearch(reviewQueueSearch);
  const { kind, snapshot } = search;
  const navigate = useNavigate();
  const snapshots = useAssayQuery('snapshots.list', {});
  const nothing = snapshots.data?.snapshots.length === 0;
  const list = useCursorPages('inventory.reviewQueue', {
    ...(kind === undefined ? {} : { kind }),
    ...(snapshot === undefined ? {} : { snapshot }),
  });
  const view = useColumnView('review-queue', columns);
  const selection = useSelection<Row>();
  const [asking, setAsking] = useState(false);
  const checked = list.first?.checked ?? 0;
  return (
    <Page
      title="Incomplete records"
      subtitle={
        list.first
          ? `${outOf(list.total, checked)} checked records miss a field that every record of their kind needs`
          : 'Records that miss mandatory fields'
      }
      layout="fill"
      actions={
        nothing ? undefined : (
          <>
            <Select
              aria-label="Kind of record"
              placeholder="Every kind"
              clearable
              clearButtonProps={{ 'aria-label': 'Every kind' }}
              w={190}
              data={entities.map(({ entity, plural }) => ({ value: entity, label: plural }))}
              value={kind ?? null}
              onChange={(next) => patch({ kind: next === null ? undefined : kindSchema.parse(next) })}
            />
            <SnapshotSelect
              label="Snapshot"
              none="Newest registry snapshots"
              width={290}
              value={snapshot}
              onChange={(next) => patch({ snapshot: next })}
            />
            <ColumnChooser view={view} />
            <Button
              leftSection={<IconMailForward size={16} aria-hidden />}
              disabled={selection.size === 0}
              onClick={() => setAsking(true)}
            >
              {selection.size === 0
                ? 'Ask the registry…'
                : `Ask the registry for ${countOf(selection.size, 'record')}…`}
            </Button>
          </>
        )
      }
    >
      {nothing ? (
        <EmptyNothingImported what="The queue" />
      ) : list.error ? (
        <ErrorPanel error={list.error} what="inventory.reviewQueue" onRetry={list.refetch} />
      ) : !list.pending && list.total === 0 ? (
        <EmptyNoIssue
          checked={`${outOf(checked, checked)} records were checked against the core fields of their kind.`}
        />
      ) : (
        <>
          <DataTable
            label="Incomplete records"
            view={view}
            source={list}
            rowId={(row) => `${row.kind}/${row.id}`}
            selection={selection}
            onOpen={(row) =>
              void navigate({
                to: '/record/$kind/$id',
                params: { kind: row.kind, id: row.id },
                search: { snapshot: row.snapshot },
              })
            }
            resetKey={`${kind} ${snapshot}`}
          />
          <Text size="xs" c="dimmed" my={8}>
            A missing value is never filled in here: it is corrected at the source and comes with the next snapshot.
            Ctrl+C copies the marked rows{selection.size > 0 ? ` (${selection.size})` : ''} for the owner.
          </Text>
        </>
      )}
      <AskDialog
        asked={asking ? { records: selection.rows.map(({ kind, id }) => ({ kind, id })), findings: [] } : null}
        onClose={() => setAsking(false)}
        onAsked={() => selection.clear()}
      />
    </Page>
  );
}
