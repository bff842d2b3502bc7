/** Reconciliation: what the registry claims against what was observed running, and against what it claimed before. */
import { Button, Select } from '@mantine/core';
import { IconGitCompare, IconPlayerPlay } from '@tabler/icons-react';
import type { JSX } from 'react';
import { useAssayQuery, useJob } from '../../api/hooks.ts';
import { utcText } from '../../ui/instant.tsx';
import { JobProgress } from '../../ui/job-progress.tsx';
import { Page } from '../../ui/page.tsx';
import { useScreenSearch } from '../../ui/search-state.ts';
import { EmptyNothingImported, EmptyNotRun, ErrorPanel, Loading } from '../../ui/states.tsx';
import { reconcileSearch } from './search.ts';
import { type Run, Summary } from './summary.tsx';
import { VerdictList } from './verdict-list.tsx';

export { reconcileSearch } from './search.ts';

export function ReconcileScreen(): JSX.Element {
  const [search, patch] = useScreenSearch(reconcileSearch);
  const runs = useAssayQuery('reconcile.runs', {});
  const snapshots = useAssayQuery('snapshots.list', {});
  const job = useJob('reconcile.run');
  const list = runs.data?.runs ?? [];
  const newest = list.reduce<Run | undefined>((best, run) => (best && best.run > run.run ? best : run), undefined);
  const run = list.find((one) => one.run === search.run) ?? newest;

  const start = (): void => {
    void job.start({}).then((result) => result && patch({ run: undefined, verdict: undefined, row: undefined, q: '' }));
  };
  const runButton = (
    <Button leftSection={<IconPlayerPlay size={16} aria-hidden />} loading={job.state === 'running'} onClick={start}>
      {run ? 'Run again' : 'Run reconciliation'}
    </Button>
  );
  const nothing = snapshots.data?.snapshots.length === 0;
  return (
    <Page
      title="Reconcile"
      subtitle={
        run
          ? `Registry ${numbers(run.registry)} against runtime ${numbers(run.discovery)}${run.baseline.length > 0 ? `, baseline ${numbers(run.baseline)}` : ', no baseline'}, as of ${utcText(run.asOf)}`
          : 'Claimed against observed against before'
      }
      layout={run ? 'fill' : 'scroll'}
      actions={
        nothing ? undefined : (
          <>
            {list.length > 1 && (
              <Select
                aria-label="Run"
                w={270}
                allowDeselect={false}
                data={list
                  .toSorted((a, b) => b.run - a.run)
                  .map((one) => ({
                    value: String(one.run),
                    label: `Run ${one.run}, ${utcText(one.startedAt)}, ${one.startedBy}`,
                  }))}
                value={run ? String(run.run) : null}
                onChange={(next) => patch({ run: next === null ? undefined : Number(next), row: undefined }, 'push')}
              />
            )}
            {run && runButton}
          </>
        )
      }
    >
      {job.state === 'running' && (
        <JobProgress title="Reconciling" progress={job.progress} startedAt={job.startedAt} onCancel={job.cancel} />
      )}
      {job.error && job.state === 'failed' && <ErrorPanel error={job.error} what="reconcile.run" />}
      {runs.error ? (
        <ErrorPanel error={runs.error} what="reconcile.runs" onRetry={() => void runs.refetch()} />
      ) : nothing ? (
        <EmptyNothingImported what="Reconciliation" />
      ) : !runs.data ? (
        <Loading label="Loading runs" />
      ) : run ? (
        <>
          <Summary run={run} />
          <VerdictList run={run} verdict={search.verdict} q={search.q} row={search.row} onChange={patch} />
        </>
      ) : (
        <EmptyNotRun title="Not reconciled yet" icon={<IconGitCompare size={26} />} action={runButton}>
          A run compares the newest registry snapshot with the newest discovery snapshot and with the registry snapshot
          before, and says for every claim and every observation what it found. It changes no record.
        </EmptyNotRun>
      )}
    </Page>
  );
}

const numbers = (snapshots: readonly number[]): string => snapshots.map((n) => `#${n}`).join(', ') || 'none';
