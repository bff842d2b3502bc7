/** Age files for the tests of this area: made by the library, or by hand where the library would not make them. */
import { createHmac, randomBytes } from 'node:crypto';
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import type { ByteSource } from '../../../src-main/core/byte-source.ts';
import { decrypted, type Identities } from '../../../src-main/core/encryption/age-source.ts';
import { readIdentities } from '../../../src-main/core/encryption/identity-file.ts';
import { AssayError, type Failure } from '../../../src-shared/result.ts';

export const chunk = 64 * 1024;
export const sealedChunk = chunk + 16;

export interface Holder {
  readonly identity: string;
  readonly recipient: string;
  readonly identities: Identities;
}

export async function newHolder(): Promise<Holder> {
  const identity = await generateX25519Identity();
  const identities = await readIdentities(Buffer.from(`# created: now\n${identity}\n`), 'key.txt', undefined);
  return { identity, recipient: await identityToRecipient(identity), identities };
}

export async function sealFor(plain: Uint8Array, ...recipients: readonly string[]): Promise<Buffer> {
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  return Buffer.from(await encrypter.encrypt(plain));
}

export interface CountingSource extends ByteSource {
  readonly bytesRead: () => number;
}

/** A file in memory that counts what is read of it. */
export function sourceOf(bytes: Buffer, file = 'sample.assay'): CountingSource {
  let read = 0;
  return {
    file,
    size: bytes.length,
    read: async (position, length) => {
      if (position < 0 || position + length > bytes.length) throw new RangeError('read outside the file');
      read += length;
      return bytes.subarray(position, position + length);
    },
    close: async () => {},
    bytesRead: () => read,
  };
}

/** Everything, read through the decrypting source in steps of `step`. */
export async function openAll(bytes: Buffer, identities: Identities, step = 10_000): Promise<Buffer> {
  const source = await decrypted(sourceOf(bytes), identities);
  const parts: Buffer[] = [];
  for (let at = 0; at < source.size; at += step) {
    parts.push(Buffer.from(await source.read(at, Math.min(step, source.size - at))));
  }
  await source.close();
  return Buffer.concat(parts);
}

/** The failure that `work` raises; anything else it does fails the test. */
export async function failureOf(work: Promise<unknown>): Promise<Failure> {
  try {
    await work;
  } catch (error) {
    if (error instanceof AssayError) return error.failure;
    throw error;
  }
  throw new Error('it was accepted');
}

/** Length of the textual header. */
export const headerLength = (file: Buffer): number => file.indexOf('\n', file.indexOf('\n---') + 1) + 1;

/** A payload sealed by hand, chunk by chunk with the flags as given, behind the header of a real file. */
export async function forge(
  holder: Holder,
  chunks: readonly { readonly plain: Uint8Array; readonly last: boolean; readonly number?: number }[],
): Promise<Buffer> {
  const real = await sealFor(Buffer.from('x'), holder.recipient);
  const header = real.subarray(0, headerLength(real));
  const fileKey = await holder.identities.fileKeyOf(header, 'forged');
  const salt = randomBytes(16);
  const extracted = createHmac('sha256', salt).update(fileKey).digest();
  const key = createHmac('sha256', extracted).update('payload').update(Uint8Array.of(1)).digest();
  const sealed = chunks.map(({ plain, last, number }, index) => {
    const nonce = Buffer.alloc(12);
    nonce.writeUInt32BE(number ?? index, 7);
    nonce[11] = last ? 1 : 0;
    return chacha20poly1305(key, nonce).encrypt(plain);
  });
  return Buffer.concat([header, salt, ...sealed]);
}
