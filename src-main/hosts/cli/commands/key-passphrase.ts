/** The passphrase of private keys that a command signs with. */
import { readFileSync } from 'node:fs';
import { raise } from '../../../../src-shared/result.ts';
import { readSecret } from '../prompt.ts';
import type { CommonOptions } from '../run.ts';

/** Asks only when an encrypted key needs one; a file that is no private key is told by its name first. */
export async function optionalKeyPassphrase(
  options: CommonOptions & { readonly keyPassphraseFile?: string },
  keys: readonly string[],
): Promise<string | null> {
  const encrypted = keys.filter((file) => {
    const text = readFileSync(file, 'latin1');
    if (!text.includes('PRIVATE KEY-----'))
      raise(
        'input',
        'key.not_private',
        `${file} holds no private key in PEM form; give the .key.pem file that assay keys generate wrote. Nothing was signed.`,
        { file },
      );
    return text.includes('ENCRYPTED');
  });
  if (encrypted.length === 0) return null;
  return readSecret({
    file: options.keyPassphraseFile,
    env: 'ASSAY_KEY_PASSPHRASE',
    fileOption: '--key-passphrase-file',
    prompt: `Passphrase of the key ${encrypted.join(', ')}`,
    noInput: options.input === false,
  });
}
