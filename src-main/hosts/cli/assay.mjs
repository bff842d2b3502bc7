#!/usr/bin/env node
/**
 * Launcher of the `assay` command, in plain JavaScript so that any Node can read it.
 *
 * The native database module crashes the process on Node 20 and the sources need a Node that strips types, so an older
 * Node hands over to the pinned one that `npm ci` brought; when that is missing too it says what to do.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const major = Number(process.versions.node.split('.')[0]);
const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..', '..');

if (major >= 24) {
  const { main } = await import('./main.ts');
  await main(process.argv.slice(2));
} else {
  const bundled = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (!existsSync(bundled)) {
    process.stderr.write(
      `assay needs Node 24 or newer (this is ${process.versions.node}) and the bundled one is not installed: run "npm run setup" in ${root} first.\n`,
    );
    process.exit(2);
  }
  // Ctrl+C reaches the whole foreground group; the child decides what to do with it and this process only waits.
  process.on('SIGINT', () => {});
  const run = spawnSync(
    bundled,
    ['--disable-warning=ExperimentalWarning', fileURLToPath(import.meta.url), ...process.argv.slice(2)],
    {
      stdio: 'inherit',
    },
  );
  process.exit(run.status ?? (run.signal === 'SIGINT' ? 130 : 70));
}
