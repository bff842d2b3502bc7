/**
 * Opens a bundle, ZIP file (as it is or encrypted) or unpacked folder, as named members. Nothing here trusts anything:
 * limits only.
 *
 * One file descriptor stays open from the first byte to the last, so that a file cannot be swapped between checking and
 * parsing. Until `allowAll` is called, reading more than 1 MiB is refused: a stranger's file costs no more than that.
 */
import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { raise } from '../../../src-shared/result.ts';
import type { ByteSource, ReadAt } from '../byte-source.ts';
import { headOf, isAgeHead } from '../encryption/age-head.ts';
import type { Identities } from '../encryption/age-source.ts';
import { limits } from './limits.ts';
import { foldName, nameProblem } from './names.ts';
import { holdsSeal } from './seal.ts';
import { readZipDirectory, refuseContainer, type ZipEntry } from './zip-directory.ts';
import { readZipMember } from './zip-member.ts';

export interface Member {
  readonly name: string;
  /** Unpacked size as the container states it; `stream` yields exactly this many or raises. */
  readonly bytes: number;
}

export interface Container {
  readonly file: string;
  readonly form: 'zip' | 'folder';
  /** Whether it had to be decrypted. */
  readonly encrypted: boolean;
  readonly members: ReadonlyMap<string, Member>;
  /** Size on disk in bytes. */
  readonly bytes: number;
  /** How the container differs from what a packer writes. Grows while members are streamed. */
  readonly alterations: ReadonlySet<string>;
  /** Notes an alteration unless the packer's seal is true. Reads the whole file; call after `allowAll`. */
  checkSeal(): Promise<void>;
  /** Lifts the reading budget; call once a signature of a trusted key has been checked. */
  allowAll(): void;
  stream(name: string): AsyncGenerator<Buffer>;
  close(): Promise<void>;
}

/**
 * Opens a bundle; the caller closes. Raises `input` / `container.*`, and for an encrypted one `locked` / `bundle.encrypted`
 * without identities, `bundle.wrong_identity` with others, `input` / `bundle.*` when it was damaged.
 */
export async function openContainer(file: string, identities?: Identities): Promise<Container> {
  const info = await statOrRefuse(file);
  if (info.isDirectory()) return openFolder(file);
  const disk = await openFile(file);
  try {
    const budget = readingBudget(file);
    const source = budgeted(disk, budget);
    const encrypted = isAgeHead(await headOf(source));
    const content = encrypted ? await decryptedContent(source, identities) : source;
    return await openZip(content, { bytes: disk.size, encrypted }, budget);
  } catch (error) {
    await disk.close();
    throw error;
  }
}

async function decryptedContent(source: ByteSource, identities: Identities | undefined): Promise<ByteSource> {
  const { file } = source;
  if (!identities)
    return raise(
      'locked',
      'bundle.encrypted',
      `${file} is encrypted to its recipients; nothing was imported. Name the key file that opens it with --identity.`,
      { file },
    );
  // Loaded when needed: few bundles are encrypted, and the library brings its own curves.
  const { decrypted } = await import('../encryption/age-source.ts');
  return decrypted(source, identities);
}

/** A whole member in memory. Raises `input` / `container.member_too_large` beyond `atMost` bytes. */
export async function readMember(container: Container, name: string, atMost: number): Promise<Buffer> {
  const member = container.members.get(name);
  if (!member) return refuseContainer(container.file, 'member_missing', `it has no member "${name}"`, name);
  if (member.bytes > atMost) {
    return refuseContainer(
      container.file,
      'member_too_large',
      `member "${name}" has ${member.bytes} bytes; the limit is ${atMost}`,
      name,
    );
  }
  const chunks: Buffer[] = [];
  for await (const chunk of container.stream(name)) chunks.push(chunk);
  return Buffer.concat(chunks, member.bytes);
}

async function openZip(
  source: ByteSource,
  onDisk: Pick<Container, 'bytes' | 'encrypted'>,
  budget: ReadingBudget,
): Promise<Container> {
  const { file } = source;
  const read: ReadAt = (position, length) =>
    position < 0 || position + length > source.size
      ? refuseContainer(file, 'truncated', 'it ends before its members do')
      : source.read(position, length);
  const directory = await readZipDirectory(read, source.size, file);
  const entries = new Map<string, ZipEntry>(directory.entries.map((entry) => [entry.name, entry]));
  const alterations = new Set(directory.alterations);
  return {
    file,
    form: 'zip',
    ...onDisk,
    members: entries,
    alterations,
    allowAll: budget.lift,
    async checkSeal() {
      const { seal } = directory;
      if (seal && !(await holdsSeal(read, seal.bytes, seal.digest)))
        alterations.add('bytes that differ from what the packer sealed');
    },
    stream(name) {
      const entry = entries.get(name);
      if (!entry) return refuseContainer(file, 'member_missing', `it has no member "${name}"`, name);
      return readZipMember(read, entry, file, (alteration) => alterations.add(alteration));
    },
    close: () => source.close(),
  };
}

