/** One request: what is asked and why, what is still missing, and what came against what the registry had said before. */
import { Alert, Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconArchive, IconDeviceFloppy, IconHelpCircle } from '@tabler/icons-react';
import { type JSX, useState } from 'react';
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import { entityOf } from '../../../src-shared/domain/dictionary.ts';
import { formatRef } from '../../../src-shared/domain/record.ts';
import { failureOf } from '../../api/client.ts';
import { pickSave } from '../../api/files.ts';
import { useAssayCommand, useAssayQuery } from '../../api/hooks.ts';
import { AppLink } from '../../ui/app-link.tsx';
import { ChangeBadge, ToneBadge } from '../../ui/badges.tsx';
import { Hash } from '../../ui/hash.tsx';
import { Instant } from '../../ui/instant.tsx';
import { countOf } from '../../ui/numbers.ts';
import { RecordLink } from '../../ui/record-link.tsx';
import { ErrorPanel, Loading } from '../../ui/states.tsx';
import { RequestStateBadges } from './request-state.tsx';
import classes from './requests.module.css';

type Detail = OutputOf<'request.show'>;

export function RequestDetail({ id }: { readonly id: string }): JSX.Element {
  const query = useAssayQuery('request.show', { id });
  const [closing, setClosing] = useState(false);
  const save = useAssayCommand('request.save');
  const request = query.data;
  if (query.error) return <ErrorPanel error={query.error} what="request.show" onRetry={() => void query.refetch()} />;
  if (!request) return <Loading label="Loading the request" />;
  const saveAgain = async (): Promise<void> => {
    const target = await pickSave(`${id.slice(0, 8)}.request.json`);
    if (!target) return;
    save.mutate(
      { id, file: target.grant },
      {
        onSuccess: () => notifications.show({ title: `Saved ${target.name}`, message: `It is in ${target.location}.` }),
      },
    );
  };
  return (
    <article>
      <Group gap={8}>
        <RequestStateBadges request={request} />
      </Group>
      <h2 className={classes['title']}>{request.name}</h2>
      <div className={classes['meta']}>
        <span>Of {request.registry.name || request.registry.id}</span>
        <span>
          Asked by {request.createdBy} <Instant at={request.createdAt} style="date" clock="This computer's clock" />
        </span>
        {request.due !== null && <span>Due {request.due}</span>}
        <span>
          Request <span className="assay-hash">{request.id.slice(0, 8)}</span>{' '}
          <Hash value={request.sha256} label="Digest of the signed document" />
        </span>
      </div>
      <div className={classes['actions']}>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconDeviceFloppy size={15} aria-hidden />}
          onClick={() => void saveAgain()}
        >
          Save the request file…
        </Button>
        {request.closed === null && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconArchive size={15} aria-hidden />}
            onClick={() => setClosing(true)}
          >
            Close…
          </Button>
        )}
      </div>
      {save.error && <ErrorPanel error={save.error} what="request.save" />}
      <Why request={request} />
      <StillMissing request={request} />
      <WhatCame request={request} />
      <Answers request={request} />
      <CloseDialog request={closing ? request : null} onClose={() => setClosing(false)} />
    </article>
  );
}

function Why({ request }: { readonly request: Detail }): JSX.Element {
  const { document, closed } = request;
  return (
    <section className={classes['section']}>
      {closed && (
        <Alert color="gray" variant="light" mb="sm" title={`Closed by ${closed.by}`}>
          {closed.reason}
        </Alert>
      )}
      {document.reason !== '' && <p>{document.reason}</p>}
      {document.findings.map((finding) => (
        <p key={finding.id}>
          For <AppLink link={`/findings?id=${finding.id}`}>finding {finding.id}</AppLink>, {finding.title}
        </p>
      ))}
      <Text size="xs" c="dimmed">
        Signed with the fingerprint <span className="assay-hash">{document.requester.fingerprint}</span>; the registry
        compares it over another channel.
      </Text>
    </section>
  );
}

