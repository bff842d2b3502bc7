/** Flags of signing with a certificate from outside (decisions.md 10). */
import type { Command } from 'commander';
import type { InputOf } from '../../../../src-shared/contract/contract.ts';
import { raise } from '../../../../src-shared/result.ts';
import { readSecret } from '../prompt.ts';
import type { CommonOptions, Session } from '../run.ts';

export interface P12Options {
  readonly p12?: string;
  readonly p12PassphraseFile?: string;
}

export const withP12 = (command: Command): Command =>
  command
    .option('--p12 <file>', 'sign with the key and certificate in this PKCS#12 file instead of your own')
    .option('--p12-passphrase-file <file>', 'its first line opens the PKCS#12 file (or ASSAY_P12_PASSPHRASE)');

/** The part of `report.sign`'s input that the flags stand for; asks for the passphrase where none is given. */
export async function p12Input(
  session: Session,
  options: CommonOptions & P12Options,
): Promise<Pick<InputOf<'report.sign'>, 'p12'>> {
  if (options.p12 === undefined) {
    if (options.p12PassphraseFile !== undefined)
      raise('usage', 'p12.not_named', '--p12-passphrase-file belongs to --p12 FILE; name the PKCS#12 file too.');
    return {};
  }
  const file = await session.source(options.p12);
  const passphrase = await readSecret({
    file: options.p12PassphraseFile,
    env: 'ASSAY_P12_PASSPHRASE',
    fileOption: '--p12-passphrase-file',
    prompt: `Passphrase of ${options.p12}`,
    noInput: options.input === false,
  });
  return { p12: { file, passphrase } };
}
