/**
 * Base64 as DSSE allows it: RFC 4648 section 4 (standard) or section 5 (url-safe), and only the one canonical spelling.
 *
 * `Buffer.from(text, 'base64')` skips characters it does not know, so that two texts can mean the same bytes; a signature
 * format must not allow that.
 */

import { z } from 'zod';

/** A key's name, base64(SHA-256(SPKI DER)): nothing else, because it is shown and logged before anybody knows who wrote it. */
export const keyIdSchema = z
  .string()
  .refine((text) => /^[A-Za-z0-9+/]{43}=$/.test(text) && decodeBase64(text) !== null, {
    error: 'not the base64 SHA-256 of a key',
  });

/** Bytes of strict base64 with its padding, or null for any other spelling. */
export function decodeBase64(text: string): Buffer | null {
  const urlSafe = /[-_]/.test(text);
  const bytes = Buffer.from(text, urlSafe ? 'base64url' : 'base64');
  const standard = bytes.toString('base64');
  const canonical = urlSafe ? standard.replaceAll('+', '-').replaceAll('/', '_') : standard;
  return canonical === text ? bytes : null;
}
