/** `assay reconcile`, `assay check`, `assay findings`. */
import { Command, Option } from 'commander';
import type { InputOf, OutputOf } from '../../../../src-shared/contract/contract.ts';
import { findingStates, severities, severitySchema } from '../../../../src-shared/domain/finding.ts';
import { verdictLabels, verdictSchema, verdicts } from '../../../../src-shared/domain/verdict.ts';
import { raise } from '../../../../src-shared/result.ts';
import { type CommonOptions, printJson, type Session, withEngine } from '../run.ts';
import { count, note, print, safe, styled, table } from '../terminal.ts';
import { collectValues, integer, positive, workspaceCommand } from './options.ts';

export function reconcileCommand(): Command {
  return workspaceCommand(
    'reconcile',
    'claims against observations against the previous snapshot',
    'assay reconcile -w audit',
  )
    .option('--registry <n>', 'registry snapshot; repeat for more (default: the newest of each registry)', numbers)
    .option('--discovery <n>', 'discovery snapshot; repeat for more (default: the newest)', numbers)
    .option('--baseline <n>', 'earlier registry snapshot (default: the one before)', numbers)
    .addOption(new Option('--verdict <verdict>', 'print only these rows').choices(verdicts))
    .option('--limit <n>', 'rows at most', positive, 200)
    .option('--ndjson', 'one JSON document per row')
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
          const rows = await verdictRows(session, run.run, options);
          if (options.ndjson) for (const row of rows.rows) print(JSON.stringify(row));
          else if (options.json) printJson({ ...run, ...rows });
          else {
            printReconciliation(run);
            const interesting = rows.rows.filter((row) => options.verdict || row.verdict !== 'matched');
            if (interesting.length > 0)
              print(
                `\n${table(
                  ['verdict', 'severity', 'what'],
                  interesting.map((row) => [verdictLabels[row.verdict], row.severity, row.sentence]),
                )}`,
              );
          }
          const matched = run.totals.byVerdict.matched ?? 0;
          return Object.values(run.totals.byVerdict).reduce((sum, n) => sum + (n ?? 0), 0) > matched ? 1 : 0;
        }),
    );
}

async function verdictRows(session: Session, run: number, options: { verdict?: string; limit: number }) {
  const rows: OutputOf<'reconcile.rows'>['rows'] = [];
  let cursor: string | undefined;
  let total = 0;
  do {
    const page = await session.run('reconcile.rows', {
      run,
      limit: Math.min(500, options.limit - rows.length),
      ...(options.verdict ? { verdict: verdictSchema.parse(options.verdict) } : {}),
      ...(cursor ? { cursor } : {}),
    });
    rows.push(...page.rows);
    total = page.total;
    cursor = page.next ?? undefined;
  } while (cursor && rows.length < options.limit);
  return { total, rows };
}

export function printReconciliation(run: OutputOf<'reconcile.run'>): void {
  const t = run.totals;
  print(
    `Registry snapshots ${run.registry.join(', ') || 'none'}; discovery ${run.discovery.join(', ') || 'none'}; baseline ${run.baseline.join(', ') || 'none'}; as of ${run.asOf}`,
  );
  print(
    `${count(t.claimsLive)} live claims of ${count(t.claimsTotal)}; ${count(t.observations)} observations; ${count(t.matchedObservations)} observations matched ${count(t.matchedClaims)} claims`,
  );
  print(
    table(
      ['verdict', 'rows'],
      verdicts.map((v) => [verdictLabels[v], t.byVerdict[v] ?? 0]),
    ),
  );
  print(
    `Coverage: ${t.coverage.complete ? 'complete' : 'incomplete'}; ${count(t.coverage.inputsUsed)} of ${count(t.coverage.inputsSeen)} inputs used${t.coverage.gaps.length ? `; gaps: ${safe(t.coverage.gaps.slice(0, 5).join('; '))}` : ''}`,
  );
  print(
    `Conclusion: ${styled('bold', run.conclusion.state.replaceAll('_', ' '))}${run.conclusion.reasons.length ? ` (${safe(run.conclusion.reasons.join('; '))})` : ''}`,
  );
}

