/** First screen: choose, create or unlock a workspace. Nothing of any workspace is readable before that. */
import { Button, Group, Stack, Text, Title, UnstyledButton } from '@mantine/core';
import {
  IconChevronRight,
  IconDatabaseImport,
  IconFileCertificate,
  IconFileSearch,
  IconFolderOpen,
  IconFolderPlus,
  IconGitCompare,
  IconListSearch,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type JSX, useEffect, useState } from 'react';
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import { assayHost } from '../../api/bridge.ts';
import { pickFolder } from '../../api/files.ts';
import { queryClient, useWorkspaceInfo } from '../../api/hooks.ts';
import { stageWorkspace, useStaged } from '../../api/staged.ts';
import { Instant } from '../../ui/instant.tsx';
import { countOf } from '../../ui/numbers.ts';
import { CreateForm } from './create-form.tsx';
import { RecoveryCode } from './recovery-code.tsx';
import './start.css';
import { UnlockForm, type UnlockTarget } from './unlock-form.tsx';

type Step =
  | { readonly at: 'choose' }
  | { readonly at: 'create' }
  | { readonly at: 'unlock'; readonly target: UnlockTarget }
  | { readonly at: 'recovery'; readonly created: OutputOf<'workspace.create'>; readonly location: string };

export function StartScreen(): JSX.Element {
  const [step, setStep] = useState<Step>({ at: 'choose' });
  const staged = useStaged();
  const navigate = useNavigate();
  useEffect(() => {
    document.title = 'Start · Assay';
  }, []);
  useEffect(() => {
    if (!staged.workspace) return;
    setStep({ at: 'unlock', target: { folder: staged.workspace.grant, name: staged.workspace.name, location: '' } });
    stageWorkspace(null);
  }, [staged.workspace]);

  const info = useWorkspaceInfo();
  useEffect(() => {
    // Back from a reload with the workspace still open.
    if (info && step.at === 'choose') void navigate({ to: '/dashboard' });
  }, [info, step.at, navigate]);

  const enter = async (): Promise<void> => {
    await queryClient.invalidateQueries();
    await navigate({ to: staged.files.length > 0 ? '/import' : '/dashboard' });
  };
  return (
    <div className="assay-start">
      <div className="assay-start-card">
        {step.at === 'choose' ? (
          <Choose
            waiting={staged.files.length}
            onCreate={() => setStep({ at: 'create' })}
            onUnlock={(target) => setStep({ at: 'unlock', target })}
          />
        ) : null}
        {step.at === 'create' ? (
          <Stack gap="lg">
            <Title order={1}>New workspace</Title>
            <CreateForm
              onBack={() => setStep({ at: 'choose' })}
              onCreated={(created, location) => setStep({ at: 'recovery', created, location })}
            />
          </Stack>
        ) : null}
        {step.at === 'unlock' ? (
          <Stack gap="lg">
            <Title order={1}>Unlock</Title>
            <UnlockForm target={step.target} onBack={() => setStep({ at: 'choose' })} onUnlocked={() => void enter()} />
          </Stack>
        ) : null}
        {step.at === 'recovery' ? (
          <RecoveryCode code={step.created.recoveryCode} location={step.location} onDone={() => void enter()} />
        ) : null}
      </div>
    </div>
  );
}

/** The whole job, for whoever sees it the first time. */
const steps = [
  {
    icon: IconDatabaseImport,
    title: 'Import',
    text: 'signed snapshots: what a registry claims, what was found',
  },
  { icon: IconGitCompare, title: 'Reconcile', text: 'claim against observation against before' },
  { icon: IconListSearch, title: 'Judge', text: 'what the rules found, with the evidence beside it' },
  { icon: IconFileCertificate, title: 'Report', text: 'signed, so that anybody can check every statement' },
] as const;

interface ChooseProps {
  readonly waiting: number;
  readonly onCreate: () => void;
  readonly onUnlock: (target: UnlockTarget) => void;
}

function Choose({ waiting, onCreate, onUnlock }: ChooseProps): JSX.Element {
  const recents = useQuery({ queryKey: ['host', 'recents'], queryFn: () => assayHost().recents() });
  const openFolder = async (): Promise<void> => {
    const folder = await pickFolder();
    if (folder) onUnlock({ folder: folder.grant, name: folder.name, location: '' });
  };
  return (
    <Stack gap="lg">
      <div>
        <Title order={1}>Assay</Title>
        <Text c="dimmed">Audit a machine-learning inventory from signed snapshots, on this computer alone.</Text>
      </div>
      {waiting > 0 ? (
        <Text size="sm" className="assay-start-waiting">
          {countOf(waiting, 'dropped file')} will be verified as soon as a workspace is open.
        </Text>
      ) : null}
      {recents.data && recents.data.length > 0 ? (
        <section aria-labelledby="recents">
          <Title order={2} id="recents" mb={6}>
            Recent workspaces
          </Title>
          <ul className="assay-recents">
            {recents.data.map((recent) => (
              <li key={recent.grant}>
                <UnstyledButton
                  className="assay-recent"
                  onClick={() => onUnlock({ folder: recent.grant, name: recent.name, location: recent.location })}
                >
                  <span>
                    <Text span fw={600} display="block">
                      {recent.name}
                    </Text>
                    <Text span size="xs" c="dimmed" display="block">
                      in {recent.location} · opened <Instant at={recent.openedAt} style="date" />
                    </Text>
                  </span>
                  <IconChevronRight size={18} aria-hidden />
                </UnstyledButton>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      <Group gap="sm">
        <Button leftSection={<IconFolderPlus size={17} />} onClick={onCreate}>
          New workspace
        </Button>
        <Button variant="default" leftSection={<IconFolderOpen size={17} />} onClick={() => void openFolder()}>
          Open a workspace folder
        </Button>
      </Group>
      <ol className="assay-steps">
        {steps.map(({ icon: Icon, title, text }) => (
          <li key={title}>
            <Icon size={18} stroke={1.6} aria-hidden />
            <strong>{title}</strong>
            <span>{text}</span>
          </li>
        ))}
      </ol>
      <Text size="sm" c="dimmed">
        Only a report to check?{' '}
        <Link to="/verify" className="assay-inline-link">
          <IconFileSearch size={15} aria-hidden /> Verify a PDF report
        </Link>{' '}
        without a workspace.
      </Text>
    </Stack>
  );
}
