/** The frame around every screen: bar on top, navigation at the left, jobs at the bottom; and what works on all of them. */
import { Modal, Table, Text, Title } from '@mantine/core';
import { Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import { type JSX, useCallback, useEffect, useMemo, useState } from 'react';
import type { HostEvent } from '../../src-shared/contract/bridge.ts';
import { assayHost } from '../api/bridge.ts';
import { assay } from '../api/client.ts';
import { useAssayQuery } from '../api/hooks.ts';
import { stageFiles, stageWorkspace } from '../api/staged.ts';
import { FileDrop } from './file-drop.tsx';
import { useIdleLock } from './idle-lock.ts';
import { JobBar } from './job-bar.tsx';
import { type GlobalActions, listenForKeys, shortcutGroups } from './keyboard.ts';
import { Nav } from './nav.tsx';
import { places } from './navigation.ts';
import { openPalette, Palette } from './palette.tsx';
import { StandingBar } from './standing-bar.tsx';
import { TopBar } from './top-bar.tsx';

const openRoutes = new Set(['/', '/start', '/help', '/settings', '/verify']);

export function Shell(): JSX.Element {
  const navigate = useNavigate();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const session = useAssayQuery('workspace.state', {});
  const open = session.data?.state === 'open' ? session.data.info : null;
  // A new workspace's recovery code is on the start screen, for the only time: nothing may lead away from it before it was checked.
  const info = path === '/start' ? null : open;
  const held = path === '/start' && open !== null;
  const [shortcutsShown, setShortcutsShown] = useState(false);

  const go = useCallback(
    (to: string) => {
      if (!held) void navigate({ to });
    },
    [navigate, held],
  );
  const lock = useCallback(() => {
    // The host ends the engine process and reloads this page; what is on screen leaves the document with it.
    if (info) void assay.call('workspace.lock', {});
  }, [info]);
  const actions: GlobalActions = useMemo(
    () => ({
      palette: openPalette,
      importFile: () => go('/import'),
      lock,
      shortcuts: () => setShortcutsShown(true),
      go,
    }),
    [go, lock],
  );

  useEffect(() => listenForKeys(actions), [actions]);
  useIdleLock(info !== null, lock);
  useEffect(() => assayHost().onEvent((event) => handleHostEvent(event, actions)), [actions]);
  useEffect(() => {
    if (session.data?.state === 'closed' && !openRoutes.has(path)) void navigate({ to: '/start' });
  }, [session.data, path, navigate]);

  const mayShow = open !== null || openRoutes.has(path);
  return (
    <div className="assay-shell" data-bare={info === null}>
      <button type="button" className="assay-skip" onClick={focusMain}>
        Skip to content
      </button>
      <TopBar info={info} onLock={lock} />
      <Nav info={info} path={path} />
      <main id="main" tabIndex={-1} className="assay-main" data-pane="main">
        {info ? <StandingBar info={info} /> : null}
        {mayShow ? <Outlet /> : null}
      </main>
      <JobBar />
      <Palette actions={actions} unlocked={info !== null} />
      <FileDrop unlocked={info !== null} />
      <Modal
        opened={shortcutsShown}
        onClose={() => setShortcutsShown(false)}
        title={<Text fw={640}>Keyboard</Text>}
        size="lg"
      >
        <ShortcutTable />
      </Modal>
    </div>
  );
}

/** The router owns the hash, so skipping moves the focus itself instead of following an anchor. */
function focusMain(): void {
  document.getElementById('main')?.focus();
}

function handleHostEvent(event: HostEvent, actions: GlobalActions): void {
  if (event.type === 'open-files') {
    stageFiles(event.files);
    actions.importFile();
  } else if (event.type === 'open-workspace') {
    stageWorkspace(event.folder);
    actions.go('/start');
  } else if (event.command === 'import') actions.importFile();
  else if (event.command === 'lock') actions.lock();
  else if (event.command === 'palette') actions.palette();
  else if (event.command === 'shortcuts') actions.shortcuts();
  else if (event.command === 'help') actions.go('/help');
  else if (event.command === 'settings') actions.go('/settings');
  else if (event.command === 'back') history.back();
  else if (event.command === 'forward') history.forward();
  else {
    const place = places.find((p) => event.command === `go-${p.id}`);
    if (place) actions.go(place.to);
  }
}

export function ShortcutTable(): JSX.Element {
  return (
    <>
      {shortcutGroups.map((group) => (
        <section key={group.title}>
          <Title order={3} mt="sm">
            {group.title}
          </Title>
          <Table withRowBorders={false} verticalSpacing={4} horizontalSpacing={0}>
            <Table.Tbody>
              {group.shortcuts.map((shortcut) => (
                <Table.Tr key={shortcut.keys + shortcut.does}>
                  <Table.Td w={180}>
                    <kbd className="assay-kbd">{shortcut.keys}</kbd>
                  </Table.Td>
                  <Table.Td>{shortcut.does}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </section>
      ))}
    </>
  );
}
