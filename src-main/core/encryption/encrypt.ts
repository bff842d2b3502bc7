/** Encrypts a stream to recipients as an age file, while it is made. */
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { Encrypter } from 'age-encryption';
import type { Identities } from './age-source.ts';

export interface Encrypted {
  readonly stream: Readable;
  /** Opens what `stream` holds, so that the packer can read its own file back before anybody is given it. */
  readonly witness: Identities;
}

/** `recipients` have been checked and are at least one. */
export async function encryptTo(recipients: readonly string[], plain: Readable): Promise<Encrypted> {
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  let fileKey = new Uint8Array();
  // A recipient that adds no stanza and only sees the file key pass.
  encrypter.addRecipient({
    wrapFileKey(key) {
      fileKey = Uint8Array.from(key);
      return [];
    },
  });
  const sealed = await encrypter.encrypt(Readable.toWeb(plain) as globalThis.ReadableStream<Uint8Array>);
  return {
    stream: Readable.fromWeb(sealed as ReadableStream<Uint8Array>),
    witness: { fileKeyOf: async () => Uint8Array.from(fileKey) },
  };
}
