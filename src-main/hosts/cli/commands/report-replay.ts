/** `assay report replay`: render a report again from the data it carries. */
import type { Command } from 'commander';
import type { CheckLine } from '../../../../src-shared/domain/trust.ts';
import { raise } from '../../../../src-shared/result.ts';
import { type CommonOptions, printJson, withEngine } from '../run.ts';
import { print, safe, styled } from '../terminal.ts';
import { positive, workspaceCommand } from './options.ts';

const marks = { pass: ['green', '✓'], fail: ['red', '✗'], warn: ['yellow', '!'], unknown: ['yellow', '?'] } as const;

const printLine = (label: string, { state, text }: CheckLine): void => {
  const [style, mark] = marks[state];
  print(`${styled(style, mark)} ${label.padEnd(10)} ${safe(text)}`);
};

/** Exit 0 when the pages are identical, 4 when they are not or nothing could be rendered. */
export function replayCommand(): Command {
  return workspaceCommand(
    'replay',
    'render a report again from the data it carries and compare it byte for byte',
    'assay report replay report.pdf',
  )
    .argument('[file.pdf]', 'report; - is stdin')
    .option('--id <n>', 'a report stored in the workspace, instead of a file', positive)
    .action((file: string | undefined, options: CommonOptions & { id?: number }) =>
      withEngine(options, async (session) => {
        if ((file === undefined) === (options.id === undefined))
          raise('usage', 'report.not_named', 'Name one report: a PDF file, or --id N of a workspace.');
        const input =
          file === undefined ? { id: options.id } : { file: await session.source(file, 'stdin'), id: undefined };
        if (options.id !== undefined || (options.workspace ?? process.env['ASSAY_WORKSPACE']))
          await session.unlock(options);
        const replay = await session.run('report.replay', input);
        if (options.json) printJson(replay);
        else {
          printLine('Pages', replay.result);
          printLine('Record', replay.record);
          print(safe(replay.replayed));
          print(safe(replay.notReplayed));
          if (replay.modelDigest) print(`Content sha256:${replay.modelDigest}`);
          print(`File    sha256:${replay.sha256}`);
        }
        return replay.ok ? 0 : 4;
      }),
    );
}
