/** What every screen stands on: which workspace, which pair of snapshots, who works here, whether it can be trusted, when. */
import { ActionIcon, Button, Menu, Text, Tooltip, UnstyledButton } from '@mantine/core';
import {
  IconCommand,
  IconLock,
  IconMoon,
  IconShieldCheck,
  IconShieldExclamation,
  IconShieldX,
  IconSun,
  IconUser,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { type JSX, useEffect, useState } from 'react';
import type { OutputOf } from '../../src-shared/contract/contract.ts';
import { useAssayQuery } from '../api/hooks.ts';
import { setPreferences, usePreferences } from '../api/preferences.ts';
import { localText } from '../ui/instant.tsx';
import { countOf } from '../ui/numbers.ts';
import { openPalette } from './palette.tsx';

type Info = OutputOf<'workspace.info'>;
type Snapshot = OutputOf<'snapshots.list'>['snapshots'][number];

export function TopBar({ info, onLock }: { readonly info: Info | null; readonly onLock: () => void }): JSX.Element {
  return (
    <header className="assay-top">
      <Link to={info ? '/dashboard' : '/start'} className="assay-brand" aria-label="Assay, first screen">
        <Mark />
        <span>Assay</span>
      </Link>
      {info ? <Workspace info={info} /> : <div className="assay-top-space" />}
      <Clock />
      <SchemeSwitch />
      {info ? (
        <>
          <Tooltip label="Command palette (Ctrl+K)">
            <ActionIcon variant="subtle" color="gray" size={30} aria-label="Command palette" onClick={openPalette}>
              <IconCommand size={18} />
            </ActionIcon>
          </Tooltip>
          <Menu position="bottom-end" withArrow>
            <Menu.Target>
              <Button variant="subtle" color="gray" size="xs" leftSection={<IconUser size={15} aria-hidden />}>
                <span className="assay-user" title={info.user.name}>
                  {info.user.name}
                </span>
                &nbsp;· {info.user.role}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Label>{info.name}</Menu.Label>
              <Menu.Item component={Link} to="/settings" rightSection={<kbd className="assay-kbd">Ctrl+,</kbd>}>
                Settings
              </Menu.Item>
              <Menu.Item
                leftSection={<IconLock size={15} />}
                onClick={onLock}
                rightSection={<kbd className="assay-kbd">Ctrl+L</kbd>}
              >
                Lock
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </>
      ) : null}
    </header>
  );
}

export function Mark({ size = 24 }: { readonly size?: number }): JSX.Element {
  return (
    <svg width={size} height={size} viewBox="0 0 64 64" aria-hidden="true" focusable="false">
      <path
        d="M32 8 12 54h8l4.4-10.6h15.2L44 54h8L32 8Z"
        fill="none"
        stroke="#e8dfc9"
        strokeWidth="4.5"
        strokeLinejoin="round"
      />
      <path
        d="m23 36 7 6L52 17"
        fill="none"
        stroke="#d9a441"
        strokeWidth="6"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}

function Workspace({ info }: { readonly info: Info }): JSX.Element {
  const list = useAssayQuery('snapshots.list', {});
  const snapshots = list.data?.snapshots ?? [];
  return (
    <div className="assay-top-space">
      <Text fw={600} size="sm" truncate maw={260} miw={60} title={info.name}>
        {info.name}
      </Text>
      <UnstyledButton component={Link} to="/import" className="assay-pair" aria-label="Snapshots in use">
        <Side word="Registry" snapshot={newest(snapshots, 'registry')} />
        <span aria-hidden>⇄</span>
        <Side word="Discovery" snapshot={newest(snapshots, 'discovery')} />
      </UnstyledButton>
      {list.data ? <TrustBadge snapshots={snapshots} /> : null}
    </div>
  );
}

function Side({ word, snapshot }: { readonly word: string; readonly snapshot: Snapshot | undefined }): JSX.Element {
  return (
    <span className="assay-pair-side" data-none={snapshot === undefined}>
      <span className="assay-pair-word">{word}</span>{' '}
      {snapshot ? `#${snapshot.snapshot} · ${snapshot.takenAt.slice(0, 10)}` : 'none'}
    </span>
  );
}

const newest = (snapshots: readonly Snapshot[], role: Snapshot['role']): Snapshot | undefined =>
  snapshots.filter((s) => s.role === role).sort((a, b) => b.takenAt.localeCompare(a.takenAt))[0];

/** Only what was verified gets in; what remains to be said is whether a chain is broken or old. */
function TrustBadge({ snapshots }: { readonly snapshots: readonly Snapshot[] }): JSX.Element {
  const timeline = useAssayQuery('registries.timeline', {});
  const registries = timeline.data?.registries ?? [];
  const lanes = registries.flatMap((registry) => registry.lane);
  const broken = lanes.filter((entry) => entry.link === 'fork').length;
  const stale = registries.filter((registry) => registry.freshness.state === 'stale').length;
  const weak = lanes.filter((entry) => entry.link === 'gap').length + stale;
  const [Icon, tone, text] =
    snapshots.length === 0
      ? ([IconShieldExclamation, 'neutral', 'Nothing imported'] as const)
      : broken > 0
        ? ([IconShieldX, 'bad', `${countOf(broken, 'forked chain')}`] as const)
        : weak > 0
          ? ([IconShieldExclamation, 'warn', `${countOf(weak, 'snapshot')} stale or after a gap`] as const)
          : ([IconShieldCheck, 'good', `${countOf(snapshots.length, 'snapshot')} verified`] as const);
  return (
    <Link to="/trust" className="assay-chip" data-tone={tone}>
      <Icon size={15} aria-hidden /> {text}
    </Link>
  );
}

function Clock(): JSX.Element {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), 5_000);
    return () => clearInterval(timer);
  }, []);
  const iso = now.toISOString();
  return (
    <Tooltip label={["This computer's clock", localText(iso)].filter(Boolean).join('; here ')}>
      <time className="assay-clock" dateTime={iso}>
        {iso.slice(0, 10)} {iso.slice(11, 16)} UTC
      </time>
    </Tooltip>
  );
}

function SchemeSwitch(): JSX.Element {
  const { theme } = usePreferences();
  const dark = theme === 'dark' || (theme === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);
  const label = dark ? 'Light theme' : 'Dark theme';
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size={30}
        aria-label={label}
        onClick={() => void setPreferences({ theme: dark ? 'light' : 'dark' })}
      >
        {dark ? <IconSun size={18} /> : <IconMoon size={18} />}
      </ActionIcon>
    </Tooltip>
  );
}