export function checkCommand(): Command {
  return workspaceCommand(
    'check',
    'evaluate policy packs into findings',
    'assay check -w audit --pack model-inventory-core',
  )
    .option('--pack <id>', 'pack to evaluate; repeat for more (default: all)', collectValues)
    .option('--as-of <date>', 'evaluate as of this date (default: the newest snapshot)')
    .action((options: CommonOptions & { pack?: string[]; asOf?: string }) =>
      withEngine(options, async (session) => {
        await session.unlock(options);
        const run = await session.run('check.run', {
          ...(options.pack ? { packs: options.pack } : {}),
          ...(options.asOf ? { asOf: options.asOf } : {}),
        });
        const { rules } = await session.run('check.latest', {});
        if (options.json) printJson({ ...run, rules });
        else printCheck(run, rules);
        return run.outcomes.fires > 0 ? 1 : 0;
      }),
    );
}

export function printCheck(run: OutputOf<'check.run'>, rules: OutputOf<'check.latest'>['rules']): void {
  const o = run.outcomes;
  print(`${run.packs.map((p) => `${p.title} ${p.version} (${p.rules} rules)`).join(', ')}; as of ${run.asOf}`);
  print(
    `${count(run.evaluations)} evaluations: ${count(o.pass)} pass, ${count(o.fires)} fire, ${count(o.cannot_evaluate)} cannot be evaluated, ${count(o.not_applicable)} not applicable`,
  );
  print(
    `Findings: ${count(run.findings.new)} new, ${count(run.findings.unchanged)} unchanged, ${count(run.findings.closed)} closed; ${count(run.findings.open)} open`,
  );
  const firing = rules.filter((rule) => rule.counts.fires > 0);
  if (firing.length > 0)
    print(
      `\n${table(
        ['rule', 'severity', 'fires', 'pass', 'cannot evaluate', 'title'],
        firing.map((r) => [r.ruleId, r.severity, r.counts.fires, r.counts.pass, r.counts.cannot_evaluate, r.title]),
      )}`,
    );
  const blind = rules.filter((rule) => rule.counts.cannot_evaluate > 0 && rule.counts.fires + rule.counts.pass === 0);
  if (blind.length > 0)
    note(
      `${blind.length} rules could not be evaluated at all, for want of: ${[...new Set(blind.flatMap((r) => r.missing))].slice(0, 8).join(', ')}${blind.length > 8 ? ', …' : ''}`,
    );
}

