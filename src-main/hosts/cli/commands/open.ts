/** `assay open`: the window. Electron when its binary is there, else the Chromium window. */

import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
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
  if (process.env['ASSAY_WINDOW'] !== 'chromium') {
    const electron = electronBinary();
    if (electron) return openElectron(electron, workspace);
    note("Electron's program is not on this computer; opening the Chromium window instead.");
  }
  const { openWindow: openChromium } = await import('../../chromium/open-window.ts');
  const window = await openChromium({
    log: note,
    ...(workspace ? { workspacePath: workspace } : {}),
    ...(browser ? { browserPath: browser } : {}),
  });
  await window.closed;
  return 0;
}

async function openElectron(binary: string, workspace: string | undefined): Promise<number> {
  const { ensureDesktop } = await import('../../window/build-desktop.ts');
  const { ensureRenderer } = await import('../../chromium/build-renderer.ts');
  await ensureDesktop(note);
  await ensureRenderer(note);
  // The desktop application takes absolute paths only.
  return run(binary, [applicationPath(), ...(workspace ? [resolve(workspace)] : [])]);
}

/** Electron's own marker file names its program; `require('electron')` would try to download that instead. */
export function electronBinary(folder = applicationPath('node_modules', 'electron')): string | null {
  const marker = join(folder, 'path.txt');
  if (!existsSync(marker)) return null;
  const binary = join(folder, 'dist', readFileSync(marker, 'utf8').trim());
  return existsSync(binary) ? binary : null;
}

const run = (binary: string, args: readonly string[]): Promise<number> =>
  new Promise((done, reject) => {
    const child = spawn(binary, args, { stdio: 'inherit' });
    child.once('error', reject);
    child.once('exit', (code) => done(code ?? 70));
  });