function StillMissing({ request }: { readonly request: Detail }): JSX.Element | null {
  const { records, kinds } = request.missing;
  if (records.length + kinds.length === 0) return null;
  const said = new Set(request.answers.flatMap((answer) => answer.notFound.map(formatRef)));
  return (
    <section className={classes['section']}>
      <h3>Still missing</h3>
      <ul>
        {records.map((ref) => (
          <li key={formatRef(ref)}>
            {entityOf(ref.kind).label} {ref.id}
            {said.has(formatRef(ref)) && (
              <Text span c="dimmed">
                , not found by the registry
              </Text>
            )}
          </li>
        ))}
        {kinds.map((kind) => (
          <li key={kind}>
            {entityOf(kind).plural}
            <Text span c="dimmed">
              , none came beside those that were named, or there may be more than came
            </Text>
          </li>
        ))}
      </ul>
    </section>
  );
}

const changeOf = { new: 'added', changed: 'changed', same: 'same' } as const;

function ComparedBadge({ compared }: Pick<Detail['records'][number], 'compared'>): JSX.Element {
  if (compared !== 'nothing_to_compare') return <ChangeBadge change={changeOf[compared]} />;
  return <ToneBadge tone="neutral" icon={IconHelpCircle} word="Nothing to compare with" />;
}

function WhatCame({ request }: { readonly request: Detail }): JSX.Element | null {
  if (request.recordsTotal === 0) return null;
  return (
    <section className={classes['section']}>
      <h3>What came, against the registry's newest snapshot then</h3>
      <Text size="xs" c="dimmed" mb={4}>
        An answer changes no verdict: those rest on whole snapshots. A finding closes when the registry's next snapshot
        is evaluated.
      </Text>
      {request.records.map((record) => (
        <div key={formatRef(record)} className={classes['record']}>
          <div className={classes['head']}>
            <RecordLink target={{ kind: record.kind, id: record.id }}>{record.name}</RecordLink>
            <Text span size="xs" c="dimmed">
              {entityOf(record.kind).label}
            </Text>
            <ComparedBadge compared={record.compared} />
          </div>
          {record.fields.length > 0 && (
            <table className={classes['fields']}>
              <tbody>
                {record.fields.map((field) => (
                  <tr key={field.field}>
                    <th scope="row">{field.label}</th>
                    <td>
                      {field.before !== null && <span className={classes['before']}>{field.before || 'blank'}</span>}
                      {field.after || 'blank'}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </div>
      ))}
      {request.recordsTotal > request.records.length && (
        <Text size="xs" c="dimmed">
          and {countOf(request.recordsTotal - request.records.length, 'more record')}
        </Text>
      )}
    </section>
  );
}

function Answers({ request }: { readonly request: Detail }): JSX.Element {
  return (
    <section className={classes['section']}>
      <h3>Answers</h3>
      {request.answers.length === 0 && (
        <p>None yet. An answer is a bundle like any other: verify and import it under Snapshots.</p>
      )}
      {request.answers.map((answer) => (
        <div key={answer.answer} className={classes['meta']}>
          <span>
            {countOf(answer.records, 'record')}, signed by {answer.signer}
          </span>
          <Instant at={answer.createdAt} style="date" clock="The publisher's own claim" />
          <Hash value={answer.statementSha256} label="Statement digest" />
          {answer.outside > 0 && <span>{countOf(answer.outside, 'record')} not asked for, not kept</span>}
          {!answer.sourcesComplete && <span>Sources not read completely</span>}
        </div>
      ))}
    </section>
  );
}

function CloseDialog({
  request,
  onClose,
}: {
  readonly request: Detail | null;
  readonly onClose: () => void;
}): JSX.Element {
  const [reason, setReason] = useState('');
  const close = useAssayCommand('request.close');
  const submit = (): void => {
    if (!request || reason.trim() === '') return;
    close.mutate({ id: request.id, reason: reason.trim() }, { onSuccess: onClose });
  };
  return (
    <Modal opened={request !== null} onClose={onClose} title={<Text fw={640}>Close the request</Text>}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Stack gap="sm">
          <Textarea
            label="Reason"
            description="Further answers to it are refused afterwards. It cannot be opened again; a new one can be made."
            required
            autosize
            minRows={2}
            maxLength={2000}
            data-autofocus
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          {close.error && (
            <Alert color="red" variant="light" role="alert">
              {failureOf(close.error).message}
            </Alert>
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" disabled={reason.trim() === ''} loading={close.isPending}>
              Close the request
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
