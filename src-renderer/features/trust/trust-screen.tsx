/** Trust store: whose signatures count in this workspace, for which registries, and since when. */
import { Button, Group, NumberInput, Stack, Text, Textarea, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconDownload, IconKey, IconShieldCheck } from '@tabler/icons-react';
import { type JSX, useState } from 'react';
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import { failureOf } from '../../api/client.ts';
import { pickSave } from '../../api/files.ts';
import { useAssayCommand, useAssayQuery } from '../../api/hooks.ts';
import { Confirm } from '../../ui/confirm.tsx';
import { Fingerprint } from '../../ui/hash.tsx';
import { Instant } from '../../ui/instant.tsx';
import { countOf } from '../../ui/numbers.ts';
import { Page } from '../../ui/page.tsx';
import { EmptyNotRun, ErrorPanel, Loading } from '../../ui/states.tsx';
import { TrustKeyDialog } from '../../ui/trust-key-dialog.tsx';
import './trust.css';

type Key = OutputOf<'trust.list'>['keys'][number];

export function TrustScreen(): JSX.Element {
  const trust = useAssayQuery('trust.list', {});
  const exportTrust = useAssayCommand('trust.export');
  const [adding, setAdding] = useState(false);
  const [revoking, setRevoking] = useState<Key | null>(null);
  const save = async (): Promise<void> => {
    try {
      const target = await pickSave('assay-trust.json');
      if (!target) return;
      const { keys } = await exportTrust.mutateAsync({ file: target.grant });
      notifications.show({
        color: 'verdigris',
        title: `Saved ${target.name}`,
        message: `${countOf(keys, 'key')}, in ${target.location}.`,
      });
    } catch (error) {
      notifications.show({ color: 'red', title: 'Not saved', message: failureOf(error).message });
    }
  };
  const keys = trust.data?.keys ?? [];
  return (
    <Page
      title="Trust store"
      subtitle={
        trust.data
          ? `${countOf(keys.length, 'key')}; a snapshot needs ${countOf(trust.data.threshold, 'trusted signature')}. Trust is never taken from a bundle itself.`
          : 'Whose signatures count in this workspace'
      }
      actions={
        <>
          <Button
            variant="default"
            leftSection={<IconDownload size={16} />}
            disabled={keys.length === 0}
            onClick={() => void save()}
          >
            Save as a file
          </Button>
          <Button leftSection={<IconKey size={16} />} onClick={() => setAdding(true)}>
            Trust a key…
          </Button>
        </>
      }
    >
      {trust.error ? <ErrorPanel error={trust.error} what="trust.list" onRetry={() => void trust.refetch()} /> : null}
      {trust.isPending ? <Loading /> : null}
      {trust.data && keys.length === 0 ? (
        <EmptyNotRun
          title="No key is trusted yet"
          icon={<IconShieldCheck size={26} />}
          action={<Button onClick={() => setAdding(true)}>Trust a key…</Button>}
        >
          Until a publisher's key is trusted, no snapshot can be imported. Get the key's fingerprint from the publisher
          on paper, by telephone or in a meeting, and compare.
        </EmptyNotRun>
      ) : null}
      <Stack gap="sm">
        {keys.map((key) => (
          <KeyCard key={key.hint} trusted={key} onRevoke={() => setRevoking(key)} />
        ))}
      </Stack>
      <TrustKeyDialog
        opened={adding}
        suggestedRegistry={null}
        wantedKeys={[]}
        onClose={() => setAdding(false)}
        onTrusted={() => setAdding(false)}
      />
      {revoking ? <Revoke key={revoking.hint} trusted={revoking} onClose={() => setRevoking(null)} /> : null}
    </Page>
  );
}

function KeyCard({ trusted, onRevoke }: { readonly trusted: Key; readonly onRevoke: () => void }): JSX.Element {
  const { start, end } = trusted.validFor;
  return (
    <article className="assay-panel assay-key-card">
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <div>
          <Title order={2}>{trusted.label}</Title>
          <Text size="sm" c="dimmed">
            Added by {trusted.addedBy}, <Instant at={trusted.addedAt} clock="This computer's clock" />
          </Text>
        </div>
        {trusted.revoked ? (
          <span className="assay-chip" data-tone="bad">
            Revoked
          </span>
        ) : (
          <Button size="xs" variant="default" onClick={onRevoke}>
            Revoke…
          </Button>
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
          <dt>Signed here</dt>
          <dd>{countOf(trusted.snapshots, 'snapshot')}</dd>
        </div>
        <div>
          <dt>Kind of key</dt>
          <dd>ECDSA P-256, SHA-256</dd>
        </div>
      </dl>
      {trusted.revoked ? (
        <Text size="sm">
          Revoked <Instant at={trusted.revoked.at} /> from sequence {trusted.revoked.maxSequence + 1} on:{' '}
          {trusted.revoked.reason}
        </Text>
      ) : null}
    </article>
  );
}

/** Revoking goes by sequence, not by clock: what was accepted up to it stays good, everything later is refused. */
function Revoke({ trusted, onClose }: { readonly trusted: Key; readonly onClose: () => void }): JSX.Element {
  const revoke = useAssayCommand('trust.revoke');
  const snapshots = useAssayQuery('snapshots.list', {});
  const affected = (snapshots.data?.snapshots ?? []).filter(
    (s) => s.signer === trusted.label || s.signer === trusted.hint,
  );
  const highest = Math.max(0, ...affected.map((s) => s.sequence));
  const [limit, setLimit] = useState<number | null>(null);
  const [reason, setReason] = useState('');
  const maxSequence = limit ?? highest;
  const doubted = affected.filter((s) => s.sequence > maxSequence);
  const submit = async (): Promise<void> => {
    try {
      await revoke.mutateAsync({ hint: trusted.hint, maxSequence, reason: reason.trim() });
      onClose();
    } catch {
      // Shown below from the command's own state.
    }
  };
  return (
    <Confirm
      opened
      title={`Revoke “${trusted.label}”?`}
      action="Revoke the key"
      danger
      busy={revoke.isPending}
      disabled={reason.trim() === ''}
      onConfirm={() => void submit()}
      onClose={onClose}
    >
      <Text size="sm">
        New snapshots signed with this key after the sequence below will be refused. A revocation cannot be taken back;
        the key can be trusted again as a new entry.
      </Text>
      <NumberInput
        label="Last sequence that is still good"
        value={maxSequence}
        onChange={(value) => setLimit(typeof value === 'number' ? value : null)}
        min={0}
        allowDecimal={false}
      />
      <Text size="sm" c={doubted.length > 0 ? 'red' : 'dimmed'}>
        {doubted.length === 0
          ? `None of the ${countOf(affected.length, 'imported snapshot')} it signed becomes untrusted.`
          : `${countOf(doubted.length, 'imported snapshot')} would become untrusted: ${doubted.map((s) => s.snapshot).join(', ')}.`}
      </Text>
      <Textarea
        label="Reason"
        value={reason}
        onChange={(e) => setReason(e.currentTarget.value)}
        required
        autosize
        minRows={2}
      />
      {revoke.error ? <ErrorPanel error={revoke.error} what="trust.revoke" /> : null}
    </Confirm>
  );
}
