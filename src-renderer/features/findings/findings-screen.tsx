/** Findings: what the rules concluded on the imported records, what importing them showed, and what people decided about it. */
import { Button, SegmentedControl } from '@mantine/core';
import { IconPlayerPlay, IconRulerMeasure } from '@tabler/icons-react';
import { useParams } from '@tanstack/react-router';
import type { JSX } from 'react';
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import { useAssayQuery, useJob } from '../../api/hooks.ts';
import { utcText } from '../../ui/instant.tsx';
import { JobProgress } from '../../ui/job-progress.tsx';
import { count, countOf } from '../../ui/numbers.ts';
import { Page } from '../../ui/page.tsx';
import { useScreenSearch } from '../../ui/search-state.ts';
import { EmptyNothingImported, EmptyNotRun, ErrorPanel, Loading } from '../../ui/states.tsx';
import classes from './findings.module.css';
import { FindingsQueue } from './findings-queue.tsx';
import { RulesTable } from './rules-table.tsx';
import { findingsSearch } from './search.ts';

export { findingsSearch } from './search.ts';

type CheckRun = OutputOf<'check.run'>;

export function FindingsScreen(): JSX.Element {
  const [found, patch] = useScreenSearch(findingsSearch);
  const params = useParams({ strict: false });
  const linked = 'id' in params && /^\d+$/.test(String(params.id)) ? Number(params.id) : undefined;
  const search = { ...found, id: found.id ?? linked };
  const latest = useAssayQuery('check.latest', {});
  const snapshots = useAssayQuery('snapshots.list', {});
  const job = useJob('check.run');
  const run = latest.data?.run ?? null;
  const rules = latest.data?.rules ?? [];
  // How evidence arrived is a finding at once: the queue does not wait for an evaluation.
  const any = useAssayQuery('findings.list', { limit: 1 });
  const standing = run === null && (any.data?.total ?? 0) > 0;
  const nothing = snapshots.data?.snapshots.length === 0 && !standing;

  const button = (
    <Button
      leftSection={<IconPlayerPlay size={16} aria-hidden />}
      loading={job.state === 'running'}
      onClick={() => void job.start({})}
    >
      {run ? 'Run checks again' : 'Run checks'}
    </Button>
  );
  return (
    <Page
      title="Findings"
      subtitle={
        run
          ? `${countOf(run.findings.open, 'open finding')}, evaluated as of ${utcText(run.asOf)}`
          : 'What the rules concluded, and what people decided'
      }
      layout={run || standing ? 'fill' : 'scroll'}
      actions={
        run ? (
          <>
            <SegmentedControl
              aria-label="Show"
              data={[
                { value: 'queue', label: 'Queue' },
                { value: 'rules', label: `Rules (${rules.length})` },
              ]}
              value={search.view}
              onChange={(view) => patch({ view: view === 'rules' ? 'rules' : 'queue' })}
            />
            {button}
          </>
        ) : standing ? (
          button
        ) : null
      }
    >
      {job.state === 'running' && (
        <JobProgress title="Checking" progress={job.progress} startedAt={job.startedAt} onCancel={job.cancel} />
      )}
      {job.error && job.state === 'failed' && <ErrorPanel error={job.error} what="check.run" />}
      {latest.error ? (
        <ErrorPanel error={latest.error} what="check.latest" onRetry={() => void latest.refetch()} />
      ) : any.error ? (
        <ErrorPanel error={any.error} what="findings.list" onRetry={() => void any.refetch()} />
      ) : nothing ? (
        <EmptyNothingImported what="The queue" />
      ) : !latest.data || !any.data ? (
        <Loading label="Loading findings" />
      ) : run ? (
        <>
          <RunSummary run={run} />
          {search.view === 'rules' ? (
            <RulesTable
              rules={rules}
              onRule={(ruleId) =>
                patch({ view: 'queue', rules: [ruleId], states: [], severities: [], q: '', id: undefined }, 'push')
              }
            />
          ) : (
            <FindingsQueue
              search={search}
              onSearch={patch}
              checked={`${count(run.evaluations)} evaluations of ${countOf(rules.length, 'rule')}, as of ${utcText(run.asOf)}.`}
            />
          )}
        </>
      ) : standing ? (
        <FindingsQueue search={search} onSearch={patch} checked="No rule has been evaluated yet." />
      ) : (
        <EmptyNotRun title="No rule has been evaluated yet" icon={<IconRulerMeasure size={26} />} action={button}>
          The policy packs are evaluated over the newest snapshots. A rule that reads a field that no source supplies is
          reported as not evaluable, never as passed.
        </EmptyNotRun>
      )}
    </Page>
  );
}

const RunSummary = ({ run }: { readonly run: CheckRun }): JSX.Element => (
  <section className={classes['run']} aria-label="Latest evaluation">
    <span>
      <b>{count(run.findings.new)}</b> new · <b>{count(run.findings.unchanged)}</b> unchanged ·{' '}
      <b>{count(run.findings.closed)}</b> closed
    </span>
    <span>
      <b>{count(run.evaluations)}</b> evaluations: <b>{count(run.outcomes.fires)}</b> fire,{' '}
      <b>{count(run.outcomes.pass)}</b> pass, <b>{count(run.outcomes.cannot_evaluate)}</b> cannot be evaluated,{' '}
      <b>{count(run.outcomes.not_applicable)}</b> not applicable
    </span>
    <span title={run.packs.map((pack) => `${pack.title} ${pack.version}: ${pack.rules} rules`).join('\n')}>
      {countOf(run.packs.length, 'pack')}, run {run.run} by {run.startedBy}
    </span>
  </section>
);