export function findingsCommand(): Command {
  const parent = new Command('findings').description('what the rules found, and what people decided');
  const states = (value: string, before: string[] = []) => [...before, ...value.split(',')];

  parent.addCommand(
    workspaceCommand('list', 'findings, worst first', 'assay findings list -w audit --state open --severity critical')
      .option('--state <state>', `repeat or comma-separate: ${findingStates.join(', ')}`, states)
      .option('--severity <severity>', severities.join(', '), states)
      .option('--rule <id>', 'only this rule; repeat for more', collectValues)
      .option('--search <text>', 'words in title, message or subject', '')
      .option('--limit <n>', 'rows at most', positive, 200)
      .option('--ndjson', 'one JSON document per row')
      .action((options: CommonOptions & FilterOptions) =>
        withEngine(options, async (session) => {
          await session.unlock(options);
          const { rows, total } = await listFindings(session, options);
          if (options.ndjson) for (const row of rows) print(JSON.stringify(row));
          else if (options.json) printJson({ total, rows });
          else {
            print(
              table(
                ['#', 'severity', 'rule', 'state', 'subject', 'what'],
                rows.map((r) => [
                  String(r.id),
                  r.severity,
                  r.ruleId,
                  r.state,
                  `${r.subject.kind}/${r.subject.id}`,
                  r.message,
                ]),
              ),
            );
            note(`${count(rows.length)} of ${count(total)} findings`);
          }
        }),
      ),
  );

  parent.addCommand(
    workspaceCommand(
      'show',
      'one finding: rule, values read and where they came from, clauses, thread',
      'assay findings show 12 -w audit',
    )
      .argument('<id>', 'finding number', integer)
      .action((id: number, options: CommonOptions) =>
        withEngine(options, async (session) => {
          await session.unlock(options);
          const finding = await session.run('findings.show', { id });
          if (options.json) return printJson(finding);
          printFinding(finding);
        }),
      ),
  );

  parent.addCommand(
    workspaceCommand('annotate', 'add a note', 'assay findings annotate 12 -w audit --note "Asked the owner on Monday"')
      .argument('<id>', 'finding number', integer)
      .requiredOption('--note <text>', 'the note')
      .action((id: number, options: CommonOptions & { note: string }) =>
        withEngine(options, async (session) => {
          await session.unlock(options);
          const finding = await session.run('findings.annotate', { id, text: options.note });
          if (options.json) return printJson(finding);
          print(`Noted on finding ${id}: ${safe(finding.name)}`);
        }),
      ),
  );

  parent.addCommand(
    workspaceCommand(
      'assign',
      'give findings to a person',
      'assay findings assign 12 13 -w audit --to "A. Khan" --due 2026-12-15',
    )
      .argument('<id...>', 'finding numbers', numbers)
      .requiredOption('--to <name>', 'who')
      .option('--due <date>', 'by when (YYYY-MM-DD)')
      .action((ids: number[], options: CommonOptions & { to: string; due?: string }) =>
        withEngine(options, async (session) => {
          await session.unlock(options);
          const { changed } = await session.run('findings.assign', {
            ids,
            assignee: options.to,
            ...(options.due ? { dueAt: options.due } : {}),
          });
          if (options.json) return printJson({ changed });
          print(`${count(changed)} finding(s) assigned to ${options.to}.`);
        }),
      ),
  );

  const decide = (
    name: string,
    description: string,
    example: string,
    state: InputOf<'findings.decide'>['state'],
    needs: { expiry: boolean },
  ) => {
    const sub = workspaceCommand(name, description, example)
      .argument('<id...>', 'finding numbers', numbers)
      .option('--reason <text>', 'why', '');
    if (needs.expiry) sub.requiredOption('--until <date>', 'when the acceptance expires (YYYY-MM-DD)');
    return sub.action((ids: number[], options: CommonOptions & { reason: string; until?: string }) =>
      withEngine(options, async (session) => {
        await session.unlock(options);
        const { changed } = await session.run('findings.decide', {
          ids,
          state,
          reason: options.reason,
          ...(options.until ? { expiresAt: options.until } : {}),
        });
        if (options.json) return printJson({ changed });
        print(`${count(changed)} finding(s): ${state.replaceAll('_', ' ')}.`);
      }),
    );
  };
  parent.addCommand(
    decide(
      'accept',
      'accept the risk until a date',
      'assay findings accept 12 -w audit --until 2027-03-31 --reason "Compensating control"',
      'accepted_risk',
      { expiry: true },
    ),
  );
  parent.addCommand(
    decide(
      'close',
      'say that it was remediated',
      'assay findings close 12 -w audit --reason "Owner named in the registry"',
      'remediated',
      { expiry: false },
    ),
  );
  parent.addCommand(
    decide(
      'dismiss',
      'say that it is a false positive',
      'assay findings dismiss 12 -w audit --reason "Test cluster"',
      'false_positive',
      { expiry: false },
    ),
  );
  parent.addCommand(
    decide('reopen', 'take a decision back', 'assay findings reopen 12 -w audit', 'open', { expiry: false }),
  );

  parent.addCommand(
    workspaceCommand(
      'bulk',
      'decide on every finding that matches',
      'assay findings bulk -w audit --rule INV-012 --state open --decide accepted_risk --until 2027-03-31 --reason "Renaming in Q1"',
    )
      .option('--state <state>', 'current state', states)
      .option('--severity <severity>', severities.join(', '), states)
      .option('--rule <id>', 'only this rule; repeat for more', collectValues)
      .option('--search <text>', 'words in title, message or subject', '')
      .addOption(
        new Option('--decide <state>', 'new state')
          .choices(['open', 'accepted_risk', 'remediated', 'not_applicable', 'false_positive'])
          .makeOptionMandatory(),
      )
      .option('--reason <text>', 'why', '')
      .option('--until <date>', 'expiry of an accepted risk (YYYY-MM-DD)')
      .action(
        (
          options: CommonOptions &
            Omit<FilterOptions, 'limit'> & {
              decide: InputOf<'findings.decide'>['state'];
              reason: string;
              until?: string;
            },
        ) =>
          withEngine(options, async (session) => {
            await session.unlock(options);
            const { rows } = await listFindings(session, { ...options, limit: 10_000 });
            if (rows.length === 0)
              return raise('usage', 'findings.none', 'No finding matches these filters; nothing was changed.');
            const { changed } = await session.run('findings.decide', {
              ids: rows.map((row) => row.id),
              state: options.decide,
              reason: options.reason,
              ...(options.until ? { expiresAt: options.until } : {}),
            });
            if (options.json) return printJson({ changed });
            print(`${count(changed)} finding(s): ${options.decide.replaceAll('_', ' ')}.`);
          }),
      ),
  );
  return parent;
}

