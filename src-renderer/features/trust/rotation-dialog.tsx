/** Applying a publisher's key rotation: who signed it, what joins, what retires, and how many must sign afterwards. */
import { Table, Text } from '@mantine/core';
import type { JSX } from 'react';
import type { Picked } from '../../../src-shared/contract/bridge.ts';
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import { useAssayCommand, useAssayQuery } from '../../api/hooks.ts';
import { Confirm } from '../../ui/confirm.tsx';
import { Fingerprint } from '../../ui/hash.tsx';
import { Instant } from '../../ui/instant.tsx';
import { ErrorPanel, Loading } from '../../ui/states.tsx';

type Preview = OutputOf<'trust.rotateApply'>;

export function RotationDialog({
  file,
  onClose,
}: {
  readonly file: Picked;
  readonly onClose: () => void;
}): JSX.Element {
  const preview = useAssayQuery('trust.rotateApply', { file: file.grant, dryRun: true }, { keepPrevious: false });
  const apply = useAssayCommand('trust.rotateApply');
  const submit = async (): Promise<void> => {
    try {
      await apply.mutateAsync({ file: file.grant });
      onClose();
    } catch {
      // Shown below from the command's own state.
    }
  };
  return (
    <Confirm
      opened
      title={`Apply the key rotation ${file.name}?`}
      action="Apply the rotation"
      busy={apply.isPending}
      disabled={preview.data === undefined}
      onConfirm={() => void submit()}
      onClose={onClose}
    >
      {preview.error ? <ErrorPanel error={preview.error} what="trust.rotateApply" /> : null}
      {preview.isPending ? <Loading rows={3} /> : null}
      {preview.data ? <RotationPreview preview={preview.data} /> : null}
      {apply.error ? <ErrorPanel error={apply.error} what="trust.rotateApply" /> : null}
    </Confirm>
  );
}

function RotationPreview({ preview }: { readonly preview: Preview }): JSX.Element {
  return (
    <>
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        Rotation {preview.serial} of the registry {preview.registryId}, made{' '}
        <Instant at={preview.createdAt} style="full" /> by the publisher's clock. It changes the keys of this registry
        and of no other.
      </Text>
      <Text size="sm" fw={600}>
        Signed by {preview.accepted} of the {preview.needed} old keys that are needed
      </Text>
      <Table verticalSpacing={5}>
        <Table.Tbody>
          {preview.signers.map((signer) => (
            <Table.Tr key={signer.keyId}>
              <Table.Td>{signer.label}</Table.Td>
              <Table.Td>
                <span className="assay-chip" data-tone={signer.counts === 'other' ? 'warn' : 'good'}>
                  {signer.counts === 'old' ? 'Old key' : signer.counts === 'new' ? 'New key' : 'Not counted'}
                </span>
              </Table.Td>
              <Table.Td>{signer.reason}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <RotatedKeys title="Joins, for this registry only" keys={preview.added} />
      <RotatedKeys
        title="Retires"
        keys={preview.retired.map((key) => ({
          ...key,
          note: key.lastSequence === null ? 'nothing of it stays good' : `good up to sequence ${key.lastSequence}`,
        }))}
      />
      <Text size="sm">
        A snapshot of this registry will need {preview.thresholdAfter} trusted signatures; until now{' '}
        {preview.thresholdBefore}.
      </Text>
    </>
  );
}

interface RotatedKeysProps {
  readonly title: string;
  readonly keys: readonly {
    readonly hint: string;
    readonly label: string;
    readonly fingerprint: string;
    readonly note?: string;
  }[];
}

function RotatedKeys({ title, keys }: RotatedKeysProps): JSX.Element | null {
  if (keys.length === 0) return null;
  return (
    <section aria-label={title}>
      <Text size="sm" fw={600} mb={4}>
        {title}
      </Text>
      {keys.map((key) => (
        <div className="assay-key" key={key.hint}>
          <Text size="sm">
            {key.label}
            {key.note ? `, ${key.note}` : ''}
          </Text>
          <Fingerprint value={key.fingerprint} />
        </div>
      ))}
    </section>
  );
}
