/** Running programs on the machine that is being set up: what is on the PATH, Debian packages, downloads that may stall. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const say = (text) => process.stderr.write(`setup: ${text}\n`);

export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], ...options });
  return result.status === 0;
}

/** Some tries with a time limit each: a registry that stalls once usually answers the next time. */
export function patiently(command, args, { attempts = 3, minutes = 4, env = process.env } = {}) {
  const options = { env, stdio: ['ignore', 'ignore', 'inherit'], timeout: minutes * 60_000, killSignal: 'SIGKILL' };
  for (let attempt = 1; attempt <= attempts; attempt++) {
    if (run(command, args, options)) return true;
    if (attempt < attempts) say(`${[basename(command), ...args].slice(0, 3).join(' ')} did not finish; trying again`);
  }
  return false;
}

export const onPath = (name) =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => folder !== '' && existsSync(join(folder, name)));

const isRootOnDebian = () =>
  process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/etc/debian_version') && onPath('apt-get');

/** False, quickly, where packages cannot be installed. */
export function apt(packages) {
  if (packages.length === 0) return true;
  if (!isRootOnDebian()) return false;
  say(`installing Debian packages: ${packages.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const quiet = { env, stdio: ['ignore', 'ignore', 'inherit'] };
  return (
    run('apt-get', ['update', '-qq'], quiet) &&
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], quiet)
  );
}
