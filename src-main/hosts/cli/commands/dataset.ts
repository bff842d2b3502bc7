/** `assay dataset`: data on disk against the digest that its record states. */
import type { Command } from 'commander';
import { printJson, withEngine } from '../run.ts';
import { type FileCheckOptions, fileOptions, filesInput, printFileCheck, verdictCode } from './file-check.ts';
import { refOf } from './kind.ts';
import { group } from './options.ts';

export function datasetCommand(): Command {
  const verify = fileOptions(
    'verify',
    'data on disk against the digest in its record; the result is kept with it',
    'assay dataset verify data/loans-2026 -w audit --id loans-2026',
  )
    .argument('<path>', 'folder or file of the dataset')
    .requiredOption('--id <dataset>', 'dataset of the workspace')
    .action(async (path: string, options: FileCheckOptions & { id: string }) =>
      withEngine(options, async (session) => {
        const input = await filesInput(session, path, options);
        await session.unlock(options);
        const id = options.id.startsWith('dataset/') ? options.id : `dataset/${options.id}`;
        const checked = await session.run('artifact.check', { ...input, ref: refOf(id) });
        if (options.json) printJson(checked);
        else printFileCheck(checked.verification, checked);
        return verdictCode(checked.verification);
      }),
    );
  return group('dataset', 'data on disk', 'assay dataset verify data/loans-2026 -w audit --id loans-2026').addCommand(
    verify,
  );
}
