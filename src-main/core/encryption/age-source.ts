/**
 * The content of an age file, decrypted where it is read and nowhere else (C2SP age.md, "Payload"): chunks of 64 KiB, each
 * sealed with ChaCha20-Poly1305 under its number and a flag on the last.
 *
 * No byte is handed out before its chunk was authenticated, and nothing is ever written: memory holds a few chunks. The last
 * chunk is opened first, because its flag is what says that the file was not cut at the end of a chunk, and so how long the
 * content is. `@noble/ciphers` does the work because Electron's node:crypto has no ChaCha20-Poly1305.
 */
import { createHmac } from 'node:crypto';
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import type { ByteSource } from '../byte-source.ts';
import { headOf, isArmored } from './age-head.ts';
import { readAgeHeader } from './age-header.ts';
import { dearmored } from './armor-source.ts';
import { refuseEncrypted } from './refuse.ts';

const chunkBytes = 64 * 1024;
const tagBytes = 16;
const sealedBytes = chunkBytes + tagBytes;
const nonceBytes = 16;
/** Readers go forward with short looks ahead. */
const cachedChunks = 8;

/** Whoever can open the header of an encrypted file. */
export interface Identities {
  /** The 16-byte file key; raises `locked` / `bundle.wrong_identity` or `input` / `bundle.header`. */
  fileKeyOf(header: Buffer, file: string): Promise<Uint8Array>;
}

/** Content of the age file `source`; closing it closes `source`. Raises `locked` and `input` / `bundle.*`. */
export async function decrypted(source: ByteSource, identities: Identities): Promise<ByteSource> {
  const file = isArmored(await headOf(source)) ? await dearmored(source) : source;
  const header = await readAgeHeader(file);
  const fileKey = await identities.fileKeyOf(header, file.file);
  const layout = layoutOf(file, header.length);
  const key = payloadKey(fileKey, await file.read(header.length, nonceBytes));
  fileKey.fill(0);

  const cache = new Map<number, Promise<Buffer>>();
  const chunk = (index: number): Promise<Buffer> => {
    const known = cache.get(index);
    if (known) cache.delete(index);
    const opened = known ?? openChunk(file, layout, index, key);
    cache.set(index, opened);
    const [oldest] = cache.keys();
    if (cache.size > cachedChunks && oldest !== undefined) cache.delete(oldest);
    return opened;
  };
  await chunk(layout.chunks - 1);

  return {
    file: source.file,
    size: layout.plainBytes,
    async read(position, length) {
      const parts: Buffer[] = [];
      for (let at = position; at < position + length; ) {
        const index = Math.floor(at / chunkBytes);
        const start = at % chunkBytes;
        const part = (await chunk(index)).subarray(start, start + position + length - at);
        parts.push(part);
        at += part.length;
      }
      const [only, ...others] = parts;
      return only && others.length === 0 ? only : Buffer.concat(parts, length);
    },
    async close() {
      key.fill(0);
      cache.clear();
      await source.close();
    },
  };
}

interface Layout {
  /** Position of the first chunk. */
  readonly start: number;
  readonly chunks: number;
  /** Sealed size of all chunks. */
  readonly bytes: number;
  readonly plainBytes: number;
}

/** Only an empty payload may end in an empty chunk; every other remainder too short for a tag is a cut. */
function layoutOf({ file, size }: ByteSource, headerBytes: number): Layout {
  const start = headerBytes + nonceBytes;
  const bytes = size - start;
  const chunks = Math.ceil(bytes / sealedBytes);
  const last = bytes - (chunks - 1) * sealedBytes;
  if (bytes < tagBytes || last < tagBytes || (chunks > 1 && last === tagBytes))
    return refuseEncrypted(file, 'damaged', 'it is cut off, or bytes were added to its end');
  return { start, chunks, bytes, plainBytes: bytes - chunks * tagBytes };
}

async function openChunk(source: ByteSource, layout: Layout, index: number, key: Uint8Array): Promise<Buffer> {
  const isLast = index === layout.chunks - 1;
  const from = index * sealedBytes;
  const sealed = await source.read(layout.start + from, Math.min(sealedBytes, layout.bytes - from));
  const nonce = Buffer.alloc(12);
  nonce.writeBigUInt64BE(BigInt(index), 3);
  nonce.writeUInt8(isLast ? 1 : 0, 11);
  try {
    const plain = chacha20poly1305(key, nonce).decrypt(sealed);
    return Buffer.from(plain.buffer, plain.byteOffset, plain.byteLength);
  } catch {
    const where = isLast ? 'its end is missing or was changed' : `block ${index + 1} of ${layout.chunks} was changed`;
    return refuseEncrypted(source.file, 'damaged', where);
  }
}

/** HKDF-SHA-256 (RFC 5869) with one output block, over `createHmac` because Electron does not promise `hkdfSync`. */
function payloadKey(fileKey: Uint8Array, salt: Uint8Array): Buffer {
  const extracted = createHmac('sha256', salt).update(fileKey).digest();
  return createHmac('sha256', extracted).update('payload').update(Uint8Array.of(1)).digest();
}
