/** `assay inventory`: what the registries claim. */
import type { Command } from 'commander';
import type { OutputOf } from '../../../../src-shared/contract/contract.ts';
import { parseWhere } from '../../../../src-shared/contract/filter-expression.ts';
import type { Filter } from '../../../../src-shared/contract/schemas/inventory.ts';
import { entityOf, fieldGroupLabels, fieldGroups, type Kind } from '../../../../src-shared/domain/dictionary.ts';
import { raise } from '../../../../src-shared/result.ts';
import { allPages, type CommonOptions, printJson, printRows, type Session, withEngine } from '../run.ts';
import { count, note, print, safe, styled, table } from '../terminal.ts';
import { evidenceCommand } from './evidence.ts';
import { kindOf, refOf } from './kind.ts';
import { collectValues, group, integer, withRows, workspaceCommand } from './options.ts';
import { printLine } from './verification-lines.ts';

interface ListOptions extends CommonOptions {
  readonly kind: string;
  readonly snapshot?: number;
  readonly where?: string[];
  readonly limit: number;
}

/** Filters that are about what was concluded, not about a field of the record. */
const conclusions = ['findings', 'verdict'];

function filtersOf(kind: Kind, expressions: readonly string[] = []): Filter[] {
  return expressions.map((expression) => {
    const filter = parseWhere(expression);
    if (!conclusions.includes(filter.field) && !entityOf(kind).byName.has(filter.field))
      raise(
        'usage',
        'inventory.unknown_field',
        `A ${kind} has no field "${filter.field}"${similar(kind, filter.field)}.`,
        { kind, field: filter.field, fields: [...entityOf(kind).byName.keys(), ...conclusions] },
      );
    return filter;
  });
}

/** Fields that share a word with the one that was typed, for the message. */
function similar(kind: Kind, typed: string): string {
  const words = typed.split('_').filter((word) => word.length > 2);
  const names = [...entityOf(kind).byName.keys()].filter((name) => words.some((word) => name.includes(word)));
  return names.length > 0
    ? `; did you mean ${names.slice(0, 6).join(', ')}?`
    : '; assay inventory list --json shows the fields under "values"';
}

/** Looks at what was typed, then unlocks, then lists: a typing mistake costs nobody a passphrase. */
async function listRows(session: Session, options: ListOptions, search: string): Promise<void> {
  const kind = kindOf(options.kind);
  const filters = filtersOf(kind, options.where);
  await session.unlock(options);
  const { rows, last } = await allPages(
    options.limit,
    (limit, cursor) =>
      session.run('inventory.list', {
        kind,
        search,
        filters,
        limit,
        ...(options.snapshot === undefined ? {} : { snapshot: options.snapshot }),
        ...(cursor ? { cursor } : {}),
      }),
    (page) => options.ndjson && printRows(page),
  );
  if (options.json && !options.ndjson) printJson({ total: last.total, rows });
  else if (!options.ndjson && rows.length > 0) printList(kind, rows);
  const { plural } = entityOf(kind);
  note(`${count(rows.length)} of ${count(last.total)} ${plural.toLowerCase()}`);
}

function printList(kind: Kind, rows: OutputOf<'inventory.list'>['rows']): void {
  const columns = entityOf(kind)
    .fields.filter((field) => field.facet)
    .slice(0, 4);
  print(
    table(
      ['id', 'name', ...columns.map((c) => c.label.toLowerCase()), 'critical', 'high', 'verdict'],
      rows.map((row) => [
        row.id,
        row.name,
        ...columns.map((c) => row.values[c.name] ?? ''),
        row.findings.critical,
        row.findings.high,
        row.verdict ?? '',
      ]),
    ),
  );
}

const listCommand = (name: string, description: string, example: string) =>
  withRows(workspaceCommand(name, description, example))
    .option('--kind <kind>', 'record kind', 'model')
    .option('--snapshot <n>', 'snapshot number (default: the newest of every registry)', integer)
    .option(
      '--where <expr>',
      'FIELD=VALUE, FIELD!=VALUE, FIELD~TEXT, FIELD<DATE, FIELD>DATE, FIELD= for empty; A|B is either; repeat to narrow',
      collectValues,
    );

