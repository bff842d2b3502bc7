/**
 * The packer's seal: SHA-256 over a ZIP file up to its end record, written as the archive comment (APPNOTE 6.3.10 section 4.3.16).
 *
 * A few bits of a ZIP file mean nothing: padding behind deflate data, codes that no symbol uses. Content that survives a change
 * there is intact, and the seal shows that the container was changed all the same (decisions.md 7). It is no signature: whoever
 * repacks a bundle may seal it anew, and has changed nothing that was signed.
 */
import { createHash } from 'node:crypto';
import { Transform } from 'node:stream';
import type { ReadAt } from '../byte-source.ts';

const prefix = 'assay-seal sha256:';
const pattern = /^assay-seal sha256:([0-9a-f]{64})$/;
const endRecordBytes = 22;
const chunkBytes = 256 * 1024;

/** Passes a ZIP file without a comment through and seals it. */
export function sealing(): Transform {
  const digest = createHash('sha256');
  // The end record is not known to be one until the file has ended.
  let held: Buffer = Buffer.alloc(0);
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const data = Buffer.concat([held, chunk]);
      const ready = data.subarray(0, Math.max(0, data.length - endRecordBytes));
      held = data.subarray(ready.length);
      digest.update(ready);
      done(null, ready);
    },
    flush(done) {
      const comment = Buffer.from(`${prefix}${digest.digest('hex')}`);
      const end = Buffer.from(held);
      end.writeUInt16LE(comment.length, end.length - 2);
      done(null, Buffer.concat([end, comment]));
    },
  });
}

/** The digest in an archive comment that is a seal, in hex, or null. */
export const sealIn = (comment: Buffer): string | null => pattern.exec(comment.toString('latin1'))?.[1] ?? null;

/** Whether the first `bytes` bytes have the digest that the seal states. Reads them all. */
export async function holdsSeal(readAt: ReadAt, bytes: number, seal: string): Promise<boolean> {
  const digest = createHash('sha256');
  for (let at = 0; at < bytes; at += chunkBytes) digest.update(await readAt(at, Math.min(chunkBytes, bytes - at)));
  return digest.digest('hex') === seal;
}
