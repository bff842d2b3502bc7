/** Requests: what registries were asked for, how far each is answered, and what came. */
import { Button, Text } from '@mantine/core';
import { IconMailForward } from '@tabler/icons-react';
import { type JSX, useState } from 'react';
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import { useAssayQuery } from '../../api/hooks.ts';
import { ListDetail } from '../../ui/list-detail.tsx';
import { countOf, outOf } from '../../ui/numbers.ts';
import { Page } from '../../ui/page.tsx';
import { useScreenSearch } from '../../ui/search-state.ts';
import { EmptyNothingImported, ErrorPanel, Loading } from '../../ui/states.tsx';
import { AskDialog } from './ask-dialog.tsx';
import { RequestDetail } from './request-detail.tsx';
import { RequestStateBadges } from './request-state.tsx';
import classes from './requests.module.css';
import { requestsSearch } from './search.ts';

type Row = OutputOf<'request.list'>['requests'][number];

export function RequestsScreen(): JSX.Element {
  const [search, patch] = useScreenSearch(requestsSearch);
  const list = useAssayQuery('request.list', {});
  const snapshots = useAssayQuery('snapshots.list', {});
  const [asking, setAsking] = useState(false);
  const requests = list.data?.requests ?? [];
  const current = requests.find((request) => request.id === search.id) ?? requests[0];
  const waiting = requests.filter((request) => request.state === 'open' || request.state === 'partly_answered').length;
  const nothing = snapshots.data?.snapshots.length === 0;
  return (
    <Page
      title="Requests"
      subtitle={
        requests.length > 0
          ? `${outOf(waiting, requests.length)} requests wait for an answer or for the rest of one`
          : 'Ask a registry for exactly the records that are missing'
      }
      layout="fill"
      actions={
        <Button
          leftSection={<IconMailForward size={16} aria-hidden />}
          disabled={nothing}
          onClick={() => setAsking(true)}
        >
          Ask a registry…
        </Button>
      }
    >
      {list.error ? (
        <ErrorPanel error={list.error} what="request.list" onRetry={() => void list.refetch()} />
      ) : list.isPending ? (
        <Loading />
      ) : nothing ? (
        <EmptyNothingImported what="Requests" />
      ) : current ? (
        <ListDetail
          detailLabel="Request in detail"
          listShare={38}
          list={<RequestList requests={requests} current={current.id} onShow={(id) => patch({ id }, 'push')} />}
          detail={<RequestDetail key={current.id} id={current.id} />}
        />
      ) : (
        <NothingAsked />
      )}
      <AskDialog
        asked={asking ? { records: [], findings: [] } : null}
        onClose={() => setAsking(false)}
        onAsked={(id) => patch({ id }, 'push')}
      />
    </Page>
  );
}

function RequestList({
  requests,
  current,
  onShow,
}: {
  readonly requests: readonly Row[];
  readonly current: string;
  readonly onShow: (id: string) => void;
}): JSX.Element {
  return (
    <ul className={classes['list']} aria-label="Requests">
      {requests.map((request) => (
        <li key={request.id}>
          <button
            type="button"
            className={classes['item']}
            aria-pressed={request.id === current}
            onClick={() => onShow(request.id)}
          >
            <div className={classes['what']}>{request.name}</div>
            <span>
              {request.registry.name || request.registry.id}
              {request.due === null ? '' : ` · due ${request.due}`}
              {request.answers === 0 ? '' : ` · ${countOf(request.answers, 'answer')}`}
            </span>
            <div className={classes['chips']}>
              <RequestStateBadges request={request} />
            </div>
          </button>
        </li>
      ))}
    </ul>
  );
}

function NothingAsked(): JSX.Element {
  return (
    <div className="assay-empty">
      <Text fw={600}>Nothing was asked yet</Text>
      <Text size="sm" c="dimmed" maw={520} ta="center">
        A request is a small signed file. The registry answers with exactly the records it names and a list of what it
        does not have; importing that answer closes the gap here. Requests also start from a finding, or from the
        incomplete records.
      </Text>
    </div>
  );
}
