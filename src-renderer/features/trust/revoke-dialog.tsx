/**
 * Revoking goes by sequence, not by clock: what was accepted up to it stays good, everything later is refused. The engine says
 * beforehand which stored snapshots would lose their signer and what rests on them.
 */
import { NumberInput, Table, Text, Textarea } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { Link } from '@tanstack/react-router';
import { type JSX, useState } from 'react';
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import { useAssayCommand, useAssayQuery } from '../../api/hooks.ts';
import { Confirm } from '../../ui/confirm.tsx';
import { countOf } from '../../ui/numbers.ts';
import { ErrorPanel, Loading } from '../../ui/states.tsx';
import type { Key } from './key-card.tsx';

type Preview = OutputOf<'trust.revokePreview'>;

const typingPause = 250;

export function RevokeDialog({
  trusted,
  onClose,
}: {
  readonly trusted: Key;
  readonly onClose: () => void;
}): JSX.Element {
  const revoke = useAssayCommand('trust.revoke');
  const [limit, setLimit] = useState<number | ''>('');
  const [reason, setReason] = useState('');
  const [asked] = useDebouncedValue(limit, typingPause);
  const preview = useAssayQuery(
    'trust.revokePreview',
    { hint: trusted.hint, maxSequence: asked === '' ? 0 : asked },
    { enabled: asked !== '' },
  );
  const submit = async (): Promise<void> => {
    if (limit === '') return;
    try {
      await revoke.mutateAsync({ hint: trusted.hint, maxSequence: limit, reason: reason.trim() });
      onClose();
    } catch {
      // Shown below from the command's own state.
    }
  };
  // Nobody revokes what he has not seen: the preview on screen has to be the one of the number in the field.
  const isSeen = preview.data !== undefined && preview.data.maxSequence === limit && !preview.isPlaceholderData;
  return (
    <Confirm
      opened
      title={`Revoke “${trusted.label}”?`}
      action="Revoke the key"
      danger
      busy={revoke.isPending}
      disabled={reason.trim() === '' || !isSeen}
      onConfirm={() => void submit()}
      onClose={onClose}
    >
      <Text size="sm">
        Snapshots signed with this key after the sequence below will be refused, stored ones included. A revocation can
        be tightened and never taken back.
      </Text>
      <NumberInput
        label="Last sequence that is still good"
        description="0 if nothing it signed can be relied on"
        value={limit}
        onChange={(value) => setLimit(typeof value === 'number' ? value : '')}
        min={0}
        allowDecimal={false}
        required
      />
      {preview.error ? <ErrorPanel error={preview.error} what="trust.revokePreview" /> : null}
      {asked !== '' && preview.isPending ? <Loading rows={2} /> : null}
      {asked !== '' && preview.data ? <RevokePreview preview={preview.data} /> : null}
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

function RevokePreview({ preview }: { readonly preview: Preview }): JSX.Element {
  const { affected, signed, registriesWithoutQuorum } = preview;
  return (
    <section aria-label="What would become untrusted" className="assay-revoke-preview">
      <Text size="sm" fw={600} className="assay-trust-count" data-bad={affected.length > 0}>
        {affected.length === 0
          ? `None of the ${countOf(signed, 'imported snapshot')} it signed would become untrusted.`
          : `${affected.length} of the ${countOf(signed, 'imported snapshot')} it signed would be affected.`}
      </Text>
      {affected.length > 0 ? <AffectedTable affected={affected} /> : null}
      {registriesWithoutQuorum.map((registryId) => (
        <Text size="sm" key={registryId} style={{ overflowWrap: 'anywhere' }}>
          No new snapshot of {registryId} could be accepted: too few keys are left that can sign for it.
        </Text>
      ))}
    </section>
  );
}

function AffectedTable({ affected }: Pick<Preview, 'affected'>): JSX.Element {
  return (
    <div className="assay-scroll-x">
      <Table verticalSpacing={5}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Snapshot</Table.Th>
            <Table.Th>Registry, sequence</Table.Th>
            <Table.Th>What would change</Table.Th>
            <Table.Th>Rests on it</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {affected.map((row) => (
            <Table.Tr key={row.snapshot}>
              <Table.Td>
                <Link to="/import" search={{ snapshot: row.snapshot }} className="assay-row-link">
                  S{row.snapshot}
                </Link>
              </Table.Td>
              <Table.Td>
                {row.registryName || row.registryId}, {row.sequence}
              </Table.Td>
              <Table.Td>{row.text}</Table.Td>
              <Table.Td>{restingOn(row)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function restingOn({ reconcileRuns, checkRuns, reports }: Preview['affected'][number]): string {
  const list = [
    ...(reconcileRuns.length > 0 ? [countOf(reconcileRuns.length, 'reconciliation')] : []),
    ...(checkRuns.length > 0 ? [countOf(checkRuns.length, 'evaluation')] : []),
    ...reports.map(({ id, title, signed }) => `report ${id} “${title}”${signed ? ', signed' : ''}`),
  ];
  return list.length === 0 ? 'Nothing yet' : list.join('; ');
}
