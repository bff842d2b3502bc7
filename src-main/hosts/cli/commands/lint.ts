/** `assay lint`: records against the dictionary and the mandatory-field template, before they are registered. */
import type { Command } from 'commander';
import type { OutputOf } from '../../../../src-shared/contract/contract.ts';
import { type CommonOptions, printJson, printRows, withEngine } from '../run.ts';
import { count, counted, note, print, safe, styled, table } from '../terminal.ts';
import { command, positive } from './options.ts';

const rowsAtMost = 10_000;

export function lintCommand(): Command {
  return command(
    'lint',
    'check records against the dictionary and the mandatory-field template; exit 1 with the list',
    'assay lint collected',
  )
    .argument(
      '<path>',
      'unpacked snapshot, bundle, folder of record files, one .ndjson shard or one .json record; - is a bundle on stdin',
    )
    .option('--limit <n>', `records listed at most, up to ${rowsAtMost}; everything is counted`, positive, 1000)
    .option('--ndjson', 'one JSON document per record with problems')
    .action((path: string, options: CommonOptions & { limit: number }) =>
      withEngine(options, async ({ run, source }) => {
        const result = await run('records.lint', {
          path: await source(path, path === '-' ? 'stdin' : 'either'),
          limit: Math.min(rowsAtMost, options.limit),
        });
        if (options.ndjson) printRows(result.rows);
        else if (options.json) printJson(result);
        else printLint(result);
        const left = result.withProblems - result.rows.length;
        if (left > 0) note(`${counted(left, 'more record')} with problems not listed; raise --limit.`);
        return result.clean ? 0 : 1;
      }),
    );
}

function printLint(r: OutputOf<'records.lint'>): void {
  for (const { kind, id, file, line, problems } of r.rows) {
    const what = id === null ? '' : `  ${kind}/${safe(id)}`;
    print(`${styled('bold', `${safe(file)}:${line}`)}${what}`);
    const missing = problems
      .filter((problem) => problem.code === 'field.missing')
      .map((problem) => problem.field ?? '');
    for (const problem of problems) if (problem.code !== 'field.missing') print(`  ${safe(problem.text)}`);
    if (missing.length > 0) print(`  missing: ${missing.join(', ')}`);
  }
  if (r.rows.length > 0) print();
  if (r.problems.length > 0)
    print(
      `${table(
        ['problem', 'kind', 'field', 'records'],
        r.problems.map((p) => [p.code, p.kind ?? '', p.field ?? '', p.records]),
      )}\n`,
    );
  if (r.notSupplied.length > 0)
    print(
      `${table(
        ['kind', 'source', 'records', 'mandatory fields that the source supplies for none of them'],
        r.notSupplied.map((n) => [n.kind, n.source, n.records, n.fields.join(', ')]),
      )}\n`,
    );
  const unknown = Object.entries(r.unknownFields);
  if (unknown.length > 0)
    print(
      `${table(
        ['field that the dictionary does not know', 'records'],
        unknown.map(([field, records]) => [field, records]),
      )}\n`,
    );
  const mark = r.clean ? styled('green', '✓') : styled('red', '✗');
  print(
    `${mark} ${count(r.withProblems)} of ${counted(r.records, 'record')} in ${counted(r.files, 'file')} with problems${
      r.notSupplied.length > 0 ? '; mandatory fields are supplied by no source' : ''
    }.`,
  );
}
