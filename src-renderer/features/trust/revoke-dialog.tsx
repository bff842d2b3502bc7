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

/** What a person said of a registry; null: nothing is accepted. */
type Limits = Readonly<Record<string, number | null>>;

const said = (limits: Limits): { registryId: string; maxSequence: number | null }[] =>
  Object.entries(limits).map(([registryId, maxSequence]) => ({ registryId, maxSequence }));

export function RevokeDialog({
  trusted,
  onClose,
}: {
  readonly trusted: Key;
  readonly onClose: () => void;
}): JSX.Element {
  const revoke = useAssayCommand('trust.revoke');
  const [limits, setLimits] = useState<Limits>({});
  const [reason, setReason] = useState('');
  const [asked] = useDebouncedValue(limits, typingPause);
  const preview = useAssayQuery('trust.revokePreview', { hint: trusted.hint, accepted: said(asked) });
  const shown = preview.data;
  const submit = async (): Promise<void> => {
    if (!shown) return;
    try {
      // Exactly what was shown, also where nobody changed the number.
      const accepted = shown.accepted.map(({ registryId, maxSequence }) => ({ registryId, maxSequence }));
      await revoke.mutateAsync({ hint: trusted.hint, accepted, reason: reason.trim() });
      onClose();
    } catch {
      // Shown below from the command's own state.
    }
  };
  // Nobody revokes what he has not seen: the preview on screen has to be the one of the numbers in the fields.
  const isSeen = shown !== undefined && asked === limits && !preview.isPlaceholderData;
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
        Each registry counts its own snapshots. What the key signed up to the number below stays good; everything else,
        and every registry that is not listed, is refused, stored snapshots included. A revocation can be tightened and
        never taken back.
      </Text>
      {shown?.accepted.length === 0 ? (
        <Text size="sm" fw={600}>
          It signed nothing that is stored here: nothing of it will be accepted.
        </Text>
      ) : null}
      {shown?.accepted.map((entry) => (
        <LastAccepted
          key={entry.registryId}
          entry={entry}
          value={entry.registryId in limits ? (limits[entry.registryId] ?? null) : entry.maxSequence}
          onChange={(value) => setLimits((before) => ({ ...before, [entry.registryId]: value }))}
        />
      ))}
      {preview.error ? <ErrorPanel error={preview.error} what="trust.revokePreview" /> : null}
      {preview.isPending ? <Loading rows={2} /> : null}
      {shown ? <RevokePreview preview={shown} /> : null}
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

interface LastAcceptedProps {
  readonly entry: Preview['accepted'][number];
  readonly value: number | null;
  readonly onChange: (value: number | null) => void;
}

function LastAccepted({ entry, value, onChange }: LastAcceptedProps): JSX.Element {
  const { registryId, registryName, newestStored } = entry;
  const newest =
    newestStored === null ? 'it signed nothing that is stored here' : `newest stored here: ${newestStored}`;
  return (
    <NumberInput
      label={`Last good sequence of ${registryName || registryId}`}
      description={`Empty if nothing it signed there can be relied on; ${newest}`}
      value={value ?? ''}
      onChange={(next) => onChange(typeof next === 'number' ? next : null)}
      min={0}
      allowDecimal={false}
    />
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

/** Stored snapshots that lose a signer, with what rests on them. */
export function AffectedTable({ affected }: Pick<Preview, 'affected'>): JSX.Element {
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
