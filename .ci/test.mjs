/**
 * `npm test`: format, lint, types, unit, integration, end to end; then one line with the totals of all suites.
 * `--interop` runs the interoperability suite instead, `--faults` the fault matrix (`--long`: with its large sets). Totals are kept
 * in test-results/ so that the CI can add them up.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { matrixTable } from './matrix.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = (name) => join(root, 'node_modules', '.bin', name);
const node = join(root, 'node_modules', 'node', 'bin', 'node');
const results = join(root, 'test-results');
mkdirSync(results, { recursive: true });

const totals = { passed: 0, failed: 0, skipped: 0 };
let broken = false;

function step(name, command, args, env = {}) {
  process.stdout.write(`\n== ${name}\n`);
  const path = `${dirname(node)}:${join(root, 'node_modules', '.bin')}:${process.env.PATH}`;
  const run = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, PATH: path, ...env } });
  return run.status === 0;
}

/** A check without tests of its own counts as one. */
function check(name, command, args) {
  if (step(name, command, args)) totals.passed += 1;
  else totals.failed += 1;
}

/** Returns vitest's report, or null when there is none. */
function vitest(project, { reporters = [], env = {} } = {}) {
  const file = join(results, `${project}.json`);
  rmSync(file, { force: true });
  const ok = step(
    project,
    node,
    [
      join(root, 'node_modules', 'vitest', 'vitest.mjs'),
      'run',
      '--project',
      project,
      '--reporter=default',
      '--reporter=json',
      ...reporters.map((reporter) => `--reporter=${reporter}`),
      `--outputFile.json=${file}`,
    ],
    env,
  );
  if (!existsSync(file)) {
    broken = true;
    return null;
  }
  const report = JSON.parse(readFileSync(file, 'utf8'));
  totals.passed += report.numPassedTests;
  totals.failed += report.numFailedTests;
  totals.skipped += report.numPendingTests + (report.numTodoTests ?? 0);
  if (!ok && report.numFailedTests === 0) broken = true;
  return report;
}

function faults() {
  const report = vitest('faults', { env: process.argv.includes('--long') ? { ASSAY_FAULTS_LONG: '1' } : {} });
  if (report) process.stdout.write(`\n== fault matrix\n${matrixTable(report)}`);
}

function playwright() {
  const file = join(results, 'e2e.json');
  rmSync(file, { force: true });
  const ok = step(
    'end to end',
    bin('playwright'),
    ['test', '--config', 'test/e2e/playwright.config.ts', '--reporter=list,json'],
    {
      PLAYWRIGHT_JSON_OUTPUT_NAME: file,
    },
  );
  if (!existsSync(file)) {
    broken = true;
    return;
  }
  const { stats } = JSON.parse(readFileSync(file, 'utf8'));
  totals.passed += stats.expected + stats.flaky;
  totals.failed += stats.unexpected;
  totals.skipped += stats.skipped;
  if (!ok && stats.unexpected === 0) broken = true;
}

const suite = ['interop', 'faults'].find((name) => process.argv.includes(`--${name}`));
if (suite === 'interop') {
  vitest('interop', { reporters: ['./test/interop/support/tool-table.ts'] });
} else if (suite === 'faults') {
  faults();
} else {
  check('format and lint', bin('biome'), ['check', '.', '--error-on-warnings']);
  check('types', bin('tsc'), ['-b']);
  vitest('unit');
  vitest('integration');
  playwright();
}

writeFileSync(join(results, suite ? `totals-${suite}.json` : 'totals.json'), JSON.stringify(totals));
process.stdout.write(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped\n`);
process.exit(totals.failed > 0 || broken ? 1 : 0);
