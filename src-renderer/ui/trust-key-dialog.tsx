/**
 * Trusting a publisher's key: read it, compare its fingerprint with what the publisher says elsewhere, name it, limit it.
 *
 * The box that has to be ticked is the point of the dialog: nothing technical can replace comparing the fingerprint.
 */
import { Alert, Button, Checkbox, Group, Modal, Radio, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { IconFileCertificate } from '@tabler/icons-react';
import { type JSX, useState } from 'react';
import type { OutputOf } from '../../src-shared/contract/contract.ts';
import { assay, failureOf } from '../api/client.ts';
import { pickFile } from '../api/files.ts';
import { queryClient, useAssayCommand } from '../api/hooks.ts';
import { Fingerprint } from './hash.tsx';
import { ErrorPanel } from './states.tsx';

interface TrustKeyDialogProps {
  readonly opened: boolean;
  /** Registry that the key will be limited to, when it is known. */
  readonly suggestedRegistry: string | null;
  /** Ids of the keys that signed the bundle at hand; another key is then pointed out. */
  readonly wantedKeys: readonly string[];
  readonly onClose: () => void;
  readonly onTrusted: () => void;
}

export function TrustKeyDialog(props: TrustKeyDialogProps): JSX.Element {
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title={<Text fw={640}>Trust a publisher's key</Text>}
      size="lg"
    >
      <TrustKeyForm {...props} />
    </Modal>
  );
}

function TrustKeyForm({ suggestedRegistry, wantedKeys, onClose, onTrusted }: TrustKeyDialogProps): JSX.Element {
  const [key, setKey] = useState<OutputOf<'trust.read'> | null>(null);
  const [pem, setPem] = useState('');
  const [label, setLabel] = useState('');
  const [scope, setScope] = useState<'one' | 'every'>(suggestedRegistry ? 'one' : 'every');
  const [registry, setRegistry] = useState(suggestedRegistry ?? '');
  const [compared, setCompared] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const add = useAssayCommand('trust.add');

  const read = async (input: { file?: never; pem: string } | 'pick'): Promise<void> => {
    setProblem(null);
    try {
      if (input === 'pick') {
        const file = await pickFile({ accept: ['.pem', '.pub', '.key', '.crt'] });
        if (file) setKey(await assay.get('trust.read', { file: file.grant }));
      } else setKey(await assay.get('trust.read', { pem: input.pem }));
    } catch (error) {
      setProblem(failureOf(error));
    }
  };
  const submit = async (): Promise<void> => {
    if (!key) return;
    try {
      await add.mutateAsync({
        rawBytes: key.rawBytes,
        label: label.trim(),
        registryIds: scope === 'every' ? ['*'] : [registry.trim()],
      });
      await queryClient.invalidateQueries();
      onTrusted();
    } catch {
      // Shown below from the command's own state.
    }
  };

  if (!key) {
    return (
      <Stack gap="md">
        <Text size="sm">Choose the publisher's public key file, or paste it. It begins with BEGIN PUBLIC KEY.</Text>
        <Group>
          <Button leftSection={<IconFileCertificate size={16} />} onClick={() => void read('pick')} data-autofocus>
            Choose a key file…
          </Button>
        </Group>
        <Textarea
          label="Or paste the key"
          value={pem}
          onChange={(e) => setPem(e.currentTarget.value)}
          rows={5}
          ff="monospace"
          autoComplete="off"
          spellCheck={false}
        />
        {problem ? <ErrorPanel error={problem} what="trust.read" /> : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button disabled={pem.trim() === ''} onClick={() => void read({ pem })}>
            Read the pasted key
          </Button>
        </Group>
      </Stack>
    );
  }
  const other = wantedKeys.length > 0 && !wantedKeys.includes(key.keyId);
  return (
    <Stack gap="md">
      <div className="assay-key">
        <Text size="xs" c="dimmed">
          Fingerprint (SHA-256)
        </Text>
        <Fingerprint value={key.fingerprint} />
      </div>
      {other ? (
        <Alert color="orange" title="This is not the key that signed the bundle at hand">
          Trusting it will not make that bundle verify.
        </Alert>
      ) : null}
      <Checkbox
        checked={compared}
        onChange={(e) => setCompared(e.currentTarget.checked)}
        label="I compared the fingerprint with the publisher on another channel, and it is the same"
      />
      <TextInput
        label="Name for this key"
        description="Whose it is, and for what"
        value={label}
        onChange={(e) => setLabel(e.currentTarget.value)}
        maxLength={200}
        required
      />
      <Radio.Group
        label="It may speak for"
        value={scope}
        onChange={(value) => setScope(value === 'one' ? 'one' : 'every')}
      >
        <Stack gap={6} mt={6}>
          <Radio value="one" label="One registry" />
          {scope === 'one' ? (
            <TextInput
              ml={30}
              aria-label="Id of the registry"
              value={registry}
              onChange={(e) => setRegistry(e.currentTarget.value)}
              ff="monospace"
            />
          ) : null}
          <Radio value="every" label="Every registry" />
        </Stack>
      </Radio.Group>
      {add.error ? <ErrorPanel error={add.error} what="trust.add" /> : null}
      <Group justify="flex-end">
        <Button variant="default" onClick={() => setKey(null)}>
          Another key
        </Button>
        <Button
          onClick={() => void submit()}
          loading={add.isPending}
          disabled={!compared || label.trim() === '' || (scope === 'one' && registry.trim() === '')}
        >
          Trust this key
        </Button>
      </Group>
    </Stack>
  );
}
