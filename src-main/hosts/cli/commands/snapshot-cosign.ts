/** `assay snapshot cosign`: a further signature by somebody who does not hold the first key. */
import type { Command } from 'commander';
import { type CommonOptions, printJson, withEngine } from '../run.ts';
import { counted, print } from '../terminal.ts';
import { optionalKeyPassphrase } from './key-passphrase.ts';
import { command, keyPassphraseFile } from './options.ts';

export function cosignCommand(): Command {
  return command(
    'cosign',
    'check the content and add a signature over the same statement',
    'assay snapshot cosign registry-1.assay --key second.key.pem --out registry-1-cosigned.assay',
  )
    .argument('<file>', 'bundle')
    .requiredOption('--key <file>', 'your publisher key (PKCS#8 PEM)')
    .requiredOption('--out <file>', 'bundle to write')
    .addOption(keyPassphraseFile())
    .action(async (file: string, options: CommonOptions & { key: string; out: string; keyPassphraseFile?: string }) =>
      withEngine(options, async ({ run, source, target }) => {
        const out = target(options.out);
        const grants = { file: await source(file, 'either'), key: await source(options.key) };
        const passphrase = await optionalKeyPassphrase(options, [options.key]);
        const signed = await run('snapshot.cosign', {
          file: grants.file,
          key: { file: grants.key, ...(passphrase === null ? {} : { passphrase }) },
          out,
        });
        if (options.json) return printJson({ file: options.out, ...signed });
        print(
          `${options.out}: ${counted(signed.members, 'member')} checked, ${counted(signed.keyIds.length, 'signature')}`,
        );
        print(`Statement    sha256:${signed.statementSha256}`);
        print(`Signed by    ${signed.keyIds.join(', ')}`);
      }),
    );
}
