import { closeSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { raise } from '../../../src-shared/result.ts';
import { readPublicKey } from '../trust/keys.ts';
import type { Handler } from './context.ts';

/** A public key file is a few hundred bytes; whatever is larger is none. */
const maxKeyBytes = 16_384;

/** Shows a public key's fingerprint, to be compared with what the publisher says before it is trusted. */
export const trustRead: Handler<'trust.read'> = (context, input) => {
  const pem = input.pem ?? (input.file === undefined ? null : readKeyFile(context.grants.resolve(input.file)));
  if (pem === null) return raise('usage', 'trust.no_key', 'Give a public key file or its PEM text.');
  const { keyId, fingerprint, rawBytes } = readPublicKey(pem);
  return { keyId, fingerprint, keyDetails: 'PKIX_ECDSA_P256_SHA_256', rawBytes };
};

function readKeyFile(path: string): string {
  const bytes = Buffer.alloc(maxKeyBytes + 1);
  let length: number;
  try {
    const handle = openSync(path, 'r');
    try {
      length = readSync(handle, bytes, 0, bytes.length, 0);
    } finally {
      closeSync(handle);
    }
  } catch {
    return raise('input', 'key.unreadable', `The key file ${basename(path)} cannot be read.`, { file: basename(path) });
  }
  if (length > maxKeyBytes)
    raise('input', 'key.unreadable', `${basename(path)} is too large for a public key.`, { file: basename(path) });
  return bytes.toString('utf8', 0, length);
}
