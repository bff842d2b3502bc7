/**
 * One member of a ZIP file as a stream of its bytes, with everything that the two headers say checked against each other
 * and against what came out (APPNOTE 6.3.10 sections 4.3.7 to 4.3.9).
 */
import { pipeline, Readable } from 'node:stream';
import { crc32, createInflateRaw, type InflateRaw, inflateRawSync } from 'node:zlib';
import { AssayError } from '../../../src-shared/result.ts';
import type { ReadAt } from '../byte-source.ts';
import { hasDescriptor, packerHeader, refuseContainer, type ZipEntry } from './zip-directory.ts';

const localSignature = 0x04034b50;
const descriptorSignature = 0x08074b50;
const chunkBytes = 256 * 1024;
/** Inflating runs on another thread; the high-water mark lets it work ahead while chunks are hashed here. */
const inflateOptions = { chunkSize: chunkBytes, highWaterMark: 8 * chunkBytes };

/** Yields the unpacked bytes; `note` is told of alterations. Raises `input` / `container.header_mismatch`, `.member_damaged`. */
export async function* readZipMember(
  readAt: ReadAt,
  entry: ZipEntry,
  file: string,
  note: (alteration: string) => void,
): AsyncGenerator<Buffer> {
  const dataStart = await checkLocalHeader(readAt, entry, file, note);
  let bytes = 0;
  let crc = 0;
  const damaged = (why: string): never =>
    refuseContainer(file, 'member_damaged', `member "${entry.name}" ${why}`, entry.name);
  for await (const chunk of unpack(readAt, entry, dataStart, damaged)) {
    bytes += chunk.length;
    if (bytes > entry.bytes) damaged('unpacks to more than the directory says');
    crc = crc32(chunk, crc);
    yield chunk;
  }
  if (bytes !== entry.bytes) damaged('unpacks to less than the directory says');
  if (crc !== entry.crc32) damaged('has another checksum than the directory says');
}

/** Position of the data. */
async function checkLocalHeader(
  readAt: ReadAt,
  entry: ZipEntry,
  file: string,
  note: (alteration: string) => void,
): Promise<number> {
  const mismatch = (why: string): never =>
    refuseContainer(file, 'header_mismatch', `member "${entry.name}" is described in two ways: ${why}`, entry.name);
  const header = await readAt(entry.offset, 30 + entry.rawName.length);
  if (header.readUInt32LE(0) !== localSignature) mismatch('no local header where the directory points');
  if (header.readUInt16LE(6) !== entry.flags) mismatch('flags');
  if (header.readUInt16LE(8) !== entry.method) mismatch('compression method');
  if (header.readUInt16LE(26) !== entry.rawName.length || !header.subarray(30).equals(entry.rawName)) mismatch('name');
  const sizes = [header.readUInt32LE(14), header.readUInt32LE(18), header.readUInt32LE(22)];
  const listed = [entry.crc32, entry.compressedBytes, entry.bytes];
  const deferred = hasDescriptor(entry) && sizes.every((value) => value === 0);
  if (!deferred && sizes.some((value, index) => value !== listed[index])) mismatch('sizes or checksum');

  const extra = header.readUInt16LE(28);
  const asPacked =
    header.readUInt16LE(4) === packerHeader.versionNeeded &&
    header.readUInt16LE(10) === packerHeader.time &&
    header.readUInt16LE(12) === packerHeader.date &&
    extra === 0;
  if (!asPacked) note(`local header of ${entry.name}`);

  const dataStart = entry.offset + 30 + entry.rawName.length + extra;
  const dataEnd = dataStart + entry.compressedBytes;
  if (dataEnd > entry.end) mismatch('its data would overlap what follows');
  const descriptorBytes = hasDescriptor(entry) ? await checkDescriptor(readAt, entry, dataEnd, listed, mismatch) : 0;
  if (dataEnd + descriptorBytes !== entry.end) note(`bytes after ${entry.name}`);
  return dataStart;
}

/** Length of the data descriptor: 16 bytes with its signature, 12 without. */
async function checkDescriptor(
  readAt: ReadAt,
  entry: ZipEntry,
  at: number,
  listed: readonly number[],
  mismatch: (why: string) => never,
): Promise<number> {
  const found = await readAt(at, Math.min(16, entry.end - at));
  const start = found.length === 16 && found.readUInt32LE(0) === descriptorSignature ? 4 : 0;
  if (found.length < start + 12) return mismatch('its data descriptor is missing');
  if (listed.some((value, index) => found.readUInt32LE(start + 4 * index) !== value)) mismatch('its data descriptor');
  return start + 12;
}

async function* unpack(
  readAt: ReadAt,
  entry: ZipEntry,
  dataStart: number,
  damaged: (why: string) => never,
): AsyncGenerator<Buffer> {
  const packed = readRange(readAt, dataStart, entry.compressedBytes);
  if (entry.method === 0) {
    yield* packed;
    return;
  }
  if (entry.bytes <= chunkBytes && entry.compressedBytes <= chunkBytes) {
    yield inflateAtOnce(await readAt(dataStart, entry.compressedBytes), entry, damaged);
    return;
  }
  const source = Readable.from(packed, { objectMode: false, highWaterMark: chunkBytes });
  const inflate = createInflateRaw(inflateOptions);
  const stopped = pipeline(source, inflate, () => {});
  try {
    for await (const chunk of stopped) yield chunk;
  } catch (error) {
    if (error instanceof AssayError) throw error;
    damaged('cannot be unpacked');
  } finally {
    source.destroy();
    inflate.destroy();
  }
  if (inflate.bytesWritten !== entry.compressedBytes) damaged('has bytes after the end of its data');
}

/** A member of one chunk: a stream would cost more than the work, and a bundle may hold thousands of them. */
function inflateAtOnce(packed: Buffer, { bytes }: ZipEntry, damaged: (why: string) => never): Buffer {
  const { buffer, engine } = inflateWhole(packed, bytes) ?? damaged('cannot be unpacked');
  if (engine.bytesWritten !== packed.length) damaged('has bytes after the end of its data');
  return buffer;
}

/** Null for what is not deflate data, is cut off, or unpacks to more than `atMost` bytes. */
function inflateWhole(packed: Buffer, atMost: number): { buffer: Buffer; engine: InflateRaw } | null {
  try {
    // The type package does not know that `info` changes what is returned.
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, atMost), info: true }) as unknown as {
      buffer: Buffer;
      engine: InflateRaw;
    };
  } catch {
    return null;
  }
}

async function* readRange(readAt: ReadAt, start: number, length: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < length; at += chunkBytes) yield await readAt(start + at, Math.min(chunkBytes, length - at));
}
