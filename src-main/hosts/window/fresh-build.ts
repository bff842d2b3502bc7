/** Makes sure that something built exists and is not older than its sources: a pull must not leave a window of yesterday. */
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { raise } from '../../../src-shared/result.ts';

export interface FreshBuild {
  /** Folder that the build fills, and the file in it whose age counts. */
  readonly folder: string;
  readonly marker: string;
  /** Source folders and single files. The first one is missing from a package, where the build is used as it is. */
  readonly sources: readonly [string, ...string[]];
  /** Fills the folder it is given; one that fails leaves the earlier build as it was. */
  readonly build: (draft: string) => Promise<void>;
  /** Called before a build, which takes seconds. */
  readonly announce: () => void;
}

/** Returns the folder. Raises `internal` / `window.not_built` where there is neither a build nor sources for one. */
export async function ensureFresh({ folder, marker, sources, build, announce }: FreshBuild): Promise<string> {
  const builtAt = statSync(join(folder, marker), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (!existsSync(sources[0])) {
    if (builtAt === 0)
      raise('internal', 'window.not_built', 'The window is missing from this installation; install Assay again.');
    return folder;
  }
  if (builtAt > Math.max(...sources.map(newest))) return folder;
  announce();
  // Beside its place first: another window that starts meanwhile must not see half a build.
  const draft = `${folder}.${process.pid}`;
  try {
    await build(draft);
    rmSync(folder, { recursive: true, force: true });
    renameSync(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return folder;
}

/** Newest modification time, in milliseconds, of a file or of a folder's files; 0 when there is none. */
function newest(path: string): number {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats?.isDirectory()) return stats?.mtimeMs ?? 0;
  return readdirSync(path, { withFileTypes: true, recursive: true }).reduce(
    (latest, entry) =>
      entry.isFile() ? Math.max(latest, statSync(join(entry.parentPath, entry.name)).mtimeMs) : latest,
    0,
  );
}
