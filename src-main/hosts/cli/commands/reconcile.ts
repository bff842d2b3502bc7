/** `assay reconcile`: claims against observations. */
import { type Command, Option } from 'commander';
import type { OutputOf } from '../../../../src-shared/contract/contract.ts';
import { verdictLabels, verdictSchema, verdicts } from '../../../../src-shared/domain/verdict.ts';
import { verdictRow } from '../documents.ts';
import { allPages, type CommonOptions, printJson, printRows, type Session, withEngine } from '../run.ts';
import { count, counted, note, print, safe, styled, table } from '../terminal.ts';
import { collectNumbers, withRows, workspaceCommand } from './options.ts';

export function reconcileCommand(): Command {
  return withRows(
    workspaceCommand(
      'reconcile',
      'claims against observations against the previous snapshot',
      'assay reconcile -w audit',
    ),
  )
    .option(
      '--registry <n>',
      'registry snapshot; repeat for more (default: the newest of each registry)',
      collectNumbers,
    )
    .option('--discovery <n>', 'discovery snapshot; repeat for more (default: the newest)', collectNumbers)
    .option('--baseline <n>', 'earlier registry snapshot (default: the one before)', collectNumbers)
    .addOption(new Option('--verdict <verdict>', 'print only these rows').choices(verdicts))
    .action(
      (
        options: CommonOptions & {
          registry?: number[];
          discovery?: number[];
          baseline?: number[];
          verdict?: string;
          limit: number;
        },
      ) =>
        withEngine(options, async (session) => {
          await session.unlock(options);
          const run = await session.run('reconcile.run', {
            ...(options.registry ? { registry: options.registry } : {}),
            ...(options.discovery ? { discovery: options.discovery } : {}),
            ...(options.baseline ? { baseline: options.baseline } : {}),
          });
          const { rows, total } = await verdictRows(session, run.run, options);
          if (options.ndjson) printRows(rows.map(verdictRow));
          else if (options.json) printJson({ ...run, total, rows: rows.map(verdictRow) });
          else {
            printReconciliation(run);
            printVerdicts(rows.filter((row) => options.verdict || row.verdict !== 'matched'));
          }
          if (rows.length < total)
            note(
              `${count(rows.length)} of ${count(total)} rows were read, matched ones included; raise --limit to see more.`,
            );
          const matched = run.totals.byVerdict.matched ?? 0;
          return Object.values(run.totals.byVerdict).reduce((sum, n) => sum + (n ?? 0), 0) > matched ? 1 : 0;
        }),
    );
}

async function verdictRows(session: Session, run: number, options: { verdict?: string; limit: number }) {
  const { rows, last } = await allPages(options.limit, (limit, cursor) =>
    session.run('reconcile.rows', {
      run,
      limit,
      ...(options.verdict ? { verdict: verdictSchema.parse(options.verdict) } : {}),
      ...(cursor ? { cursor } : {}),
    }),
  );
  return { rows, total: last.total };
}

function printVerdicts(rows: OutputOf<'reconcile.rows'>['rows']): void {
  if (rows.length === 0) return;
  print();
  print(
    table(
      ['verdict', 'severity', 'what'],
      rows.map((row) => [verdictLabels[row.verdict], row.severity, row.sentence]),
    ),
  );
}

const list = (snapshots: readonly number[]): string => snapshots.join(', ') || 'none';

export function printReconciliation(run: OutputOf<'reconcile.run'>): void {
  const t = run.totals;
  print(
    `Snapshots    registry ${list(run.registry)}; discovery ${list(run.discovery)}; baseline ${list(run.baseline)}; as of ${run.asOf}`,
  );
  print(
    `Population   ${count(t.claimsLive)} live claims of ${count(t.claimsTotal)}; ${counted(t.observations, 'observation')}, of which ${count(t.matchedObservations)} matched ${counted(t.matchedClaims, 'claim')}`,
  );
  print(
    `Coverage     ${t.coverage.complete ? 'complete' : 'incomplete'}; ${count(t.coverage.inputsUsed)} of ${counted(t.coverage.inputsSeen, 'input')} used`,
  );
  printCapped(t.coverage.gaps);
  print(`Conclusion   ${styled('bold', run.conclusion.state.replaceAll('_', ' '))}`);
  printCapped(run.conclusion.reasons);
  print();
  print(
    table(
      ['verdict', 'rows'],
      verdicts.map((v) => [verdictLabels[v], t.byVerdict[v] ?? 0]),
    ),
  );
}

const shownAtMost = 8;

/** One line each, and how many were left out: a long list must not bury what it belongs to. */
function printCapped(lines: readonly string[]): void {
  for (const line of lines.slice(0, shownAtMost)) print(`             - ${safe(line)}`);
  if (lines.length > shownAtMost)
    print(`             and ${count(lines.length - shownAtMost)} more (--json lists them all)`);
}
