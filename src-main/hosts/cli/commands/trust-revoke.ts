/** `assay trust revoke` with its preview, and `confirm`: the word on a key, bad and good. */
import { type Command, InvalidArgumentError } from 'commander';
import type { OutputOf } from '../../../../src-shared/contract/contract.ts';
import { raise } from '../../../../src-shared/result.ts';
import { keyRow } from '../documents.ts';
import { type CommonOptions, printJson, type Session, withEngine } from '../run.ts';
import { counted, note, print, safe, table } from '../terminal.ts';
import { integer, words, workspaceCommand } from './options.ts';
import { findKey, type Key } from './trust-keys.ts';

interface RevokeOptions extends CommonOptions {
  readonly after?: After[];
  readonly reason?: string;
  readonly dryRun?: boolean;
}

/** `12`, `none`, `urn:uuid:…=12`. */
interface After {
  /** null: the one registry that the key has a say in, or with `none` every one. */
  readonly registryId: string | null;
  readonly maxSequence: number | null;
}

function lastAccepted(text: string, before: readonly After[] = []): After[] {
  const match = /^(?:(.+)=)?(\d{1,15}|none)$/.exec(text);
  if (!match?.[2])
    throw new InvalidArgumentError('A sequence, "none", or REGISTRY=SEQUENCE is needed, for example urn:uuid:…=12.');
  return [...before, { registryId: match[1] ?? null, maxSequence: match[2] === 'none' ? null : integer(match[2]) }];
}

export function revokeCommand(): Command {
  return workspaceCommand(
    'revoke',
    'stop trusting a key after its last good snapshot of each registry',
    'assay trust revoke "Model registry" -w audit --after 12 --reason "laptop stolen"',
  )
    .argument('<key>', 'label, key id, or the start of the fingerprint')
    .option(
      '--after <[registry=]sequence>',
      'last sequence that stays trusted, or none; repeat for more registries; default: the newest stored here',
      lastAccepted,
    )
    .option('--reason <text>', 'why; needed unless with --dry-run', words)
    .option('--dry-run', 'show what would become untrusted, change nothing')
    .action(async (wanted: string, options: RevokeOptions) =>
      withEngine(options, async (session) => {
        if (!options.dryRun && options.reason === undefined)
          raise('usage', 'trust.no_reason', 'A revocation needs its reason: --reason TEXT. Nothing was changed.');
        await session.unlock(options);
        const key = await findKey(session, wanted);
        const accepted = await registriesOf(session, key, options.after ?? []);
        const preview = await session.run('trust.revokePreview', { hint: key.hint, accepted });
        if (options.dryRun) return options.json ? printJson(preview) : printPreview(preview);
        // What was computed is what is asked for, so that nothing that is imported meanwhile moves it.
        const exactly = preview.accepted.map(({ registryId, maxSequence }) => ({ registryId, maxSequence }));
        const revoked = await session.run('trust.revoke', {
          hint: key.hint,
          accepted: exactly,
          reason: options.reason ?? '',
        });
        if (options.json) return printJson(keyRow(revoked));
        print(`Revoked: ${safe(revoked.label)}`);
        printAccepted(preview);
      }),
    );
}

/** Gives each number its registry. Raises `usage` / `trust.which_registry` where a bare number could be meant for several. */
async function registriesOf(session: Session, key: Key, after: readonly After[]) {
  const { accepted } = await session.run('trust.revokePreview', { hint: key.hint });
  const known = accepted.map(({ registryId }) => registryId);
  return after.flatMap(({ registryId, maxSequence }) => {
    if (registryId !== null) return [{ registryId, maxSequence }];
    if (maxSequence !== null && known.length !== 1) {
      raise(
        'usage',
        'trust.which_registry',
        known.length === 0
          ? `"${key.label}" has signed nothing that is stored here, so ${maxSequence} could be of any registry; write --after REGISTRY=${maxSequence}, or --after none. Nothing was changed.`
          : `"${key.label}" has a say in ${known.length} registries, whose numbers are their own; write --after REGISTRY=${maxSequence} for ${known.join(' and ')}. Nothing was changed.`,
        { registries: known },
      );
    }
    return known.map((id) => ({ registryId: id, maxSequence }));
  });
}

export const upTo = (maxSequence: number | null): string =>
  maxSequence === null ? 'nothing' : `up to sequence ${maxSequence}`;

function printAccepted({ accepted }: OutputOf<'trust.revokePreview'>): void {
  for (const { registryId, registryName, maxSequence } of accepted)
    print(`  ${safe(registryName || registryId)}: ${upTo(maxSequence)} stays trusted`);
  print(accepted.length === 0 ? '  Nothing that it signed is trusted.' : '  Any other registry: nothing.');
}

function printPreview(preview: OutputOf<'trust.revokePreview'>): void {
  const { affected, signed } = preview;
  printAccepted(preview);
  print(
    affected.length === 0
      ? `None of the ${counted(signed, 'stored snapshot')} that "${safe(preview.label)}" signed would change.`
      : `${affected.length} of the ${counted(signed, 'stored snapshot')} that "${safe(preview.label)}" signed would change:`,
  );
  printAffected(affected);
  for (const registryId of preview.registriesWithoutQuorum)
    print(`No new snapshot of ${safe(registryId)} could be accepted: too few keys are left that can sign for it.`);
  note('Nothing was changed.');
}

/** Stored snapshots that lose a signer, with the runs and reports that rest on them. */
export function printAffected(affected: OutputOf<'trust.revokePreview'>['affected']): void {
  if (affected.length === 0) return;
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
