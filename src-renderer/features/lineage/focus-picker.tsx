/** Choosing whose lineage to show. */
import { Group, Loader, Paper, Select, Stack, Text, TextInput, UnstyledButton } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { type JSX, useState } from 'react';
import { entities, type Kind, kindSchema } from '../../../src-shared/domain/dictionary.ts';
import type { RecordRef } from '../../../src-shared/domain/record.ts';
import { useAssayQuery } from '../../api/hooks.ts';
import { KindIcon } from '../../ui/kind-icon.tsx';
import classes from './graph.module.css';

interface FocusPickerProps {
  readonly snapshot: number | undefined;
  readonly onPick: (ref: RecordRef) => void;
}

export function FocusPicker({ snapshot, onPick }: FocusPickerProps): JSX.Element {
  const [kind, setKind] = useState<Kind>('model');
  const [text, setText] = useState('');
  const [search] = useDebouncedValue(text, 150);
  const found = useAssayQuery('inventory.list', {
    kind,
    search,
    limit: 12,
    ...(snapshot === undefined ? {} : { snapshot }),
  });
  return (
    <Paper withBorder p="lg" maw={640} mx="auto" w="100%" mt="xl">
      <Stack gap="sm">
        <div>
          <Text fw={600}>Whose lineage?</Text>
          <Text size="sm" c="dimmed">
            Pick the record to start from: the graph shows what feeds it and what it feeds, one step to each side.
          </Text>
        </div>
        <Group gap="xs" wrap="nowrap">
          <Select
            aria-label="Kind of record"
            w={180}
            allowDeselect={false}
            data={entities.map(({ entity, label }) => ({ value: entity, label }))}
            value={kind}
            onChange={(value) => setKind(kindSchema.catch('model').parse(value))}
          />
          <TextInput
            style={{ flex: 1 }}
            aria-label="Search records"
            placeholder="Search by name, id or any text"
            leftSection={<IconSearch size={16} aria-hidden />}
            rightSection={found.isFetching ? <Loader size={14} /> : null}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        </Group>
        <div>
          {found.data?.rows.map((row) => (
            <UnstyledButton
              key={row.id}
              className={classes['link']}
              onClick={() => onPick({ kind: row.kind, id: row.id })}
            >
              <Group gap={8} wrap="nowrap">
                <KindIcon kind={row.kind} />
                <Text span size="sm" fw={500} truncate>
                  {row.name}
                </Text>
                <Text span size="xs" c="dimmed" truncate>
                  {row.id}
                </Text>
              </Group>
            </UnstyledButton>
          ))}
          {found.data?.rows.length === 0 && (
            <Text size="sm" c="dimmed">
              No record of this kind matches.
            </Text>
          )}
        </div>
      </Stack>
    </Paper>
  );
}
