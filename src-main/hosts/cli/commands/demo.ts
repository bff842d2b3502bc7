/** `assay demo`: the whole job on a generated fleet, and a test of the product: planted against found. */
import { randomInt } from 'node:crypto';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { OutputOf } from '../../../../src-shared/contract/contract.ts';
import { verdictLabels, verdicts } from '../../../../src-shared/domain/verdict.ts';
import { raise } from '../../../../src-shared/result.ts';
import { type Reported, type Score, scoreFleet } from '../../../core/fleet/score.ts';
import { requireNewFolder } from '../paths.ts';
import { type CommonOptions, printJson, type Session, withEngine } from '../run.ts';
import { count, note, print, styled, table } from '../terminal.ts';
import { writeSampleFleet } from '../write-fleet.ts';
import { command, integer, positive } from './options.ts';

interface DemoOptions extends CommonOptions {
  readonly out: string;
  readonly models: number;
  readonly seed: number;
  readonly open?: boolean;
}

interface Stage {
  readonly name: string;
  readonly seconds: number;
  readonly result: string;
}

export function demoCommand(): Command {
  return command(
    'demo',
    'the whole job on a generated fleet with planted faults',
    'assay demo --models 400 --out assay-demo',
  )
    .option('--out <folder>', 'new folder for the workspace, snapshots, keys and the report', 'assay-demo')
    .option('--models <n>', 'how many models', positive, 400)
    .option('--seed <n>', 'another fleet, other faults', integer, 1)
    .option('--open', 'open the window afterwards')
    .action(async (options: DemoOptions) => {
      const leftovers: string[] = [];
      await withEngine(options, (session) => runDemo(session, options, leftovers));
      // Half a demo is of no use to anybody; the engine has closed its files by now.
      if (process.exitCode === 130) for (const path of leftovers) rmSync(path, { recursive: true, force: true });
      if (options.open && process.exitCode === 0) {
        const { openWindow } = await import('./open.ts');
        process.exitCode = await openWindow(join(options.out, 'workspace'), undefined);
      }
    });
}

/** Words that are easy to read aloud; five of them and a number are about 50 bits, for a workspace of sample data. */
const words = [
  'amber',
  'birch',
  'cedar',
  'delta',
  'ember',
  'fjord',
  'grove',
  'harbor',
  'indigo',
  'jasper',
  'kelp',
  'lumen',
  'maple',
  'north',
  'opal',
  'pearl',
  'quartz',
  'river',
  'slate',
  'tide',
  'umber',
  'vale',
  'willow',
  'yarrow',
  'zephyr',
];

const inventPassphrase = (): string =>
  [...Array.from({ length: 6 }, () => words[randomInt(words.length)] ?? 'amber'), String(randomInt(1000, 9999))].join(
    '-',
  );

/** What a demo leaves in its folder. */
const contents = ['fleet', 'keys', 'report.pdf', 'snapshots', 'workspace'];

