/** `assay collect`: registry exports and cluster dumps into an unpacked snapshot. */
import { existsSync } from 'node:fs';
import { type Command, Option } from 'commander';
import type { OutputOf } from '../../../../src-shared/contract/contract.ts';
import { type CommonOptions, printJson, withEngine } from '../run.ts';
import { count, counted, note, print, safe, styled, table } from '../terminal.ts';
import { command, words } from './options.ts';

export function collectCommand(): Command {
  return command(
    'collect',
    'turn registry exports or cluster dumps into an unpacked snapshot',
    'assay collect exports/mlflow --out collected --registry-name "Credit registry"',
  )
    .argument('<source...>', 'files or folders of any known format; FORMAT:PATH also works')
    .requiredOption('--out <folder>', 'new folder for records/, evidence/ and collection.json')
    .option('--registry-id <urn>', 'continue this registry (default: made from the source)', words)
    .option('--registry-name <name>', 'name for people', words)
    .addOption(
      new Option('--as <role>', 'what the source speaks for').choices(['registry', 'discovery']).default('registry'),
    )
    .option('--strict', 'exit 3 when a file had to be refused')
    .action(
      async (
        sources: string[],
        options: CommonOptions & {
          out: string;
          registryId?: string;
          registryName?: string;
          as: 'registry' | 'discovery';
          strict?: boolean;
        },
      ) =>
        withEngine(options, async ({ run, source, newFolder }) => {
          const out = newFolder(options.out);
          const result = await run('collect.run', {
            sources: await Promise.all(
              sources.map(async (label) => ({ grant: await source(pathOf(label), 'either'), label })),
            ),
            out,
            as: options.as,
            strict: options.strict ?? false,
            ...(options.registryId ? { registryId: options.registryId } : {}),
            ...(options.registryName ? { registryName: options.registryName } : {}),
          });
          if (options.json) return printJson(result);
          printCollected(result, options.out);
        }),
    );
}

/** `mlflow-export:DIR` and `DIR` name the same thing: formats are recognised by content. */
export const pathOf = (source: string): string =>
  existsSync(source) ? source : (/^[a-z][a-z0-9-]+:(?!\/\/)(.+)$/.exec(source)?.[1] ?? source);

function printCollected(result: OutputOf<'collect.run'>, out: string): void {
  print(`${styled('bold', safe(result.registry.name || result.registry.id))}  (${result.role})`);
  print(table(['kind', 'records'], Object.entries(result.counts)));
  print();
  print(
    table(
      ['format', 'files', 'records'],
      result.inputs.byFormat.map((f) => [f.format, f.files, f.records]),
    ),
  );
  const { seen, used, skipped, refused } = result.inputs;
  print(`\n${counted(seen, 'file')} seen: ${count(used)} used, ${count(skipped)} skipped, ${count(refused)} refused.`);
  if (result.inputs.byReason.length > 0) {
    print(
      table(
        ['files', 'not used because', 'for example'],
        result.inputs.byReason.map((r) => [r.files, r.reason, r.examples[0] ?? '']),
      ),
    );
  }
  note(`Unpacked snapshot in ${out}; sign it with: assay snapshot pack ${out} --key KEY.key.pem --out FILE.assay`);
}
