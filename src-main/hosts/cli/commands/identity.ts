/** Flags of a command that may meet an encrypted bundle, and the key file they name. */
import { closeSync, openSync, readSync } from 'node:fs';
import { type Command, Option } from 'commander';
import type { InputOf } from '../../../../src-shared/contract/contract.ts';
import { isAgeHead } from '../../../core/encryption/age-head.ts';
import { readSecret } from '../prompt.ts';
import type { CommonOptions, Session } from '../run.ts';

export interface IdentityOptions {
  readonly identity?: string;
  readonly identityPassphraseFile?: string;
}

export const withIdentity = (command: Command): Command =>
  command
    .addOption(new Option('--identity <file>', 'age key file that opens an encrypted bundle'))
    .addOption(
      new Option(
        '--identity-passphrase-file <file>',
        'its first line opens a key file that is encrypted itself (or ASSAY_IDENTITY_PASSPHRASE)',
      ),
    );

/** The part of a method's input that says how an encrypted bundle is opened; asks for a passphrase only when one is needed. */
export async function identityInput(
  session: Session,
  options: CommonOptions & IdentityOptions,
): Promise<Pick<InputOf<'snapshots.import'>, 'identity'>> {
  if (options.identity === undefined) return {};
  const file = await session.source(options.identity);
  if (!isEncrypted(options.identity)) return { identity: { file } };
  const passphrase = await readSecret({
    file: options.identityPassphraseFile,
    env: 'ASSAY_IDENTITY_PASSPHRASE',
    fileOption: '--identity-passphrase-file',
    prompt: `Passphrase of the key file ${options.identity}`,
    noInput: options.input === false,
  });
  return { identity: { file, passphrase } };
}

function isEncrypted(path: string): boolean {
  const head = Buffer.alloc(64);
  const handle = openSync(path, 'r');
  try {
    return isAgeHead(head.subarray(0, readSync(handle, head)));
  } finally {
    closeSync(handle);
  }
}
