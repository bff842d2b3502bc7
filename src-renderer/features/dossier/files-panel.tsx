/** What is known about a record's files on disk: the signature on them, their digests, and the way to check them now. */
import { Button, Text } from '@mantine/core';
import { IconFileSearch } from '@tabler/icons-react';
import { type JSX, useState } from 'react';
import { CheckList } from '../../ui/checks.tsx';
import { countOf } from '../../ui/numbers.ts';
import { Panel } from '../../ui/page.tsx';
import type { Dossier } from './facts-tab.tsx';
import { FilesDrawer } from './files-drawer.tsx';

export function FilesPanel({ dossier }: { readonly dossier: Dossier }): JSX.Element | null {
  const [open, setOpen] = useState(false);
  const { artifact } = dossier;
  if (!artifact) return null;
  const checks = artifact.checks.length;
  return (
    <Panel title="Files on disk" note={checks === 0 ? 'Never checked' : countOf(checks, 'check')}>
      <CheckList
        checks={[
          ...(artifact.signature ? [{ question: 'Artifact signature', line: artifact.signature }] : []),
          { question: 'Recorded digests', line: artifact.files },
        ]}
      />
      <Button
        variant="default"
        size="xs"
        fullWidth
        mt="xs"
        leftSection={<IconFileSearch size={15} aria-hidden />}
        onClick={() => setOpen(true)}
      >
        Verify files on disk…
      </Button>
      {checks === 0 ? (
        <Text size="xs" c="dimmed" mt={6}>
          Nothing is copied or sent: the files are read where they lie and compared.
        </Text>
      ) : null}
      <FilesDrawer target={dossier.ref} artifact={artifact} opened={open} onClose={() => setOpen(false)} />
    </Panel>
  );
}
