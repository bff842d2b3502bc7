/** `assay lineage`: who feeds a record and whom it feeds. */
import { writeFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { raise } from '../../../../src-shared/result.ts';
import { lineageToCsv, lineageToDot, lineageToSvg } from '../../../core/lineage/export.ts';
import { requireWritable } from '../paths.ts';
import { type CommonOptions, withEngine } from '../run.ts';
import { count, note, print } from '../terminal.ts';
import { refOf } from './kind.ts';
import { integer, workspaceCommand } from './options.ts';

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
    .option('--out <file>', 'write to a file instead of stdout (-)')
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
          const toFile = options.out !== undefined && options.out !== '-' ? options.out : null;
          if (toFile !== null) requireWritable(toFile);
          const range = options.diff === undefined ? null : /^(\d+)\.\.(\d+)$/.exec(options.diff);
          if (options.diff !== undefined && !range)
            raise(
              'usage',
              'lineage.diff',
              `--diff takes two snapshot numbers, for example 1..2, not "${options.diff}".`,
            );
          await session.unlock(options);
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
          if (toFile !== null) {
            writeFileSync(toFile, `${output}\n`);
            note(`${toFile}: ${count(graph.nodes.length)} of ${count(graph.reachable)} reachable records.`);
          } else print(output);
          return graph.nodes.some((n) => n.change !== 'same') ? 1 : 0;
        }),
    );
}
