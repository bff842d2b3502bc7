/** Opening an existing workspace with its passphrase, or with the recovery code when that is lost. */
import { Anchor, Button, Group, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { type FormEvent, type JSX, useState } from 'react';
import type { Grant } from '../../../src-shared/contract/schemas/workspace.ts';
import { useJob } from '../../api/hooks.ts';
import { JobProgress } from '../../ui/job-progress.tsx';
import { ErrorPanel } from '../../ui/states.tsx';

export interface UnlockTarget {
  readonly folder: Grant;
  readonly name: string;
  readonly location: string;
}

interface UnlockFormProps {
  readonly target: UnlockTarget;
  readonly onUnlocked: () => void;
  readonly onBack: () => void;
}

export function UnlockForm({ target, onUnlocked, onBack }: UnlockFormProps): JSX.Element {
  const [secret, setSecret] = useState('');
  const [byCode, setByCode] = useState(false);
  const job = useJob('workspace.unlock');

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (secret === '' || job.state === 'running') return;
    const info = await job.start({
      folder: target.folder,
      ...(byCode ? { recoveryCode: secret } : { passphrase: secret }),
    });
    if (info) {
      setSecret('');
      job.reset();
      onUnlocked();
    }
  };

  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack gap="md">
        <div>
          <Title order={2}>{target.name}</Title>
          {target.location ? (
            <Text size="sm" c="dimmed">
              in {target.location}
            </Text>
          ) : null}
        </div>
        {byCode ? (
          <TextInput
            label="Recovery code"
            description="Eight groups of seven; dashes and capitals do not matter. It opens the workspace for reading only."
            value={secret}
            onChange={(e) => setSecret(e.currentTarget.value)}
            autoFocus
            autoComplete="off"
            ff="monospace"
          />
        ) : (
          <PasswordInput
            label="Passphrase"
            value={secret}
            onChange={(e) => setSecret(e.currentTarget.value)}
            autoFocus
            autoComplete="current-password"
          />
        )}
        <Anchor
          component="button"
          type="button"
          size="sm"
          ta="left"
          onClick={() => {
            setByCode(!byCode);
            setSecret('');
          }}
        >
          {byCode ? 'Use the passphrase instead' : 'Passphrase lost? Use the recovery code'}
        </Anchor>
        {job.error ? <ErrorPanel error={job.error} what="workspace.unlock" /> : null}
        {job.state === 'running' ? (
          <JobProgress title="Unlocking" progress={job.progress} startedAt={job.startedAt} />
        ) : null}
        <Group justify="space-between">
          <Button
            variant="subtle"
            color="gray"
            onClick={() => {
              job.reset();
              onBack();
            }}
          >
            Back
          </Button>
          <Button type="submit" disabled={secret === ''} loading={job.state === 'running'}>
            Unlock
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
