/**
 * Paths that a person typed, looked at before any work begins: a typing mistake is told at once, by the name that was
 * typed, and before a passphrase is asked for.
 */
import {
  accessSync,
  constants,
  createWriteStream,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { raise } from '../../../src-shared/result.ts';
import { headerFiles } from '../../core/store/key-header.ts';
import { systemReason } from '../../core/system-failure.ts';

/** An existing file (or folder, where one will do). Raises `input` / `file.*`. */
export function requireFile(path: string, allow: 'file' | 'folder' | 'either' = 'file'): void {
  const info = infoOf(path);
  if (info === null)
    raise('input', 'file.missing', `${path}: there is no such file${allow === 'file' ? '' : ' or folder'}.`, {
      file: path,
    });
  if (info.isDirectory() && allow === 'file')
    raise('input', 'file.is_folder', `${path} is a folder; name a file.`, { file: path });
  if (!info.isDirectory() && allow === 'folder')
    raise('input', 'file.is_file', `${path} is a file; name a folder.`, { file: path });
  requireAccess(path, constants.R_OK, 'cannot be read');
}

/** A file to be written: its folder is there and can be written to. Raises `usage` / `out.*`. */
export function requireWritable(path: string): void {
  if (path === '-')
    raise('usage', 'out.stdout', 'This is written as a file, not to standard output; name a file instead of "-".');
  const folder = dirname(resolve(path));
  if (!infoOf(folder)?.isDirectory())
    raise(
      'usage',
      'out.no_folder',
      `${path} cannot be written: the folder ${folder} does not exist; nothing was done.`,
      {
        file: path,
      },
    );
  if (infoOf(path)?.isDirectory())
    raise('usage', 'out.is_folder', `${path} is a folder; name a file to write. Nothing was done.`, { file: path });
  requireAccess(folder, constants.W_OK, 'cannot be written to', 'usage');
}

/** A folder to be made: absent or empty, below something that is a folder. Raises `usage` / `out.*`. */
export function requireNewFolder(path: string): void {
  const info = infoOf(path);
  if (info && !info.isDirectory())
    raise('usage', 'out.is_file', `${path} is a file; name a new folder. Nothing was done.`, { file: path });
  if (info && readdirSync(path).length > 0)
    raise('usage', 'out.not_empty', `${path} is not empty; nothing in it was touched. Name a new folder.`, {
      folder: path,
    });
  let above = resolve(path);
  while (!existsSync(above) && dirname(above) !== above) above = dirname(above);
  if (!infoOf(above)?.isDirectory())
    raise('usage', 'out.below_file', `${path} cannot be made: ${above} is a file, not a folder. Nothing was done.`, {
      folder: path,
    });
  requireAccess(above, constants.W_OK, 'cannot be written to', 'usage');
}

/** A folder that holds a workspace. Raises `input` / `workspace.not_found`. */
export function requireWorkspace(folder: string): void {
  const holdsOne = (path: string) => headerFiles.some((name) => existsSync(join(path, name)));
  if (holdsOne(folder)) return;
  const hint = holdsOne(join(folder, 'workspace'))
    ? `; did you mean ${join(folder, 'workspace')}?`
    : '; assay workspace create makes one.';
  raise(
    'input',
    'workspace.not_found',
    infoOf(folder) === null ? `There is no folder ${folder}${hint}` : `${folder} is not an Assay workspace${hint}`,
    { folder },
  );
}

function requireAccess(path: string, mode: number, what: string, kind: 'input' | 'usage' = 'input'): void {
  try {
    accessSync(path, mode);
  } catch (error) {
    raise(kind, 'file.no_access', `${path} ${what}: ${systemReason(error) ?? 'access failed'}.`, { file: path });
  }
}

function infoOf(path: string) {
  try {
    return statSync(path);
  } catch (error) {
    if (systemReason(error) === null) throw error;
    return null;
  }
}

/** Standard input as a file, for formats that are read from the end; in a private folder that `remove` takes away. */
export function stdinSpool(): { save(signal: AbortSignal): Promise<string>; remove(): void } {
  let folder: string | null = null;
  return {
    async save(signal) {
      if (process.stdin.isTTY)
        raise('usage', 'stdin.terminal', 'Standard input ("-") is a terminal; pipe a file into it or name one.');
      if (folder) raise('usage', 'stdin.twice', 'Standard input ("-") can be read only once.');
      folder = mkdtempSync(join(tmpdir(), 'assay-stdin-'));
      const file = join(folder, 'stdin');
      await pipeline(process.stdin, createWriteStream(file, { flags: 'wx', mode: 0o600 }), { signal });
      return file;
    },
    remove: () => {
      if (folder) rmSync(folder, { recursive: true, force: true });
    },
  };
}
