/** The `assay` command: the second host of the core. Its surface is a contract; see the README's command list. */
import { readFileSync } from 'node:fs';
import tab from '@bomb.sh/tab/commander';
import { Command, CommanderError } from 'commander';
import { AssayError } from '../../../src-shared/result.ts';
import { applicationPath } from '../../core/resources.ts';
import { artifactCommand } from './commands/artifact.ts';
import { checkCommand } from './commands/check.ts';
import { collectCommand } from './commands/collect.ts';
import { datasetCommand } from './commands/dataset.ts';
import { demoCommand } from './commands/demo.ts';
import { diffCommand } from './commands/diff.ts';
import { findingsCommand } from './commands/findings.ts';
import { importCommand } from './commands/import.ts';
import { inventoryCommand } from './commands/inventory.ts';
import { keysCommand } from './commands/keys.ts';
import { ledgerCommand } from './commands/ledger.ts';
import { lineageCommand } from './commands/lineage.ts';
import { lintCommand } from './commands/lint.ts';
import { openCommand } from './commands/open.ts';
import { proofCommand } from './commands/proof.ts';
import { reconcileCommand } from './commands/reconcile.ts';
import { reportCommand } from './commands/report.ts';
import { requestCommand } from './commands/request.ts';
import { schemaCommand } from './commands/schema.ts';
import { snapshotCommand } from './commands/snapshot.ts';
import { snapshotsCommand } from './commands/snapshots.ts';
import { trustCommand } from './commands/trust.ts';
import { workspaceCommands } from './commands/workspace.ts';
import { reportFailure } from './run.ts';
import { toleratePipesThatClose } from './terminal.ts';

const footer = `
Data goes to standard output, messages to standard error. Exit codes: 0 clean, 1 findings or differences, 2 usage,
3 bad input, 4 trust, 5 locked, 6 refused, 70 internal error, 130 interrupted.

Example:
  assay demo --out assay-demo        the whole job on generated data, in a new folder`;

export function buildProgram(): Command {
  const { version } = JSON.parse(readFileSync(applicationPath('package.json'), 'utf8')) as { version: string };
  const program = new Command('assay')
    .description("Audit an organisation's machine-learning model inventory, offline.")
    .version(version)
    .addHelpText('after', footer);
  for (const sub of [
    demoCommand(),
    openCommand(),
    keysCommand(),
    trustCommand(),
    collectCommand(),
    lintCommand(),
    snapshotCommand(),
    proofCommand(),
    artifactCommand(),
    datasetCommand(),
    workspaceCommands(),
    importCommand(),
    snapshotsCommand(),
    inventoryCommand(),
    lineageCommand(),
    diffCommand(),
    reconcileCommand(),
    checkCommand(),
    findingsCommand(),
    requestCommand(),
    reportCommand(),
    ledgerCommand(),
    schemaCommand(),
  ]) {
    program.addCommand(sub);
  }
  addCompletion(program);
  return program;
}

/** `assay completion SHELL` prints the script; the shells then call the hidden `assay complete`. */
function addCompletion(program: Command): void {
  const scripts = tab(program, { completionCommandName: 'completion' });
  program.commands
    .find((sub) => sub.name() === 'completion')
    ?.description('print a script that completes assay commands in your shell')
    .addHelpText('after', '\nExample:\n  source <(assay completion bash)')
    .action((shell: string) => scripts.setup('assay', 'assay', shell === 'pwsh' ? 'powershell' : shell))
    .registeredArguments[0]?.choices(['bash', 'zsh', 'fish', 'pwsh', 'powershell']);
}

const allCommands = (parent: Command): Command[] => parent.commands.flatMap((sub) => [sub, ...allCommands(sub)]);

const pathOf = (command: Command): string =>
  command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();

/**
 * Runs one command line. The parser's complaints take the form of every other failure: one sentence on standard error, with
 * --json the error document, exit code 2.
 */
export async function main(argv: readonly string[]): Promise<void> {
  toleratePipesThatClose();
  const program = buildProgram();
  let complaint: { readonly text: string; readonly where: string } | null = null;
  for (const sub of [program, ...allCommands(program)]) {
    sub.exitOverride().configureOutput({
      outputError: (text) => {
        complaint = { text, where: pathOf(sub) };
      },
    });
  }
  if (argv.length === 0) {
    program.outputHelp();
    return;
  }
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help and version are a success; a group without a command printed its help, and is still a usage error.
    if (error.exitCode === 0) return;
    process.exitCode = 2;
    if (complaint)
      process.exitCode = reportFailure(usage(complaint, error.code), {
        json: argv.includes('--json'),
        ndjson: argv.includes('--ndjson'),
      });
  }
}

function usage({ text, where }: { readonly text: string; readonly where: string }, code: string): AssayError {
  const [problem = '', ...hints] = text.trim().split('\n');
  const sentence = problem.replace(/^error: /, '').replace(/\.$/, '');
  const hint = hints.join(' ').replace(/^\((.*)\)$/, ' $1');
  return new AssayError({
    kind: 'usage',
    code: `usage.${code.replace(/^commander\./, '').replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`)}`,
    message: `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.${hint} See ${where} --help.`,
    details: { command: where },
  });
}
