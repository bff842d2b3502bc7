/** `assay trust rotate`: key rotations, on the publisher's side (prepare, cosign) and on the reader's (apply). */

import { basename } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import type { OutputOf } from '../../../../src-shared/contract/contract.ts';
import { type CommonOptions, printJson, type Session, withEngine } from '../run.ts';
import { counted, note, print, safe, styled } from '../terminal.ts';
import { optionalKeyPassphrase } from './key-passphrase.ts';
import {
  collectValues,
  command,
  group,
  integer,
  keyPassphraseFile,
  positive,
  words,
  workspaceCommand,
} from './options.ts';
import { upTo } from './trust-revoke.ts';

export function rotateCommand(): Command {
  return group(
    'rotate',
    'replace publisher keys, signed by those that they replace',
    'assay trust rotate apply rotation-2.json -w audit --dry-run',
  )
    .addCommand(prepareCommand())
    .addCommand(cosignRotationCommand())
    .addCommand(applyCommand());
}

interface Retired {
  readonly file: string;
  /** null: nothing that it signed stays good. */
  readonly lastSequence: number | null;
}

/** `old.pub.pem=12`. */
function retiredKey(text: string, before: readonly Retired[] = []): Retired[] {
  const match = /^(.+)=(\d{1,15}|none)$/.exec(text);
  if (!match?.[1])
    throw new InvalidArgumentError('FILE=LAST-SEQUENCE is needed, for example old.pub.pem=12, or old.pub.pem=none.');
  return [...before, { file: match[1], lastSequence: match[2] === 'none' ? null : integer(match[2] ?? '') }];
}

interface PrepareOptions extends CommonOptions {
  readonly registry: string;
  readonly serial: number;
  readonly add?: string[];
  readonly retire?: Retired[];
  readonly threshold: number;
  readonly key: string[];
  readonly out: string;
  readonly keyPassphraseFile?: string;
}

function prepareCommand(): Command {
  return command(
    'prepare',
    "write a rotation of one registry's keys and sign it; others add theirs with cosign",
    'assay trust rotate prepare --registry urn:uuid:… --serial 2 --add new.pub.pem --retire old.pub.pem=12 --key old.key.pem --key new.key.pem --out rotation-2.json',
  )
    .requiredOption('--registry <id>', 'the registry whose keys change', words)
    .requiredOption('--serial <n>', 'number of this rotation; higher than the one before', positive)
    .option('--add <file>', 'public key that joins; repeat for more', collectValues)
    .option(
      '--retire <file=sequence>',
      'public key that retires, and its last good sequence or none; repeat for more',
      retiredKey,
    )
    .option('--threshold <n>', 'signatures that a snapshot needs afterwards', positive, 1)
    .requiredOption('--key <file>', 'private key that signs: old ones, and every new one; repeat', collectValues)
    .requiredOption('--out <file>', 'rotation file to write')
    .addOption(keyPassphraseFile())
    .action(async (options: PrepareOptions) =>
      withEngine(options, async (session) => {
        const out = session.target(options.out);
        const add = await Promise.all(
          (options.add ?? []).map(async (file) => ({ file: await session.source(file), label: labelOf(file) })),
        );
        const retire = await Promise.all(
          (options.retire ?? []).map(async ({ file, lastSequence }) => ({
            file: await session.source(file),
            lastSequence,
          })),
        );
        const rotation = await session.run('trust.rotatePrepare', {
          registryId: options.registry,
          serial: options.serial,
          add,
          retire,
          threshold: options.threshold,
          keys: await signingKeys(session, options),
          out,
        });
        printRotationFile(rotation, options);
      }),
    );
}

function cosignRotationCommand(): Command {
  return command(
    'cosign',
    'add signatures to a rotation that somebody else prepared',
    'assay trust rotate cosign rotation-2.json --key second.key.pem --out rotation-2.json',
  )
    .argument('<file>', 'rotation file')
    .requiredOption('--key <file>', 'private key that signs as well; repeat for more', collectValues)
    .requiredOption('--out <file>', 'rotation file to write')
    .addOption(keyPassphraseFile())
    .action(async (file: string, options: CommonOptions & { key: string[]; out: string; keyPassphraseFile?: string }) =>
      withEngine(options, async (session) => {
        const out = session.target(options.out);
        const rotation = await session.run('trust.rotateCosign', {
          file: await session.source(file),
          keys: await signingKeys(session, options),
          out,
        });
        printRotationFile(rotation, options);
      }),
    );
}

async function signingKeys(
  session: Session,
  options: CommonOptions & { readonly key: string[]; readonly keyPassphraseFile?: string },
) {
  const files = await Promise.all(options.key.map((file) => session.source(file)));
  const passphrase = await optionalKeyPassphrase(options, options.key);
  return files.map((file) => ({ file, ...(passphrase === null ? {} : { passphrase }) }));
}

/** `new.pub.pem` is the key "new" to people, until the reader names it otherwise. */
const labelOf = (file: string): string => basename(file).replace(/(\.pub)?\.pem$/, '') || basename(file);

function printRotationFile(
  rotation: OutputOf<'trust.rotatePrepare'>,
  options: CommonOptions & { readonly out: string },
): void {
  if (options.json) {
    printJson({ file: options.out, ...rotation });
    return;
  }
  print(
    `${options.out}: rotation ${rotation.serial} of ${safe(rotation.registryId)}, signatures needed afterwards: ${rotation.threshold}`,
  );
  print(`Signed by    ${safe(rotation.signedBy.join(', '))}`);
  if (rotation.waitingFor.length > 0)
    note(`New keys that have not signed yet: ${safe(rotation.waitingFor.join(', '))}; every new key has to.`);
}

function applyCommand(): Command {
  return workspaceCommand(
    'apply',
    'apply a rotation that the old threshold of trusted keys has signed',
    'assay trust rotate apply rotation-2.json -w audit --dry-run',
  )
    .argument('<file>', 'rotation file; - is stdin')
    .option('--dry-run', 'show what would change, change nothing')
    .action(async (file: string, options: CommonOptions & { dryRun?: boolean }) =>
      withEngine(options, async (session) => {
        const grant = await session.source(file, 'stdin');
        await session.unlock(options);
        const applied = await session.run('trust.rotateApply', { file: grant, dryRun: options.dryRun ?? false });
        if (options.json) return printJson(applied);
        printApplied(applied);
      }),
    );
}

function printApplied(applied: OutputOf<'trust.rotateApply'>): void {
  const done = applied.outcome === 'applied';
  print(`Key rotation ${applied.serial} of ${safe(applied.registryId)} ${done ? 'was applied' : 'would be applied'}.`);
  print(`Signed by ${applied.accepted} of the ${counted(applied.needed, 'old key')} needed:`);
  for (const signer of applied.signers)
    print(
      `  ${signer.counts === 'other' ? styled('yellow', '?') : styled('green', '✓')} ${safe(signer.label)}: ${safe(signer.reason)}`,
    );
  for (const key of applied.added) print(`  + ${safe(key.label)}  ${key.fingerprint}`);
  for (const key of applied.retired)
    print(`  - ${safe(key.label)}  ${key.fingerprint}, good: ${upTo(key.lastSequence)}`);
  print(`Signatures needed for this registry: ${applied.thresholdAfter} (until now ${applied.thresholdBefore})`);
}
