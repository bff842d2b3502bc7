/** What an encrypted bundle asks for: the key file of one of its recipients, and that file's passphrase where it has one. */
import { Alert, Button, Group, PasswordInput, Stack, Text } from '@mantine/core';
import { IconKey, IconLock } from '@tabler/icons-react';
import { type JSX, useState } from 'react';
import type { Picked } from '../../../src-shared/contract/bridge.ts';
import type { Failure } from '../../../src-shared/result.ts';
import { pickFile } from '../../api/files.ts';

/** The key file that was chosen; its passphrase once it was typed. */
export interface KeyFile {
  readonly file: Picked;
  readonly passphrase?: string;
}

/** Failures that a key file, another one, or its passphrase can mend. */
export const asksForIdentity = ({ code }: Failure): boolean =>
  code === 'bundle.encrypted' || code === 'bundle.wrong_identity' || code.startsWith('identity.');

interface UnlockBundleProps {
  readonly failure: Failure;
  /** What was tried last. */
  readonly tried: KeyFile | null;
  readonly onUnlock: (key: KeyFile) => void;
}

export function UnlockBundle({ failure, tried, onUnlock }: UnlockBundleProps): JSX.Element {
  const file = tried?.file ?? null;
  const [passphrase, setPassphrase] = useState('');
  const locked = failure.code === 'identity.passphrase_needed' || failure.code === 'identity.wrong_passphrase';
  const pick = async (): Promise<void> => {
    const picked = await pickFile();
    if (picked) onUnlock({ file: picked });
  };
  return (
    <Stack gap="sm">
      <Alert
        color={failure.code === 'bundle.encrypted' || failure.code === 'identity.passphrase_needed' ? 'gray' : 'red'}
        variant="light"
        role="alert"
        icon={<IconLock size={18} aria-hidden />}
        title="This bundle is encrypted"
      >
        {sentenceOf(failure)}
      </Alert>
      {file && locked ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            onUnlock({ file, passphrase });
          }}
        >
          <Group align="flex-end">
            <PasswordInput
              label={`Passphrase of ${file.name}`}
              w={320}
              autoFocus
              value={passphrase}
              onChange={(event) => setPassphrase(event.currentTarget.value)}
            />
            <Button type="submit" disabled={passphrase === ''}>
              Open
            </Button>
          </Group>
        </form>
      ) : null}
      <Group justify="space-between">
        <Text size="sm" c="dimmed" flex={1} miw={260}>
          The key file is read where it lies and never kept. What is in the bundle is decrypted in memory only.
        </Text>
        <Button
          variant={file ? 'default' : 'filled'}
          leftSection={<IconKey size={16} aria-hidden />}
          onClick={() => void pick()}
        >
          {file ? 'Choose another key file…' : 'Choose the key file…'}
        </Button>
      </Group>
    </Stack>
  );
}

/** The engine's sentences name options of the command line. */
function sentenceOf(failure: Failure): string {
  if (failure.code === 'bundle.encrypted') return 'It opens with the key file of one of its recipients.';
  return failure.message;
}
