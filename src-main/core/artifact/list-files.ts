/**
 * What lies below a folder, without ever leaving it: links are looked at and not followed, pipes and devices not opened.
 *
 * The model is whoever filled the folder wanting the checker to read, or vouch for, something that is not in it.
 */
import { isUtf8 } from 'node:buffer';
import type { Dirent } from 'node:fs';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { raise } from '../../../src-shared/result.ts';
import type { JobContext } from '../ports.ts';
import { compareUtf8 } from '../store/utf8-order.ts';
import { systemReason } from '../system-failure.ts';

/** More than this is no artifact folder but a disk; names and digests of all files are held in memory, about 1.5 KB for each. */
const mostEntries = 500_000;

export type Entry =
  | { readonly kind: 'file'; readonly name: string; readonly bytes: number }
  /** `target` is the file inside the folder that it leads to, null for everything else it may lead to. */
  | { readonly kind: 'link'; readonly name: string; readonly target: string | null; readonly leads: string }
  | { readonly kind: 'unreadable'; readonly name: string; readonly reason: string };

export interface Listing {
  /** The folder with every link in its own path resolved. */
  readonly root: string;
  /** In the order of their names as UTF-8 bytes. */
  readonly entries: readonly Entry[];
}

/** Lists all files below `folder`. Raises `input` / `artifact.unreadable`, `artifact.too_many_files`. */
export async function listFiles(folder: string, job: JobContext): Promise<Listing> {
  const root = await realpath(folder).catch((error: unknown) => unreadableArtifact(folder, error));
  const entries: Entry[] = [];
  const waiting = [''];
  for (let below = waiting.pop(); below !== undefined; below = waiting.pop()) {
    job.throwIfCancelled();
    for (const entry of await namesIn(root, below, entries)) {
      const name = below === '' ? `${entry.name}` : `${below}/${entry.name}`;
      if (!isUtf8(entry.name)) entries.push(withoutName(name, entry));
      else if (entry.isDirectory()) waiting.push(name);
      else entries.push(await describe(root, name, entry));
      if (entries.length + waiting.length > mostEntries)
        raise(
          'input',
          'artifact.too_many_files',
          `${folder} holds more than ${mostEntries} files; name the folder of the artifact itself. Nothing was stored.`,
          { file: folder },
        );
    }
  }
  return { root, entries: entries.sort((a, b) => compareUtf8(a.name, b.name)) };
}

/** The listing of a single file, in the folder in which it really lies. */
export async function listOneFile(path: string, bytes: number): Promise<Listing> {
  const real = await realpath(path).catch((error: unknown) => unreadableArtifact(path, error));
  return { root: dirname(real), entries: [{ kind: 'file', name: basename(real), bytes }] };
}

/** A folder that cannot be opened is one unreadable entry; the one that was asked for is refused as a whole. */
async function namesIn(root: string, below: string, entries: Entry[]): Promise<readonly Dirent<Buffer>[]> {
  try {
    return await readdir(join(root, below), { withFileTypes: true, encoding: 'buffer' });
  } catch (error) {
    if (below === '') return unreadableArtifact(root, error);
    entries.push({ kind: 'unreadable', name: `${below}/`, reason: reasonOf(error) });
    return [];
  }
}

/** Decoded, such a name may be that of another entry: what lies there can be neither named nor reached. */
const withoutName = (name: string, entry: Dirent<Buffer>): Entry => ({
  kind: 'unreadable',
  name: entry.isDirectory() ? `${name}/` : name,
  reason: 'its name is not valid UTF-8',
});

async function describe(root: string, name: string, entry: Dirent<Buffer>): Promise<Entry> {
  const unreadable = (reason: string): Entry => ({ kind: 'unreadable', name, reason });
  if (entry.isSymbolicLink()) return describeLink(root, name);
  if (!entry.isFile()) return unreadable('it is a pipe, socket or device, which is never opened');
  try {
    return { kind: 'file', name, bytes: (await lstat(join(root, name))).size };
  } catch (error) {
    return unreadable(reasonOf(error));
  }
}

async function describeLink(root: string, name: string): Promise<Entry> {
  const link = (target: string | null, leads: string): Entry => ({ kind: 'link', name, target, leads });
  try {
    const target = await realpath(join(root, name));
    const inside = relativeName(root, target);
    if (inside === null) return link(null, 'leads out of the folder');
    const info = await stat(target);
    if (info.isDirectory()) return link(null, 'leads to another folder');
    return info.isFile() ? link(inside, `leads to ${inside}`) : link(null, 'leads to a pipe, socket or device');
  } catch (error) {
    return link(null, `leads nowhere (${reasonOf(error)})`);
  }
}

/** Name below `root` with `/`, or null for a path outside of it. Both are real paths. */
export function relativeName(root: string, path: string): string | null {
  const prefix = root.endsWith(sep) ? root : `${root}${sep}`;
  return path.startsWith(prefix) ? path.slice(prefix.length).split(sep).join('/') : null;
}

export const reasonOf = (error: unknown): string =>
  systemReason(error) ?? (error instanceof Error && 'code' in error ? String(error.code) : 'reading failed');

/** Raises `input` / `artifact.unreadable` for the file or folder that was asked for. */
export function unreadableArtifact(path: string, error: unknown): never {
  const reason = reasonOf(error);
  return raise('input', 'artifact.unreadable', `${path} cannot be read: ${reason}. Nothing was checked or stored.`, {
    file: path,
    reason,
  });
}
