/**
 * Frames: many short JSON lines compressed together, because a line alone hardly compresses and every byte is encrypted.
 *
 * A line's `location` is frame * 4096 + its index in the frame. Reading one line inflates its frame; a small cache makes the
 * neighbours free, and lists read neighbours.
 */
import { createHash } from 'node:crypto';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { raise } from '../../../src-shared/result.ts';
import type { ReadableDb, WritableDb } from './database.ts';

const linesPerFrame = 4096;
const frameBytes = 64 * 1024;
const compression = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
/** No frame that this file writes inflates beyond a 1 MiB line plus a frame. */
const inflateLimit = 4 << 20;
/** Most frames inflate into one piece of this size. */
const outputChunk = 80 * 1024;

export const compress = (bytes: Uint8Array): Buffer => zstdCompressSync(bytes, compression);
export const decompress = (bytes: Uint8Array, limit = inflateLimit): Buffer =>
  zstdDecompressSync(bytes, { maxOutputLength: limit, chunkSize: outputChunk });

/** Collects lines; `location` of a line is known at once, its frame is written when it is full. */
export interface FrameWriter {
  add(line: string): number;
  flush(): void;
}

/** Body frames: filled in the order of arrival, which is (kind, id) order within a snapshot. */
export function bodyFrameWriter(db: WritableDb): FrameWriter {
  const insert = db.write<[number, Uint8Array]>('INSERT INTO body_frame (frame, data) VALUES (?, ?)');
  let frame = nextFrame(db, 'body_frame');
  let lines: string[] = [];
  let bytes = 0;
  const flush = (): void => {
    if (lines.length === 0) return;
    insert.run(frame, compress(Buffer.from(lines.join('\n'), 'utf8')));
    frame += 1;
    lines = [];
    bytes = 0;
  };
  return {
    add(line) {
      if (bytes + line.length > frameBytes || lines.length === linesPerFrame) flush();
      lines.push(line);
      bytes += line.length + 1;
      return frame * linesPerFrame + lines.length - 1;
    },
    flush,
  };
}

/** FNV-1a over UTF-16 units: cheap, and only decides where a provenance frame is cut. */
function cutsBefore(id: string): boolean {
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index += 1) hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  return ((hash ^ (hash >>> 15)) & 127) === 0;
}

/**
 * Provenance frames: cut where the record's id says so, so that the next snapshot of the same registry cuts at the same
 * records and finds almost every frame already stored. Frames are found again by digest.
 */
export function provFrameWriter(db: WritableDb, emit: (count: number, locationOfFirst: number) => void) {
  const insert = db.write<[number, Uint8Array, Uint8Array]>(
    'INSERT INTO prov_frame (frame, digest, data) VALUES (?, ?, ?)',
  );
  const find = db.readRaw<[Uint8Array], [number]>('SELECT frame FROM prov_frame WHERE digest = ?');
  let frame = nextFrame(db, 'prov_frame');
  let lines: string[] = [];
  let bytes = 0;
  const flush = (): void => {
    if (lines.length === 0) return;
    const text = Buffer.from(lines.join('\n'), 'utf8');
    const digest = createHash('sha256').update(text).digest();
    const known = find.get(digest)?.[0];
    if (known === undefined) insert.run(frame, digest, compress(text));
    emit(lines.length, (known ?? frame) * linesPerFrame);
    if (known === undefined) frame += 1;
    lines = [];
    bytes = 0;
  };
  return {
    /** The location of what was added is told through `emit` when its frame is complete. */
    add(id: string, line: string): void {
      if (cutsBefore(id) || bytes + line.length > frameBytes) flush();
      lines.push(line);
      bytes += line.length + 1;
    },
    flush,
  };
}

const nextFrame = (db: ReadableDb, table: 'body_frame' | 'prov_frame'): number =>
  (db.readRaw<[], [number | null]>(`SELECT max(frame) FROM ${table}`).get()?.[0] ?? 0) + 1;

/** The bytes of a line; valid as long as nobody writes to them. */
export type LineReader = (location: number) => Buffer;

/** Inflated bytes that each reader keeps. Lists and evaluations read in order of storage, so few frames serve them. */
const cachedBytes = 8 << 20;
const readers = new WeakMap<ReadableDb, { body: LineReader; prov: LineReader }>();

/** Readers of a handle: frames never change once written, so their cache never goes stale (a rollback frees no reader's frame). */
export function lineReaders(db: ReadableDb): { readonly body: LineReader; readonly prov: LineReader } {
  const known = readers.get(db);
  if (known) return known;
  const made = freshLineReaders(db);
  readers.set(db, made);
  return made;
}

/** Readers that have nothing cached yet: whoever checks the store must read the store. */
export const freshLineReaders = (db: ReadableDb): { readonly body: LineReader; readonly prov: LineReader } => ({
  body: lineReader(db, 'body_frame'),
  prov: lineReader(db, 'prov_frame'),
});

interface Frame {
  readonly bytes: Buffer;
  /** Where each line starts, and one more: behind the newline that the last one would have. */
  readonly starts: readonly number[];
}

const emptyFrame: Frame = { bytes: Buffer.alloc(0), starts: [] };
const newline = 10;

function frameOf(bytes: Buffer): Frame {
  const starts = [0];
  for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, end + 1)) starts.push(end + 1);
  starts.push(bytes.length + 1);
  return { bytes, starts };
}

function lineReader(db: ReadableDb, table: 'body_frame' | 'prov_frame'): LineReader {
  const read = db.readRaw<[number], [Uint8Array]>(`SELECT data FROM ${table} WHERE frame = ?`);
  /** Least recently used first. */
  const cache = new Map<number, Frame>();
  let held = 0;
  let latest = -1;
  let current = emptyFrame;

  function frame(number: number): Frame {
    if (number === latest) return current;
    let found = cache.get(number);
    if (found) {
      cache.delete(number);
    } else {
      const data = read.get(number)?.[0];
      found = data ? frameOf(decompress(data)) : emptyFrame;
      held += found.bytes.length;
      for (const [oldest, { bytes }] of cache) {
        if (held <= cachedBytes) break;
        held -= bytes.length;
        cache.delete(oldest);
      }
    }
    cache.set(number, found);
    latest = number;
    current = found;
    return found;
  }

  return (location) => {
    const { bytes, starts } = frame(Math.floor(location / linesPerFrame));
    const line = location % linesPerFrame;
    const [start, next] = [starts[line], starts[line + 1]];
    if (start === undefined || next === undefined) {
      return raise(
        'trust',
        'workspace.store_damaged',
        'The store of this workspace lacks a stored record; stop and restore it from a backup.',
      );
    }
    return bytes.subarray(start, next - 1);
  };
}
