/** The rows of a run: verdicts with counts to choose from, search, list and detail. */
import { Text, UnstyledButton } from '@mantine/core';
import { type JSX, useMemo } from 'react';
import { type Verdict, type VerdictRow, verdictLabels, verdicts } from '../../../src-shared/domain/verdict.ts';
import { SeverityBadge, VerdictBadge } from '../../ui/badges.tsx';
import { useCursorPages } from '../../ui/cursor-pages.ts';
import { ColumnChooser, type DataColumn, DataTable, useColumnView } from '../../ui/data-table.tsx';
import { ListDetail } from '../../ui/list-detail.tsx';
import { count, countOf } from '../../ui/numbers.ts';
import { SearchBox } from '../../ui/search-box.tsx';
import { EmptyNoIssue, EmptyNoMatch, ErrorPanel } from '../../ui/states.tsx';
import classes from './reconcile.module.css';
import { RowDetail } from './row-detail.tsx';
import type { Run } from './summary.tsx';

const columns: readonly DataColumn<VerdictRow>[] = [
  {
    id: 'verdict',
    header: 'Verdict',
    width: 206,
    cell: (row) => <VerdictBadge verdict={row.verdict} />,
    text: (row) => row.verdict,
  },
  { id: 'title', header: 'What', width: 170, grow: true, cell: (row) => row.title, text: (row) => row.title },
  {
    id: 'severity',
    header: 'Severity',
    width: 108,
    cell: (row) => <SeverityBadge severity={row.severity} />,
    text: (row) => row.severity,
  },
  { id: 'region', header: 'Region', width: 96, hidden: true, cell: (row) => row.region, text: (row) => row.region },
  {
    id: 'segment',
    header: 'Segment',
    width: 130,
    hidden: true,
    cell: (row) => row.segment,
    text: (row) => row.segment,
  },
  {
    id: 'match',
    header: 'Matched by',
    width: 150,
    hidden: true,
    cell: (row) => row.match?.key.replaceAll('_', ' ') ?? '',
    text: (row) => row.match?.key ?? '',
  },
  {
    id: 'sentence',
    header: 'Sentence',
    width: 420,
    hidden: true,
    cell: (row) => row.sentence,
    text: (row) => row.sentence,
  },
];

interface VerdictListProps {
  readonly run: Run;
  readonly verdict: Verdict | undefined;
  readonly q: string;
  readonly row: string | undefined;
  readonly onChange: (patch: { verdict?: Verdict | undefined; q?: string; row?: string | undefined }) => void;
}

export function VerdictList({ run, verdict, q, row, onChange }: VerdictListProps): JSX.Element {
  const view = useColumnView('reconcile', columns);
  const list = useCursorPages('reconcile.rows', {
    run: run.run,
    search: q,
    ...(verdict === undefined ? {} : { verdict }),
  });
  const shown = useMemo(() => list.rows().find(({ rowId }) => rowId === row) ?? list.rowAt(0), [list, row]);
  const byVerdict = run.totals.byVerdict;
  const all = verdicts.reduce((sum, one) => sum + (byVerdict[one] ?? 0), 0);
  return (
    <>
      <fieldset className={classes['verdicts']} aria-label="Verdicts">
        <Chip
          label="All"
          n={all}
          selected={verdict === undefined}
          onClick={() => onChange({ verdict: undefined, row: undefined })}
        />
        {verdicts.map((one) => (
          <Chip
            key={one}
            label={verdictLabels[one]}
            n={byVerdict[one] ?? 0}
            selected={verdict === one}
            onClick={() => onChange({ verdict: one, row: undefined })}
          />
        ))}
      </fieldset>
      <ListDetail
        detailLabel="Verdict in detail"
        listShare={46}
        list={
          <>
            <div className={classes['bar']}>
              <SearchBox
                label="Search this run"
                value={q}
                busy={list.stale}
                onChange={(next) => onChange({ q: next, row: undefined })}
              />
              <Text size="sm" c="dimmed" role="status">
                {list.pending ? '' : countOf(list.total, 'row')}
              </Text>
              <ColumnChooser view={view} />
            </div>
            {list.error ? (
              <ErrorPanel error={list.error} what="reconcile.rows" onRetry={list.refetch} />
            ) : !list.pending && list.total === 0 ? (
              q === '' ? (
                <EmptyNoIssue
                  checked={
                    verdict === undefined
                      ? 'This run compared nothing.'
                      : `No row of this run has the verdict “${verdictLabels[verdict]}”; all ${count(all)} have another.`
                  }
                />
              ) : (
                <EmptyNoMatch onClear={() => onChange({ q: '' })} />
              )
            ) : (
              <DataTable
                label="Verdict rows"
                view={view}
                source={list}
                rowId={(one) => one.rowId}
                currentId={shown?.rowId}
                onCurrent={(one) => onChange({ row: one.rowId })}
                resetKey={`${run.run} ${verdict} ${q}`}
              />
            )}
          </>
        }
        detail={shown && <RowDetail row={shown} />}
      />
    </>
  );
}

const Chip = ({
  label,
  n,
  selected,
  onClick,
}: {
  readonly label: string;
  readonly n: number;
  readonly selected: boolean;
  readonly onClick: () => void;
}): JSX.Element => (
  <UnstyledButton aria-pressed={selected} className={classes['verdict']} data-empty={n === 0} onClick={onClick}>
    {label} <span className={classes['n']}>{count(n)}</span>
  </UnstyledButton>
);
