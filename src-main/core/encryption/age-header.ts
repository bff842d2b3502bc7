/**
 * The header of an age file (C2SP age.md, "Header"): read within bounds, then opened by the library with the reader's identities.
 *
 * The library reads any number of stanzas of any length; here a file is refused before it costs more than its bounds.
 */
import { Decrypter, type Identity } from 'age-encryption';
import { raise } from '../../../src-shared/result.ts';
import type { ByteSource } from '../byte-source.ts';
import { encryptionLimits } from './limits.ts';
import { refuseEncrypted } from './refuse.ts';

const firstRead = 4096;

/** The header up to and including the newline after its MAC. Raises `input` / `bundle.header` or `.passphrase`. */
export async function readAgeHeader(source: ByteSource): Promise<Buffer> {
  const refuse = (why: string): never => refuseEncrypted(source.file, 'header', why);
  const most = Math.min(source.size, encryptionLimits.headerBytes);
  let bytes = Buffer.alloc(0);
  for (let end: number | null = null; end === null; ) {
    if (bytes.length === most) return refuse(`its header does not end within ${most} bytes`);
    const wanted = Math.min(most, Math.max(firstRead, 2 * bytes.length));
    bytes = Buffer.concat([bytes, await source.read(bytes.length, wanted - bytes.length)]);
    end = endOfHeader(bytes);
    if (end !== null) bytes = bytes.subarray(0, end);
  }
  const stanzas = bytes.toString('latin1').match(/^-> .*$/gm) ?? [];
  if (stanzas.length === 0) return refuse('its header names no recipient, so that nobody can open it');
  if (stanzas.length > encryptionLimits.stanzas)
    return refuse(`its header has ${stanzas.length} recipients; the limit is ${encryptionLimits.stanzas}`);
  if (stanzas.some((stanza) => stanza.startsWith('-> scrypt ')))
    return refuseEncrypted(
      source.file,
      'passphrase',
      'it is encrypted with a passphrase, and bundles are encrypted to recipients; ask for one made with --recipient',
    );
  return bytes;
}

/** Only the MAC line begins with dashes: stanzas begin with an arrow, their bodies are base64. */
function endOfHeader(bytes: Buffer): number | null {
  const mac = bytes.indexOf('\n---');
  const newline = mac < 0 ? -1 : bytes.indexOf('\n', mac + 1);
  return newline < 0 ? null : newline + 1;
}

/**
 * The file key, for whoever holds one of `identities`; the header's MAC is checked. Raises `locked` / `bundle.wrong_identity`,
 * the same whichever identity was tried, or `input` / `bundle.header` for a header that was damaged.
 */
export async function openAgeHeader(header: Buffer, identities: readonly string[], file: string): Promise<Uint8Array> {
  const decrypter = new Decrypter();
  for (const identity of identities) decrypter.addIdentity(identity);
  let nobody = false;
  // Asked last, and only when no identity had an answer: what tells "not for you" from "damaged".
  const last: Identity = {
    unwrapFileKey() {
      nobody = true;
      return null;
    },
  };
  decrypter.addIdentity(last);
  try {
    return await decrypter.decryptHeader(header);
  } catch {
    if (nobody)
      raise(
        'locked',
        'bundle.wrong_identity',
        `${file} is not encrypted to this identity; nothing was imported. Give the key file whose recipient the publisher was told.`,
        { file },
      );
    return refuseEncrypted(file, 'header', 'its header is malformed or was changed');
  }
}
