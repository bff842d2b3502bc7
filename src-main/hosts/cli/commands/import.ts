/** `assay import`: bundles into a workspace. */
import type { Command } from 'commander';
import type { InputOf, OutputOf } from '../../../../src-shared/contract/contract.ts';
import { formatRef } from '../../../../src-shared/domain/record.ts';
import { AssayError } from '../../../../src-shared/result.ts';
import { type CommonOptions, printJson, type Session, withEngine } from '../run.ts';
import { count, counted, note, print, safe, styled, table } from '../terminal.ts';
import { type IdentityOptions, identityInput, withIdentity } from './identity.ts';
import { workspaceCommand } from './options.ts';
import { printVerificationLines } from './verification-lines.ts';

export function importCommand(): Command {
  return withIdentity(
    workspaceCommand(
      'import',
      'verify and import bundles into a workspace',
      'assay import registry-1.assay discovery-1.assay -w audit',
    ),
  )
    .argument('<file...>', 'bundles; - is stdin')
    .option('--historical', 'accept a bundle older than the newest one of its registry')
    .option('--dry-run', 'verify and compare, import nothing')
    .action(
      async (files: string[], options: CommonOptions & IdentityOptions & { historical?: boolean; dryRun?: boolean }) =>
        withEngine(options, async (session) => {
          const grants = await Promise.all(files.map((file) => session.source(file, 'stdin')));
          const identity = await identityInput(session, options);
          await session.unlock(options);
          const results: OutputOf<'snapshots.import'>[] = [];
          for (const [index, grant] of grants.entries()) {
            const file = files[index] ?? '';
            const result = await importOne(
              session,
              { file: grant, ...identity, ...flagsOf(options) },
              files.slice(0, index),
            );
            results.push(result);
            if (!options.json) printResult(file, result);
          }
          if (options.json) printJson(results.length === 1 ? results[0] : results);
        }),
    );
}

const flagsOf = (options: { readonly historical?: boolean; readonly dryRun?: boolean }) => ({
  historical: options.historical ?? false,
  dryRun: options.dryRun ?? false,
});

/** Each bundle is imported whole or not at all; a failure says what became of the ones before it. */
async function importOne(
  session: Session,
  input: InputOf<'snapshots.import'>,
  before: readonly string[],
): Promise<OutputOf<'snapshots.import'>> {
  try {
    return await session.run('snapshots.import', input);
  } catch (error) {
    if (!(error instanceof AssayError) || before.length === 0 || input.dryRun) throw error;
    const { failure } = error;
    throw new AssayError({
      ...failure,
      message: `${failure.message} Imported before it, and kept: ${before.join(', ')}.`,
      details: { ...failure.details, imported: before },
    });
  }
}

function printResult(file: string, result: OutputOf<'snapshots.import'>): void {
  if (result.answer) printAnswer(file, result, result.answer);
  else printImport(file, result);
}

function printImport(file: string, r: OutputOf<'snapshots.import'>): void {
  print(
    `${styled('bold', file)}: ${outcomes[r.outcome]}${r.snapshot === null ? '' : ` as snapshot ${r.snapshot}`}; ${safe(r.registry.name || r.registry.id)}, ${r.role}, sequence ${r.sequence}, taken ${r.takenAt}`,
  );
  print(
    `  ${count(r.records)} records (${count(r.bodiesReused)} bodies already stored); ${count(r.incomplete)} incomplete, in the review queue`,
  );
  printVerificationLines(r.verification, '  ');
  if (r.comparedTo !== null && r.outcome !== 'already_imported') {
    print(`  Against snapshot ${r.comparedTo}:`);
    print(
      table(
        ['  kind', 'records', 'added', 'changed', 'removed'],
        r.kinds.map((k) => [`  ${k.kind}`, k.records, k.added, k.changed, k.removed]),
      ),
    );
  }
  for (const warning of r.warnings) print(styled('yellow', `  ! ${safe(warning)}`));
}

const outcomes = { imported: 'imported', preview: 'would be imported', already_imported: 'already imported' } as const;

/** An answer goes to its request, not among the snapshots. */
function printAnswer(
  file: string,
  r: OutputOf<'snapshots.import'>,
  answer: NonNullable<OutputOf<'snapshots.import'>['answer']>,
): void {
  const { records, kinds } = answer.missing;
  print(
    `${styled('bold', file)}: ${outcomes[r.outcome]} as an answer to request ${answer.request.slice(0, 8)}; ${safe(r.registry.name || r.registry.id)}, ${counted(r.records, 'record')}`,
  );
  print(`  The request is ${answer.state.replace('_', ' ')}.`);
  printVerificationLines(r.verification, '  ');
  for (const ref of records) print(styled('yellow', `  missing  ${safe(formatRef(ref))}`));
  for (const kind of kinds)
    print(
      styled('yellow', `  missing  ${kind}: none came beside those that were named, or there may be more than came`),
    );
  for (const warning of r.warnings) print(styled('yellow', `  ! ${safe(warning)}`));
  note("An answer is kept with its request: verdicts rest on the registry's whole snapshots only.");
}
