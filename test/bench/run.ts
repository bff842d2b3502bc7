/**
 * `npm run bench -- [--models N]`: the goals that can be measured honestly at this size, as ratios taken side by side in one
 * run, because absolute times drift with the machine. Default 8,000 models, about 131,000 records per registry snapshot; the
 * same phases at a quarter of that show how cost grows. Cheap measurements are medians of three.
 *
 * Not measured here: P8, P9 (lineage), P10 (a 500-page report) and whatever needs the full million records.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';

const { values: flags } = parseArgs({ options: { models: { type: 'string', default: '8000' } } });
const models = z.coerce.number().int().min(100).parse(flags.models);
const folder = mkdtempSync(join(tmpdir(), 'assay-bench-'));
const measured = z.object({
  seconds: z.number(),
  cpuSeconds: z.number(),
  peakRssMiB: z.number(),
  figures: z.record(z.string(), z.number()),
});
type Measured = z.infer<typeof measured>;

/** One phase in a process of its own; `number` is the size of the fleet unless the phase says otherwise. */
function phase(name: string, into = 'full', number = models): Measured {
  const run = spawnSync(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      join(import.meta.dirname, 'phase.ts'),
      name,
      join(folder, into),
      String(number),
    ],
    { encoding: 'utf8' },
  );
  if (run.status !== 0) throw new Error(`${name}: ${run.stderr}`);
  process.stderr.write(`${name} (${number}): ${run.stdout}`);
  return measured.parse(JSON.parse(run.stdout));
}

