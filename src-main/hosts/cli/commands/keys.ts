/** `assay keys`: publisher keys, and identities for encrypted bundles. */
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
          const passphrase = await newKeyPassphrase(options, 'the private key is written without a passphrase');
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
  return group('keys', 'publisher keys and identities', 'assay keys generate --out publisher')
    .addCommand(generate)
    .addCommand(generateIdentityCommand());
}

function generateIdentityCommand(): Command {
  return command(
    'generate-identity',
    'make an age key file that opens bundles encrypted to you',
    'assay keys generate-identity --out auditor.age-key.txt',
  )
    .requiredOption('--out <file>', 'key file to write; keep it secret')
    .addOption(keyPassphraseFile())
    .option('--no-passphrase', 'write the key file open (anyone with it can read the bundles)')
    .action(async (options: CommonOptions & { out: string; keyPassphraseFile?: string; passphrase: boolean }) =>
      withEngine(options, async ({ run, target }) => {
        const file = target(options.out);
        const passphrase = await newKeyPassphrase(options, 'the key file is written without a passphrase');
        const { recipient, encrypted } = await run('keys.generateIdentity', {
          file,
          ...(passphrase === null ? {} : { passphrase }),
        });
        if (options.json) return printJson({ file: options.out, recipient, encrypted });
        print(`Key file   ${options.out}${encrypted ? '' : '  (not encrypted)'}`);
        print(`Recipient  ${recipient}`);
        note(
          'Tell publishers the recipient: assay snapshot pack … --recipient; the key file opens: assay import … --identity.',
        );
      }),
    );
}

/** The passphrase that a new private key gets, or null where the person wants none and has been warned. */
async function newKeyPassphrase(
  options: CommonOptions & { readonly keyPassphraseFile?: string; readonly passphrase: boolean },
  warning: string,
): Promise<string | null> {
  if (!options.passphrase) {
    note(styled('yellow', `Warning: ${warning}.`, process.stderr));
    return null;
  }
  return readSecret({
    file: options.keyPassphraseFile,
    env: 'ASSAY_KEY_PASSPHRASE',
    fileOption: '--key-passphrase-file (or --no-passphrase)',
    prompt: 'Passphrase for the new key',
    noInput: options.input === false,
    confirm: true,
  });
}
