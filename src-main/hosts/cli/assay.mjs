#!/usr/bin/env node
/**
 * Launcher of the `assay` command, in plain JavaScript so that any Node can read it.
 *
 * The native database module crashes the process on Node 20 and the sources need a Node that strips types, so an older
 * Node hands over to the pinned one that `npm ci` brought; when that is missing too it says what to do.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const major = Number(process.versions.node.split('.')[0]);
const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..', '..');

if (major >= 24) {
  // Stripped and compiled sources, kept beside the packages (never in a shared temp folder, where others could plant code); the
  // engine and its writer thread find them through the environment. Where the folder cannot be written nothing is kept.
  process.env['NODE_COMPILE_CACHE'] ??= join(root, 'node_modules', '.cache', 'assay');
  const { enableCompileCache } = await import('node:module');
  enableCompileCache(process.env['NODE_COMPILE_CACHE']);
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
  const child = spawn(
    bundled,
    ['--disable-warning=ExperimentalWarning', fileURLToPath(import.meta.url), ...process.argv.slice(2)],
    { stdio: 'inherit' },
  );
  // Ctrl+C reaches the whole foreground group, `kill` only this process: either way the child decides, and this one waits.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`assay could not start the bundled Node ${bundled}: ${error.message}\n`);
    process.exit(70);
  });
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 70)));
}
