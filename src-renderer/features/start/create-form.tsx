/** A new workspace: its name, who works in it, and the passphrase that encrypts it. */
import { Button, Group, PasswordInput, Progress, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, type JSX, useState } from 'react';
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import { pickNewFolder } from '../../api/files.ts';
import { useJob } from '../../api/hooks.ts';
import { JobProgress } from '../../ui/job-progress.tsx';
import { ErrorPanel } from '../../ui/states.tsx';
import { passphraseStrength } from './passphrase-strength.ts';

const tones = ['gray', 'red', 'orange', 'verdigris', 'green'] as const;

interface CreateFormProps {
  readonly onCreated: (created: OutputOf<'workspace.create'>, location: string) => void;
  readonly onBack: () => void;
}

export function CreateForm({ onCreated, onBack }: CreateFormProps): JSX.Element {
  const [name, setName] = useState('');
  const [userName, setUserName] = useState('');
  const [passphrase, setPassphrase] = useState('');
  const [repeated, setRepeated] = useState('');
  const [problem, setProblem] = useState<unknown>(null);
  const job = useJob('workspace.create');
  const strength = passphraseStrength(passphrase);
  const differs = repeated.length > 0 && repeated !== passphrase;
  const ready = name.trim() !== '' && userName.trim() !== '' && strength.level >= 2 && repeated === passphrase;

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (!ready || job.state === 'running') return;
    setProblem(null);
    try {
      const target = await pickNewFolder(name);
      if (!target) return;
      const created = await job.start({
        folder: target.grant,
        name: name.trim(),
        userName: userName.trim(),
        passphrase,
      });
      if (created) {
        setPassphrase('');
        setRepeated('');
        job.reset();
        onCreated(created, target.location);
      }
    } catch (error) {
      setProblem(error);
    }
  };

  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack gap="md">
        <TextInput
          label="Name of the workspace"
          description="For example the audited organisation and the year"
          value={name}
          onChange={(e) => setName(e.currentTarget.value)}
          required
          maxLength={200}
          data-autofocus
          autoFocus
        />
        <TextInput
          label="Your name"
          description="Stands beside every decision you take"
          value={userName}
          onChange={(e) => setUserName(e.currentTarget.value)}
          required
          maxLength={200}
          autoComplete="off"
        />
        <Stack gap={6}>
          <PasswordInput
            label="Passphrase"
            description="Encrypts everything in the workspace. Nobody can reset it."
            value={passphrase}
            onChange={(e) => setPassphrase(e.currentTarget.value)}
            required
            autoComplete="new-password"
          />
          <Progress
            value={strength.level * 25}
            color={tones[strength.level]}
            size={4}
            aria-label="Strength of the passphrase"
          />
          <Text size="xs" c="dimmed" aria-live="polite">
            {strength.text}
          </Text>
        </Stack>
        <PasswordInput
          label="Passphrase again"
          value={repeated}
          onChange={(e) => setRepeated(e.currentTarget.value)}
          required
          autoComplete="new-password"
          error={differs ? 'Not the same as above' : null}
        />
        {job.error || problem ? <ErrorPanel error={job.error ?? problem} what="workspace.create" /> : null}
        {job.state === 'running' ? (
          <JobProgress
            title="Creating"
            progress={job.progress}
            startedAt={job.startedAt}
            cancelNote="Deriving the key takes about a second on purpose."
          />
        ) : null}
        <Group justify="space-between">
          <Button variant="subtle" color="gray" onClick={onBack}>
            Back
          </Button>
          <Button type="submit" disabled={!ready} loading={job.state === 'running'}>
            Create workspace
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
