/** Makes sure that the built page exists and is not older than its sources; in a package there are no sources, so it is used as it is. */
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { raise } from '../../../src-shared/result.ts';
import { applicationPath } from '../../core/resources.ts';

const built = (): string => applicationPath('dist', 'renderer');

/** Folder of the built page. `log` gets one line when it has to be built first. */
export async function ensureRenderer(log: (line: string) => void): Promise<string> {
  const sources = applicationPath('src-renderer');
  const page = join(built(), 'index.html');
  const builtAt = statSync(page, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (!existsSync(sources)) {
    if (builtAt === 0)
      raise('internal', 'window.not_built', 'The window is missing from this installation; install Assay again.');
    return built();
  }
  const inputs = [
    sources,
    applicationPath('src-shared'),
    applicationPath('resources', 'help'),
    applicationPath('resources', 'dictionary'),
  ];
  if (builtAt > Math.max(...inputs.map(newest))) return built();
  log('Building the window (its sources changed)…');
  const { build } = await import('vite');
  // Beside its place first: another window that starts meanwhile must not see half a page.
  const draft = `${built()}.${process.pid}`;
  await build({
    configFile: applicationPath('vite.config.ts'),
    root: sources,
    logLevel: 'error',
    build: { outDir: draft, emptyOutDir: true },
  });
  rmSync(built(), { recursive: true, force: true });
  renameSync(draft, built());
  return built();
}

/** Newest modification time, in milliseconds, of a folder's files. */
function newest(folder: string): number {
  if (!existsSync(folder)) return 0;
  return readdirSync(folder, { withFileTypes: true, recursive: true }).reduce(
    (latest, entry) =>
      entry.isFile() ? Math.max(latest, statSync(join(entry.parentPath, entry.name)).mtimeMs) : latest,
    0,
  );
}
