/** Reads a small file that a person named, without ever reading more than such a file can hold. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { AssayError, raise } from '../../../src-shared/result.ts';

/** All bytes. Raises `input` / `<code>.unreadable` or `<code>.too_large`. */
export function readBoundedFile(path: string, code: string, maxBytes: number): Uint8Array {
  const file = basename(path);
  try {
    // Opening a pipe must not wait for a writer.
    const handle = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      if (!fstatSync(handle).isFile())
        return raise('input', `${code}.unreadable`, `${file} cannot be read: it is not a file.`, { file });
      return readAtMost(handle, maxBytes, () =>
        raise('input', `${code}.too_large`, `${file} is larger than ${maxBytes} bytes; it was not read.`, { file }),
      );
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    if (error instanceof AssayError || !(error instanceof Error && 'code' in error)) throw error;
    return raise('input', `${code}.unreadable`, `${file} cannot be read (${String(error.code)}).`, { file });
  }
}

const chunkBytes = 1024 * 1024;

/** In chunks: a growing file says nothing true about its size. */
function readAtMost(handle: number, maxBytes: number, tooLarge: () => never): Uint8Array {
  const chunks: Buffer[] = [];
  for (let total = 0; ; ) {
    const chunk = Buffer.alloc(chunkBytes);
    const length = readSync(handle, chunk, 0, chunkBytes, null);
    if (length === 0) return Buffer.concat(chunks, total);
    total += length;
    if (total > maxBytes) return tooLarge();
    chunks.push(chunk.subarray(0, length));
  }
}
