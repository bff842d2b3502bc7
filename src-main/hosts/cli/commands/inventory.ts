/** `assay inventory` and `assay lineage`. */
import { writeFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import type { OutputOf } from '../../../../src-shared/contract/contract.ts';
import type { Filter } from '../../../../src-shared/contract/schemas/inventory.ts';
import {
  entityOf,
  fieldGroupLabels,
  fieldGroups,
  isKind,
  type Kind,
} from '../../../../src-shared/domain/dictionary.ts';
import { parseRef, type RecordRef } from '../../../../src-shared/domain/record.ts';
import { raise } from '../../../../src-shared/result.ts';
import { lineageToCsv, lineageToDot, lineageToSvg } from '../../../core/lineage/export.ts';
import { type CommonOptions, printJson, type Session, withEngine } from '../run.ts';
import { count, note, print, safe, styled, table } from '../terminal.ts';
import { collectValues, integer, positive, workspaceCommand } from './options.ts';

interface ListOptions extends CommonOptions {
  readonly kind: string;
  readonly snapshot?: number;
  readonly where?: string[];
  readonly limit: number;
}

const kindOf = (text: string): Kind =>
  isKind(text) ? text : raise('usage', 'inventory.unknown_kind', `"${text}" is not a record kind.`);

/** `owner=…`, `owner!=…`, `description~text`, `owner=` (empty), `owner!=` (not empty), `taken<DATE`, `taken>DATE`. */
export function parseWhere(expression: string): Filter {
  const match = /^([a-z][a-z0-9_]*)(!=|=|~|<|>)(.*)$/s.exec(expression.trim());
  const [, field, operator, value] = match ?? [];
  if (field === undefined || operator === undefined || value === undefined) {
    return raise(
      'usage',
      'inventory.where',
      `"${expression}" is not a filter; write FIELD=VALUE, FIELD!=VALUE, FIELD~TEXT, FIELD<DATE or FIELD>DATE.`,
    );
  }
  const values = value === '' ? [] : value.split('|');
  switch (operator) {
    case '=':
      return { field, op: values.length ? 'is' : 'empty', values };
    case '!=':
      return { field, op: values.length ? 'is_not' : 'not_empty', values };
    case '~':
      return { field, op: 'contains', values };
    case '<':
      return { field, op: 'before', values };
    default:
      return { field, op: 'after', values };
  }
}

async function listRows(session: Session, options: ListOptions, search: string): Promise<void> {
  const kind = kindOf(options.kind);
  const rows: OutputOf<'inventory.list'>['rows'] = [];
  let cursor: string | undefined;
  let total = 0;
  do {
    const page = await session.run('inventory.list', {
      kind,
      search,
      filters: (options.where ?? []).map(parseWhere),
      limit: Math.min(500, options.limit - rows.length),
      ...(options.snapshot === undefined ? {} : { snapshot: options.snapshot }),
      ...(cursor ? { cursor } : {}),
    });
    if (options.ndjson) for (const row of page.rows) print(JSON.stringify(row));
    rows.push(...page.rows);
    total = page.total;
    cursor = page.next ?? undefined;
  } while (cursor && rows.length < options.limit);
  if (options.ndjson) return;
  if (options.json) return printJson({ total, rows });
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
  note(`${count(rows.length)} of ${count(total)} ${entityOf(kind).plural.toLowerCase()}`);
}

const listCommand = (name: string, description: string, example: string) =>
  workspaceCommand(name, description, example)
    .option('--kind <kind>', 'record kind', 'model')
    .option('--snapshot <n>', 'snapshot number (default: the newest of every registry)', integer)
    .option(
      '--where <expr>',
      'FIELD=VALUE, FIELD!=VALUE, FIELD~TEXT, FIELD= for empty; repeat to narrow',
      collectValues,
    )
    .option('--limit <n>', 'rows at most', positive, 200)
    .option('--ndjson', 'one JSON document per row');

export function inventoryCommand(): Command {
  const list = listCommand(
    'list',
    'records of a kind',
    'assay inventory list -w audit --where risk_tier=1 --where owner=',
  ).action((options: ListOptions) =>
    withEngine(options, async (session) => {
      await session.unlock(options);
      await listRows(session, options, '');
      return 0;
    }),
  );
  const search = listCommand('search', 'full-text search', 'assay inventory search "credit default" -w audit')
    .argument('<text>', 'words to look for')
    .action((text: string, options: ListOptions) =>
      withEngine(options, async (session) => {
        await session.unlock(options);
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
  const queue = workspaceCommand(
    'review',
    'records with missing mandatory fields',
    'assay inventory review -w audit --kind model',
  )
    .option('--kind <kind>', 'record kind')
    .option('--limit <n>', 'rows at most', positive, 200)
    .action((options: CommonOptions & { kind?: string; limit: number }) =>
      withEngine(options, async (session) => {
        await session.unlock(options);
        const page = await session.run('inventory.reviewQueue', {
          limit: Math.min(500, options.limit),
          ...(options.kind ? { kind: kindOf(options.kind) } : {}),
        });
        if (options.json) return printJson(page);
        print(
          table(
            ['kind', 'id', 'missing'],
            page.rows.map((r) => [r.kind, r.id, r.missing.join(', ')]),
          ),
        );
        note(`${count(page.total)} of ${count(page.checked)} records are incomplete.`);
      }),
    );
  return new Command('inventory')
    .description('what the registries claim')
    .addCommand(list)
    .addCommand(search)
    .addCommand(show)
    .addCommand(queue);
}

export function refOf(text: string): RecordRef {
  return parseRef(text) ?? { kind: 'model', id: text };
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

export function lineageCommand(): Command {
  return workspaceCommand(
    'lineage',
    'who feeds this record and whom it feeds',
    'assay lineage model/credit-pd -w audit --up 3 --format dot',
  )
    .argument('<record>', 'KIND/ID, or the id of a model')
    .option('--up <n>', 'steps upstream', integer, 3)
    .option('--down <n>', 'steps downstream', integer, 3)
    .option('--snapshot <n>', 'as of this snapshot', integer)
    .option('--diff <range>', 'compare two snapshots, S1..S2')
    .option('--out <file>', 'write to a file instead of stdout')
    .addOption(new Option('--format <format>', 'output').choices(['json', 'dot', 'svg', 'csv']).default('json'))
    .action(
      (
        text: string,
        options: CommonOptions & {
          up: number;
          down: number;
          snapshot?: number;
          diff?: string;
          out?: string;
          format: 'json' | 'dot' | 'svg' | 'csv';
        },
      ) =>
        withEngine(options, async (session) => {
          await session.unlock(options);
          const range = options.diff === undefined ? null : /^(\d+)\.\.(\d+)$/.exec(options.diff);
          if (options.diff !== undefined && !range)
            raise('usage', 'lineage.diff', '--diff takes two snapshot numbers, S1..S2.');
          const snapshot = range ? Number(range[2]) : options.snapshot;
          const graph = await session.run('lineage.graph', {
            root: refOf(text),
            up: options.up,
            down: options.down,
            maxNodes: 5000,
            ...(snapshot === undefined ? {} : { snapshot }),
            ...(range ? { compareTo: Number(range[1]) } : {}),
          });
          const output = {
            json: () => JSON.stringify(graph, null, 2),
            dot: () => lineageToDot(graph),
            svg: () => lineageToSvg(graph),
            csv: () => lineageToCsv(graph),
          }[options.format]();
          if (options.out) {
            writeFileSync(options.out, `${output}\n`);
            note(`${options.out}: ${count(graph.nodes.length)} of ${count(graph.reachable)} reachable records.`);
          } else print(output);
          return graph.nodes.some((n) => n.change !== 'same') ? 1 : 0;
        }),
    );
}
