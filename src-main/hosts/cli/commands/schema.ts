/** `assay schema`: the JSON Schema of what a command prints. */
import type { Command } from 'commander';
import { z } from 'zod';
import { contract, isMethod } from '../../../../src-shared/contract/contract.ts';
import { raise } from '../../../../src-shared/result.ts';
import { reportFailure } from '../run.ts';
import { print } from '../terminal.ts';
import { command } from './options.ts';

export function schemaCommand(): Command {
  return command('schema', "JSON Schema of a method's output, or the list of methods", 'assay schema snapshots.import')
    .argument('[method]', 'e.g. reconcile.run')
    .action((method: string | undefined) => {
      if (method === undefined) {
        for (const [name, entry] of Object.entries(contract))
          print(`${name.padEnd(24)} ${entry.kind.padEnd(8)} ${entry.title}`);
        return;
      }
      try {
        if (!isMethod(method))
          raise('usage', 'schema.unknown', `There is no method "${method}"; assay schema lists them.`);
        else print(JSON.stringify(z.toJSONSchema(contract[method].output, { unrepresentable: 'any' }), null, 2));
      } catch (error) {
        process.exitCode = reportFailure(error, false);
      }
    });
}
