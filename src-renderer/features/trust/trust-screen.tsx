/** Trust store: whose signatures count in this workspace, for which registries, since when, and how that is kept true. */
import { Button, Menu, Stack } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconDownload, IconFileImport, IconKey, IconRefresh, IconShieldCheck } from '@tabler/icons-react';
import { type JSX, useState } from 'react';
import type { Picked } from '../../../src-shared/contract/bridge.ts';
import { failureOf } from '../../api/client.ts';
import { pickFile, pickSave } from '../../api/files.ts';
import { useAssayCommand, useAssayQuery } from '../../api/hooks.ts';
import { countOf } from '../../ui/numbers.ts';
import { Page } from '../../ui/page.tsx';
import { EmptyNotRun, ErrorPanel, Loading } from '../../ui/states.tsx';
import { TrustKeyDialog } from '../../ui/trust-key-dialog.tsx';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { ImportTrustDialog } from './import-trust-dialog.tsx';
import { type Key, KeyCard } from './key-card.tsx';
import { RevokeDialog } from './revoke-dialog.tsx';
import { RotationDialog } from './rotation-dialog.tsx';
import { ThresholdDialog } from './threshold-dialog.tsx';
import { TrustRootsPanel } from './trust-roots-panel.tsx';
import './trust.css';

/** One dialog at a time. */
type Open =
  | { readonly dialog: 'add' | 'threshold' }
  | { readonly dialog: 'revoke'; readonly key: Key }
  | { readonly dialog: 'confirm'; readonly keys: readonly Key[] }
  | { readonly dialog: 'import' | 'rotate'; readonly file: Picked };

export function TrustScreen(): JSX.Element {
  const trust = useAssayQuery('trust.list', {});
  const [open, setOpen] = useState<Open | null>(null);
  const keys = trust.data?.keys ?? [];
  const pick = async (dialog: 'import' | 'rotate'): Promise<void> => {
    const file = await pickFile({ accept: ['.json'] });
    if (file) setOpen({ dialog, file });
  };
  return (
    <Page
      title="Trust store"
      subtitle={
        trust.data
          ? `${countOf(keys.length, 'key')}; a snapshot needs ${countOf(trust.data.threshold, 'trusted signature')}. Trust is never taken from a bundle itself.`
          : 'Whose signatures count in this workspace'
      }
      actions={
        <>
          <Button variant="default" leftSection={<IconRefresh size={16} />} onClick={() => void pick('rotate')}>
            Apply a rotation…
          </Button>
          <Button variant="default" leftSection={<IconFileImport size={16} />} onClick={() => void pick('import')}>
            Import a trust file…
          </Button>
          <ExportMenu disabled={keys.length === 0} />
          <Button leftSection={<IconKey size={16} />} onClick={() => setOpen({ dialog: 'add' })}>
            Trust a key…
          </Button>
        </>
      }
    >
      {trust.error ? <ErrorPanel error={trust.error} what="trust.list" onRetry={() => void trust.refetch()} /> : null}
      {trust.isPending ? <Loading /> : null}
      {trust.data && keys.length === 0 ? (
        <EmptyNotRun
          title="No key is trusted yet"
          icon={<IconShieldCheck size={26} />}
          action={<Button onClick={() => setOpen({ dialog: 'add' })}>Trust a key…</Button>}
        >
          Until a publisher's key is trusted, no snapshot can be imported. Get the key's fingerprint from the publisher
          on paper, by telephone or in a meeting, and compare.
        </EmptyNotRun>
      ) : null}
      <Stack gap="sm">
        {trust.data && keys.length > 0 ? (
          <TrustRootsPanel
            trust={trust.data}
            onThreshold={() => setOpen({ dialog: 'threshold' })}
            onConfirm={() => setOpen({ dialog: 'confirm', keys: keys.filter((key) => !key.revoked) })}
          />
        ) : null}
        {keys.map((key) => (
          <KeyCard
            key={key.hint}
            trusted={key}
            onRevoke={() => setOpen({ dialog: 'revoke', key })}
            onConfirm={() => setOpen({ dialog: 'confirm', keys: [key] })}
          />
        ))}
      </Stack>
      <TrustKeyDialog
        opened={open?.dialog === 'add'}
        suggestedRegistry={null}
        wantedKeys={[]}
        onClose={() => setOpen(null)}
        onTrusted={() => setOpen(null)}
      />
      {open?.dialog === 'revoke' ? <RevokeDialog trusted={open.key} onClose={() => setOpen(null)} /> : null}
      {open?.dialog === 'confirm' ? <ConfirmDialog keys={open.keys} onClose={() => setOpen(null)} /> : null}
      {open?.dialog === 'import' ? <ImportTrustDialog file={open.file} onClose={() => setOpen(null)} /> : null}
      {open?.dialog === 'rotate' ? <RotationDialog file={open.file} onClose={() => setOpen(null)} /> : null}
      {open?.dialog === 'threshold' && trust.data ? (
        <ThresholdDialog trust={trust.data} onClose={() => setOpen(null)} />
      ) : null}
    </Page>
  );
}

function ExportMenu({ disabled }: { readonly disabled: boolean }): JSX.Element {
  const exportTrust = useAssayCommand('trust.export');
  const save = async (plain: boolean): Promise<void> => {
    try {
      const target = await pickSave(plain ? 'assay-trust-unsigned.json' : 'assay-trust.json');
      if (!target) return;
      const { keys, issuer } = await exportTrust.mutateAsync({ file: target.grant, plain });
      notifications.show({
        color: 'verdigris',
        title: `Saved ${target.name}`,
        message: issuer
          ? `${countOf(keys, 'key')}, in ${target.location}. Read out your fingerprint to whoever imports it: ${issuer.fingerprint}`
          : `${countOf(keys, 'key')}, in ${target.location}. It is unsigned: whoever can write to it decides whom it trusts.`,
        autoClose: false,
      });
    } catch (error) {
      notifications.show({ color: 'red', title: 'Not saved', message: failureOf(error).message });
    }
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<IconDownload size={16} />} disabled={disabled}>
          Save as a file
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => void save(false)}>Signed by you, for other workspaces…</Menu.Item>
        <Menu.Item onClick={() => void save(true)}>Plain JSON, unsigned…</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
