/** One snapshot beside the list: what its signed statement says about sources and coverage, and how it was verified. */
import { Button, Drawer, Group, List, Stack, Table, Text, Title } from '@mantine/core';
import { IconTable } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { JSX, ReactNode } from 'react';
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import { entityOf, isKind } from '../../../src-shared/domain/dictionary.ts';
import type { Source } from '../../../src-shared/domain/snapshot.ts';
import { useAssayQuery } from '../../api/hooks.ts';
import { Hash } from '../../ui/hash.tsx';
import { Instant } from '../../ui/instant.tsx';
import { count } from '../../ui/numbers.ts';
import { ErrorPanel, Loading } from '../../ui/states.tsx';
import { SignerChecksToday, VerificationChecks } from '../../ui/verification-checks.tsx';
import { ChainBadge, usePlaceWords } from './snapshot-table.tsx';

export function SnapshotDetail({
  snapshot,
  onClose,
}: {
  readonly snapshot: number | undefined;
  readonly onClose: () => void;
}): JSX.Element {
  const detail = useAssayQuery(
    'snapshots.show',
    { snapshot: snapshot ?? 0 },
    { enabled: snapshot !== undefined, keepPrevious: false },
  );
  return (
    <Drawer
      opened={snapshot !== undefined}
      onClose={onClose}
      position="right"
      size="xl"
      title={<Text fw={640}>Snapshot {snapshot}</Text>}
    >
      {detail.error ? (
        <ErrorPanel error={detail.error} what="snapshots.show" onRetry={() => void detail.refetch()} />
      ) : null}
      {detail.isPending && snapshot !== undefined ? <Loading /> : null}
      {detail.data ? <Detail detail={detail.data} /> : null}
    </Drawer>
  );
}

function Detail({ detail }: { readonly detail: OutputOf<'snapshots.show'> }): JSX.Element {
  const { summary, predicate, verification, today } = detail;
  const place = usePlaceWords(summary);
  return (
    <Stack gap="lg">
      <Group gap="xs">
        <Button
          renderRoot={(props) => <Link to="/inventory" search={{ snapshot: summary.snapshot }} {...props} />}
          size="xs"
          variant="default"
          leftSection={<IconTable size={15} />}
        >
          Records of this snapshot
        </Button>
      </Group>
      <dl className="assay-facts">
        <Fact label="Registry">{summary.registryName}</Fact>
        <Fact label="Side">{summary.role === 'registry' ? 'Claimed (registry)' : 'Observed (discovery)'}</Fact>
        <Fact label="Sequence">
          {summary.sequence} <ChainBadge snapshot={summary} />
        </Fact>
        <Fact label="Taken at (source's clock)">
          <Instant at={summary.takenAt} style="full" />
        </Fact>
        <Fact label="Signed at (publisher's clock)">
          <Instant at={predicate.createdAt} style="full" />
        </Fact>
        <Fact label="Imported (this computer's clock)">
          <Instant at={summary.importedAt} style="full" /> by {summary.importedBy}
        </Fact>
        <Fact label="Statement digest">
          <Hash value={summary.statementSha256} label="Statement digest" length={20} />
        </Fact>
        <Fact label="Merkle root">
          <Hash value={predicate.merkle.root} label="Merkle root" length={20} />
        </Fact>
        <Fact label="Collector">
          {predicate.collector.name} {predicate.collector.version}
        </Fact>
      </dl>
      <Text size="sm" c="dimmed">
        {place.text}
      </Text>
      <section>
        <Title order={3}>Verified at import</Title>
        <VerificationChecks verification={verification} />
      </section>
      <section>
        <Title order={3}>As its keys are trusted today</Title>
        <SignerChecksToday today={today} />
      </section>
      <section>
        <Title order={3} mb={4}>
          Records by kind
        </Title>
        <Table verticalSpacing={4} className="assay-numbers">
          <Table.Tbody>
            {Object.entries(summary.counts).map(([kind, n]) => (
              <Table.Tr key={kind}>
                <Table.Td>{isKind(kind) ? entityOf(kind).plural : kind}</Table.Td>
                <Table.Td>{count(n)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </section>
      <section>
        <Title order={3} mb={4}>
          Sources and what they could not deliver
        </Title>
        <Stack gap="md">
          {predicate.sources.map((source) => (
            <SourceCard key={`${source.type} ${source.uri}`} source={source} />
          ))}
        </Stack>
      </section>
    </Stack>
  );
}

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }): JSX.Element {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function SourceCard({ source }: { readonly source: Source }): JSX.Element {
  const { coverage } = source;
  const reasons = Object.entries(coverage.reasons);
  return (
    <div className="assay-source">
      <Group gap="xs" justify="space-between">
        <Text fw={600} size="sm">
          {source.type}
        </Text>
        <span className="assay-chip" data-tone={source.complete ? 'good' : 'warn'}>
          {source.complete ? 'Complete' : 'Partial'}
        </span>
      </Group>
      <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        {source.uri}
      </Text>
      <Text size="sm" mt={6}>
        {count(coverage.inputsUsed)} of {count(coverage.inputsSeen)} inputs used, {count(coverage.inputsSkipped)} left
        out. Scope: {coverage.scope.join(', ') || 'not stated'}.
      </Text>
      {reasons.length + coverage.denied.length + coverage.errors.length > 0 ? (
        <List size="xs" spacing={2} mt={4}>
          {reasons.map(([reason, n]) => (
            <List.Item key={reason}>
              {count(n)} × {reason}
            </List.Item>
          ))}
          {coverage.denied.map((denied) => (
            <List.Item key={denied}>Denied: {denied}</List.Item>
          ))}
          {coverage.errors.map((error) => (
            <List.Item key={error}>Failed: {error}</List.Item>
          ))}
        </List>
      ) : null}
    </div>
  );
}