/** `leftovers` takes what an interrupted run has to take away again. */
async function runDemo(session: Session, options: DemoOptions, leftovers: string[]): Promise<number> {
  if (options.models > 99_999) raise('usage', 'demo.too_many', 'A sample fleet has at most 99,999 models.');
  const out = options.out;
  requireNewFolder(out);
  leftovers.push(...(existsSync(out) ? contents.map((name) => join(out, name)) : [out]));
  for (const folder of ['keys', 'snapshots', 'fleet']) mkdirSync(join(out, folder), { recursive: true });
  const given = process.env['ASSAY_PASSPHRASE'];
  const passphrase = given ?? inventPassphrase();
  const stages: Stage[] = [];
  const { run, grant } = session;
  const stage = async <T>(name: string, work: () => Promise<T> | T, summarise: (value: T) => string): Promise<T> => {
    const started = performance.now();
    const value = await work();
    const seconds = (performance.now() - started) / 1000;
    stages.push({ name, seconds, result: summarise(value) });
    if (!options.json) note(`  ${name.padEnd(12)} ${seconds.toFixed(1).padStart(6)} s   ${summarise(value)}`);
    return value;
  };
  if (!options.json)
    note(styled('bold', `Assay demo: ${count(options.models)} models, seed ${options.seed}`, process.stderr));

  const fleet = await stage(
    'generate',
    () => writeSampleFleet({ models: options.models, seed: options.seed, folder: join(out, 'fleet') }, session.signal),
    (f) => `${count(f.records)} records in three snapshots, faults planted and sealed`,
  );

  const keyFile = join(out, 'keys', 'publisher.key.pem');
  const publicFile = join(out, 'keys', 'publisher.pub.pem');
  const bundles = { previous: 'registry-1.assay', registry: 'registry-2.assay', discovery: 'discovery-1.assay' };
  const bundle = (name: keyof typeof bundles) => join(out, 'snapshots', bundles[name]);
  const packed = await stage(
    'sign',
    async () => {
      await run('keys.generate', {
        privateKey: grant(keyFile),
        publicKey: grant(publicFile),
        name: 'Demo publisher',
        passphrase,
      });
      const pack = (folder: string, name: keyof typeof bundles, previous?: string) =>
        run('snapshot.pack', {
          folder: grant(folder),
          keys: [{ file: grant(keyFile), passphrase }],
          out: grant(bundle(name)),
          ...(previous ? { previous: grant(previous) } : {}),
        });
      return [
        await pack(fleet.previous, 'previous'),
        await pack(fleet.registry, 'registry', bundle('previous')),
        await pack(fleet.discovery, 'discovery'),
      ];
    },
    (all) => `${all.length} bundles, ${count(all.reduce((sum, one) => sum + one.bytes, 0))} bytes`,
  );

  const workspace = join(out, 'workspace');
  const created = await stage(
    'create',
    async () => {
      const result = await run('workspace.create', {
        folder: grant(workspace),
        name: 'Assay demo',
        userName: process.env['ASSAY_USER'] ?? 'Demo auditor',
        passphrase,
      });
      const { rawBytes } = await run('trust.read', { file: grant(publicFile) });
      await run('trust.add', { rawBytes, label: 'Demo publisher', registryIds: ['*'] });
      return result;
    },
    () => 'encrypted workspace, publisher key pinned',
  );

  await stage(
    'verify',
    async () => {
      for (const name of ['previous', 'registry', 'discovery'] as const) {
        const verification = await run('snapshot.verify', { file: grant(bundle(name)) });
        if (!verification.ok)
          raise(
            'trust',
            'demo.unverified',
            `${bundles[name]} did not verify: ${verification.content.text} ${verification.signer.text}`,
          );
      }
    },
    () => 'content unchanged, signer trusted, fresh',
  );
  const imports = await stage(
    'import',
    async () => {
      const results: OutputOf<'snapshots.import'>[] = [];
      for (const name of ['previous', 'registry', 'discovery'] as const)
        results.push(await run('snapshots.import', { file: grant(bundle(name)) }));
      return results;
    },
    (all) =>
      `${count(all.reduce((sum, one) => sum + one.records, 0))} records, ${count(all.reduce((sum, one) => sum + one.bodiesReused, 0))} of them stored only once`,
  );
  const reconciliation = await stage(
    'reconcile',
    () => run('reconcile.run', {}),
    (r) => `${count(r.totals.claimsLive)} live claims, ${count(r.totals.observations)} observations`,
  );
  const check = await stage(
    'check',
    () => run('check.run', {}),
    (r) =>
      `${count(r.evaluations)} evaluations, ${count(r.outcomes.fires)} findings, ${count(r.outcomes.cannot_evaluate)} cannot be evaluated`,
  );
  await stage(
    'annotate',
    async () => {
      const { rows } = await run('findings.list', { limit: 1 });
      const [first] = rows;
      if (!first) return 'no finding to annotate';
      await run('findings.annotate', { id: first.id, text: 'Demo note: raised with the owner, evidence requested.' });
      return `noted on ${first.ruleId}, ${first.subject.kind}/${first.subject.id}`;
    },
    (text) => text,
  );
  const pdf = join(out, 'report.pdf');
  const report = await stage(
    'report',
    () => run('report.build', { template: 'internal-audit', file: grant(pdf) }),
    (r) => `${r.pages} pages`,
  );
  const signed = await stage(
    'sign report',
    () => run('report.sign', { id: report.id, file: grant(pdf) }),
    (r) => `by ${r.signer ?? ''}`,
  );
  const verified = await stage(
    'verify PDF',
    () => run('report.verify', { file: grant(pdf) }),
    (v) =>
      v.ok
        ? 'integrity, signer, structure and content hold'
        : `does NOT verify: ${v.integrity.text} ${v.structure.text} ${v.content.text}`,
  );

  const score = scoreFleet(fleet.answer, await everythingReported(session, reconciliation.run));
  const seconds = stages.reduce((sum, s) => sum + s.seconds, 0);
  const ok = score.agrees && verified.ok;
  if (options.json) {
    printJson({
      ok,
      seconds,
      stages,
      models: options.models,
      seed: options.seed,
      records: imports.reduce((sum, one) => sum + one.records, 0),
      verdicts: reconciliation.totals.byVerdict,
      outcomes: check.outcomes,
      score,
      workspace,
      report: pdf,
      reportSha256: signed.sha256,
      statements: packed.map((p) => p.statementSha256),
      passphrase: given ? null : passphrase,
      recoveryCode: created.recoveryCode,
    });
    return ok ? 0 : 1;
  }
  printSummary(reconciliation, check, score);
  print(`${ok ? styled('green', '✓ Done') : styled('red', '✗ Failed')} in ${seconds.toFixed(1)} s.`);
  print();
  print(`  Report      ${pdf}   sha256:${signed.sha256.slice(0, 16)}…`);
  print(`  Workspace   ${workspace}`);
  print(`  Snapshots   ${join(out, 'snapshots')}`);
  print(`  Passphrase  ${given ? '(yours, from ASSAY_PASSPHRASE)' : passphrase}`);
  print(`  Window      npm start -- ${workspace}`);
  print(`  CLI         npx assay findings list -w ${workspace}`);
  return ok ? 0 : 1;
}

