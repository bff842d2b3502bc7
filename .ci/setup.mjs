/**
 * Brings a fresh machine to where the commands work: dependencies with the pinned Node that the native module needs, and,
 * when asked, a browser (--browser) and other people's verifiers (--interop). Plain JavaScript: any Node from 20 runs it.
 * Does nothing, quickly, when everything is there.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ensureInteropTools } from './interop-tools.mjs';
import { apt, onPath, patiently, root, run, say } from './machine.mjs';

const wants = new Set(process.argv.slice(2));

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

installDependencies();
if (wants.has('--browser')) ensureBrowser();
if (wants.has('--interop')) ensureInteropTools();
