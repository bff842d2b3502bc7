/** `assay trust threshold`: how many trusted keys must have signed a snapshot. */
import type { Command } from 'commander';
import { type CommonOptions, printJson, withEngine } from '../run.ts';
import { counted, print } from '../terminal.ts';
import { positive, workspaceCommand } from './options.ts';

export function thresholdCommand(): Command {
  return workspaceCommand(
    'threshold',
    'how many trusted keys must have signed a snapshot',
    'assay trust threshold 2 -w audit',
  )
    .argument('<n>', 'signatures needed; at most as many as there are usable keys', positive)
    .action((threshold: number, options: CommonOptions) =>
      withEngine(options, async (session) => {
        await session.unlock(options);
        const set = await session.run('trust.setThreshold', { threshold });
        if (options.json) return printJson(set);
        print(
          `A snapshot now needs ${counted(set.threshold, 'signature')}; ${counted(set.usableKeys, 'key')} can sign.`,
        );
      }),
    );
}
