/**
 * Finds the files below an input root and reads them within limits.
 *
 * Links are never followed, so nothing outside of the root can be read; every directory entry that is not a readable regular
 * file is returned with the reason why it was left out, so that totals add up.
 */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { raise } from '../../../src-shared/result.ts';
import type { InputFile } from './mapper.ts';
import { decodeUtf8, maxFileBytes, parseDocuments, parseJson, refuseFile } from './parse-limits.ts';

const headBytes = 64 * 1024;
/** Folders of version control hold copies of what is beside them, not inputs. */
const notEntered = new Set(['.git', '.hg', '.svn']);

export interface FoundFile {
  /** Path below the root, `/` as separator. */
  readonly path: string;
  readonly absolute: string;
  readonly bytes: number;
}

export interface LeftOut {
  readonly path: string;
  readonly reason: string;
}

export interface FoundInputs {
  /** By path as UTF-8 bytes. */
  readonly files: readonly FoundFile[];
  readonly leftOut: readonly LeftOut[];
}

export const byUtf8 = (a: string, b: string): number => Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'));

/** Every file of one input: a folder walked in sorted order, or a single file. `label` names the input in messages. */
export async function findInputs(input: string, label: string): Promise<FoundInputs> {
  let root: string;
  try {
    root = await realpath(input);
  } catch {
    raise('input', 'collect.source_missing', `${label}: no such file or folder; nothing was collected.`, {
      source: label,
    });
  }
  const info = await stat(root);
  const files: FoundFile[] = [];
  const leftOut: LeftOut[] = [];
  if (info.isFile()) {
    await take(basename(root), dirname(root), basename(root), files, leftOut);
  } else if (info.isDirectory()) {
    await walk(root, '', files, leftOut);
  } else {
    raise('input', 'collect.source_unreadable', `${label}: neither a file nor a folder.`, { source: label });
  }
  files.sort((a, b) => byUtf8(a.path, b.path));
  leftOut.sort((a, b) => byUtf8(a.path, b.path));
  return { files, leftOut };
}

async function walk(root: string, folder: string, files: FoundFile[], leftOut: LeftOut[]): Promise<void> {
  let entries: Awaited<ReturnType<typeof listFolder>>;
  try {
    entries = await listFolder(join(root, folder));
  } catch {
    leftOut.push({ path: folder || '.', reason: 'folder not readable' });
    return;
  }
  for (const entry of entries) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isSymbolicLink()) leftOut.push({ path, reason: 'link, not followed' });
    else if (entry.name.includes('\ufffd')) leftOut.push({ path, reason: 'file name is not UTF-8' });
    else if (entry.isDirectory()) {
      if (notEntered.has(entry.name)) leftOut.push({ path, reason: 'version control folder, not entered' });
      else await walk(root, path, files, leftOut);
    } else if (entry.isFile()) await take(path, root, path, files, leftOut);
    else leftOut.push({ path, reason: 'not a regular file' });
  }
}

const listFolder = (path: string) => readdir(path, { withFileTypes: true });

async function take(
  path: string,
  root: string,
  relative: string,
  files: FoundFile[],
  leftOut: LeftOut[],
): Promise<void> {
  const absolute = join(root, relative);
  try {
    const { size } = await stat(absolute);
    files.push({ path, absolute, bytes: size });
  } catch {
    leftOut.push({ path, reason: 'file not readable' });
  }
}

/** Bytes of a file, of which at most `limit` are read. The last path component is never followed if it became a link. */
async function readBytes(file: FoundFile, limit: number): Promise<Buffer> {
  let handle: Awaited<ReturnType<typeof open>>;
  try {
    handle = await open(file.absolute, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  } catch {
    return refuseFile(file.path, 'file not readable', '');
  }
  try {
    const buffer = Buffer.alloc(Math.min(limit, Math.max(file.bytes, 1)));
    let length = 0;
    while (length < buffer.length) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return buffer.subarray(0, length);
  } finally {
    await handle.close();
  }
}

/** First bytes of a file, for recognition and to tell binary files. */
export const readHead = (file: FoundFile): Promise<Buffer> => readBytes(file, headBytes);

/** All bytes of a file, or a refusal when it is over the limit or changed its size meanwhile. */
export async function readWhole(file: FoundFile): Promise<Buffer> {
  if (file.bytes > maxFileBytes) refuseFile(file.path, 'larger than 64 MiB', `${file.bytes} bytes`);
  const bytes = await readBytes(file, maxFileBytes);
  if (bytes.length !== file.bytes) refuseFile(file.path, 'changed while it was read', '');
  return bytes;
}

interface Slot {
  file: FoundFile | null;
  head?: Promise<string>;
  text?: Promise<string>;
  json?: Promise<unknown>;
  documents?: Promise<readonly unknown[]>;
}

export interface FileReader {
  /** `evidence` is asked when needed: which member holds a file is decided after recognition. */
  input(file: FoundFile, evidence: () => string): InputFile;
  /** hex SHA-256 of what was read, for files that were read whole. */
  digestOf(file: FoundFile): string | undefined;
}

/** Reads files with the most recent one kept, since several mappers look at the same file one after another. */
export function fileReader(): FileReader {
  let slot: Slot = { file: null };
  const digests = new Map<FoundFile, string>();
  const slotOf = (file: FoundFile): Slot => {
    if (slot.file !== file) slot = { file };
    return slot;
  };
  const readText = async (file: FoundFile): Promise<string> => {
    const bytes = await readWhole(file);
    digests.set(file, createHash('sha256').update(bytes).digest('hex'));
    return decodeUtf8(file.path, bytes);
  };
  return {
    digestOf: (file) => digests.get(file),
    input(file, evidence) {
      const text = (): Promise<string> => {
        const current = slotOf(file);
        current.text ??= readText(file);
        return current.text;
      };
      return {
        path: file.path,
        bytes: file.bytes,
        get evidence() {
          return evidence();
        },
        head() {
          const current = slotOf(file);
          current.head ??= readHead(file).then((bytes) => bytes.toString('utf8').replace(/^\ufeff/, ''));
          return current.head;
        },
        text,
        json() {
          const current = slotOf(file);
          current.json ??= text().then((content) => parseJson(file.path, content));
          return current.json;
        },
        documents() {
          const current = slotOf(file);
          current.documents ??= text().then((content) => parseDocuments(file.path, content));
          return current.documents;
        },
      };
    },
  };
}
