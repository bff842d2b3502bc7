/** The `assay` command: the second host of the core. Its surface is a contract; see the README's command list. */
import { readFileSync } from 'node:fs';
import tab from '@bomb.sh/tab/commander';
import { Command, CommanderError } from 'commander';
import { applicationPath } from '../../core/resources.ts';
import { demoCommand } from './commands/demo.ts';
import { inventoryCommand, lineageCommand } from './commands/inventory.ts';
import { keysCommand } from './commands/keys.ts';
import { openCommand } from './commands/open.ts';
import { ledgerCommand, reportCommand } from './commands/report.ts';
import { checkCommand, findingsCommand, reconcileCommand } from './commands/review.ts';
import { schemaCommand } from './commands/schema.ts';
import { collectCommand, diffCommand, importCommand, snapshotCommand, snapshotsCommand } from './commands/snapshot.ts';
import { trustCommand } from './commands/trust.ts';
import { workspaceCommands } from './commands/workspace.ts';

export function buildProgram(): Command {
  const { version } = JSON.parse(readFileSync(applicationPath('package.json'), 'utf8')) as { version: string };
  const program = new Command('assay')
    .description("Audit an organisation's machine-learning model inventory, offline.")
    .version(version)
    .showHelpAfterError('(add --help for the usage)')
    .exitOverride();
  for (const sub of [
    demoCommand(),
    openCommand(),
    keysCommand(),
    trustCommand(),
    collectCommand(),
    snapshotCommand(),
    workspaceCommands(),
    importCommand(),
    snapshotsCommand(),
    inventoryCommand(),
    lineageCommand(),
    diffCommand(),
    reconcileCommand(),
    checkCommand(),
    findingsCommand(),
    reportCommand(),
    ledgerCommand(),
    schemaCommand(),
  ]) {
    program.addCommand(sub);
  }
  for (const sub of allCommands(program)) sub.exitOverride();
  return program;
}

const allCommands = (parent: Command): Command[] => parent.commands.flatMap((sub) => [sub, ...allCommands(sub)]);

export async function main(argv: readonly string[]): Promise<void> {
  const program = buildProgram();
  tab(program, { completionCommandName: 'completion' });
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // `assay … | head` closes the pipe early: that is not an error of ours.
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help and version are a success; every other complaint of the parser is a usage error.
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  }
}
