/**
 * The header files `keys.a` and `keys.b` beside the store: who may open it, and how.
 *
 * Layout, integers big-endian: "MIAW" | u16 format | u32 body length | body (JCS) | SHA-256 | HMAC-SHA-512.
 * The SHA-256 covers everything before it and finds accidents without any key; the HMAC, under a key derived from the data
 * key, covers the same bytes and finds attacks once the data key is known. Two copies stand side by side, so that a write torn
 * by a crash always leaves one good generation (KDBX 4 and LUKS 2 do likewise).
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { raise } from '../../../src-shared/result.ts';
import { toJcs } from '../canonical-json.ts';
import { subkey } from './kdf.ts';
import { slotSchema } from './key-slots.ts';

const magic = Buffer.from('MIAW', 'latin1');
/** Fixes every algorithm of header and slots; a new suite is a new number. */
export const headerFormat = 1;
const fixedBytes = 10;
const shaBytes = 32;
const macBytes = 64;
const maxHeaderBytes = 1 << 20;

export const userSchema = z.strictObject({
  id: z.uuid(),
  name: z.string().min(1).max(200),
  role: z.enum(['administrator', 'recovery']),
  /** base64 of the raw Ed25519 public key. */
  ed25519: z.string(),
  /** base64 DER of the self-issued certificate for the P-256 key. */
  certificate: z.string(),
});
export type HeaderUser = z.infer<typeof userSchema>;

export const headerSchema = z.strictObject({
  workspaceId: z.uuid(),
  createdAt: z.string(),
  generation: z.int().min(1),
  /** A reader that knows only older store versions must not try. */
  minReaderVersion: z.int().min(1),
  users: z.array(userSchema).min(1).max(256),
  slots: z.array(slotSchema).min(1).max(32),
});
export type KeyHeader = z.infer<typeof headerSchema>;

export const headerFiles = ['keys.a', 'keys.b'] as const;

const macKey = (dek: Uint8Array): Buffer => subkey(dek, 'header-mac', 64);

/** The bytes of one header file. */
export function encodeHeader(header: KeyHeader, dek: Uint8Array): Buffer {
  const body = Buffer.from(toJcs(header), 'utf8');
  const fixed = Buffer.alloc(fixedBytes);
  magic.copy(fixed);
  fixed.writeUInt16BE(headerFormat, 4);
  fixed.writeUInt32BE(body.length, 6);
  const signed = Buffer.concat([fixed, body]);
  const sha = createHash('sha256').update(signed).digest();
  const mac = createHmac('sha512', macKey(dek)).update(signed).digest();
  return Buffer.concat([signed, sha, mac]);
}

/** A header whose checksum holds; its MAC is still to be checked, which needs the data key. */
export interface LoadedHeader {
  readonly header: KeyHeader;
  readonly file: string;
  readonly bytes: Buffer;
}

function decodeHeader(file: string, bytes: Buffer): LoadedHeader | null {
  if (bytes.length < fixedBytes + shaBytes + macBytes || !bytes.subarray(0, 4).equals(magic)) return null;
  const format = bytes.readUInt16BE(4);
  if (format > headerFormat) {
    return raise(
      'refused',
      'workspace.newer_version',
      `This workspace was written by a newer version of Assay (key format ${format}); it was not touched. Open it with that version.`,
      { format },
    );
  }
  const end = fixedBytes + bytes.readUInt32BE(6);
  if (format !== headerFormat || bytes.length !== end + shaBytes + macBytes) return null;
  const sha = createHash('sha256').update(bytes.subarray(0, end)).digest();
  if (!sha.equals(bytes.subarray(end, end + shaBytes))) return null;
  // The checksum holds, so the body is what some Assay (or an attacker) wrote on purpose: still parsed, never trusted.
  let body: unknown;
  try {
    body = JSON.parse(bytes.toString('utf8', fixedBytes, end));
  } catch {
    return null;
  }
  const parsed = headerSchema.safeParse(body);
  return parsed.success ? { header: parsed.data, file, bytes } : null;
}

/** The newest header generation of a workspace folder whose checksum holds. */
export function loadHeader(folder: string): LoadedHeader {
  const loaded: LoadedHeader[] = [];
  let present = 0;
  for (const name of headerFiles) {
    const file = join(folder, name);
    const size = statSync(file, { throwIfNoEntry: false })?.size;
    if (size === undefined) continue;
    present += 1;
    if (size > maxHeaderBytes) continue;
    const header = decodeHeader(name, readFileSync(file));
    if (header) loaded.push(header);
  }
  const newest = loaded.sort((a, b) => b.header.generation - a.header.generation)[0];
  if (newest) return newest;
  return present === 0
    ? raise('input', 'workspace.not_found', 'There is no Assay workspace in this folder.')
    : raise(
        'input',
        'workspace.header_damaged',
        'Both key files of this workspace are damaged, so it cannot be opened; restore keys.a or keys.b from a backup. The store itself was not touched.',
      );
}

/** Checks the header against the data key; a mismatch means that somebody without the key edited it. */
export function requireAuthenticHeader(loaded: LoadedHeader, dek: Uint8Array): void {
  const end = loaded.bytes.length - shaBytes - macBytes;
  const mac = createHmac('sha512', macKey(dek)).update(loaded.bytes.subarray(0, end)).digest();
  if (timingSafeEqual(mac, loaded.bytes.subarray(end + shaBytes))) return;
  raise(
    'trust',
    'workspace.header_tampered',
    `The key file ${loaded.file} of this workspace was changed by someone without its key; nothing was opened. Restore it from a backup.`,
    { file: loaded.file },
  );
}

/** Replaces a file so that a crash leaves either the old or the new one: temporary file, fsync, rename, fsync of the folder. */
export function replaceFile(folder: string, name: string, bytes: Uint8Array): void {
  const temporary = join(folder, `${name}.new`);
  const handle = openSync(temporary, 'w', 0o600);
  try {
    writeSync(handle, bytes);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(temporary, join(folder, name));
  // Windows cannot open a folder; its rename is durable without it.
  if (process.platform === 'win32') return;
  const directory = openSync(folder, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

/**
 * Writes a new generation. The copy that is not the newest goes first and is read back before the other follows, so that at
 * every moment one readable generation exists; afterwards no file holds the slots of the generation before.
 */
export function storeHeader(folder: string, header: KeyHeader, dek: Uint8Array, newest?: string): void {
  const bytes = encodeHeader(header, dek);
  const order = newest === 'keys.a' ? ['keys.b', 'keys.a'] : ['keys.a', 'keys.b'];
  for (const name of order) {
    replaceFile(folder, name, bytes);
    const written = decodeHeader(name, readFileSync(join(folder, name)));
    if (written?.header.generation !== header.generation) throw new Error(`key file ${name} did not read back`);
  }
}
