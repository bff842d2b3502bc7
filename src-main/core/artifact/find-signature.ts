/** The signature of an artifact: the file that was named, or the one that lies where signing tools put it. */
import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { raise } from '../../../src-shared/result.ts';
import { type Listing, reasonOf, relativeName } from './list-files.ts';
import { mostSignatureBytes } from './signature-file.ts';

export interface FoundSignature {
  readonly name: string;
  readonly bytes: Buffer;
  /** Its name below the artifact's folder; null: it lies elsewhere. */
  readonly inside: string | null;
}

/** Inside a folder (model-signing), and beside a file (cosign, sigstore, in-toto). */
const insideNames = ['model.sig', 'model.sigstore.json'];
const endings = ['.sigstore.json', '.sigstore', '.dsse.json', '.intoto.json', '.sig'];

export interface SignatureSearch {
  /** Null: none was named, and none of a form that is read here lies there. */
  readonly found: FoundSignature | null;
  /** Files in the place of a signature that are in none of these forms. */
  readonly notRead: readonly string[];
}

/** Raises `input` / `signature.unreadable`. */
export async function findSignature(
  listing: Listing & { readonly only: string | null },
  path: string,
  named: string | undefined,
): Promise<SignatureSearch> {
  if (named !== undefined) return { found: await readNamed(listing.root, named), notRead: [] };
  const notRead: string[] = [];
  for (const candidate of candidatesFor(listing, path)) {
    // A link that nobody named may lead to any file of this computer.
    const bytes = await readRegular(candidate, constants.O_NOFOLLOW).catch((error: unknown) =>
      isAbsent(error) ? null : unreadable(candidate, error),
    );
    if (!bytes) continue;
    const name = basename(candidate);
    if (looksLikeJson(bytes))
      return { found: { name, bytes, inside: await placeOf(listing.root, candidate) }, notRead: [] };
    notRead.push(name);
  }
  return { found: null, notRead };
}

function candidatesFor(
  { only, root }: { readonly only: string | null; readonly root: string },
  path: string,
): string[] {
  if (only === null) return insideNames.map((name) => join(root, name));
  const file = resolve(path);
  return [...endings.map((ending) => `${file}${ending}`), ...insideNames.map((name) => join(dirname(file), name))];
}

async function readNamed(root: string, path: string): Promise<FoundSignature> {
  const bytes = await readRegular(path).catch((error: unknown) => unreadable(path, error));
  return { name: basename(path), bytes, inside: await placeOf(root, path) };
}

const placeOf = async (root: string, path: string): Promise<string | null> => relativeName(root, await realpath(path));

async function readRegular(path: string, flags = 0): Promise<Buffer> {
  // O_NONBLOCK: opening a pipe must not wait for a writer.
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | flags);
  try {
    const info = await handle.stat();
    if (!info.isFile()) return refuse(path, 'it is not a file');
    if (info.size > mostSignatureBytes) return refuse(path, `it is larger than ${mostSignatureBytes} bytes`);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** A detached raw signature may have the same ending; it is not one of the forms read here. */
const looksLikeJson = (bytes: Buffer): boolean => /^\s*\{/.test(bytes.subarray(0, 64).toString('latin1'));

const isAbsent = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');

function unreadable(path: string, error: unknown): never {
  if (error instanceof Error && 'code' in error && error.code === 'ELOOP')
    return refuse(path, 'it is a link, which is followed only for a file that was named with --signature');
  if (error instanceof Error && 'syscall' in error) return refuse(path, reasonOf(error));
  throw error;
}

function refuse(path: string, why: string): never {
  return raise(
    'input',
    'signature.unreadable',
    `The signature ${basename(path)} cannot be read: ${why}. Nothing was checked.`,
    {
      file: path,
      reason: why,
    },
  );
}
