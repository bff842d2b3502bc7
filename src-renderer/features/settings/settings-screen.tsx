/** Settings of this person on this computer. Nothing here changes what a workspace holds or what a report says. */
import { Box, NumberInput, SegmentedControl, Stack, Switch, Text, Title } from '@mantine/core';
import type { JSX } from 'react';
import { assayHost } from '../../api/bridge.ts';
import { useWorkspaceInfo } from '../../api/hooks.ts';
import { setPreferences, usePreferences } from '../../api/preferences.ts';
import { shortcutGroups } from '../../app/keyboard.ts';
import { Instant } from '../../ui/instant.tsx';
import { bytes, count } from '../../ui/numbers.ts';
import { Page, Panel } from '../../ui/page.tsx';

const isTheme = (value: string): value is 'auto' | 'light' | 'dark' => ['auto', 'light', 'dark'].includes(value);

export function SettingsScreen(): JSX.Element {
  const preferences = usePreferences();
  const info = useWorkspaceInfo();
  const host = assayHost().info;
  return (
    <Page title="Settings" subtitle="For you on this computer. Nothing here changes a workspace or a report.">
      <Stack gap="md" maw={760}>
        <Panel title="Appearance">
          <SegmentedControl
            aria-label="Theme"
            value={preferences.theme}
            onChange={(value) => void (isTheme(value) && setPreferences({ theme: value }))}
            data={[
              { value: 'auto', label: 'As the system' },
              { value: 'light', label: 'Light' },
              { value: 'dark', label: 'Dark' },
            ]}
          />
          <Text size="xs" c="dimmed" mt="xs">
            The high-contrast mode and the reduced-motion setting of your system are followed as they are.
          </Text>
        </Panel>
        <Panel title="Locking">
          <NumberInput
            label="Lock after this many minutes without a key or pointer"
            description="Locking ends the process that holds the key. A running job postpones it."
            min={1}
            max={30}
            allowDecimal={false}
            clampBehavior="strict"
            w={360}
            value={preferences.idleLockMinutes}
            onChange={(value) =>
              void (
                typeof value === 'number' &&
                value >= 1 &&
                value <= 30 &&
                setPreferences({ idleLockMinutes: value })
              )
            }
          />
        </Panel>
        <Panel title="Recent workspaces">
          <Switch
            label="Remember the workspaces that I open"
            description="Their names and places are kept in your configuration folder. Switching this off empties the list."
            checked={preferences.rememberRecents}
            onChange={(e) => void setPreferences({ rememberRecents: e.currentTarget.checked })}
          />
        </Panel>
        <Panel title="Keyboard">
          <Switch
            label="Single-letter shortcuts"
            description="Off: only keys with Ctrl, Alt or a function key, arrows, Enter and Space do something."
            checked={preferences.letterKeys}
            onChange={(e) => void setPreferences({ letterKeys: e.currentTarget.checked })}
          />
          {shortcutGroups.map((group) => (
            <Box key={group.title} mt="md">
              <Title order={3} mb={4}>
                {group.title}
              </Title>
              <ul className="assay-keys">
                {group.shortcuts.map((shortcut) => (
                  <li key={shortcut.keys + shortcut.does} data-off={shortcut.letters && !preferences.letterKeys}>
                    <kbd className="assay-kbd">{shortcut.keys}</kbd> {shortcut.does}
                    {shortcut.letters && !preferences.letterKeys ? ' (off)' : ''}
                  </li>
                ))}
              </ul>
            </Box>
          ))}
        </Panel>
        {info ? (
          <Panel title="This workspace">
            <dl className="assay-facts">
              <div>
                <dt>Name</dt>
                <dd>{info.name}</dd>
              </div>
              <div>
                <dt>Created</dt>
                <dd>
                  <Instant at={info.createdAt} />
                </dd>
              </div>
              <div>
                <dt>Snapshots, records</dt>
                <dd>
                  {count(info.snapshots)}, {count(info.records)}
                </dd>
              </div>
              <div>
                <dt>Size on disk, encrypted</dt>
                <dd>{bytes(info.storeBytes)}</dd>
              </div>
              <div>
                <dt>Format</dt>
                <dd>{info.formatVersion}</dd>
              </div>
              <div>
                <dt>You</dt>
                <dd>
                  {info.user.name}, {info.user.role}
                  {info.readOnly ? ', reading only' : ''}
                </dd>
              </div>
            </dl>
          </Panel>
        ) : null}
        <Panel title="About">
          <Text size="sm">
            Assay {host.version}, {host.host === 'electron' ? 'desktop application' : 'window in the installed browser'}
            . It never looks for updates and opens no network connection.
          </Text>
          {host.exportsTo ? (
            <Text size="sm" c="dimmed" mt={4}>
              Saved files go to {host.exportsTo}.
            </Text>
          ) : null}
        </Panel>
      </Stack>
    </Page>
  );
}
