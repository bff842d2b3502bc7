/** `assay findings`: what the rules found, and what people decided. */
import { type Command, Option } from 'commander';
import type { InputOf, OutputOf } from '../../../../src-shared/contract/contract.ts';
import { findingStates, severities } from '../../../../src-shared/domain/finding.ts';
import { raise } from '../../../../src-shared/result.ts';
import { allPages, type CommonOptions, printJson, printRows, type Session, withEngine } from '../run.ts';
import { count, counted, note, print, safe, styled, table } from '../terminal.ts';
import { collectNumbers, collectValues, day, group, integer, withRows, words, workspaceCommand } from './options.ts';

export function findingsCommand(): Command {
  const parent = group(
    'findings',
    'what the rules found, and what people decided',
    'assay findings list -w audit --state open',
  );
  const states = (value: string, before: string[] = []) => [...before, ...value.split(',')];

  parent.addCommand(
    withRows(
      workspaceCommand(
        'list',
        'findings, worst first',
        'assay findings list -w audit --state open --severity critical',
      ),
    )
      .option('--state <state>', `repeat or comma-separate: ${findingStates.join(', ')}`, states)
      .option('--severity <severity>', severities.join(', '), states)
      .option('--rule <id>', 'only this rule; repeat for more', collectValues)
      .option('--search <text>', 'words in title, message or subject', '')
      .action((options: CommonOptions & FilterOptions & { limit: number }) =>
        withEngine(options, async (session) => {
          const filters = filtersOf(options);
          await session.unlock(options);
          const { rows, total } = await listFindings(session, filters, options.limit);
          if (options.ndjson) printRows(rows);
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
          }
          note(`${count(rows.length)} of ${count(total)} findings`);
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
      .requiredOption('--note <text>', 'the note', words)
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
      .argument('<id...>', 'finding numbers', collectNumbers)
      .requiredOption('--to <name>', 'who; an empty name takes the assignment back')
      .option('--due <date>', 'by when (YYYY-MM-DD)', day)
      .action((ids: number[], options: CommonOptions & { to: string; due?: string }) =>
        withEngine(options, async (session) => {
          await session.unlock(options);
          const { changed } = await session.run('findings.assign', {
            ids,
            assignee: options.to,
            ...(options.due ? { dueAt: options.due } : {}),
          });
          if (options.json) return printJson({ changed });
          print(
            options.to.trim()
              ? `${counted(changed, 'finding')} assigned to ${options.to}.`
              : `${counted(changed, 'finding')} assigned to nobody.`,
          );
        }),
      ),
  );

  const reasonOption = (needed: boolean) =>
    new Option('--reason <text>', 'why').argParser(words).makeOptionMandatory(needed);
  const decide = (
    name: string,
    description: string,
    example: string,
    state: InputOf<'findings.decide'>['state'],
    needs: { expiry: boolean },
  ) => {
    const sub = workspaceCommand(name, description, example)
      .argument('<id...>', 'finding numbers', collectNumbers)
      .addOption(reasonOption(state !== 'open'));
    if (needs.expiry) sub.requiredOption('--until <date>', 'when the acceptance expires (YYYY-MM-DD)', day);
    return sub.action((ids: number[], options: CommonOptions & { reason?: string; until?: string }) =>
      withEngine(options, async (session) => {
        await session.unlock(options);
        const { changed } = await session.run('findings.decide', {
          ids,
          state,
          reason: options.reason ?? '',
          ...(options.until ? { expiresAt: options.until } : {}),
        });
        if (options.json) return printJson({ changed });
        print(`${counted(changed, 'finding')}: ${state.replaceAll('_', ' ')}.`);
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
      .option('--until <date>', 'expiry of an accepted risk (YYYY-MM-DD)', day)
      .action(
        (
          options: CommonOptions &
            FilterOptions & {
              decide: InputOf<'findings.decide'>['state'];
              reason: string;
              until?: string;
            },
        ) =>
          withEngine(options, async (session) => {
            const filters = filtersOf(options);
            if (options.decide !== 'open' && options.reason.trim() === '')
              raise('usage', 'findings.no_reason', 'A decision needs a reason; give --reason. Nothing was changed.');
            if (options.decide === 'accepted_risk' && !options.until)
              raise(
                'usage',
                'findings.no_expiry',
                'An accepted risk needs an expiry date; give --until. Nothing was changed.',
              );
            await session.unlock(options);
            const { rows, total } = await listFindings(session, filters, 10_000);
            if (rows.length < total)
              raise(
                'usage',
                'findings.too_many',
                `${count(total)} findings match, and at most ${count(rows.length)} can be decided at once; narrow the filters. Nothing was changed.`,
              );
            if (rows.length === 0)
              return raise('usage', 'findings.none', 'No finding matches these filters; nothing was changed.');
            const { changed } = await session.run('findings.decide', {
              ids: rows.map((row) => row.id),
              state: options.decide,
              reason: options.reason,
              ...(options.until ? { expiresAt: options.until } : {}),
            });
            if (options.json) return printJson({ changed });
            print(`${counted(changed, 'finding')}: ${options.decide.replaceAll('_', ' ')}.`);
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
}

const filtersOf = (options: FilterOptions) => ({
  search: options.search,
  states: known(findingStates, '--state', options.state),
  severities: known(severities, '--severity', options.severity),
  rules: options.rule ?? [],
});

async function listFindings(session: Session, filters: ReturnType<typeof filtersOf>, most: number) {
  const { rows, last } = await allPages(most, (limit, cursor) =>
    session.run('findings.list', { ...filters, limit, ...(cursor ? { cursor } : {}) }),
  );
  return { rows, total: last.total };
}

/** Values of a list option that repeats or is comma-separated. */
function known<T extends string>(values: readonly T[], option: string, given: readonly string[] = []): T[] {
  return given.map(
    (text) =>
      values.find((value) => value === text) ??
      raise('usage', 'findings.filter', `${option} "${text}" is not known; it is one of ${values.join(', ')}.`),
  );
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
