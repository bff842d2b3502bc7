/** Choosing files, checking them against signature and record, and the answers of this check and of earlier ones. */
import { Button, Drawer, Group, Stack, Text, Title } from '@mantine/core';
import { IconFile, IconFolderSearch, IconX } from '@tabler/icons-react';
import { type JSX, useState } from 'react';
import type { Picked } from '../../../src-shared/contract/bridge.ts';
import type { ArtifactState } from '../../../src-shared/contract/schemas/artifact.ts';
import type { RecordRef } from '../../../src-shared/domain/record.ts';
import { pickFile, pickFolder } from '../../api/files.ts';
import { useJob } from '../../api/hooks.ts';
import { Instant } from '../../ui/instant.tsx';
import { JobProgress } from '../../ui/job-progress.tsx';
import { ErrorPanel } from '../../ui/states.tsx';
import classes from './dossier.module.css';
import { FilesResult } from './files-result.tsx';

interface FilesDrawerProps {
  readonly target: RecordRef;
  readonly artifact: ArtifactState;
  readonly opened: boolean;
  readonly onClose: () => void;
}

export function FilesDrawer({ target, artifact, opened, onClose }: FilesDrawerProps): JSX.Element {
  const { start, ...job } = useJob('artifact.check');
  const [signature, setSignature] = useState<Picked | null>(null);
  const check = async (picked: Picked | null): Promise<void> => {
    if (!picked) return;
    await start({ ref: target, path: picked.grant, ...(signature ? { signature: signature.grant } : {}) });
  };
  const close = (): void => {
    if (job.state !== 'running') job.reset();
    onClose();
  };
  const running = job.state === 'running';
  const earlier = artifact.checks.filter(({ id }) => id !== job.result?.id);
  return (
    <Drawer
      opened={opened}
      onClose={close}
      position="right"
      size="xl"
      title={<Text fw={640}>Verify files of {target.id}</Text>}
    >
      <Stack gap="lg">
        <Stack gap="xs">
          <Text size="sm">
            Choose where the files lie. They are read on this computer, compared with what was signed and what the
            record states, and the result is kept with the record. Signers are looked up in this workspace's keys.
          </Text>
          <Group gap="xs">
            <Button
              leftSection={<IconFolderSearch size={16} aria-hidden />}
              disabled={running}
              onClick={() => void pickFolder().then(check)}
            >
              Choose a folder…
            </Button>
            <Button
              variant="default"
              leftSection={<IconFile size={16} aria-hidden />}
              disabled={running}
              onClick={() => void pickFile().then(check)}
            >
              Choose a file…
            </Button>
          </Group>
          <SignatureRow given={signature} onChange={setSignature} disabled={running} />
        </Stack>
        {running ? (
          <JobProgress
            title="Reading files"
            progress={job.progress}
            startedAt={job.startedAt}
            onCancel={job.cancel}
            cancelNote="Cancelling keeps nothing."
          />
        ) : null}
        {job.error && job.state === 'failed' ? <ErrorPanel error={job.error} what="artifact.check" /> : null}
        {job.result ? <FilesResult verification={job.result.verification} name={job.result.name} /> : null}
        {earlier.length > 0 ? <EarlierChecks checks={earlier} /> : null}
      </Stack>
    </Drawer>
  );
}

function SignatureRow({
  given,
  onChange,
  disabled,
}: {
  readonly given: Picked | null;
  readonly onChange: (next: Picked | null) => void;
  readonly disabled: boolean;
}): JSX.Element {
  return (
    <Group gap="xs" wrap="nowrap">
      <Button
        size="compact-xs"
        variant="subtle"
        disabled={disabled}
        onClick={() => void pickFile().then((file) => (file ? onChange(file) : null))}
      >
        Signature file…
      </Button>
      <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        {given?.name ?? 'Default: model.sig in the folder, or beside the file.'}
      </Text>
      {given ? (
        <Button
          size="compact-xs"
          variant="subtle"
          color="gray"
          leftSection={<IconX size={12} aria-hidden />}
          onClick={() => onChange(null)}
        >
          Without it
        </Button>
      ) : null}
    </Group>
  );
}

function EarlierChecks({ checks }: { readonly checks: ArtifactState['checks'] }): JSX.Element {
  return (
    <Stack gap="xs">
      <Title order={3} size="h5">
        Earlier checks
      </Title>
      {checks.map((check) => (
        <details key={check.id} className={classes['check']}>
          <summary>
            <Text span size="sm" fw={600}>
              {check.ok ? 'Verified' : 'Not verified'}
            </Text>{' '}
            <Text span size="sm" c="dimmed">
              {check.name}, <Instant at={check.at} style="full" /> by {check.by}
              {check.current ? '' : '; what the record says has changed since'}
            </Text>
          </summary>
          <FilesResult verification={check.verification} name={check.name} />
        </details>
      ))}
    </Stack>
  );
}
