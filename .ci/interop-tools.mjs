/**
 * Other people's tools for `npm run test:interop`. What cannot be had here is named and left out: its tests are then skipped
 * with that reason. Versions are pinned where a registry serves them, and are printed by the tests themselves.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { apt, onPath, patiently, root, run, say } from './machine.mjs';

const cosignVersion = 'v3.1.3';

const debianTools = [
  ['age', 'age'],
  ['certutil', 'libnss3-tools'],
  ['jq', 'jq'],
  ['openssl', 'openssl'],
  ['pdfsig', 'poppler-utils'],
  ['qpdf', 'qpdf'],
  ['unzip', 'unzip'],
  ['zip', 'zip'],
];

const skipped = (what) => say(`not available here, their tests will be skipped: ${what}`);

function ensureDebianTools() {
  const missing = debianTools.filter(([tool]) => !onPath(tool)).map(([, name]) => name);
  if (!apt(missing)) skipped(missing.join(' '));
}

/** model-signing and securesystemslib, in a virtual environment of their own with every version pinned. */
function ensurePythonTools() {
  const list = join(root, 'test', 'interop', 'requirements.txt');
  const folder = join(root, 'node_modules', '.assay-python');
  const stamp = join(folder, '.installed');
  const wanted = createHash('sha256').update(readFileSync(list)).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  if (!onPath('python3') && !apt(['python3', 'python3-venv']))
    return skipped('python3, with model-signing, securesystemslib');
  say('installing Python tools: model-signing, securesystemslib');
  const quiet = { stdio: 'ignore' };
  const venv = () => run('python3', ['-m', 'venv', '--clear', folder], quiet);
  const made = venv() || (apt(['python3-venv']) && venv());
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--only-binary', ':all:', '-r', list];
  if (!made || !patiently(join(folder, 'bin', 'python'), pip)) return skipped('model-signing, securesystemslib');
  writeFileSync(stamp, wanted);
}

/** cosign is built from the Go module proxy: about three minutes on two cores the first time, seconds from Go's own cache. */
function ensureCosign() {
  const folder = join(root, 'node_modules', '.assay-go', cosignVersion);
  if (existsSync(join(folder, 'cosign'))) return;
  if (!onPath('go')) return skipped('cosign (it is built with Go, which is not on the PATH)');
  say(`building cosign ${cosignVersion} with Go`);
  mkdirSync(folder, { recursive: true });
  const env = { ...process.env, GOBIN: folder };
  const module = `github.com/sigstore/cosign/v3/cmd/cosign@${cosignVersion}`;
  if (!patiently('go', ['install', module], { attempts: 2, minutes: 6, env }))
    skipped('cosign (its build did not finish)');
}

export function ensureInteropTools() {
  ensureDebianTools();
  ensurePythonTools();
  ensureCosign();
}
