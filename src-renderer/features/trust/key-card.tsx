/** One trusted key: whose it is, what it may speak for, what is known about it, and what can be done with it. */
import { Button, Group, Text, Title } from '@mantine/core';
import type { JSX } from 'react';
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import { trustMaxAgeDays } from '../../../src-shared/domain/trust.ts';
import { Fingerprint } from '../../ui/hash.tsx';
import { Instant } from '../../ui/instant.tsx';
import { countOf } from '../../ui/numbers.ts';

export type Key = OutputOf<'trust.list'>['keys'][number];

interface KeyCardProps {
  readonly trusted: Key;
  readonly onRevoke: () => void;
  readonly onConfirm: () => void;
}

export function KeyCard({ trusted, onRevoke, onConfirm }: KeyCardProps): JSX.Element {
  const { start, end } = trusted.validFor;
  return (
    <article className="assay-panel assay-key-card" aria-label={trusted.label}>
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <div>
          <Group gap="xs">
            <Title order={2}>{trusted.label}</Title>
            <KeyState trusted={trusted} />
          </Group>
          <Text size="sm" c="dimmed">
            Added by {trusted.addedBy}, <Instant at={trusted.addedAt} clock="This computer's clock" />
          </Text>
        </div>
        {trusted.revoked ? null : (
          <Group gap="xs" wrap="nowrap">
            <Button size="xs" variant="default" onClick={onConfirm}>
              Confirm…
            </Button>
            <Button size="xs" variant="default" onClick={onRevoke}>
              Revoke…
            </Button>
          </Group>
        )}
      </Group>
      <div className="assay-key">
        <Text size="xs" c="dimmed">
          Fingerprint (SHA-256 of the key)
        </Text>
        <Fingerprint value={trusted.fingerprint} />
      </div>
      <dl className="assay-facts">
        <div>
          <dt>Speaks for</dt>
          <dd>{trusted.registryIds.includes('*') ? 'Every registry' : trusted.registryIds.join(', ')}</dd>
        </div>
        <div>
          <dt>Valid</dt>
          <dd>{start || end ? `${start ?? 'always'} to ${end ?? 'no end'}` : 'Without a limit in time'}</dd>
        </div>
        <div>
          <dt>Revocation unknown since</dt>
          <dd>
            <Instant at={trusted.revocationUnknownSince} style="full" />
          </dd>
        </div>
        <div>
          <dt>Signed here</dt>
          <dd>{countOf(trusted.snapshots, 'snapshot')}</dd>
        </div>
      </dl>
      <Endings trusted={trusted} />
    </article>
  );
}

function KeyState({ trusted }: { readonly trusted: Key }): JSX.Element {
  const [tone, word] = trusted.revoked
    ? (['bad', 'Revoked'] as const)
    : trusted.stale
      ? (['warn', `Not confirmed for ${trustMaxAgeDays} days`] as const)
      : trusted.retired
        ? (['neutral', 'Retired for a registry'] as const)
        : (['good', 'Trusted'] as const);
  return (
    <span className="assay-chip" data-tone={tone}>
      {word}
    </span>
  );
}

/** Where its word ends: by sequence, because a claimed time is whatever a stolen key says. */
function Endings({ trusted }: { readonly trusted: Key }): JSX.Element | null {
  const { revoked, retired } = trusted;
  if (!revoked && !retired) return null;
  return (
    <div className="assay-key-endings">
      {revoked ? (
        <Text size="sm">
          Revoked <Instant at={revoked.at} />: {revoked.reason}. Still accepted:{' '}
          {revoked.accepted.map((entry) => `${entry.registryId} up to sequence ${entry.maxSequence}`).join(', ') ||
            'nothing'}
        </Text>
      ) : null}
      {retired?.map((entry) => (
        <Text size="sm" key={entry.registryId}>
          Retired <Instant at={entry.at} /> for {entry.registryId}: {entry.reason}. Still accepted:{' '}
          {entry.maxSequence === null ? 'nothing' : `up to sequence ${entry.maxSequence}`}
        </Text>
      ))}
    </div>
  );
}
