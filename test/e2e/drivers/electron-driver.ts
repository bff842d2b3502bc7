/**
 * The Electron window, for computers that have its binary: `ASSAY_E2E_HOST=electron` after `npm run build`.
 *
 * Native dialogs cannot be pressed by a test, so they are answered inside the main process; everything else is the real thing.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { _electron, type ElectronApplication } from '@playwright/test';
import { applicationPath } from '../../../src-main/core/resources.ts';
import { appOrigin } from '../../../src-main/hosts/electron/security.ts';
import type { Driver } from './shell.ts';

export async function openElectron(workspacePath: string | undefined, folder: string): Promise<Driver> {
  const main = applicationPath('dist', 'main', 'electron.mjs');
  if (!existsSync(applicationPath('node_modules', 'electron', 'path.txt')))
    throw new Error('Electron has no binary on this computer');
  if (!existsSync(main)) throw new Error('run "npm run build" first');
  const app = await _electron.launch({
    args: [main, ...(workspacePath ? [workspacePath] : [])],
    env: definedEnvironment(),
  });
  await answerSaveDialogs(app, join(folder, 'workspaces'));
  const page = await app.firstWindow();
  return {
    page,
    origin: appOrigin,
    async choosing(files, press) {
      await app.evaluate(({ dialog }, filePaths) => {
        dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [...filePaths] });
      }, files);
      await press();
    },
    close: () => app.close(),
  };
}

/** Every "save as" is answered with the suggested name in one folder. */
async function answerSaveDialogs(app: ElectronApplication, folder: string): Promise<void> {
  await app.evaluate(({ dialog }, target) => {
    const answer = async (...args: unknown[]) => {
      const { defaultPath } = args[args.length - 1] as { defaultPath: string };
      return { canceled: false, filePath: `${target}/${defaultPath}` };
    };
    dialog.showSaveDialog = answer;
  }, folder);
}

const definedEnvironment = (): Record<string, string> =>
  Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined));
