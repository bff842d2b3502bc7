/** `assay schema`: the JSON Schema of what a command prints. */
import type { Command } from 'commander';
import { z } from 'zod';
import { dictionaryMarkdown } from '../../../../src-shared/domain/dictionary-table.ts';
import { raise } from '../../../../src-shared/result.ts';
import { documentOf, documents } from '../documents.ts';
import { printJson, reportFailure } from '../run.ts';
import { print } from '../terminal.ts';
import { command } from './options.ts';

export function schemaCommand(): Command {
  return command(
    'schema',
    'JSON Schema of what a command prints with --json; without a command, the list',
    'assay schema inventory list',
  )
    .argument('[command...]', 'a command, or a method of the contract (snapshots.import)')
    .option('--dictionary', 'print the data dictionary as Markdown instead')
    .action((path: string[], options: { json?: boolean; dictionary?: boolean }) => {
      if (options.dictionary) {
        print(dictionaryMarkdown());
        return;
      }
      if (path.length === 0) {
        const names = Object.keys(documents);
        if (options.json) printJson({ commands: names });
        else for (const name of names) print(name);
        return;
      }
      try {
        const name = path.join(' ');
        const schema =
          documentOf(name) ??
          raise(
            'usage',
            'schema.unknown',
            `"${name}" prints no JSON document; assay schema lists the commands that do.`,
          );
        printJson(z.toJSONSchema(schema, { unrepresentable: 'any' }));
      } catch (error) {
        process.exitCode = reportFailure(error, options);
      }
    });
}
