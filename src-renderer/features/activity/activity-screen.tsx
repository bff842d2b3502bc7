/** Activity: everything that was done in this workspace, each entry chained to the one before by its hash. */
import { Button, Table, Text } from '@mantine/core';
import { IconShieldCheck, IconShieldX } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { JSX } from 'react';
import { assay } from '../../api/client.ts';
import { useAssayQuery } from '../../api/hooks.ts';
import { Hash } from '../../ui/hash.tsx';
import { Instant } from '../../ui/instant.tsx';
import { count, countOf } from '../../ui/numbers.ts';
import { Page, Panel } from '../../ui/page.tsx';
import { EmptyNotRun, ErrorPanel, Loading } from '../../ui/states.tsx';

const pageSize = 100;

export function ActivityScreen(): JSX.Element {
  const log = useInfiniteQuery({
    queryKey: ['activity.list', 'pages'],
    queryFn: ({ pageParam }) =>
      assay.get('activity.list', { limit: pageSize, ...(pageParam === null ? {} : { before: pageParam }) }),
    initialPageParam: null as number | null,
    getNextPageParam: (last) => last.next,
  });
  const chain = useAssayQuery('activity.verify', {});
  const entries = log.data?.pages.flatMap((page) => page.entries) ?? [];
  const total = log.data?.pages[0]?.total ?? 0;
  return (
    <Page
      title="Activity"
      subtitle="What was done here, by whom and when. Nothing can be changed or taken out without breaking the chain."
    >
      <Chain chain={chain} />
      {log.error ? <ErrorPanel error={log.error} what="activity.list" onRetry={() => void log.refetch()} /> : null}
      {log.isPending ? <Loading rows={10} /> : null}
      {log.data && entries.length === 0 ? (
        <EmptyNotRun title="Nothing was done yet">
          The first entry is written when something is imported, decided or signed.
        </EmptyNotRun>
      ) : null}
      {entries.length > 0 ? (
        <Panel title="Log" note={`${count(entries.length)} of ${countOf(total, 'entry', 'entries')}, newest first`}>
          <div className="assay-scroll-x">
            <Table verticalSpacing={6}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>#</Table.Th>
                  <Table.Th>When (this computer's clock)</Table.Th>
                  <Table.Th>Who</Table.Th>
                  <Table.Th>What</Table.Th>
                  <Table.Th>Action</Table.Th>
                  <Table.Th>Entry hash</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {entries.map((entry) => (
                  <Table.Tr key={entry.seq}>
                    <Table.Td>{entry.seq}</Table.Td>
                    <Table.Td>
                      <Instant at={entry.at} />
                    </Table.Td>
                    <Table.Td>{entry.actor}</Table.Td>
                    <Table.Td style={{ overflowWrap: 'anywhere' }}>{entry.summary}</Table.Td>
                    <Table.Td>
                      <Text span size="xs" ff="monospace" c="dimmed">
                        {entry.action}
                      </Text>
                    </Table.Td>
                    <Table.Td>
                      <Hash value={entry.hash} label={`Hash of entry ${entry.seq}`} length={8} copy={false} />
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </div>
          {log.hasNextPage ? (
            <Button variant="default" mt="sm" loading={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
              Show older entries
            </Button>
          ) : null}
        </Panel>
      ) : null}
    </Page>
  );
}

function Chain({ chain }: { readonly chain: ReturnType<typeof useAssayQuery<'activity.verify'>> }): JSX.Element | null {
  if (chain.error)
    return <ErrorPanel error={chain.error} what="activity.verify" onRetry={() => void chain.refetch()} />;
  if (!chain.data) return null;
  const { ok, text, entries, head, firstBad } = chain.data;
  const Icon = ok ? IconShieldCheck : IconShieldX;
  return (
    <div className="assay-verdict" data-tone={ok ? 'good' : 'bad'} role={ok ? 'status' : 'alert'}>
      <Icon size={22} aria-hidden />
      <div>
        <Text fw={600} size="sm">
          {ok
            ? `The chain of ${countOf(entries, 'entry', 'entries')} is unbroken and signed`
            : `The chain is broken at entry ${firstBad ?? 'unknown'}`}
        </Text>
        {ok ? null : <Text size="sm">{text}</Text>}
        {head ? (
          <Text size="sm" component="div">
            Newest hash <Hash value={head} label="Newest hash of the log" length={16} />
          </Text>
        ) : null}
      </div>
      <Button size="xs" variant="default" loading={chain.isFetching} onClick={() => void chain.refetch()}>
        Check again
      </Button>
    </div>
  );
}
