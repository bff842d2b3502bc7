/** Every imported snapshot: what it says, who signed it, how it continues the ones before, and what it could not see. */
import { Button, Menu, Table, Text, UnstyledButton } from '@mantine/core';
import { IconArrowsExchange } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { JSX } from 'react';
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import { useAssayQuery } from '../../api/hooks.ts';
import { Hash } from '../../ui/hash.tsx';
import { Instant } from '../../ui/instant.tsx';
import { count } from '../../ui/numbers.ts';
import { Panel } from '../../ui/page.tsx';

export type Snapshot = OutputOf<'snapshots.list'>['snapshots'][number];
type LaneEntry = OutputOf<'registries.timeline'>['registries'][number]['lane'][number];

/** Where a snapshot stands in its registry's history today, with how it came in where that matters. */
type Place = Snapshot['chain'] | 'filled' | 'disowned';

const chainWords: Readonly<
  Record<Place, { readonly word: string; readonly tone: 'good' | 'warn' | 'bad' | 'neutral'; readonly text: string }>
> = {
  first: {
    word: 'First',
    tone: 'neutral',
    text: 'The first snapshot of this registry here; nothing earlier vouches for it.',
  },
  continues: { word: 'Continues', tone: 'good', text: 'Names the snapshot before it by digest, and that one is here.' },
  gap: {
    word: 'Gap',
    tone: 'warn',
    text: 'At least one snapshot between this one and the one before is missing here.',
  },
  fork: {
    word: 'Fork',
    tone: 'bad',
    text: 'Two snapshots claim the same place in the chain: one history was rewritten.',
  },
  filled: {
    word: 'Continues',
    tone: 'good',
    text: 'Names the snapshot before it by digest. That one was missing at import and was imported later.',
  },
  disowned: {
    word: 'Key revoked',
    tone: 'bad',
    text: 'A key that it needs was revoked: it is no part of the history any more.',
  },
  historical: {
    word: 'Historical',
    tone: 'neutral',
    text: 'Older than what was already imported; imported on request, never used as the newest.',
  },
};

interface SnapshotTableProps {
  readonly snapshots: readonly Snapshot[];
  readonly onShow: (snapshot: number) => void;
}

export function SnapshotTable({ snapshots, onShow }: SnapshotTableProps): JSX.Element {
  if (snapshots.length === 0) {
    return (
      <Panel title="Imported so far">
        <Text size="sm" c="dimmed">
          Nothing yet. Import what the registry claims first, then what discovery found; reconciliation compares the
          two.
        </Text>
      </Panel>
    );
  }
  const newestFirst = [...snapshots].sort((a, b) => b.snapshot - a.snapshot);
  return (
    <Panel
      title="Imported so far"
      note={`${count(snapshots.length)} snapshots, newest first. None can be changed or removed.`}
      actions={<CompareMenu snapshots={newestFirst} />}
    >
      <div className="assay-scroll-x">
        <Table verticalSpacing={7} highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>#</Table.Th>
              <Table.Th>Registry</Table.Th>
              <Table.Th>Side</Table.Th>
              <Table.Th>Taken at</Table.Th>
              <Table.Th ta="right">Records</Table.Th>
              <Table.Th>Chain</Table.Th>
              <Table.Th>Coverage</Table.Th>
              <Table.Th>Signed by</Table.Th>
              <Table.Th>Statement</Table.Th>
              <Table.Th>Imported</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {newestFirst.map((snapshot) => (
              <Table.Tr key={snapshot.snapshot}>
                <Table.Td>
                  <UnstyledButton
                    className="assay-row-link"
                    onClick={() => onShow(snapshot.snapshot)}
                    aria-label={`Show snapshot ${snapshot.snapshot}`}
                  >
                    {snapshot.snapshot}
                  </UnstyledButton>
                </Table.Td>
                <Table.Td maw={240}>
                  <Text size="sm" truncate title={snapshot.registryId}>
                    {snapshot.registryName || snapshot.registryId}
                  </Text>
                </Table.Td>
                <Table.Td>{snapshot.role === 'registry' ? 'Claimed' : 'Observed'}</Table.Td>
                <Table.Td>
                  <Instant at={snapshot.takenAt} clock="Clock of the source" />
                </Table.Td>
                <Table.Td ta="right">{count(snapshot.records)}</Table.Td>
                <Table.Td>
                  <ChainBadge snapshot={snapshot} />
                </Table.Td>
                <Table.Td>
                  <span className="assay-chip" data-tone={snapshot.complete ? 'good' : 'warn'}>
                    {snapshot.complete ? 'Complete' : 'Partial'}
                  </span>
                  {snapshot.stale ? (
                    <span className="assay-chip" data-tone="warn">
                      Stale
                    </span>
                  ) : null}
                </Table.Td>
                <Table.Td maw={180}>
                  <Text size="sm" truncate>
                    {snapshot.signer}
                  </Text>
                </Table.Td>
                <Table.Td>
                  <Hash value={snapshot.statementSha256} label="Statement digest" length={8} copy={false} />
                </Table.Td>
                <Table.Td>
                  <Instant
                    at={snapshot.importedAt}
                    clock={`Imported by ${snapshot.importedBy}, this computer's clock`}
                    style="date"
                  />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </Panel>
  );
}

function placeOf(chain: Snapshot['chain'], link: LaneEntry['link'] | undefined): Place {
  if (link === undefined) return chain;
  if (link !== 'linked') return link;
  if (chain === 'historical') return chain;
  return chain === 'gap' ? 'filled' : 'continues';
}

/** The words for a snapshot's place; until the history has loaded, for its place at import. */
export function usePlaceWords({ snapshot, chain }: Pick<Snapshot, 'snapshot' | 'chain'>) {
  const timeline = useAssayQuery('registries.timeline', {});
  const entry = timeline.data?.registries
    .flatMap((registry) => registry.lane)
    .find((candidate) => candidate.snapshot === snapshot);
  return chainWords[placeOf(chain, entry?.link)];
}

export function ChainBadge({ snapshot }: { readonly snapshot: Snapshot }): JSX.Element {
  const { word, tone, text } = usePlaceWords(snapshot);
  return (
    <span className="assay-chip" data-tone={tone} title={text}>
      {word}
    </span>
  );
}

/** Pairs worth comparing: each snapshot with the one before it of the same registry. Any other pair can be chosen there. */
function CompareMenu({ snapshots }: { readonly snapshots: readonly Snapshot[] }): JSX.Element | null {
  const pairs = snapshots.flatMap((to) => {
    const from = snapshots.find(
      (s) => s.registryId === to.registryId && s.role === to.role && s.sequence < to.sequence,
    );
    return from ? [{ from, to }] : [];
  });
  if (snapshots.length < 2) return null;
  return (
    <Menu position="bottom-end" withArrow>
      <Menu.Target>
        <Button variant="default" size="xs" leftSection={<IconArrowsExchange size={15} />}>
          Compare…
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {pairs.slice(0, 8).map(({ from, to }) => (
          <Menu.Item
            key={to.snapshot}
            renderRoot={(props) => <Link to="/diff" search={{ from: from.snapshot, to: to.snapshot }} {...props} />}
          >
            {to.registryName}: {from.snapshot} → {to.snapshot}
          </Menu.Item>
        ))}
        <Menu.Item component={Link} to="/diff">
          Choose two snapshots
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
