/** Asks a registry: for the records that a finding or the incomplete list names, for whole kinds, and until when. */
import { Alert, Button, Group, Modal, MultiSelect, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { type JSX, useState } from 'react';
import { entities, kindSchema } from '../../../src-shared/domain/dictionary.ts';
import { formatRef, type RecordRef } from '../../../src-shared/domain/record.ts';
import { failureOf } from '../../api/client.ts';
import { pickSave } from '../../api/files.ts';
import { useAssayCommand, useAssayQuery } from '../../api/hooks.ts';
import { countOf } from '../../ui/numbers.ts';

export interface Asked {
  readonly records: readonly RecordRef[];
  readonly findings: readonly number[];
}

interface AskDialogProps {
  /** What the request starts from; null while the dialog is closed. */
  readonly asked: Asked | null;
  readonly onClose: () => void;
  readonly onAsked?: (id: string) => void;
}

export function AskDialog({ asked, ...props }: AskDialogProps): JSX.Element {
  return (
    <Modal opened={asked !== null} onClose={props.onClose} size="lg" title={<Text fw={640}>Ask the registry</Text>}>
      {asked && <AskForm key={asked.records.map(formatRef).join()} asked={asked} {...props} />}
    </Modal>
  );
}

const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const shownRecords = 8;

function AskForm({ asked, onClose, onAsked }: Omit<AskDialogProps, 'asked'> & { readonly asked: Asked }): JSX.Element {
  const [registry, setRegistry] = useState<string | null>(null);
  const [kinds, setKinds] = useState<string[]>([]);
  const [reason, setReason] = useState('');
  const [due, setDue] = useState(inDays(14));
  const create = useAssayCommand('request.create');
  const registries = useRegistries();
  const ready = asked.records.length + asked.findings.length + kinds.length > 0;
  const submit = async (): Promise<void> => {
    if (!ready || create.isPending) return;
    const target = await pickSave('assay.request.json');
    if (!target) return;
    create.mutate(
      {
        records: [...asked.records],
        findings: [...asked.findings],
        kinds: kinds.map((kind) => kindSchema.parse(kind)),
        reason: reason.trim(),
        file: target.grant,
        ...(registry === null ? {} : { registryId: registry }),
        ...(due === '' ? {} : { due }),
      },
      {
        onSuccess: ({ id, document }) => {
          notifications.show({
            title: `Saved ${target.name}`,
            message: `It is in ${target.location}. Read the registry your fingerprint over another channel: ${document.requester.fingerprint}`,
            autoClose: 20_000,
          });
          onAsked?.(id);
          onClose();
        },
      },
    );
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Stack gap="sm">
        <Text size="sm">
          The request is a small signed file. It names records and kinds, never a value; the registry answers with those
          and nothing else.
        </Text>
        <AskedRecords asked={asked} />
        <Select
          label="Registry"
          description="Left empty: the one that holds the records."
          placeholder="The one that holds the records"
          clearable
          clearButtonProps={{ 'aria-label': 'Clear the registry' }}
          data={registries}
          value={registry}
          onChange={setRegistry}
        />
        <MultiSelect
          label="Every record of these kinds"
          description={asked.records.length > 0 ? 'Beside the records above; may stay empty.' : undefined}
          searchable
          data={entities.map(({ entity, plural }) => ({ value: entity, label: plural }))}
          value={kinds}
          onChange={setKinds}
        />
        <Textarea
          label="Why"
          description="The registry reads this."
          autosize
          minRows={2}
          maxLength={2000}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <TextInput
          label="Answer wanted by"
          type="date"
          w={220}
          min={inDays(0)}
          value={due}
          onChange={(event) => setDue(event.currentTarget.value)}
        />
        {create.error && (
          <Alert color="red" variant="light" role="alert">
            {failureOf(create.error).message}
          </Alert>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={!ready} loading={create.isPending}>
            Sign and save…
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function AskedRecords({ asked }: { readonly asked: Asked }): JSX.Element | null {
  if (asked.records.length === 0) return null;
  const shown = asked.records.slice(0, shownRecords);
  return (
    <div>
      <Text size="sm" fw={600}>
        {countOf(asked.records.length, 'record')}
      </Text>
      <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        {shown.map(formatRef).join(', ')}
        {asked.records.length > shown.length ? ` and ${asked.records.length - shown.length} more` : ''}
      </Text>
    </div>
  );
}

/** Registries that were imported here, each once. */
function useRegistries(): { readonly value: string; readonly label: string }[] {
  const list = useAssayQuery('snapshots.list', {});
  const names = new Map<string, string>();
  for (const { registryId, registryName } of list.data?.snapshots ?? [])
    if (!names.has(registryId)) names.set(registryId, registryName || registryId);
  return [...names].map(([value, label]) => ({ value, label }));
}
