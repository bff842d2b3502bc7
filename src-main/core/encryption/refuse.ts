import { raise } from '../../../src-shared/result.ts';

/** Raises the failure of an encrypted file that is not what its format demands. */
export function refuseEncrypted(file: string, code: string, why: string): never {
  return raise('input', `bundle.${code}`, `${file} cannot be decrypted: ${why}. Nothing was imported.`, {
    file,
    reason: why,
  });
}
