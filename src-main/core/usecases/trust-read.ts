import { raise } from '../../../src-shared/result.ts';
import { readPublicKey } from '../trust/keys.ts';
import type { Handler } from './context.ts';
import { publicKeyOf } from './read-signing-keys.ts';

/** Shows a public key's fingerprint, to be compared with what the publisher says before it is trusted. */
export const trustRead: Handler<'trust.read'> = (context, input) => {
  if (input.pem === undefined && input.file === undefined)
    return raise('usage', 'trust.no_key', 'Give a public key file or its PEM text.');
  const key =
    input.pem === undefined && input.file !== undefined
      ? publicKeyOf(context, input.file)
      : readPublicKey(input.pem ?? '');
  return {
    keyId: key.keyId,
    fingerprint: key.fingerprint,
    keyDetails: 'PKIX_ECDSA_P256_SHA_256',
    rawBytes: key.rawBytes,
  };
};
