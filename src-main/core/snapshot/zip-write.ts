/**
 * Writes a container the one way it is written: members in order, fixed times and modes, temporary file, fsync, rename.
 *
 * Equal content gives equal bytes, apart from the signature. A reader of the old file keeps the old file; a crash leaves the
 * old file or the new one, never half of either.
 */
import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import { AssayError, raise } from '../../../src-shared/result.ts';
import type { Encrypted } from '../encryption/encrypt.ts';
import type { JobContext } from '../ports.ts';
import { throttled } from './progress.ts';
import { openContainer } from './read.ts';
import { sealing } from './seal.ts';
import { packerHeader } from './zip-directory.ts';

export interface WritableMember {
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
  /** Streams the content; called once for every attempt to write. */
  open(): AsyncIterable<Buffer>;
}

/**
 * Writes `out` and returns its size; with recipients it is an age file, and no plaintext is written on the way. Raises `input` /
 * `pack.changed` when a source no longer has the digest that was signed.
 */
export async function writeContainer(
  out: string,
  members: readonly WritableMember[],
  recipients: readonly string[],
  job: JobContext,
): Promise<number> {
  const temporary = join(dirname(out), `.${basename(out)}.${randomUUID()}.tmp`);
  const stored = new Set<string>();
  try {
    while (!(await writeOnce(temporary, members, stored, recipients, job)));
    await rename(temporary, out);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(out));
  return (await stat(out)).size;
}

/** Returns false when a member compresses so well that a reader would refuse it as a bomb; it is then stored. */
async function writeOnce(
  path: string,
  members: readonly WritableMember[],
  stored: Set<string>,
  recipients: readonly string[],
  job: JobContext,
): Promise<boolean> {
  const zip = zipStream(members, stored, job);
  const encrypted = recipients.length > 0 ? await encryptedForm(recipients, zip) : null;
  const handle = await createFile(path);
  try {
    await handle.writeFile(encrypted?.stream ?? zip);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await (await openContainer(path, encrypted?.witness)).close();
    return true;
  } catch (error) {
    const member =
      error instanceof AssayError && error.failure.code === 'container.member_ratio' && error.failure.details['member'];
    if (typeof member !== 'string' || stored.has(member)) throw error;
    stored.add(member);
    await rm(path);
    return false;
  }
}

async function encryptedForm(recipients: readonly string[], zip: Readable): Promise<Encrypted> {
  const { encryptTo } = await import('../encryption/encrypt.ts');
  return encryptTo(recipients, zip);
}

function createFile(path: string): Promise<FileHandle> {
  // For nobody but its owner, until they hand it on.
  return open(path, 'wx', 0o600).catch((error: unknown) => {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    return raise(
      'input',
      'pack.cannot_write',
      `The folder ${dirname(path)} cannot be written to (${reason}); no file was changed.`,
      {
        file: path,
        reason,
      },
    );
  });
}

function zipStream(members: readonly WritableMember[], stored: ReadonlySet<string>, job: JobContext): Readable {
  const zip = new ZipFile();
  const output = zip.outputStream.pipe(sealing());
  const progress = throttled(job);
  const total = members.reduce((sum, member) => sum + member.bytes, 0);
  let done = 0;
  // The local time zone is what yazl writes; 1980-01-01 00:00 is then the same bytes everywhere.
  const options = { mtime: new Date(1980, 0, 1), mode: packerHeader.mode, forceDosTimestamp: true };
  zip.on('error', (error: Error) => output.destroy(error));
  for (const member of members) {
    zip.addReadStreamLazy(
      member.name,
      { ...options, size: member.bytes, compress: !stored.has(member.name) },
      (ready) => {
        const content = Readable.from(signedContent(member), { objectMode: false });
        content.on('error', (error) => output.destroy(error));
        content.on('data', (chunk: Buffer) => {
          done += chunk.length;
          progress({ phase: 'Writing', done, total, unit: 'bytes' });
        });
        ready(null, content);
      },
    );
  }
  zip.end();
  return output;

  async function* signedContent(member: WritableMember): AsyncGenerator<Buffer> {
    const digest = createHash('sha256');
    for await (const chunk of member.open()) {
      job.throwIfCancelled();
      digest.update(chunk);
      yield chunk;
    }
    if (digest.digest('hex') !== member.sha256) {
      raise(
        'input',
        'pack.changed',
        `${member.name} changed while it was packed; nothing was written. Pack again when no other program writes there.`,
        {
          member: member.name,
        },
      );
    }
  }
}

/** Makes the rename itself durable. Not every system can open a folder; there the rename is as durable as it gets. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null);
  try {
    await handle?.sync();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EINVAL')) throw error;
  } finally {
    await handle?.close();
  }
}
