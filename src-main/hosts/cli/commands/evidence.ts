/** `assay inventory evidence`: the raw file behind a value. */
import type { Command } from 'commander';
import { type CommonOptions, printJson, withEngine } from '../run.ts';
import { count, note, print, safe, styled } from '../terminal.ts';
import { positive, workspaceCommand } from './options.ts';

/** Line by line, so that control characters are shown and lines stay lines. */
const printText = (text: string): void => {
  for (const line of text.replace(/\r?\n$/, '').split(/\r?\n/)) print(safe(line.replaceAll('\t', '  ')));
};

export function evidenceCommand(): Command {
  return workspaceCommand(
    'evidence',
    'the raw file behind a value, at the place where the value stands',
    "assay inventory evidence 1 'evidence/mlflow/model.json#/mlflow/registered_model/name' -w audit",
  )
    .argument('<snapshot>', 'snapshot number', positive)
    .argument('<locator>', 'as `inventory show --json` gives it for a value')
    .option('--whole', 'print the file, not only the place')
    .action((snapshot: number, locator: string, options: CommonOptions & { whole?: boolean }) =>
      withEngine(options, async (session) => {
        await session.unlock(options);
        const shown = await session.run('evidence.show', { snapshot, locator });
        if (options.json) return printJson(shown);
        note(`${styled('bold', safe(shown.name), process.stderr)}  ${shown.mediaType}, ${count(shown.bytes)} bytes`);
        note(`sha256:${shown.sha256}`);
        const place = options.whole ? null : shown.fragment;
        if (place !== null) {
          note(
            shown.match === 'exact'
              ? `At ${safe(shown.pointer)}:`
              : `Nothing stands at ${safe(shown.pointer)}; around it:`,
          );
          printText(place);
        } else if (shown.text === '' && shown.bytes > 0) note('The file is not text; it is not shown.');
        else printText(shown.text);
        if (place === null ? shown.textCut : shown.fragmentCut) note('Cut off here; the file goes on.');
      }),
    );
}
