/**
 * Digests of one file in one pass and constant memory, of the file that was listed and of nothing else.
 *
 * The file is opened without following a link and without waiting for a pipe's writer; what was opened is compared with what
 * lies at the path, whose folders must still be the ones that were listed; and size and times are compared afterwards, so that
 * a file that changes meanwhile is reported and never judged.
 */
import type { BigIntStats } from 'node:fs';
import { constants } from 'node:fs';
import { type FileHandle, lstat, open, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobContext } from '../ports.ts';
import { type Digest, type RunningHash, startHash } from './digest.ts';
import { reasonOf } from './list-files.ts';

const chunkBytes = 1024 * 1024;

export interface HashPlan {
  /** Names that `makeDigest` knows. */
  readonly algorithms: ReadonlySet<string>;
  /** Digests of consecutive pieces instead of only the whole, up to `most` and one more; the last piece may be shorter. */
  readonly shards?: { readonly algorithm: string; readonly bytes: number; readonly most: number };
  /** Sees every chunk of the file in order. */
  readonly also?: (chunk: Buffer) => void;
}

export interface HashedFile {
  readonly bytes: number;
  /** By algorithm. */
  readonly digests: ReadonlyMap<string, Digest>;
  readonly shards: readonly { readonly start: number; readonly end: number; readonly hex: string }[];
}

/** Digests, or the reason why the file could not be read as one unchanging whole. */
export type HashOutcome = HashedFile | { readonly unreadable: string };

/** `root` is a real path and `name` lies below it without a link. `onBytes` is told of every chunk. */
export async function hashFile(
  root: string,
  name: string,
  plan: HashPlan,
  job: JobContext,
  onBytes: (bytes: number) => void,
): Promise<HashOutcome> {
  const path = join(root, name);
  let handle: FileHandle;
  try {
    handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    return { unreadable: reasonOf(error) };
  }
  try {
    const before = await handle.stat({ bigint: true });
    if (!before.isFile()) return { unreadable: 'it is not a file any more' };
    if (!(await isAt(path, before))) return { unreadable: 'it was exchanged while the folder was read' };
    const hashed = await readThrough(handle, plan, job, onBytes);
    const after = await handle.stat({ bigint: true });
    if (isChanged(before, after) || BigInt(hashed.bytes) !== after.size)
      return { unreadable: 'it changed while it was read' };
    return hashed;
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return { unreadable: reasonOf(error) };
    throw error;
  } finally {
    await handle.close();
  }
}

async function isAt(path: string, opened: BigIntStats): Promise<boolean> {
  const there = await lstat(path, { bigint: true });
  return there.ino === opened.ino && there.dev === opened.dev && (await realpath(path)) === path;
}

const isChanged = (before: BigIntStats, after: BigIntStats): boolean =>
  before.size !== after.size || before.mtimeNs !== after.mtimeNs || before.ctimeNs !== after.ctimeNs;

/** Reads the next chunk while the one before is hashed. */
async function readThrough(
  handle: FileHandle,
  plan: HashPlan,
  job: JobContext,
  onBytes: (bytes: number) => void,
): Promise<HashedFile> {
  const whole = await Promise.all(
    [...plan.algorithms].map(async (algorithm) => ({ algorithm, hash: await startHash(algorithm) })),
  );
  const shards = plan.shards ? shardHasher(await startHash(plan.shards.algorithm), plan.shards) : null;
  const buffers = [Buffer.allocUnsafe(chunkBytes), Buffer.allocUnsafe(chunkBytes)] as const;
  const read = (turn: number, at: number) => handle.read(buffers[turn % 2 === 0 ? 0 : 1], 0, chunkBytes, at);
  let bytes = 0;
  let next = read(0, 0);
  for (let turn = 1; ; turn += 1) {
    const { bytesRead, buffer } = await next;
    if (bytesRead === 0) break;
    job.throwIfCancelled();
    bytes += bytesRead;
    next = read(turn, bytes);
    // The read that runs meanwhile must not be left behind when hashing or its caller throws.
    next.catch(() => {});
    const chunk = buffer.subarray(0, bytesRead);
    for (const { hash } of whole) hash.update(chunk);
    shards?.update(chunk);
    plan.also?.(chunk);
    onBytes(bytesRead);
  }
  return {
    bytes,
    digests: new Map(whole.map(({ algorithm, hash }) => [algorithm, { algorithm, hex: hash.finish() }])),
    shards: shards?.finish() ?? [],
  };
}

/** One piece more than is wanted shows that the file is too long; how many there are is the business of whoever made it. */
function shardHasher(hash: RunningHash, { bytes: shardBytes, most }: NonNullable<HashPlan['shards']>) {
  const done: { start: number; end: number; hex: string }[] = [];
  let start = 0;
  let length = 0;
  const cut = (): void => {
    done.push({ start, end: start + length, hex: hash.finish() });
    start += length;
    length = 0;
  };
  return {
    update(chunk: Buffer): void {
      for (let at = 0; at < chunk.length && done.length <= most; ) {
        const piece = chunk.subarray(at, at + shardBytes - length);
        hash.update(piece);
        length += piece.length;
        at += piece.length;
        if (length === shardBytes) cut();
      }
    },
    finish() {
      if (length > 0) cut();
      return done;
    },
  };
}