/** Everything the product says is wrong: verdicts other than matched, and open findings. */
async function everythingReported(session: Session, run: number): Promise<Reported[]> {
  const reported: Reported[] = [];
  let cursor: string | undefined;
  do {
    const page = await session.run('reconcile.rows', { run, limit: 500, ...(cursor ? { cursor } : {}) });
    for (const row of page.rows) {
      if (row.verdict === 'matched') continue;
      const subjects = [row.claim, row.observation, row.previous].flatMap((ref) =>
        ref ? [`${ref.kind}/${ref.id}`] : [],
      );
      reported.push({ check: `verdict:${row.verdict}`, subjects });
    }
    cursor = page.next ?? undefined;
  } while (cursor);
  do {
    const page = await session.run('findings.list', { limit: 500, ...(cursor ? { cursor } : {}) });
    for (const row of page.rows)
      reported.push({ check: row.ruleId, subjects: [`${row.subject.kind}/${row.subject.id}`] });
    cursor = page.next ?? undefined;
  } while (cursor);
  return reported;
}

function printSummary(reconciliation: OutputOf<'reconcile.run'>, check: OutputOf<'check.run'>, score: Score): void {
  print();
  print(styled('bold', 'Reconciliation'));
  print(
    table(
      ['verdict', 'rows'],
      verdicts.map((v) => [verdictLabels[v], reconciliation.totals.byVerdict[v] ?? 0]),
    ),
  );
  print();
  print(styled('bold', 'Findings'));
  print(table(['severity', 'findings'], Object.entries(check.bySeverity)));
  print();
  print(styled('bold', 'Planted against found'));
  print(
    table(
      ['fault', 'planted', 'found', ''],
      score.faults.map((f) => [f.title, f.planted, f.found, f.planted === f.found ? '✓' : '✗']),
    ),
  );
  print(
    `${score.found} of ${score.planted} planted faults found; ${score.invented.length} reported that were not planted.`,
  );
  for (const line of score.missed.slice(0, 20)) print(styled('red', `  missed    ${line}`));
  for (const line of score.invented.slice(0, 20)) print(styled('red', `  invented  ${line}`));
  print();
}
