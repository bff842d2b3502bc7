/**
 * `npm run bench`: ratios measured side by side in one run (absolute times drift with the machine). First version: P1, P2, P3,
 * P4 and P13 at the size given (default 8,000 models, about 100,000 records per registry snapshot), memory of each phase.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

const models = process.argv[2] ?? '8000';
const folder = mkdtempSync(join(tmpdir(), 'assay-bench-'));
const measured = z.object({ seconds: z.number(), peakRssMiB: z.number() });

function phase(name: string): z.infer<typeof measured> {
  const run = spawnSync(process.execPath, [join(import.meta.dirname, 'phase.ts'), name, folder, models], {
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new Error(`${name}: ${run.stderr}`);
  return measured.parse(JSON.parse(run.stdout));
}

/** Wall time of a shell pipeline; null where a tool is missing. */
function shell(command: string): number | null {
  const started = performance.now();
  const run = spawnSync('sh', ['-c', command], { cwd: folder, stdio: 'ignore' });
  return run.status === 0 || run.status === 1 ? (performance.now() - started) / 1000 : null;
}

const rows: string[][] = [];
function report(
  id: string,
  what: string,
  ours: { seconds: number; peakRssMiB: number },
  baseline: number | null,
  against: string,
  goal: string,
): void {
  const ratio = baseline === null ? 'not measured' : (ours.seconds / baseline).toFixed(2);
  rows.push([
    id,
    what,
    `${ours.seconds.toFixed(2)} s`,
    baseline === null ? '-' : `${baseline.toFixed(2)} s`,
    ratio,
    goal,
    `${Math.round(ours.peakRssMiB)} MiB`,
    against,
  ]);
  process.stderr.write(`${id} ${what}: ${ratio}\n`);
}

try {
  phase('generate');
  const pack = phase('pack');
  report(
    'P13',
    'pack and sign',
    pack,
    shell('rm -f z.zip && zip -6 -q -r z.zip registry-previous'),
    'zip -6 of the same folder',
    '<= 1.3',
  );
  phase('pack-rest');
  report(
    'P1',
    'verify a bundle',
    phase('verify'),
    shell('unzip -p registry-1.assay | openssl dgst -sha256'),
    'unzip -p | openssl dgst',
    '<= 1.5',
  );
  phase('create');
  const plain = phase('plain-import');
  const first = phase('import-first');
  report('P2', 'encrypted import', first, plain.seconds, 'plain better-sqlite3 (B1)', '<= 1.3');
  report('P3', 'import of the next snapshot', phase('import-next'), first.seconds, 'the first import', '<= 0.35');
  phase('import-discovery');
  report(
    'P4',
    'reconcile, three sides',
    phase('reconcile'),
    shell('cat registry/records/*.ndjson | sort > a; cat registry-previous/records/*.ndjson | sort > b; diff a b > c'),
    'sort and diff of the NDJSON',
    '<= 0.5',
  );
  const check = phase('check');
  report('P7', 'evaluate the pack', check, null, '(absolute only)', '-');
  const header = ['id', 'what', 'ours', 'baseline', 'ratio', 'goal', 'peak RSS', 'against'];
  const widths = header.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  for (const row of [header, ...rows])
    process.stdout.write(`${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
