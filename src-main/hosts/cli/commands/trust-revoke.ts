/** `assay trust revoke` with its preview, and `confirm`: the word on a key, bad and good. */
import type { Command } from 'commander';
import type { OutputOf } from '../../../../src-shared/contract/contract.ts';
import { raise } from '../../../../src-shared/result.ts';
import { keyRow } from '../documents.ts';
import { type CommonOptions, printJson, withEngine } from '../run.ts';
import { counted, note, print, safe, table } from '../terminal.ts';
import { integer, words, workspaceCommand } from './options.ts';
import { findKey } from './trust-keys.ts';

interface RevokeOptions extends CommonOptions {
  readonly after: number;
  readonly reason?: string;
  readonly dryRun?: boolean;
}

export function revokeCommand(): Command {
  return workspaceCommand(
    'revoke',
    'stop trusting a key after its last good snapshot',
    'assay trust revoke "Model registry" -w audit --after 12 --reason "laptop stolen"',
  )
    .argument('<key>', 'label, key id, or the start of the fingerprint')
    .requiredOption('--after <sequence>', 'last sequence that stays trusted', integer)
    .option('--reason <text>', 'why; needed unless with --dry-run', words)
    .option('--dry-run', 'show what would become untrusted, change nothing')
    .action(async (wanted: string, options: RevokeOptions) =>
      withEngine(options, async (session) => {
        if (!options.dryRun && options.reason === undefined)
          raise('usage', 'trust.no_reason', 'A revocation needs its reason: --reason TEXT. Nothing was changed.');
        await session.unlock(options);
        const key = await findKey(session, wanted);
        if (options.dryRun) {
          const preview = await session.run('trust.revokePreview', { hint: key.hint, maxSequence: options.after });
          return options.json ? printJson(preview) : printPreview(preview);
        }
        const revoked = await session.run('trust.revoke', {
          hint: key.hint,
          maxSequence: options.after,
          reason: options.reason ?? '',
        });
        if (options.json) return printJson(keyRow(revoked));
        print(`Revoked: ${safe(revoked.label)}; snapshots up to sequence ${options.after} stay trusted.`);
      }),
    );
}

function printPreview(preview: OutputOf<'trust.revokePreview'>): void {
  const { affected, signed } = preview;
  print(
    affected.length === 0
      ? `None of the ${counted(signed, 'stored snapshot')} that "${safe(preview.label)}" signed would change.`
      : `${affected.length} of the ${counted(signed, 'stored snapshot')} that "${safe(preview.label)}" signed would change:`,
  );
  if (affected.length > 0)
    print(
      table(
        ['snapshot', 'registry', 'sequence', 'what would change', 'runs', 'evaluations', 'reports'],
        affected.map((row) => [
          `S${row.snapshot}`,
          row.registryName || row.registryId,
          row.sequence,
          row.text,
          row.reconcileRuns.join(', ') || '-',
          row.checkRuns.join(', ') || '-',
          row.reports.map(({ id, signed: isSigned }) => `${id}${isSigned ? ' (signed)' : ''}`).join(', ') || '-',
        ]),
      ),
    );
  for (const registryId of preview.registriesWithoutQuorum)
    print(`No new snapshot of ${safe(registryId)} could be accepted: too few keys are left that can sign for it.`);
  note('Nothing was changed.');
}

export function confirmCommand(): Command {
  return workspaceCommand(
    'confirm',
    'you asked the publisher today, and nothing was revoked',
    'assay trust confirm "Model registry" -w audit',
  )
    .argument('[key...]', 'labels, key ids or starts of fingerprints; default: every key that is not revoked')
    .action(async (wanted: string[], options: CommonOptions) =>
      withEngine(options, async (session) => {
        await session.unlock(options);
        const hints: string[] = [];
        for (const name of wanted) hints.push((await findKey(session, name)).hint);
        const confirmed = await session.run('trust.confirm', hints.length > 0 ? { hints } : {});
        if (options.json) return printJson(confirmed);
        print(`${counted(confirmed.keys, 'key')} confirmed; revocation is unknown from ${confirmed.confirmedAt} on.`);
      }),
    );
}
