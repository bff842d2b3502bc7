/** How many trusted keys must have signed a snapshot: of every registry, or of one that asks for more. */
import { NumberInput, Select, Text } from '@mantine/core';
import { type JSX, useState } from 'react';
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import { maxThreshold } from '../../../src-shared/domain/trust.ts';
import { useAssayCommand, useAssayQuery } from '../../api/hooks.ts';
import { Confirm } from '../../ui/confirm.tsx';
import { ErrorPanel } from '../../ui/states.tsx';

interface ThresholdDialogProps {
  readonly trust: OutputOf<'trust.list'>;
  readonly onClose: () => void;
}

const everyRegistry = '*';

export function ThresholdDialog({ trust, onClose }: ThresholdDialogProps): JSX.Element {
  const set = useAssayCommand('trust.setThreshold');
  const snapshots = useAssayQuery('snapshots.list', {});
  const [registryId, setRegistryId] = useState(everyRegistry);
  const [threshold, setThreshold] = useState<number | ''>(trust.threshold);
  const names = new Map((snapshots.data?.snapshots ?? []).map((s) => [s.registryId, s.registryName]));
  const known = new Set([
    ...names.keys(),
    ...Object.keys(trust.thresholds),
    ...trust.keys.flatMap((key) => key.registryIds.filter((id) => id !== everyRegistry)),
  ]);
  const choose = (id: string): void => {
    setRegistryId(id);
    setThreshold(Math.max(trust.threshold, trust.thresholds[id] ?? 1));
  };
  const submit = async (): Promise<void> => {
    if (threshold === '') return;
    try {
      await set.mutateAsync({ threshold, ...(registryId === everyRegistry ? {} : { registryId }) });
      onClose();
    } catch {
      // Shown below from the command's own state.
    }
  };
  return (
    <Confirm
      opened
      title="How many signatures does a snapshot need?"
      action="Set the number"
      busy={set.isPending}
      disabled={threshold === ''}
      onConfirm={() => void submit()}
      onClose={onClose}
    >
      <Text size="sm">
        Distinct trusted keys are counted, not signatures. It decides about snapshots that are imported from now on; a
        registry's own number counts where it is higher than the common one.
      </Text>
      <Select
        label="Snapshots of"
        value={registryId}
        onChange={(value) => choose(value ?? everyRegistry)}
        data={[
          { value: everyRegistry, label: 'Every registry' },
          ...[...known].sort().map((id) => ({ value: id, label: names.get(id) ? `${names.get(id)} (${id})` : id })),
        ]}
        allowDeselect={false}
      />
      <NumberInput
        label="Signatures needed"
        value={threshold}
        onChange={(value) => setThreshold(typeof value === 'number' ? value : '')}
        min={1}
        max={maxThreshold}
        allowDecimal={false}
      />
      {set.error ? <ErrorPanel error={set.error} what="trust.setThreshold" /> : null}
    </Confirm>
  );
}
