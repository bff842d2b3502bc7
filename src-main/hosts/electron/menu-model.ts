/** The native menu as data: it mirrors the command palette, and every entry that the window carries out is a menu command. */
import type { MenuCommand } from '../../../src-shared/contract/bridge.ts';

export type MenuEntry =
  | { readonly type: 'command'; readonly label: string; readonly command: MenuCommand; readonly accelerator?: string }
  | {
      readonly type: 'role';
      readonly role:
        | 'quit'
        | 'undo'
        | 'redo'
        | 'cut'
        | 'copy'
        | 'paste'
        | 'selectAll'
        | 'resetZoom'
        | 'zoomIn'
        | 'zoomOut'
        | 'togglefullscreen'
        | 'minimize'
        | 'close';
    }
  | { readonly type: 'separator' };

export interface MenuGroup {
  readonly label: string;
  readonly entries: readonly MenuEntry[];
}

const command = (label: string, name: MenuCommand, accelerator?: string): MenuEntry => ({
  type: 'command',
  label,
  command: name,
  ...(accelerator ? { accelerator } : {}),
});
const separator: MenuEntry = { type: 'separator' };

/** Accelerators are those of the keyboard map (help page "Keyboard"). Letters alone stay with the window. */
export const menuModel: readonly MenuGroup[] = [
  {
    label: 'File',
    entries: [
      command('Import a snapshot…', 'import', 'CmdOrCtrl+O'),
      command('Lock the workspace', 'lock', 'CmdOrCtrl+L'),
      separator,
      { type: 'role', role: 'quit' },
    ],
  },
  {
    label: 'Edit',
    entries: [
      { type: 'role', role: 'undo' },
      { type: 'role', role: 'redo' },
      separator,
      { type: 'role', role: 'cut' },
      { type: 'role', role: 'copy' },
      { type: 'role', role: 'paste' },
      { type: 'role', role: 'selectAll' },
      separator,
      command('Settings', 'settings', 'CmdOrCtrl+,'),
    ],
  },
  {
    label: 'Go',
    entries: [
      command('Command palette', 'palette', 'CmdOrCtrl+K'),
      separator,
      command('Back', 'back', 'Alt+Left'),
      command('Forward', 'forward', 'Alt+Right'),
      separator,
      command('Dashboard', 'go-dashboard', 'CmdOrCtrl+1'),
      command('Snapshots', 'import', 'CmdOrCtrl+2'),
      command('Inventory', 'go-inventory', 'CmdOrCtrl+3'),
      command('Lineage', 'go-lineage', 'CmdOrCtrl+5'),
      command('Reconcile', 'go-reconcile', 'CmdOrCtrl+7'),
      command('Findings', 'go-findings', 'CmdOrCtrl+8'),
      command('Reports', 'go-reports', 'CmdOrCtrl+9'),
      command('Trust store', 'go-trust'),
      command('Activity', 'go-activity'),
    ],
  },
  {
    label: 'View',
    entries: [
      { type: 'role', role: 'resetZoom' },
      { type: 'role', role: 'zoomIn' },
      { type: 'role', role: 'zoomOut' },
      separator,
      { type: 'role', role: 'togglefullscreen' },
    ],
  },
  {
    label: 'Help',
    entries: [command('Help', 'help', 'F1'), command('Keyboard shortcuts', 'shortcuts')],
  },
];
