/** "Prove this record": a file that shows one record to anybody, with the publisher's signature over it, and nothing else. */
import { Button, List, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconCertificate } from '@tabler/icons-react';
import { type JSX, useState } from 'react';
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import { formatRef } from '../../../src-shared/domain/record.ts';
import { failureOf } from '../../api/client.ts';
import { pickSave } from '../../api/files.ts';
import { useJob } from '../../api/hooks.ts';
import { Confirm } from '../../ui/confirm.tsx';
import { JobProgress } from '../../ui/job-progress.tsx';
import { bytes, count } from '../../ui/numbers.ts';
import { fileName } from '../../ui/save-file.ts';
import { ErrorPanel } from '../../ui/states.tsx';

export function ProveRecord({ dossier }: { readonly dossier: OutputOf<'inventory.show'> }): JSX.Element {
  const { ref, snapshot } = dossier;
  const [asking, setAsking] = useState(false);
  const prove = useJob('proof.create');
  const close = (): void => {
    prove.reset();
    setAsking(false);
  };
  const save = async (): Promise<void> => {
    try {
      const target = await pickSave(fileName(`proof-${ref.kind}-${ref.id}-snapshot-${snapshot}`, 'json'));
      if (!target) return;
      const written = await prove.start({ snapshot, records: [ref], out: target.grant });
      if (!written) return;
      notifications.show({
        color: 'verdigris',
        title: `Saved ${target.name}`,
        message: `${bytes(written.bytes)}, in ${target.location}. It shows 1 of ${count(written.size)} records.`,
      });
      close();
    } catch (error) {
      notifications.show({ color: 'red', title: 'Not saved', message: failureOf(error).message });
    }
  };
  return (
    <>
      <Button variant="default" leftSection={<IconCertificate size={16} aria-hidden />} onClick={() => setAsking(true)}>
        Prove this record…
      </Button>
      <Confirm
        opened={asking}
        title="Prove this record"
        action="Save the proof…"
        busy={prove.state === 'running'}
        onConfirm={() => void save()}
        onClose={close}
      >
        <Text size="sm">
          A proof file shows that {formatRef(ref)} is in snapshot {snapshot} exactly as the publisher signed it. Whoever
          gets it sees:
        </Text>
        <List size="sm" spacing={4}>
          <List.Item>
            the <strong>whole record</strong>, all its fields and where they came from; single fields cannot be left out
          </List.Item>
          <List.Item>
            the publisher’s signed statement: registry, sequence, sources, and the names and sizes of all files
          </List.Item>
          <List.Item>how many other records there are, and nothing else about them</List.Item>
        </List>
        <Text size="sm" c="dimmed">
          It is checked without this workspace: on the screen “Verify”, with “assay proof verify”, or with openssl and a
          page of Python. That it was handed out is noted in the activity log.
        </Text>
        {prove.state === 'running' ? (
          <JobProgress title="Proving" progress={prove.progress} startedAt={prove.startedAt} onCancel={prove.cancel} />
        ) : null}
        {prove.error ? <ErrorPanel error={prove.error} what="proof.create" /> : null}
      </Confirm>
    </>
  );
}
