/** What an import does, in numbers: per kind what is new, changed, gone and the same. */
import { Alert, List, Table, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { JSX } from 'react';
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import { entityOf } from '../../../src-shared/domain/dictionary.ts';
import { AppLink } from '../../ui/app-link.tsx';
import { Instant } from '../../ui/instant.tsx';
import { count, countOf, outOf } from '../../ui/numbers.ts';

type Imported = OutputOf<'snapshots.import'>;

export function ImportFacts({ result }: { readonly result: Imported }): JSX.Element {
  return (
    <dl className="assay-facts">
      <div>
        <dt>{result.role === 'registry' ? 'Registry' : 'Discovery of'}</dt>
        <dd title={result.registry.uri}>{result.registry.name || result.registry.id}</dd>
      </div>
      <div>
        <dt>Sequence</dt>
        <dd>{result.sequence}</dd>
      </div>
      <div>
        <dt>Taken at (source's clock)</dt>
        <dd>
          <Instant at={result.takenAt} style="full" />
        </dd>
      </div>
      <div>
        <dt>Records</dt>
        <dd>{count(result.records)}</dd>
      </div>
      <div>
        <dt>Already stored by content</dt>
        <dd>{outOf(result.bodiesReused, result.records)}</dd>
      </div>
      <div>
        <dt>Incomplete</dt>
        <dd>
          {result.incomplete > 0 && result.outcome === 'imported' ? (
            <AppLink link="/review-queue">{outOf(result.incomplete, result.records)}</AppLink>
          ) : (
            outOf(result.incomplete, result.records)
          )}
        </dd>
      </div>
    </dl>
  );
}

export function DeltaTable({
  kinds,
  comparedTo,
}: {
  readonly kinds: Imported['kinds'];
  readonly comparedTo: number | null;
}): JSX.Element {
  // What changes comes first; the order within is that of the dictionary.
  const moves = (delta: (typeof kinds)[number]): boolean => delta.added + delta.changed + delta.removed > 0;
  const present = kinds.filter((delta) => delta.records + delta.removed > 0);
  const shown = [...present.filter(moves), ...present.filter((delta) => !moves(delta))];
  return (
    <div className="assay-scroll-x">
      <Table verticalSpacing={5} className="assay-numbers">
        <Table.Caption>
          {comparedTo === null
            ? 'There is no earlier snapshot of this registry: everything is new.'
            : `Compared with snapshot ${comparedTo}.`}
        </Table.Caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Kind</Table.Th>
            <Table.Th>Records</Table.Th>
            <Table.Th>New</Table.Th>
            <Table.Th>Changed</Table.Th>
            <Table.Th>Gone</Table.Th>
            <Table.Th>Same</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {shown.map((delta) => (
            <Table.Tr key={delta.kind}>
              <Table.Td>{entityOf(delta.kind).plural}</Table.Td>
              <Table.Td>{count(delta.records)}</Table.Td>
              <Delta n={delta.added} sign="+" />
              <Delta n={delta.changed} sign="~" />
              <Delta n={delta.removed} sign="−" />
              <Table.Td c="dimmed">{count(delta.unchanged)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function Delta({ n, sign }: { readonly n: number; readonly sign: string }): JSX.Element {
  return n === 0 ? (
    <Table.Td c="dimmed">0</Table.Td>
  ) : (
    <Table.Td fw={600}>
      {sign}
      {count(n)}
    </Table.Td>
  );
}

export function ImportWarnings({ result }: { readonly result: Imported }): JSX.Element | null {
  const unknown = Object.entries(result.unknownFields);
  if (result.warnings.length === 0 && unknown.length === 0) return null;
  return (
    <Alert color="orange" variant="light" icon={<IconAlertTriangle size={18} />} title="Worth knowing">
      <List size="sm" spacing={4}>
        {result.warnings.map((warning) => (
          <List.Item key={warning}>{warning}</List.Item>
        ))}
        {unknown.length > 0 ? (
          <List.Item>
            {countOf(unknown.length, 'field')} that the dictionary does not know, kept and searchable:{' '}
            <Text span ff="monospace" size="xs">
              {unknown
                .slice(0, 12)
                .map(([field, n]) => `${field} (${count(n)})`)
                .join(', ')}
              {unknown.length > 12 ? ', …' : ''}
            </Text>
          </List.Item>
        ) : null}
      </List>
    </Alert>
  );
}
