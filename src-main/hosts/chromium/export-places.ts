/**
 * Where the Chromium window writes. A browser page has no "save as" that tells the host a path, so files go to one folder
 * beside the workspace, new workspaces to one folder of the person's home; nothing that exists is ever overwritten, and the
 * page learns the place in words only.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileNameSchema, type PickedTarget, saveBytesSchema } from '../../../src-shared/contract/bridge.ts';
import { freePath } from '../window/free-name.ts';
import type { Places } from '../window/requests.ts';
import type { WindowSession } from '../window/window-session.ts';

interface Place {
  readonly path: string;
  readonly location: string;
}

/** `env.ASSAY_WORKSPACES` names another folder for new workspaces. */
export function exportPlaces(session: WindowSession, env: NodeJS.ProcessEnv = process.env): Places {
  const own = env['ASSAY_WORKSPACES'];
  const workspaces = own ?? join(homedir(), 'Assay');
  const inWords = own ? `"${basename(own)}"` : '"Assay" in your home folder';

  const exportPlace = (name: string): Place => {
    const workspace = session.workspaceFolder();
    const folder = workspace ? join(dirname(workspace), `${basename(workspace)}-exports`) : join(workspaces, 'Exports');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const location = workspace
      ? `the folder "${basename(folder)}" beside the workspace`
      : `the folder Exports in ${inWords}`;
    return { path: freePath(folder, name), location };
  };
  return {
    save(name): PickedTarget {
      const { path, location } = exportPlace(fileNameSchema.parse(name));
      return session.grantTarget(path, location);
    },
    saveBytes(file) {
      const { suggestedName, bytes } = saveBytesSchema.parse(file);
      const { path, location } = exportPlace(suggestedName);
      writeFileSync(path, bytes, { flag: 'wx', mode: 0o600 });
      return { name: basename(path), location };
    },
    newFolder(name): PickedTarget {
      mkdirSync(workspaces, { recursive: true, mode: 0o700 });
      return session.grantTarget(freePath(workspaces, fileNameSchema.parse(name)), `the folder ${inWords}`);
    },
  };
}
