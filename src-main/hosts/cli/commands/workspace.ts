/** `assay workspace`: create and look at workspaces. */
import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import { readSecret } from '../prompt.ts';
import { type CommonOptions, printJson, withEngine } from '../run.ts';
import { count, note, print, styled } from '../terminal.ts';
import { command, group, words, workspaceCommand } from './options.ts';

export function workspaceCommands(): Command {
  const create = command(
    'create',
    'make an encrypted workspace; you become its administrator',
    'assay workspace create audit --name "Audit 2026"',
  )
    .argument('<path>', 'new folder')
    .option('--name <name>', 'name for people (default: the folder)', words)
    .option('--passphrase-file <file>', 'its first line is the passphrase; - is stdin (or ASSAY_PASSPHRASE)')
    .option('--user <name>', 'your name (or ASSAY_USER)', words)
    .action(async (path: string, options: CommonOptions & { name?: string }) =>
      withEngine(options, async ({ run, newFolder }) => {
        const folder = newFolder(path);
        const passphrase = await readSecret({
          file: options.passphraseFile,
          env: 'ASSAY_PASSPHRASE',
          fileOption: '--passphrase-file',
          prompt: 'New passphrase (12 characters or more)',
          noInput: options.input === false,
          confirm: true,
        });
        const { info, recoveryCode } = await run('workspace.create', {
          folder,
          name: options.name ?? basename(resolve(path)),
          userName: options.user ?? process.env['ASSAY_USER'] ?? 'Administrator',
          passphrase,
        });
        if (options.json) return printJson({ ...info, recoveryCode });
        print(
          `Workspace ${styled('bold', info.name)} created in ${path}; you work in it as ${info.user.name}, role ${info.user.role}.`,
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

  return group('workspace', 'encrypted workspaces', 'assay workspace create audit').addCommand(create).addCommand(info);
}
