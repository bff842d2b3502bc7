/** `assay open`: the window. Electron when its binary is there, else the Chromium window. */

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { applicationPath } from '../../../core/resources.ts';
import { requireWorkspace } from '../paths.ts';
import { reportFailure } from '../run.ts';
import { note } from '../terminal.ts';
import { command } from './options.ts';

export function openCommand(): Command {
  return command('open', 'open the window', 'assay open audit')
    .argument('[workspace]', 'workspace to unlock')
    .option('--browser <path>', 'Chromium to use (or ASSAY_BROWSER)')
    .action(async (workspace: string | undefined, options: { browser?: string; json?: boolean }) => {
      try {
        if (workspace !== undefined) requireWorkspace(workspace);
        process.exitCode = await openWindow(workspace, options.browser);
      } catch (error) {
        process.exitCode = reportFailure(error, options);
      }
    });
}

/** Returns the exit code when the window was closed. */
export async function openWindow(workspace: string | undefined, browser: string | undefined): Promise<number> {
  const electron = electronBinary();
  if (electron && process.env['ASSAY_WINDOW'] !== 'chromium')
    return run(electron, [applicationPath(), ...(workspace ? [workspace] : [])]);
  note('Electron is not installed here; opening the Chromium window instead.');
  const { openWindow: openChromium } = await import('../../chromium/open-window.ts');
  const window = await openChromium({
    log: note,
    ...(workspace ? { workspacePath: workspace } : {}),
    ...(browser ? { browserPath: browser } : {}),
  });
  await window.closed;
  return 0;
}

/** Electron's own marker file: `require('electron')` would try to download the binary instead. */
function electronBinary(): string | null {
  const marker = applicationPath('node_modules', 'electron', 'path.txt');
  const binary = applicationPath(
    'node_modules',
    'electron',
    'dist',
    process.platform === 'win32' ? 'electron.exe' : 'electron',
  );
  return existsSync(marker) && existsSync(binary) && existsSync(applicationPath('dist', 'main', 'electron.mjs'))
    ? binary
    : null;
}

const run = (binary: string, args: readonly string[]): Promise<number> =>
  new Promise((resolve, reject) => {
    const child = spawn(binary, args, { stdio: 'inherit' });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 70));
  });