interface FilterOptions {
  readonly state?: string[];
  readonly severity?: string[];
  readonly rule?: string[];
  readonly search: string;
  readonly limit: number;
}

async function listFindings(session: Session, options: FilterOptions) {
  const rows: OutputOf<'findings.list'>['rows'] = [];
  let cursor: string | undefined;
  let total = 0;
  const parse = <T>(
    schema: { safeParse: (v: unknown) => { success: boolean; data?: T } },
    values: readonly string[] | undefined,
  ): T[] =>
    (values ?? []).map(
      (value) => schema.safeParse(value).data ?? raise('usage', 'findings.filter', `"${value}" is not known here.`),
    );
  const { findingStateSchema } = await import('../../../../src-shared/domain/finding.ts');
  do {
    const page = await session.run('findings.list', {
      search: options.search,
      states: parse(findingStateSchema, options.state),
      severities: parse(severitySchema, options.severity),
      rules: options.rule ?? [],
      limit: Math.min(500, options.limit - rows.length),
      ...(cursor ? { cursor } : {}),
    });
    rows.push(...page.rows);
    total = page.total;
    cursor = page.next ?? undefined;
  } while (cursor && rows.length < options.limit);
  return { rows, total };
}

function printFinding(f: OutputOf<'findings.show'>): void {
  print(`${styled('bold', `${f.ruleId} · ${f.severity} · ${f.subject.kind}/${safe(f.subject.id)}`)}  (${f.state})`);
  print(`${safe(f.name)}: ${safe(f.message)}`);
  print(`Fires when  ${safe(f.firesWhen)}`);
  print(`Expected    ${safe(f.expected)}`);
  print(`Pack        ${f.packId} ${f.packVersion}`);
  print(
    `\n${table(
      ['value read', 'state', 'value', 'from'],
      f.values.map((v) => [
        v.ref ? `${v.ref.kind}/${v.ref.id} ${v.label}` : v.label,
        v.state,
        v.value,
        v.locator ?? '',
      ]),
    )}`,
  );
  print(
    `\n${table(
      ['clause', 'mode', 'cite', 'applies'],
      f.clauses.map((c) => [c.id, c.mode.replaceAll('_', ' '), c.cite, c.applies]),
    )}`,
  );
  if (f.thread.length > 0)
    print(
      `\n${table(
        ['when', 'who', 'what', ''],
        f.thread.map((e) => [e.at, e.by, e.state ?? e.type, e.text]),
      )}`,
    );
}

function numbers(value: string, before: readonly number[] = []): number[] {
  return [...before, integer(value)];
}
