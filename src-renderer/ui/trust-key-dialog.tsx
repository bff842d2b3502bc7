/**
 * Trusting a publisher's key: read it, compare its fingerprint with what the publisher says elsewhere, name it, limit it.
 *
 * The comparison is the point of it: nothing technical can replace what the publisher said over another channel.
 */
import { Alert, Button, Drawer, Group, Radio, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { IconFileCertificate } from '@tabler/icons-react';
import { type JSX, useState } from 'react';
import type { OutputOf } from '../../src-shared/contract/contract.ts';
import { assay, failureOf } from '../api/client.ts';
import { pickFile } from '../api/files.ts';
import { queryClient, useAssayCommand } from '../api/hooks.ts';
import { FingerprintCompare, isCompared, notCompared } from './fingerprint-compare.tsx';
import { ErrorPanel } from './states.tsx';

type ReadKey = OutputOf<'trust.read'>;

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
    <Drawer
      opened={props.opened}
      onClose={props.onClose}
      position="right"
      size="lg"
      title={<Text fw={640}>Trust a publisher's key</Text>}
    >
      <TrustKeySteps {...props} />
    </Drawer>
  );
}

function TrustKeySteps(props: TrustKeyDialogProps): JSX.Element {
  const [key, setKey] = useState<ReadKey | null>(null);
  return key ? (
    <TrustKeyForm {...props} publicKey={key} onOther={() => setKey(null)} />
  ) : (
    <ReadKeyForm onRead={setKey} onClose={props.onClose} />
  );
}

function ReadKeyForm({
  onRead,
  onClose,
}: {
  readonly onRead: (key: ReadKey) => void;
  readonly onClose: () => void;
}): JSX.Element {
  const [pem, setPem] = useState('');
  const [problem, setProblem] = useState<unknown>(null);
  const read = async (): Promise<void> => onRead(await assay.get('trust.read', { pem }));
  const pick = async (): Promise<void> => {
    const file = await pickFile({ accept: ['.pem', '.pub', '.key', '.crt'] });
    if (file) onRead(await assay.get('trust.read', { file: file.grant }));
  };
  const attempt = (work: () => Promise<void>): void => {
    setProblem(null);
    void work().catch((error: unknown) => setProblem(failureOf(error)));
  };
  return (
    <Stack gap="md">
      <Text size="sm">Choose the publisher's public key file, or paste it. It begins with BEGIN PUBLIC KEY.</Text>
      <Group>
        <Button leftSection={<IconFileCertificate size={16} />} onClick={() => attempt(pick)} data-autofocus>
          Choose a key file…
        </Button>
      </Group>
      <Textarea
        label="Or paste the key"
        value={pem}
        onChange={(e) => setPem(e.currentTarget.value)}
        rows={5}
        classNames={{ input: 'assay-compare-input' }}
        autoComplete="off"
        spellCheck={false}
      />
      {problem ? <ErrorPanel error={problem} what="trust.read" /> : null}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button disabled={pem.trim() === ''} onClick={() => attempt(read)}>
          Read the pasted key
        </Button>
      </Group>
    </Stack>
  );
}

interface TrustKeyFormProps extends TrustKeyDialogProps {
  readonly publicKey: ReadKey;
  readonly onOther: () => void;
}

function TrustKeyForm({
  publicKey,
  suggestedRegistry,
  wantedKeys,
  onOther,
  onTrusted,
}: TrustKeyFormProps): JSX.Element {
  const [label, setLabel] = useState('');
  const [scope, setScope] = useState<'one' | 'every'>(suggestedRegistry ? 'one' : 'every');
  const [registry, setRegistry] = useState(suggestedRegistry ?? '');
  const [from, setFrom] = useState('');
  const [until, setUntil] = useState('');
  const [comparison, setComparison] = useState(notCompared);
  const add = useAssayCommand('trust.add');
  const submit = async (): Promise<void> => {
    try {
      await add.mutateAsync({
        rawBytes: publicKey.rawBytes,
        label: label.trim(),
        registryIds: scope === 'every' ? ['*'] : [registry.trim()],
        ...(from === '' ? {} : { validFrom: `${from}T00:00:00Z` }),
        ...(until === '' ? {} : { validUntil: `${until}T23:59:59Z` }),
        ...(comparison.given.trim() === '' ? {} : { fingerprint: comparison.given }),
      });
      await queryClient.invalidateQueries();
      onTrusted();
    } catch {
      // Shown below from the command's own state.
    }
  };
  const other = wantedKeys.length > 0 && !wantedKeys.includes(publicKey.keyId);
  const isComplete =
    isCompared(publicKey.fingerprint, comparison) &&
    label.trim() !== '' &&
    (scope === 'every' || registry.trim() !== '');
  return (
    <Stack gap="md">
      {other ? (
        <Alert color="orange" title="This is not the key that signed the bundle at hand">
          Trusting it will not make that bundle verify.
        </Alert>
      ) : null}
      <FingerprintCompare
        actual={publicKey.fingerprint}
        value={comparison}
        onChange={setComparison}
        who="the publisher"
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
              classNames={{ input: 'assay-compare-input' }}
            />
          ) : null}
          <Radio value="every" label="Every registry" />
        </Stack>
      </Radio.Group>
      <Group grow align="flex-start">
        <TextInput type="date" label="Valid from (UTC)" value={from} onChange={(e) => setFrom(e.currentTarget.value)} />
        <TextInput
          type="date"
          label="Valid until (UTC)"
          value={until}
          onChange={(e) => setUntil(e.currentTarget.value)}
        />
      </Group>
      {add.error ? <ErrorPanel error={add.error} what="trust.add" /> : null}
      <Group justify="flex-end">
        <Button variant="default" onClick={onOther}>
          Another key
        </Button>
        <Button onClick={() => void submit()} loading={add.isPending} disabled={!isComplete}>
          Trust this key
        </Button>
      </Group>
    </Stack>
  );
}
