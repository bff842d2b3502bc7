/** `assay import` and `assay snapshots`: bundles into a workspace. */
import type { Command } from 'commander';
import type { InputOf, OutputOf } from '../../../../src-shared/contract/contract.ts';
import { AssayError } from '../../../../src-shared/result.ts';
import { snapshotRow } from '../documents.ts';
import { type CommonOptions, printJson, printRows, type Session, withEngine } from '../run.ts';
import { count, note, print, safe, styled, table } from '../terminal.ts';
import { workspaceCommand } from './options.ts';

export function importCommand(): Command {
  return workspaceCommand(
    'import',
    'verify and import bundles into a workspace',
    'assay import registry-1.assay discovery-1.assay -w audit',
  )
    .argument('<file...>', 'bundles; - is stdin')
    .option('--historical', 'accept a bundle older than the newest one of its registry')
    .option('--dry-run', 'verify and compare, import nothing')
    .action(async (files: string[], options: CommonOptions & { historical?: boolean; dryRun?: boolean }) =>
      withEngine(options, async (session) => {
        const grants = await Promise.all(files.map((file) => session.source(file, 'stdin')));
        await session.unlock(options);
        const results: OutputOf<'snapshots.import'>[] = [];
        for (const [index, grant] of grants.entries()) {
          const file = files[index] ?? '';
          const result = await importOne(session, { file: grant, ...flagsOf(options) }, files.slice(0, index));
          results.push(result);
          if (!options.json) printImport(file, result);
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

function printImport(file: string, r: OutputOf<'snapshots.import'>): void {
  const outcome = { imported: 'imported', preview: 'would be imported', already_imported: 'already imported' }[
    r.outcome
  ];
  print(
    `${styled('bold', file)}: ${outcome}${r.snapshot === null ? '' : ` as snapshot ${r.snapshot}`}; ${safe(r.registry.name || r.registry.id)}, ${r.role}, sequence ${r.sequence}, taken ${r.takenAt}`,
  );
  print(
    `  ${count(r.records)} records (${count(r.bodiesReused)} bodies already stored); ${count(r.incomplete)} incomplete, in the review queue`,
  );
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

export function snapshotsCommand(): Command {
  return workspaceCommand('snapshots', 'what was imported, with chain state and gaps', 'assay snapshots -w audit')
    .option('--ndjson', 'one JSON document per row')
    .action(async (options: CommonOptions) =>
      withEngine(options, async (session) => {
        await session.unlock(options);
        const { snapshots } = await session.run('snapshots.list', {});
        if (options.ndjson) return printRows(snapshots.map(snapshotRow));
        if (options.json) return printJson({ snapshots: snapshots.map(snapshotRow) });
        if (snapshots.length === 0) return note('Nothing imported yet: assay import FILE.assay -w WORKSPACE');
        print(
          table(
            ['#', 'registry', 'role', 'seq', 'taken', 'records', 'signer', 'chain', 'coverage'],
            snapshots.map((s) => [
              String(s.snapshot),
              s.registryName || s.registryId,
              s.role,
              s.sequence,
              s.takenAt,
              s.records,
              s.signer,
              s.stale ? `${s.chain}, stale` : s.chain,
              s.complete ? 'complete' : 'incomplete',
            ]),
          ),
        );
      }),
    );
}
