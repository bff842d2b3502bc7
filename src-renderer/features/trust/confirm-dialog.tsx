/** "I asked the publisher today; nothing was revoked": a person's word, written down with the day. */
import { Text } from '@mantine/core';
import type { JSX } from 'react';
import { useAssayCommand } from '../../api/hooks.ts';
import { Confirm } from '../../ui/confirm.tsx';
import { ErrorPanel } from '../../ui/states.tsx';
import type { Key } from './key-card.tsx';

interface ConfirmDialogProps {
  readonly keys: readonly Key[];
  readonly onClose: () => void;
}

export function ConfirmDialog({ keys, onClose }: ConfirmDialogProps): JSX.Element {
  const confirm = useAssayCommand('trust.confirm');
  const submit = async (): Promise<void> => {
    try {
      await confirm.mutateAsync({ hints: keys.map((key) => key.hint) });
      onClose();
    } catch {
      // Shown below from the command's own state.
    }
  };
  return (
    <Confirm
      opened
      title="Confirm that nothing was revoked?"
      action="I asked; nothing was revoked"
      busy={confirm.isPending}
      onConfirm={() => void submit()}
      onClose={onClose}
    >
      <Text size="sm">
        You asked the publisher today, over another channel than the one by which snapshots come, and none of these keys
        was revoked: {keys.map((key) => `“${key.label}”`).join(', ')}. Your name and the time are written down.
      </Text>
      {confirm.error ? <ErrorPanel error={confirm.error} what="trust.confirm" /> : null}
    </Confirm>
  );
}
