/** `assay diff`: two snapshots, field by field. */
import type { Command } from 'commander';
import { allPages, type CommonOptions, printJson, printRows, withEngine } from '../run.ts';
import { counted, note, print, safe, table } from '../terminal.ts';
import { kindOf } from './kind.ts';
import { integer, withRows, workspaceCommand } from './options.ts';

export function diffCommand(): Command {
  return withRows(
    workspaceCommand(
      'diff',
      'field-level differences between two snapshots, grouped by meaning',
      'assay diff 1 3 -w audit --kind model',
    ),
  )
    .argument('<from>', 'snapshot number', integer)
    .argument('<to>', 'snapshot number', integer)
    .option('--kind <kind>', 'only records of this kind')
    .action(async (from: number, to: number, options: CommonOptions & { kind?: string; limit: number }) =>
      withEngine(options, async (session) => {
        const kind = options.kind === undefined ? undefined : kindOf(options.kind);
        await session.unlock(options);
        const { rows, last } = await allPages(options.limit, (limit, cursor) =>
          session.run('snapshots.diff', {
            from,
            to,
            limit,
            ...(kind === undefined ? {} : { kind }),
            ...(cursor ? { cursor } : {}),
          }),
        );
        const { kinds } = last;
        const truncated = last.next !== null;
        if (options.ndjson) printRows(rows);
        else if (options.json) printJson({ from, to, kinds, rows, truncated });
        else {
          print(
            table(
              ['kind', 'added', 'changed', 'removed', 'unchanged'],
              kinds.map((k) => [k.kind, k.added, k.changed, k.removed, k.unchanged]),
            ),
          );
          for (const row of rows)
            print(
              `${{ added: '+', removed: '-', changed: '~' }[row.change]} ${row.kind}/${safe(row.id)}  ${safe(row.sentence)}`,
            );
        }
        if (truncated) note(`Only the first ${counted(rows.length, 'row')} were read; raise --limit to see more.`);
        return kinds.some((k) => k.added + k.changed + k.removed > 0) ? 1 : 0;
      }),
    );
}
