/** Who looks after a finding, and until when. */
import { Alert, Button, Group, TextInput } from '@mantine/core';
import { type JSX, useState } from 'react';
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import { failureOf } from '../../api/client.ts';
import { useAssayCommand } from '../../api/hooks.ts';
import classes from './findings.module.css';

/** Mount with `key` per finding, so that one finding's draft never reaches another. */
export function Assignment({ finding }: { readonly finding: OutputOf<'findings.show'> }): JSX.Element {
  const [assignee, setAssignee] = useState(finding.assignee ?? '');
  const [dueAt, setDueAt] = useState(finding.dueAt?.slice(0, 10) ?? '');
  const assign = useAssayCommand('findings.assign');
  const changed = assignee !== (finding.assignee ?? '') || dueAt !== (finding.dueAt?.slice(0, 10) ?? '');
  return (
    <form
      className={classes['section']}
      onSubmit={(event) => {
        event.preventDefault();
        if (changed)
          assign.mutate({ ids: [finding.id], assignee: assignee.trim(), ...(dueAt === '' ? {} : { dueAt }) });
      }}
    >
      <h3>Assignment</h3>
      <Group gap="xs" align="flex-end">
        <TextInput
          size="xs"
          label="Assigned to"
          placeholder="nobody"
          maxLength={200}
          value={assignee}
          onChange={(event) => setAssignee(event.currentTarget.value)}
          style={{ flex: '1 1 160px' }}
        />
        <TextInput
          size="xs"
          label="Due on"
          type="date"
          value={dueAt}
          onChange={(event) => setDueAt(event.currentTarget.value)}
        />
        <Button size="xs" type="submit" variant="default" disabled={!changed} loading={assign.isPending}>
          Save
        </Button>
      </Group>
      {assign.error && (
        <Alert color="red" variant="light" role="alert" mt={6}>
          {failureOf(assign.error).message}
        </Alert>
      )}
    </form>
  );
}
