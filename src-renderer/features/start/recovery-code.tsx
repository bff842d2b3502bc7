/** The recovery code, shown once; going on needs two of its groups typed back, so that it was really written down. */
import { Alert, Button, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { IconAlertTriangle, IconPrinter } from '@tabler/icons-react';
import { type FormEvent, type JSX, useMemo, useState } from 'react';
import { CopyButton } from '../../ui/copy-button.tsx';

interface RecoveryCodeProps {
  readonly code: string;
  readonly location: string;
  readonly onDone: () => void;
}

export function RecoveryCode({ code, location, onDone }: RecoveryCodeProps): JSX.Element {
  const groups = useMemo(() => code.split('-'), [code]);
  const asked = useMemo(() => pickTwo(groups.length), [groups.length]);
  const [testing, setTesting] = useState(false);
  const [typed, setTyped] = useState<readonly [string, string]>(['', '']);
  const [wrong, setWrong] = useState(false);

  const check = (event: FormEvent): void => {
    event.preventDefault();
    const right = asked.every((group, at) => normal(typed[at] ?? '') === groups[group]);
    setWrong(!right);
    if (right) onDone();
  };

  if (!testing) {
    return (
      <Stack gap="md">
        <Title order={2}>Write down the recovery code</Title>
        <Text size="sm">
          It opens the workspace (read-only) when the passphrase is lost, and it is shown only now. Keep it on paper,
          away from this computer.
        </Text>
        <ol className="assay-recovery" aria-label="Recovery code in groups">
          {groups.map((group, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the position is what identifies a group.
            <li key={at}>{group}</li>
          ))}
        </ol>
        <Text size="sm" c="dimmed">
          The workspace was created in {location}.
        </Text>
        <Group justify="space-between">
          <Group gap={4}>
            <CopyButton text={code} label="Copy" />
            <Button size="xs" variant="subtle" leftSection={<IconPrinter size={14} />} onClick={() => window.print()}>
              Print
            </Button>
          </Group>
          <Button onClick={() => setTesting(true)}>I have written it down</Button>
        </Group>
      </Stack>
    );
  }
  return (
    <form onSubmit={check}>
      <Stack gap="md">
        <Title order={2}>Check what you wrote</Title>
        <Text size="sm">Type two of the eight groups from your paper. Capital or small letters are the same.</Text>
        {asked.map((group, at) => (
          <TextInput
            key={group}
            label={`Group ${group + 1}`}
            value={typed[at] ?? ''}
            onChange={(e) => setTyped(at === 0 ? [e.currentTarget.value, typed[1]] : [typed[0], e.currentTarget.value])}
            ff="monospace"
            autoComplete="off"
            autoFocus={at === 0}
          />
        ))}
        {wrong ? (
          <Alert color="red" icon={<IconAlertTriangle size={18} />} title="That is not what the code says">
            Compare with your paper, or look at the code again.
          </Alert>
        ) : null}
        <Group justify="space-between">
          <Button variant="subtle" color="gray" onClick={() => setTesting(false)}>
            Show the code again
          </Button>
          <Button type="submit">Check and open</Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Crockford's rule for reading: O is 0, I and L are 1. */
const normal = (text: string): string => text.trim().toUpperCase().replace(/O/g, '0').replace(/[IL]/g, '1');

/** Two different groups, in reading order. */
function pickTwo(groups: number): readonly number[] {
  const [a = 0, b = 1] = crypto.getRandomValues(new Uint32Array(2));
  const first = a % groups;
  const second = (first + 1 + (b % (groups - 1))) % groups;
  return [first, second].sort((x, y) => x - y);
}
