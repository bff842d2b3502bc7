/**
 * Brings a fresh machine to where the commands work: dependencies with the pinned Node that the native module needs, and,
 * when asked, a browser (--browser) and other people's verifiers (--interop). Plain JavaScript: any Node from 20 runs it.
 * Does nothing, quickly, when everything is there.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const wants = new Set(process.argv.slice(2));
const say = (text) => process.stderr.write(`setup: ${text}\n`);

function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], ...options });
  return result.status === 0;
}

/** Three tries of four minutes: a registry that stalls once usually answers the next time. */
function patiently(command, args) {
  for (let attempt = 1; attempt <= 3; attempt++) {
    if (run(command, args, { stdio: ['ignore', 'ignore', 'inherit'], timeout: 240_000, killSignal: 'SIGKILL' }))
      return true;
    if (attempt < 3) say(`npm ${args[0]} did not finish; trying again`);
  }
  return false;
}

function installDependencies() {
  const stamp = join(root, 'node_modules', '.assay-lock');
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const node = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(node) && existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  say('installing dependencies (npm ci)');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  // The one install script that is needed is run by itself below: it installs from within an install, and a stalled
  // connection there would otherwise hang the whole set-up.
  if (!patiently(npm, ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'])) {
    say('npm ci failed; nothing else was done.');
    process.exit(1);
  }
  if (!existsSync(node)) patiently(npm, ['rebuild', 'node', '--loglevel=error']);
  if (!existsSync(node)) {
    say('the pinned Node did not arrive in node_modules/node; check that npm may run its install script.');
    process.exit(1);
  }
  writeFileSync(stamp, lock);
}

const onPath = (name) =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => folder !== '' && existsSync(join(folder, name)));

const isRootOnDebian = () =>
  process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/etc/debian_version') && onPath('apt-get');

function apt(packages) {
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

/** Same order as the Chromium window uses: installed, Playwright's own, Debian's, then the npm build (headless only). */
function ensureBrowser() {
  const installed = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];
  if (process.env.ASSAY_BROWSER && existsSync(process.env.ASSAY_BROWSER)) return;
  if (installed.some(onPath)) return;
  const playwright = join(homedir(), '.cache', 'ms-playwright');
  if (existsSync(playwright) && readdirSync(playwright).some((name) => name.startsWith('chromium'))) return;
  if (process.platform === 'darwin' && existsSync('/Applications/Google Chrome.app')) return;
  if (apt(['chromium'])) return;
  say('no browser found; fetching a headless Chromium from npm');
  const target = join(root, 'node_modules', '.assay-browser');
  mkdirSync(target, { recursive: true });
  run('npm', [
    'install',
    '--prefix',
    target,
    '--no-save',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    '@sparticuz/chromium@153.0.0',
  ]);
}

/** Other people's tools for `npm run test:interop`. */
function ensureInteropTools() {
  const needed = [
    ['pdfsig', 'poppler-utils'],
    ['qpdf', 'qpdf'],
    ['openssl', 'openssl'],
    ['jq', 'jq'],
    ['certutil', 'libnss3-tools'],
    ['unzip', 'unzip'],
    ['zip', 'zip'],
  ];
  const missing = needed.filter(([tool]) => !onPath(tool)).map(([, name]) => name);
  if (missing.length > 0 && !apt(missing)) say(`not available here, their tests will be skipped: ${missing.join(' ')}`);
}

installDependencies();
if (wants.has('--browser')) ensureBrowser();
if (wants.has('--interop')) ensureInteropTools();
