/** `assay trust export` and `import`: the trust store as a file that an administrator signs. */
import type { Command } from 'commander';
import type { OutputOf } from '../../../../src-shared/contract/contract.ts';
import { type CommonOptions, printJson, withEngine } from '../run.ts';
import { counted, note, print, safe } from '../terminal.ts';
import { words, workspaceCommand } from './options.ts';
import { printAffected } from './trust-revoke.ts';

export function exportCommand(): Command {
  return workspaceCommand(
    'export',
    'write the trust store as a signed file, for `trust import` and `snapshot verify --trust`',
    'assay trust export -w audit --out trust.json',
  )
    .requiredOption('--out <file>', 'file to write')
    .option('--plain', 'plain JSON without a signature, for tools that read no envelope')
    .action(async (options: CommonOptions & { out: string; plain?: boolean }) =>
      withEngine(options, async (session) => {
        const file = session.target(options.out);
        await session.unlock(options);
        const written = await session.run('trust.export', { file, plain: options.plain ?? false });
        if (options.json) return printJson({ file: options.out, ...written });
        print(`${counted(written.keys, 'key')} written to ${options.out}`);
        if (!written.issuer) return note('It is unsigned: whoever can write to it decides whom it trusts.');
        print(`Number       ${written.serial}`);
        print(`Signed by    ${safe(written.issuer.name)}`);
        print(`Fingerprint  ${written.issuer.fingerprint}`);
        note('Read the fingerprint to whoever imports it, over another channel.');
      }),
    );
}

interface ImportOptions extends CommonOptions {
  readonly issuer?: string;
  readonly replaceIssuer?: string;
  readonly widen?: boolean;
  readonly dryRun?: boolean;
}

export function importTrustCommand(): Command {
  return workspaceCommand(
    'import',
    "take over an administrator's signed trust file",
    'assay trust import trust.json -w audit --issuer "9f86 d081 …"',
  )
    .argument('<file>', 'file written by `trust export`; - is stdin')
    .option('--issuer <hex>', "the administrator's fingerprint, as you heard it; needed the first time", words)
    .option(
      '--replace-issuer <hex>',
      "take another administrator's files from now on, whatever their number; the new one's fingerprint, as you heard it",
      words,
    )
    .option('--widen', 'consent to what the file would let known keys do beyond what they may do here')
    .option('--dry-run', 'show what would change, change nothing')
    .action(async (file: string, options: ImportOptions) =>
      withEngine(options, async (session) => {
        const grant = await session.source(file, 'stdin');
        await session.unlock(options);
        const taken = await session.run('trust.import', {
          file: grant,
          dryRun: options.dryRun ?? false,
          widen: options.widen ?? false,
          ...(options.issuer ? { issuer: options.issuer } : {}),
          ...(options.replaceIssuer ? { replaceIssuer: options.replaceIssuer } : {}),
        });
        if (options.json) return printJson(taken);
        printTaken(taken);
      }),
    );
}

function printTaken(taken: OutputOf<'trust.import'>): void {
  const heading = {
    preview: 'would be taken over',
    applied: 'taken over',
    already_applied: 'was already taken over; nothing was changed',
  }[taken.outcome];
  print(`Trust file ${taken.serial} of ${safe(taken.issuer.name)}, issued ${taken.issuedAt}: ${heading}.`);
  print(`Fingerprint  ${taken.issuer.fingerprint}`);
  const wider = taken.changes.filter(({ kind }) => kind === 'wider');
  const kept = taken.changes.filter(({ kind }) => kind === 'kept');
  const done = taken.changes.filter(({ kind }) => kind !== 'wider' && kind !== 'kept');
  for (const { text } of done) print(`  + ${safe(text)}`);
  for (const { text } of wider) print(`  ? ${safe(text)}`);
  for (const { text } of kept) print(`  = ${safe(text)}`);
  printAffected(taken.affected);
  if (wider.length > 0) note('What is marked ? is not done: ask the administrator, then import again with --widen.');
  if (taken.outcome !== 'already_applied' && done.length === 0) print('  It changes nothing here.');
  if (taken.firstContact && taken.outcome === 'preview')
    note('This issuer is not known here yet: compare the fingerprint over another channel, then give it as --issuer.');
}