export function inventoryCommand(): Command {
  const list = listCommand(
    'list',
    'records of a kind',
    'assay inventory list -w audit --where risk_tier=1 --where owner=',
  ).action((options: ListOptions) =>
    withEngine(options, async (session) => {
      await listRows(session, options, '');
      return 0;
    }),
  );
  const search = listCommand('search', 'full-text search', 'assay inventory search "credit default" -w audit')
    .argument('<text>', 'words to look for')
    .action((text: string, options: ListOptions) =>
      withEngine(options, async (session) => {
        await listRows(session, options, text);
        return 0;
      }),
    );
  const show = workspaceCommand(
    'show',
    'one record: facts with their source, relations, history',
    'assay inventory show model/credit-pd -w audit',
  )
    .argument('<record>', 'KIND/ID, or the id of a model')
    .option('--snapshot <n>', 'as of this snapshot', integer)
    .action((text: string, options: CommonOptions & { snapshot?: number }) =>
      withEngine(options, async (session) => {
        await session.unlock(options);
        const dossier = await session.run('inventory.show', {
          ref: refOf(text),
          ...(options.snapshot === undefined ? {} : { snapshot: options.snapshot }),
        });
        if (options.json) return printJson(dossier);
        printDossier(dossier);
      }),
    );
  const queue = withRows(
    workspaceCommand('review', 'records with missing mandatory fields', 'assay inventory review -w audit --kind model'),
  )
    .option('--kind <kind>', 'record kind')
    .action((options: CommonOptions & { kind?: string; limit: number }) =>
      withEngine(options, async (session) => {
        const kind = options.kind === undefined ? undefined : kindOf(options.kind);
        await session.unlock(options);
        const { rows, last } = await allPages(
          options.limit,
          (limit, cursor) =>
            session.run('inventory.reviewQueue', {
              limit,
              ...(kind === undefined ? {} : { kind }),
              ...(cursor ? { cursor } : {}),
            }),
          (page) => options.ndjson && printRows(page),
        );
        if (options.json && !options.ndjson) printJson({ total: last.total, checked: last.checked, rows });
        else if (!options.ndjson && rows.length > 0)
          print(
            table(
              ['kind', 'id', 'missing'],
              rows.map((r) => [r.kind, r.id, r.missing.join(', ')]),
            ),
          );
        note(
          `${count(rows.length)} of ${count(last.total)} incomplete records; ${count(last.checked)} records were checked.`,
        );
      }),
    );
  return group('inventory', 'what the registries claim', 'assay inventory list -w audit --kind model')
    .addCommand(list)
    .addCommand(search)
    .addCommand(show)
    .addCommand(queue)
    .addCommand(evidenceCommand());
}

function printDossier(d: OutputOf<'inventory.show'>): void {
  print(`${styled('bold', safe(d.name))}  ${d.ref.kind}/${safe(d.ref.id)}`);
  print(
    `snapshot ${d.snapshot}, sha256:${d.digest}${d.verdict ? `, ${d.verdict}` : ''}, ${Math.round(d.completeness * 100)} % of the mandatory fields`,
  );
  for (const group of fieldGroups) {
    const facts = d.facts.filter((fact) => fact.group === group && fact.cell.state !== 'missing');
    if (facts.length === 0) continue;
    print(`\n${styled('bold', fieldGroupLabels[group])}`);
    print(
      table(
        ['field', 'value', 'confidence', 'from'],
        facts.map((f) => [
          f.label,
          f.cell.state === 'empty' ? '(empty)' : f.cell.value,
          f.cell.confidence ?? '',
          f.cell.locator ?? '',
        ]),
      ),
    );
  }
  if (d.artifact) {
    print(`\n${styled('bold', 'Files on disk')}`);
    if (d.artifact.signature) printLine('Signature', d.artifact.signature);
    printLine('Files', d.artifact.files);
  }
  if (d.relations.length > 0) {
    print(`\n${styled('bold', 'Relations')}`);
    print(
      table(
        ['relation', 'record', 'name'],
        d.relations.map((r) => [r.relation, `${r.ref.kind}/${r.ref.id}`, r.name]),
      ),
    );
  }
  if (d.findings.length > 0) {
    print(`\n${styled('bold', 'Findings')}`);
    print(
      table(
        ['#', 'rule', 'severity', 'state', 'title'],
        d.findings.map((f) => [String(f.id), f.ruleId, f.severity, f.state, f.title]),
      ),
    );
  }
  print(`\n${styled('bold', 'History')}`);
  print(
    table(
      ['snapshot', 'taken', 'body', ''],
      d.history.map((h) => [String(h.snapshot), h.takenAt, h.digest.slice(0, 12), h.changed ? 'changed' : '']),
    ),
  );
}
