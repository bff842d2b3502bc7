/** `assay keys`: publisher keys. */
import type { Command } from 'commander';
import { readSecret } from '../prompt.ts';
import { type CommonOptions, printJson, withEngine } from '../run.ts';
import { note, print, styled } from '../terminal.ts';
import { command, group, keyPassphraseFile, words } from './options.ts';

export function keysCommand(): Command {
  const generate = command(
    'generate',
    'make an ECDSA P-256 publisher key pair: PREFIX.key.pem and PREFIX.pub.pem',
    'assay keys generate --out keys/publisher --name "Model registry"',
  )
    .requiredOption('--out <prefix>', 'where the two files go')
    .option('--name <name>', 'a label for people', words)
    .addOption(keyPassphraseFile())
    .option('--no-passphrase', 'write the private key open (anyone with the file can sign)')
    .action(
      async (
        options: CommonOptions & { out: string; name?: string; keyPassphraseFile?: string; passphrase: boolean },
      ) => {
        await withEngine(options, async ({ run, target }) => {
          const files = { privateKey: target(`${options.out}.key.pem`), publicKey: target(`${options.out}.pub.pem`) };
          const passphrase = options.passphrase
            ? await readSecret({
                file: options.keyPassphraseFile,
                env: 'ASSAY_KEY_PASSPHRASE',
                fileOption: '--key-passphrase-file (or --no-passphrase)',
                prompt: 'Passphrase for the new key',
                noInput: options.input === false,
                confirm: true,
              })
            : null;
          if (passphrase === null)
            note(styled('yellow', 'Warning: the private key is written without a passphrase.', process.stderr));
          const key = await run('keys.generate', {
            ...files,
            ...(options.name ? { name: options.name } : {}),
            ...(passphrase === null ? {} : { passphrase }),
          });
          if (options.json)
            return printJson({ ...key, privateKey: `${options.out}.key.pem`, publicKey: `${options.out}.pub.pem` });
          print(`Private key  ${options.out}.key.pem${key.encrypted ? '' : '  (not encrypted)'}`);
          print(`Public key   ${options.out}.pub.pem`);
          print(`Key id       ${key.keyId}`);
          print(`Fingerprint  ${key.fingerprint}`);
          note('Read the fingerprint to the auditor over another channel; they compare it when they trust the key.');
        });
      },
    );
  return group('keys', 'publisher keys', 'assay keys generate --out publisher').addCommand(generate);
}