async function openFile(file: string): Promise<ByteSource> {
  // O_NONBLOCK: opening a FIFO must not wait for a writer.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) =>
    unreadable(file, error),
  );
  const info = await handle.stat();
  if (!info.isFile()) {
    await handle.close();
    return refuseContainer(file, 'not_a_file', 'it is a device, pipe or socket');
  }
  return {
    file,
    size: info.size,
    read: (position, length) => readFully(handle, file, position, length),
    close: () => handle.close(),
  };
}

async function readFully(handle: FileHandle, file: string, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await handle
      .read(buffer, done, length - done, position + done)
      .catch((error: unknown) => unreadable(file, error));
    if (bytesRead === 0) return refuseContainer(file, 'truncated', 'it ends before its members do');
    done += bytesRead;
  }
  return buffer;
}

/** Counts what is really read from the disk: of an encrypted file that is whole blocks. */
const budgeted = (source: ByteSource, budget: ReadingBudget): ByteSource => ({
  ...source,
  read(position, length) {
    budget.spend(length);
    return source.read(position, length);
  },
});

async function openFolder(folder: string): Promise<Container> {
  const members = new Map<string, Member>();
  const folded = new Set<string>();
  let total = 0;
  for await (const { name, info } of walk(folder, '')) {
    const problem = nameProblem(name);
    if (problem) refuseContainer(folder, 'member_name', `file name ${JSON.stringify(name)}: ${problem}`, name);
    if (folded.has(foldName(name)))
      refuseContainer(
        folder,
        'duplicate_member',
        `two files have the name "${name}" or one that differs in case only`,
        name,
      );
    if (info.size > limits.memberBytes)
      refuseContainer(
        folder,
        'member_too_large',
        `"${name}" has ${info.size} bytes; the limit is ${limits.memberBytes}`,
        name,
      );
    if (members.size >= limits.members)
      refuseContainer(folder, 'too_many_members', `it holds more than ${limits.members} files`);
    folded.add(foldName(name));
    members.set(name, { name, bytes: info.size });
    total += info.size;
  }
  const budget = readingBudget(folder);
  return {
    file: folder,
    form: 'folder',
    encrypted: false,
    members,
    bytes: total,
    alterations: new Set(),
    allowAll: budget.lift,
    checkSeal: async () => {},
    stream(name) {
      const member = members.get(name);
      if (!member) return refuseContainer(folder, 'member_missing', `it has no file "${name}"`, name);
      return streamFile(folder, member, budget);
    },
    close: async () => {},
  };
}

/** Regular files below a folder; a link anywhere is refused, because its target is not part of the bundle. */
export async function* walk(
  root: string,
  below: string,
): AsyncGenerator<{ readonly name: string; readonly info: Stats }> {
  const entries = await readdir(join(root, below), { withFileTypes: true }).catch((error: unknown) =>
    unreadable(root, error),
  );
  for (const entry of entries) {
    const name = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) yield* walk(root, name);
    else if (entry.isFile()) yield { name, info: await statOrRefuse(join(root, name)) };
    else refuseContainer(root, 'member_type', `"${name}" is a link, pipe or device, not a file`, name);
  }
}

async function* streamFile(folder: string, member: Member, budget: ReadingBudget): AsyncGenerator<Buffer> {
  budget.spend(member.bytes);
  const changed = (): never =>
    refuseContainer(folder, 'member_damaged', `"${member.name}" changed while it was read`, member.name);
  const handle = await open(
    join(folder, member.name),
    constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
  ).catch((error: unknown) => unreadable(folder, error));
  try {
    if (!(await handle.stat()).isFile()) changed();
    // Reads up to one byte more than was listed, so that a file that grew is noticed.
    for (let at = 0; at <= member.bytes; ) {
      const wanted = Math.min(256 * 1024, member.bytes + 1 - at);
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(wanted), 0, wanted, at);
      at += bytesRead;
      if (at > member.bytes || (bytesRead === 0 && at < member.bytes)) changed();
      if (bytesRead === 0) break;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

interface ReadingBudget {
  spend(bytes: number): void;
  lift(): void;
}

function readingBudget(file: string): ReadingBudget {
  let left: number = limits.unverifiedBytes;
  return {
    spend(bytes) {
      left -= bytes;
      if (left < 0)
        refuseContainer(
          file,
          'unverified_too_large',
          'its directory and signatures exceed the 1 MiB that may be read before a signature is checked',
        );
    },
    lift() {
      left = Number.POSITIVE_INFINITY;
    },
  };
}

async function statOrRefuse(file: string): Promise<Stats> {
  return stat(file).catch((error: unknown) => unreadable(file, error));
}

function unreadable(file: string, error: unknown): never {
  const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  return refuseContainer(
    file,
    'unreadable',
    reason === 'ENOENT' ? 'there is no such file' : `reading failed (${reason})`,
  );
}
