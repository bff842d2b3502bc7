/** `assay trust threshold`: how many trusted keys must have signed a snapshot. */
import type { Command } from 'commander';
import { type CommonOptions, printJson, withEngine } from '../run.ts';
import { counted, print, safe } from '../terminal.ts';
import { positive, words, workspaceCommand } from './options.ts';

export function thresholdCommand(): Command {
  return workspaceCommand(
    'threshold',
    'how many trusted keys must have signed a snapshot',
    'assay trust threshold 2 -w audit --registry urn:uuid:…',
  )
    .argument('<n>', 'signatures needed; at most as many as there are usable keys', positive)
    .option('--registry <id>', 'for this registry only; the higher of its own and the common number counts', words)
    .action((threshold: number, options: CommonOptions & { registry?: string }) =>
      withEngine(options, async (session) => {
        await session.unlock(options);
        const set = await session.run('trust.setThreshold', {
          threshold,
          ...(options.registry ? { registryId: options.registry } : {}),
        });
        if (options.json) return printJson(set);
        const ofWhat = set.registryId === null ? 'A snapshot' : `A snapshot of ${safe(set.registryId)}`;
        print(
          `${ofWhat} now needs ${counted(set.threshold, 'signature')}; ${counted(set.usableKeys, 'key')} can sign.`,
        );
      }),
    );
}
