/** Native dialogs: where to open from and where to save. The page learns names, never paths. */
import { writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { type BrowserWindow, dialog } from 'electron';
import {
  fileNameSchema,
  type Picked,
  type PickedTarget,
  pickOpenSchema,
  saveBytesSchema,
} from '../../../src-shared/contract/bridge.ts';
import type { Places } from '../window/requests.ts';
import type { WindowSession } from '../window/window-session.ts';

export interface NativePlaces extends Places {
  open(options: unknown): Promise<readonly Picked[]>;
}

export function nativePlaces(window: () => BrowserWindow, session: WindowSession): NativePlaces {
  const askSave = async (name: string): Promise<string | null> => {
    const answer = await dialog.showSaveDialog(window(), {
      defaultPath: name,
      properties: ['showOverwriteConfirmation', 'createDirectory', 'dontAddToRecent'],
    });
    return answer.canceled || answer.filePath === '' ? null : answer.filePath;
  };
  const target = (path: string | null): PickedTarget | null =>
    path === null ? null : session.grantTarget(path, `the folder "${basename(dirname(path))}"`);
  return {
    async open(raw) {
      const options = pickOpenSchema.parse(raw);
      const answer = await dialog.showOpenDialog(window(), {
        properties: [
          options.directory ? 'openDirectory' : 'openFile',
          ...(options.multiple ? (['multiSelections'] as const) : []),
          'dontAddToRecent',
        ],
        filters:
          options.accept.length > 0
            ? [{ name: 'Files', extensions: options.accept.map((ending) => ending.slice(1)) }]
            : [],
      });
      return answer.filePaths.map((path) => session.grantExisting(path)).filter((picked) => picked !== null);
    },
    save: async (name) => target(await askSave(fileNameSchema.parse(name))),
    async saveBytes(raw) {
      const { suggestedName, bytes } = saveBytesSchema.parse(raw);
      const path = await askSave(suggestedName);
      if (path === null) return null;
      writeFileSync(path, bytes, { mode: 0o600 });
      return { name: basename(path), location: `the folder "${basename(dirname(path))}"` };
    },
    newFolder: async (name) => target(await askSave(fileNameSchema.parse(name))),
  };
}
