/** `assay workspace`: create and look at workspaces. */
import { Command } from 'commander';
import { readSecret } from '../prompt.ts';
import { type CommonOptions, printJson, withEngine } from '../run.ts';
import { count, note, print, styled } from '../terminal.ts';
import { command, workspaceCommand } from './options.ts';

export function workspaceCommands(): Command {
  const create = command(
    'create',
    'make an encrypted workspace; you become its administrator',
    'assay workspace create audit --name "Audit 2026"',
  )
    .argument('<path>', 'new folder')
    .option('--name <name>', 'name for people (default: the folder)')
    .option('--passphrase-file <file>', 'read the passphrase from a file (or ASSAY_PASSPHRASE)')
    .option('--user <name>', 'your name (or ASSAY_USER)')
    .action(async (path: string, options: CommonOptions & { name?: string }) =>
      withEngine(options, async ({ run, grant }) => {
        const passphrase = await readSecret({
          file: options.passphraseFile,
          env: 'ASSAY_PASSPHRASE',
          prompt: 'New passphrase (12 characters or more)',
          noInput: options.input === false,
          confirm: true,
        });
        const { info, recoveryCode } = await run('workspace.create', {
          folder: grant(path),
          name: options.name ?? path.split(/[\\/]/).filter(Boolean).at(-1) ?? path,
          userName: options.user ?? process.env['ASSAY_USER'] ?? 'Administrator',
          passphrase,
        });
        if (options.json) return printJson({ ...info, recoveryCode });
        print(
          `Workspace ${styled('bold', info.name)} created in ${path}; you are ${info.user.name}, ${info.user.role}.`,
        );
        print();
        print(`Recovery code: ${styled('bold', recoveryCode)}`);
        note(
          'It is shown only now. Write it down and keep it away from this machine: it opens the workspace if the passphrase is lost.',
        );
      }),
    );

  const info = workspaceCommand('info', 'what is in a workspace', 'assay workspace info -w audit').action(
    async (options: CommonOptions) =>
      withEngine(options, async (session) => {
        await session.unlock(options);
        const value = await session.run('workspace.info', {});
        if (options.json) return printJson(value);
        print(`${styled('bold', value.name)}  ${value.workspaceId}`);
        print(`User       ${value.user.name} (${value.user.role})`);
        print(`Created    ${value.createdAt}`);
        print(`Snapshots  ${count(value.snapshots)}, records ${count(value.records)}`);
        print(
          `Store      ${count(value.storeBytes)} bytes, format ${value.formatVersion}${value.readOnly ? ', read-only' : ''}`,
        );
      }),
  );

  return new Command('workspace').description('encrypted workspaces').addCommand(create).addCommand(info);
}
