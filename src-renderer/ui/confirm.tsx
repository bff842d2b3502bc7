/** The dialog before something that cannot be undone: it says what will happen, item by item, and what it does not touch. */
import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import type { JSX, ReactNode } from 'react';

interface ConfirmProps {
  readonly opened: boolean;
  readonly title: string;
  readonly children: ReactNode;
  /** A verb: "Sign", "Revoke the key". */
  readonly action: string;
  readonly danger?: boolean;
  readonly busy?: boolean;
  readonly disabled?: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

export function Confirm({
  opened,
  title,
  children,
  action,
  danger,
  busy,
  disabled,
  onConfirm,
  onClose,
}: ConfirmProps): JSX.Element {
  return (
    <Modal opened={opened} onClose={onClose} title={<Text fw={640}>{title}</Text>} size="lg">
      <Stack gap="md">
        {children}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            color={danger ? 'red' : 'verdigris'}
            onClick={onConfirm}
            loading={busy ?? false}
            disabled={disabled ?? false}
            data-autofocus
          >
            {action}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
