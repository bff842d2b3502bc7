/** Dashboard: what stands in the way of a report, then the numbers behind it. Every number has its denominator and a link. */
import { Button, Group, SimpleGrid, Text } from '@mantine/core';
import { IconClipboardCheck, IconGitCompare } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { JSX } from 'react';
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import { useAssayQuery, useJob } from '../../api/hooks.ts';
import { AppLink } from '../../ui/app-link.tsx';
import { SeverityBadge } from '../../ui/badges.tsx';
import { Instant } from '../../ui/instant.tsx';
import { count, countOf } from '../../ui/numbers.ts';
import { Page, Panel } from '../../ui/page.tsx';
import { EmptyNoIssue, EmptyNothingImported, ErrorPanel, Loading } from '../../ui/states.tsx';
import { Coverage, Gaps, Lifecycle, RuleOutcomes, SeverityByTier, Verdicts } from './charts.tsx';
import './dashboard.css';

type Dashboard = OutputOf<'dashboard.show'>;

export function DashboardScreen(): JSX.Element {
  const dashboard = useAssayQuery('dashboard.show', {});
  const data = dashboard.data;
  return (
    <Page
      title="Dashboard"
      subtitle={
        data?.asOf ? (
          <>
            As of <Instant at={data.asOf} style="full" clock="Newest time at a source" />, from{' '}
            {countOf(data.snapshots, 'snapshot')}
          </>
        ) : (
          'What stands in the way of a report'
        )
      }
      actions={data && data.snapshots > 0 ? <RunButtons /> : null}
    >
      {dashboard.error ? (
        <ErrorPanel error={dashboard.error} what="dashboard.show" onRetry={() => void dashboard.refetch()} />
      ) : null}
      {dashboard.isPending ? <Loading rows={10} /> : null}
      {data?.snapshots === 0 ? <EmptyNothingImported what="The dashboard" /> : null}
      {data && data.snapshots > 0 ? <Content data={data} /> : null}
    </Page>
  );
}

/** The two evaluations that everything else on this screen comes from. */
function RunButtons(): JSX.Element {
  const reconcile = useJob('reconcile.run');
  const check = useJob('check.run');
  const failure = reconcile.error ?? check.error;
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconGitCompare size={16} />}
        loading={reconcile.state === 'running'}
        onClick={() => void reconcile.start({})}
      >
        Reconcile now
      </Button>
      <Button
        leftSection={<IconClipboardCheck size={16} />}
        loading={check.state === 'running'}
        onClick={() => void check.start({})}
      >
        Evaluate the rules
      </Button>
      {failure ? (
        <Text size="xs" c="red" role="alert" maw={420}>
          {failure.message}
        </Text>
      ) : null}
    </>
  );
}

function Content({ data }: { readonly data: Dashboard }): JSX.Element {
  return (
    <div className="assay-dash">
      <ul className="assay-tiles">
        {data.tiles.map((tile) => {
          const unknown = notEvaluated(tile, data);
          return (
            <li key={tile.id} data-tone={unknown ? 'neutral' : tile.tone}>
              <AppLink link={tile.link} c="inherit" underline="never" className="assay-tile-link">
                <span className="assay-tile-label">{tile.label}</span>
                <span className="assay-tile-value">{unknown ? '–' : count(tile.value)}</span>
                <span className="assay-tile-of">{unknown ?? (tile.of === null ? '' : `of ${count(tile.of)}`)}</span>
              </AppLink>
            </li>
          );
        })}
      </ul>
      <Panel title="Before a report can be issued" note="Each line links to exactly the rows it counts.">
        {data.blocking.length === 0 ? (
          <EmptyNoIssue checked="Reconciliation and the switched-on rules were evaluated, and nothing they found blocks a report." />
        ) : (
          <ul className="assay-blocking">
            {data.blocking.map((item) => (
              <li key={item.text}>
                <SeverityBadge severity={item.severity} />
                <span>
                  <strong>{count(item.count)}</strong> <AppLink link={item.link}>{item.text}</AppLink>
                </span>
              </li>
            ))}
          </ul>
        )}
      </Panel>
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md" verticalSpacing="md">
        <Verdicts data={data} />
        <SeverityByTier data={data} />
        <RuleOutcomes data={data} />
        <Lifecycle data={data} />
      </SimpleGrid>
      <Gaps data={data} />
      <Coverage data={data} />
      <Group gap="xs">
        <Text size="sm" c="dimmed">
          New here?{' '}
          <Link to="/help" search={{ page: 'reading' }} className="assay-inline-link">
            How to read these numbers
          </Link>
        </Text>
      </Group>
    </div>
  );
}

/** What was not evaluated is not zero: the words that take the number's place, or null when there is a number. */
function notEvaluated(tile: Dashboard['tiles'][number], data: Dashboard): string | null {
  const evaluations = Object.values(data.ruleOutcomes).reduce((total, outcome) => total + outcome, 0);
  if (tile.link.startsWith('/findings') && evaluations === 0) return 'rules not evaluated yet';
  if (tile.link.startsWith('/reconcile') && tile.of === null) return 'not reconciled yet';
  return null;
}
