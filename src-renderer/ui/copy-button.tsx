/** A small button that copies text and says so. */
import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import type { JSX, ReactNode } from 'react';

interface CopyButtonProps {
  readonly text: string;
  readonly label: string;
  readonly icon?: ReactNode;
}

export function CopyButton({ text, label, icon }: CopyButtonProps): JSX.Element {
  const clipboard = useClipboard({ timeout: 1500 });
  return (
    <Button
      size="xs"
      variant="subtle"
      leftSection={clipboard.copied ? <IconCheck size={14} /> : (icon ?? <IconCopy size={14} />)}
      onClick={() => clipboard.copy(text)}
    >
      {clipboard.copied ? 'Copied' : label}
    </Button>
  );
}

/** The same as an icon, for use inside a line of text. */
export function CopyIcon({ text, label }: { readonly text: string; readonly label: string }): JSX.Element {
  const clipboard = useClipboard({ timeout: 1500 });
  return (
    <Tooltip label={clipboard.copied ? 'Copied' : label}>
      <ActionIcon variant="subtle" color="gray" size={24} aria-label={label} onClick={() => clipboard.copy(text)}>
        {clipboard.copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
      </ActionIcon>
    </Tooltip>
  );
}
