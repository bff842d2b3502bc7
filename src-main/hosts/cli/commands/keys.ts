/** `assay keys`: publisher keys. */
import { Command } from 'commander';
import { readSecret } from '../prompt.ts';
import { type CommonOptions, printJson, withEngine } from '../run.ts';
import { note, print, styled } from '../terminal.ts';
import { command, keyPassphraseFile } from './options.ts';

export function keysCommand(): Command {
  const generate = command(
    'generate',
    'make an ECDSA P-256 publisher key pair: PREFIX.key.pem and PREFIX.pub.pem',
    'assay keys generate --out keys/publisher --name "Model registry"',
  )
    .requiredOption('--out <prefix>', 'where the two files go')
    .option('--name <name>', 'a label for people')
    .addOption(keyPassphraseFile())
    .option('--no-passphrase', 'write the private key open (anyone with the file can sign)')
    .action(
      async (
        options: CommonOptions & { out: string; name?: string; keyPassphraseFile?: string; passphrase: boolean },
      ) => {
        await withEngine(options, async ({ run, grant }) => {
          const passphrase = options.passphrase
            ? await readSecret({
                file: options.keyPassphraseFile,
                env: 'ASSAY_KEY_PASSPHRASE',
                prompt: 'Passphrase for the new key',
                noInput: options.input === false,
                confirm: true,
              })
            : null;
          if (passphrase === null)
            note(styled('yellow', 'Warning: the private key is written without a passphrase.', process.stderr));
          const key = await run('keys.generate', {
            privateKey: grant(`${options.out}.key.pem`),
            publicKey: grant(`${options.out}.pub.pem`),
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
  return new Command('keys').description('publisher keys').addCommand(generate);
}
