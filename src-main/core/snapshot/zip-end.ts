/** End records of a central directory (APPNOTE 6.3.10 section 4.3.16): all that a reader could take for the one that counts. */
import type { ReadAt } from '../byte-source.ts';
import { limits } from './limits.ts';

/** Size without the comment. */
export const endRecordBytes = 22;
const endSignature = Buffer.from('504b0506', 'hex');
const zip64LocatorSignature = 0x07064b50;

export interface EndRecord {
  readonly position: number;
  readonly entries: number;
  readonly directoryBytes: number;
  readonly directoryOffset: number;
  readonly commentBytes: number;
  /** The archive comment and whatever else stands behind the record. */
  readonly trailing: Buffer;
}

export interface EndRecords {
  /** The last one: whoever searches from the end of the file meets it first. */
  readonly end: EndRecord;
  /** Those before it, as far as a comment can reach. */
  readonly others: readonly EndRecord[];
}

export type Refuse = (code: string, why: string, member?: string) => never;

/** Refuses with `too_large`, `not_a_zip` or `zip64`. */
export async function findEnds(readAt: ReadAt, size: number, refuse: Refuse): Promise<EndRecords> {
  if (size > limits.containerBytes) refuse('too_large', `it is larger than ${limits.containerBytes} bytes`);
  const tailStart = Math.max(0, size - limits.tailBytes);
  const tail = await readAt(tailStart, size - tailStart);
  const found: EndRecord[] = [];
  for (
    let at = tail.indexOf(endSignature);
    at >= 0 && at + endRecordBytes <= tail.length;
    at = tail.indexOf(endSignature, at + 1)
  ) {
    const record = plausibleEnd(tail, at, tailStart);
    if (record) found.push(record);
  }
  const end = found.pop();
  if (!end) return refuse('not_a_zip', 'no end of a ZIP directory was found; the file is truncated or of another kind');
  const before = end.position - tailStart - 20;
  if (before >= 0 && tail.readUInt32LE(before) === zip64LocatorSignature)
    refuse('zip64', 'it uses Zip64, which no bundle within the limits needs');
  return { end, others: found };
}

function plausibleEnd(tail: Buffer, at: number, tailStart: number): EndRecord | null {
  const record = tail.subarray(at);
  const entries = record.readUInt16LE(10);
  const directoryBytes = record.readUInt32LE(12);
  const directoryOffset = record.readUInt32LE(16);
  const position = tailStart + at;
  const oneDisk = record.readUInt16LE(4) === 0 && record.readUInt16LE(6) === 0 && record.readUInt16LE(8) === entries;
  const fits = directoryBytes <= limits.centralDirectoryBytes && directoryOffset + directoryBytes <= position;
  const commentBytes = record.readUInt16LE(20);
  const trailing = record.subarray(endRecordBytes);
  if (!oneDisk || !fits || commentBytes > trailing.length) return null;
  return { position, entries, directoryBytes, directoryOffset, commentBytes, trailing };
}