interface Cost {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/** A shell pipeline over the full set; `times` tells what its processes used. `diff` ends with 1 when it finds differences. */
function shell(command: string): Cost {
  const started = performance.now();
  const script = `${command}; status=$?; times; exit $status`;
  const run = spawnSync('sh', ['-c', script], { cwd: join(folder, 'full'), encoding: 'utf8' });
  const seconds = (performance.now() - started) / 1000;
  if (run.status !== 0 && run.status !== 1) throw new Error(`baseline failed: ${command}`);
  const used = [...(run.stdout.trim().split('\n').at(-1) ?? '').matchAll(/(\d+)m([\d.]+)s/g)];
  return { seconds, cpuSeconds: used.reduce((sum, [, minutes, rest]) => sum + Number(minutes) * 60 + Number(rest), 0) };
}

function median<T>(take: () => T, size: (value: T) => number): T {
  const sorted = [take(), take(), take()].sort((a, b) => size(a) - size(b));
  const [, middle] = sorted;
  if (middle === undefined) throw new Error('three measurements have a middle');
  return middle;
}
const thrice = (name: string, into?: string, number?: number): Measured =>
  median(
    () => phase(name, into, number),
    ({ seconds }) => seconds,
  );
const shellThrice = (command: string): Cost =>
  median(
    () => shell(command),
    ({ seconds }) => seconds,
  );

const rows: string[][] = [
  ['id', 'what', 'ours', 'CPU', 'peak RSS', 'baseline', 'CPU', 'ratio', 'of CPU', 'goal', 'against'],
];

const inSeconds = (value: number): string => `${value.toFixed(2)} s`;
const costOf = ({ seconds, cpuSeconds }: Cost): string[] => [inSeconds(seconds), inSeconds(cpuSeconds)];
const memoryOf = ({ peakRssMiB }: Measured): string => `${Math.round(peakRssMiB)} MiB`;

/** Ratio of wall time, which the goals are about, and of processor time, which says more while others use the machine. */
function compare(id: string, what: string, ours: Measured, baseline: Cost, goal: string, against: string): void {
  const ratios = [ours.seconds / baseline.seconds, ours.cpuSeconds / baseline.cpuSeconds].map((ratio) =>
    ratio.toFixed(2),
  );
  rows.push([id, what, ...costOf(ours), memoryOf(ours), ...costOf(baseline), ...ratios, goal, against]);
}

const signatures = 3000;
const weightFiles = 8;

/** Hashing and signatures beside the tools that people would use, on the same bytes. Shells are timed with their start. */
function trustAndHashRows(): void {
  shell('unzip -q registry-1.assay -d unpacked');
  const members = 'find unpacked -type f -exec';
  const folder = thrice('verify-folder');
  const what = 'verify it unpacked';
  compare('', what, folder, shellThrice(`${members} openssl dgst -sha256 {} + > c`), '-', 'openssl dgst -sha256');
  compare('', 'the same', folder, shellThrice(`${members} sha256sum {} + > c`), '-', 'sha256sum');

  phase('weights', 'full', weightFiles);
  const hashed = thrice('hash-files');
  compare(
    '',
    `hash ${weightFiles * 64} MiB of artifacts`,
    hashed,
    shellThrice('openssl dgst -sha256 weights/* > c'),
    '-',
    'openssl dgst -sha256',
  );
  compare('', 'the same', hashed, shellThrice('sha256sum weights/* > c'), '-', 'sha256sum');

  const checked = thrice('verify-signature', 'full', signatures);
  const bare = thrice('bare-signature', 'full', signatures);
  compare('', `${signatures} signature files`, checked, bare, '-', 'node:crypto verify alone');
  const perSecond = ({ seconds }: Measured) => Math.round(signatures / seconds);
  rows.push(['', `${perSecond(checked)} a second against ${perSecond(bare)}`]);
}

const imports = ['generate', 'pack', 'pack-rest', 'create', 'import-first', 'import-next', 'import-discovery'] as const;

try {
  const load = loadavg().map((value) => value.toFixed(1));
  phase('generate');
  const pack = phase('pack');
  const zip = shell('rm -f z.zip && zip -6 -q -r z.zip registry-previous');
  compare('P13', 'pack and sign', pack, zip, '<= 1.3', 'zip -6 of the same folder');
  phase('pack-rest');
  const unzip = shellThrice('unzip -p registry-1.assay | openssl dgst -sha256');
  compare('P1', 'verify a bundle', thrice('verify'), unzip, '<= 1.5', 'unzip -p | openssl dgst -sha256');
  trustAndHashRows();
  phase('create');
  const plain = phase('plain-import');
  const first = phase('import-first');
  compare('P2', 'encrypted import', first, plain, '<= 1.3', 'plain better-sqlite3, 2 indexes (B1)');
  const next = phase('import-next');
  compare('P3', 'import of the next snapshot', next, first, '<= 0.35', 'the first import');
  phase('import-discovery');

  shell('cat registry/records/*.ndjson > a && cat registry-previous/records/*.ndjson > b');
  const diff = shellThrice('diff a b > c');
  const gitDiff = shell('git -c core.bigFileThreshold=2g diff --no-index a b > c');
  const changes = thrice('snapshot-diff');
  compare('P4', 'two snapshots, field by field', changes, diff, '<= 0.5', 'diff of the sorted NDJSON');
  compare('P5', 'the same', changes, gitDiff, '<= 0.2', 'git diff --no-index');
  const reconciled = thrice('reconcile');
  compare('P4', 'reconcile three sides, rows stored', reconciled, diff, '-', 'diff of two of the sides');

  const checked = phase('check');
  const evaluations = checked.figures['evaluations'] ?? 0;
  const bare = phase('bare-cel', 'full', evaluations);
  const per = ((checked.cpuSeconds / evaluations) * 1e6).toFixed(1);
  compare('P7', `all packs, findings stored`, checked, bare, '<= 2', 'bare CEL, as many evaluations');
  rows.push(['', `${evaluations} evaluations, ${per} us of CPU each`]);

  const search = phase('search').figures;
  const worst = `${(search['p50ms'] ?? 0).toFixed(0)} / ${(search['p95ms'] ?? 0).toFixed(0)} ms`;
  rows.push(['P6', 'search as you type, 50 rows + facets', worst, '', '', '', '', '', '', 'p95 < 100 ms', 'p50 / p95']);
  const kdf = thrice('kdf');
  const screen = thrice('first-screen');
  const over = `+${((screen.cpuSeconds - kdf.cpuSeconds) * 1000).toFixed(0)} ms`;
  const wallOver = `+${((screen.seconds - kdf.seconds) * 1000).toFixed(0)} ms`;
  rows.push([
    ...['P12', 'unlock to first screen', ...costOf(screen), memoryOf(screen)],
    ...[...costOf(kdf), wallOver, over, 'KDF + 400 ms', 'the KDF alone'],
  ]);

  const quarter = Math.round(models / 4);
  const small = new Map(imports.map((name) => [name, phase(name, 'quarter', quarter)] as const));
  const smallFirst = small.get('import-first');
  if (smallFirst) {
    const growth = (first.peakRssMiB / smallFirst.peakRssMiB).toFixed(2);
    const than = `${memoryOf(smallFirst)} at ${quarter} models`;
    rows.push(['P11', 'peak memory of an import', '', '', memoryOf(first), '', '', growth, '', '<= 1.3', than]);
    const exponent = (id: string, what: string, full: Measured, part: Measured): void => {
      const power = Math.log(full.cpuSeconds / part.cpuSeconds) / Math.log(models / quarter);
      const cells = [...costOf(full), memoryOf(full), ...costOf(part), '', power.toFixed(2)];
      rows.push([id, what, ...cells, '<= 1.05', `${quarter} models; exponent`]);
    };
    exponent('P14', 'growth of an import', first, smallFirst);
    exponent('P14', 'growth of reconcile', reconciled, phase('reconcile', 'quarter', quarter));
    exponent('P14', 'growth of check', checked, phase('check', 'quarter', quarter));
  }

  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows) {
    const line = row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
    process.stdout.write(`${line.trimEnd()}\n`);
  }
  const after = loadavg().map((value) => value.toFixed(1));
  process.stdout.write(`\n${models} models; load average ${load.join(' ')} before, ${after.join(' ')} after\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
