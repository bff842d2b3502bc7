/** Changes: any two imported snapshots against each other, record by record, keyed by id. */
import { ActionIcon, Tooltip } from '@mantine/core';
import { IconArrowsExchange } from '@tabler/icons-react';
import type { JSX } from 'react';
import { useAssayQuery } from '../../api/hooks.ts';
import { Page } from '../../ui/page.tsx';
import { useScreenSearch } from '../../ui/search-state.ts';
import { SnapshotSelect, type SnapshotSummary } from '../../ui/snapshot-select.tsx';
import { EmptyNothingImported, EmptyNotRun, ErrorPanel } from '../../ui/states.tsx';
import classes from './diff.module.css';
import { DiffList } from './diff-list.tsx';
import { diffSearch } from './search.ts';

export { diffSearch } from './search.ts';

/** The newest pair of neighbours of one registry: what a person most often wants to see first. */
export function newestPair(
  snapshots: readonly SnapshotSummary[],
): { readonly from: number; readonly to: number } | null {
  const newestFirst = snapshots.toSorted((a, b) => b.takenAt.localeCompare(a.takenAt) || b.sequence - a.sequence);
  for (const to of newestFirst) {
    const from = newestFirst.find((one) => one.registryId === to.registryId && one.sequence < to.sequence);
    if (from) return { from: from.snapshot, to: to.snapshot };
  }
  return null;
}

export function SnapshotDiffScreen(): JSX.Element {
  const [search, patch] = useScreenSearch(diffSearch);
  const snapshots = useAssayQuery('snapshots.list', {});
  const list = snapshots.data?.snapshots ?? [];
  const pair = newestPair(list);
  const from = search.from ?? pair?.from;
  const to = search.to ?? pair?.to;
  const nothing = snapshots.data !== undefined && list.length === 0;
  return (
    <Page
      title="Changes"
      subtitle="What changed between two snapshots, record by record"
      layout={from !== undefined && to !== undefined ? 'fill' : 'scroll'}
    >
      {snapshots.error && <ErrorPanel error={snapshots.error} what="snapshots.list" />}
      {nothing ? (
        <EmptyNothingImported what="The comparison" />
      ) : (
        <>
          <div className={classes['pair']}>
            <SnapshotSelect
              label="From (before)"
              labelHidden={false}
              width={440}
              value={from}
              onChange={(next) => patch({ from: next, to }, 'push')}
            />
            <Tooltip label="Swap">
              <ActionIcon
                variant="default"
                size={34}
                aria-label="Swap the two snapshots"
                disabled={from === undefined || to === undefined}
                onClick={() => patch({ from: to, to: from })}
              >
                <IconArrowsExchange size={18} aria-hidden />
              </ActionIcon>
            </Tooltip>
            <SnapshotSelect
              label="To (after)"
              labelHidden={false}
              width={440}
              value={to}
              onChange={(next) => patch({ from, to: next }, 'push')}
            />
          </div>
          {snapshots.data && (from === undefined || to === undefined) ? (
            <EmptyNotRun title="Choose two snapshots">
              No registry has two imported snapshots yet, so there is no obvious pair. Any two can be compared.
            </EmptyNotRun>
          ) : from !== undefined && to !== undefined ? (
            <DiffList from={from} to={to} kind={search.kind} change={search.change} onChange={patch} />
          ) : null}
        </>
      )}
    </Page>
  );
}
