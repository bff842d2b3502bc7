/** The command palette: every place and action by name, each with its shortcut, and records by their name. */
import { Kbd } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { createSpotlight, Spotlight, type SpotlightActionGroupData } from '@mantine/spotlight';
import { IconDatabaseImport, IconFileSearch, IconKeyboard, IconLock, IconSearch, IconTable } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { type JSX, useState } from 'react';
import { entityOf } from '../../src-shared/domain/dictionary.ts';
import { useAssayQuery } from '../api/hooks.ts';
import type { GlobalActions } from './keyboard.ts';
import { places } from './navigation.ts';

const [store, spotlight] = createSpotlight();
export const openPalette = (): void => spotlight.open();

const searchedKinds = ['model', 'model_version', 'dataset', 'deployment'] as const;

export function Palette({
  actions,
  unlocked,
}: {
  readonly actions: GlobalActions;
  readonly unlocked: boolean;
}): JSX.Element {
  const navigate = useNavigate();
  const [query, setQuery] = useState('');
  const [settled] = useDebouncedValue(query.trim(), 120);
  const records = useRecordSearch(settled, unlocked);

  const groups: SpotlightActionGroupData[] = [
    {
      group: 'Go to',
      actions: places
        .filter((place) => unlocked || place.open === true)
        .map((place) => ({
          id: place.id,
          label: place.label,
          description: place.what,
          leftSection: <place.icon size={18} stroke={1.6} aria-hidden />,
          rightSection: <Kbd>{place.key === ',' ? 'Ctrl+,' : `G ${place.key.toUpperCase()}`}</Kbd>,
          onClick: () => actions.go(place.to),
        })),
    },
    {
      group: 'Do',
      actions: [
        ...(unlocked
          ? [
              {
                id: 'do-import',
                label: 'Import a snapshot',
                leftSection: <IconDatabaseImport size={18} aria-hidden />,
                rightSection: <Kbd>Ctrl+O</Kbd>,
                onClick: actions.importFile,
              },
              {
                id: 'do-lock',
                label: 'Lock the workspace',
                leftSection: <IconLock size={18} aria-hidden />,
                rightSection: <Kbd>Ctrl+L</Kbd>,
                onClick: actions.lock,
              },
            ]
          : []),
        {
          id: 'do-verify',
          label: 'Verify a report or a proof',
          leftSection: <IconFileSearch size={18} aria-hidden />,
          onClick: () => actions.go('/verify'),
        },
        {
          id: 'do-keys',
          label: 'Show keyboard shortcuts',
          leftSection: <IconKeyboard size={18} aria-hidden />,
          rightSection: <Kbd>?</Kbd>,
          onClick: actions.shortcuts,
        },
      ],
    },
    {
      group: 'Records',
      actions: records.map((row) => ({
        id: `${row.kind}/${row.id}`,
        label: row.name,
        description: `${entityOf(row.kind).label} · ${row.id}`,
        // The engine searched; the palette's own filter must not hide what it found.
        keywords: [settled, row.id],
        leftSection: <IconTable size={18} aria-hidden />,
        onClick: () => void navigate({ to: '/record/$kind/$id', params: { kind: row.kind, id: row.id } }),
      })),
    },
  ];
  return (
    <Spotlight
      store={store}
      query={query}
      onQueryChange={setQuery}
      actions={groups.filter((group) => group.actions.length > 0)}
      shortcut={null}
      nothingFound="Nothing by that name"
      highlightQuery
      scrollable
      maxHeight={460}
      limit={24}
      searchProps={{
        leftSection: <IconSearch size={18} aria-hidden />,
        placeholder: unlocked ? 'Go to a screen, do something, find a record' : 'Go to a screen or do something',
        'aria-label': 'Command or record',
      }}
    />
  );
}

function useRecordSearch(search: string, unlocked: boolean) {
  const enabled = unlocked && search.length >= 2;
  const [a, b, c, d] = searchedKinds;
  const lists = [
    useAssayQuery('inventory.list', { kind: a, search, limit: 5 }, { enabled }),
    useAssayQuery('inventory.list', { kind: b, search, limit: 3 }, { enabled }),
    useAssayQuery('inventory.list', { kind: c, search, limit: 3 }, { enabled }),
    useAssayQuery('inventory.list', { kind: d, search, limit: 3 }, { enabled }),
  ];
  return enabled ? lists.flatMap((list) => list.data?.rows ?? []) : [];
}
