/**
 * The recovery code: 256 random bits that a person can write down, type again and get told about a typing slip.
 *
 * Crockford base32 (no I, L, O, U; O reads as 0, I and L as 1), 52 characters of code plus 4 of checksum, in 8 groups of 7.
 * The checksum is the first 20 bits of SHA-256 over the code: it tells a slip from a wrong code, and protects nothing.
 */
import { createHash } from 'node:crypto';
import { raise } from '../../../src-shared/result.ts';

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const codeBytes = 32;
const codeCharacters = 52;
const checkCharacters = 4;
const groupSize = 7;

function encode(bytes: Uint8Array, characters: number): string {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  // Left-aligned: the last character carries the padding bits.
  value <<= BigInt(characters * 5 - bytes.length * 8);
  let text = '';
  for (let index = characters - 1; index >= 0; index -= 1) {
    text += alphabet.charAt(Number((value >> BigInt(index * 5)) & 31n));
  }
  return text;
}

const checksum = (bytes: Uint8Array): string =>
  encode(createHash('sha256').update('assay.recovery\0').update(bytes).digest().subarray(0, 3), 5).slice(
    0,
    checkCharacters,
  );

/** `XXXXXXX-XXXXXXX-…`: eight groups of seven. */
export function formatRecoveryCode(secret: Uint8Array): string {
  const text = encode(secret, codeCharacters) + checksum(secret);
  const groups: string[] = [];
  for (let start = 0; start < text.length; start += groupSize) groups.push(text.slice(start, start + groupSize));
  return groups.join('-');
}

/** The 32 secret bytes, or a `usage` failure that says the code was mistyped. Spaces, dashes and case do not matter. */
export function parseRecoveryCode(text: string): Buffer {
  const characters = text.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
  const mistyped = (): never =>
    raise(
      'usage',
      'workspace.recovery_code_mistyped',
      'The recovery code was mistyped: its checksum does not fit; check it group by group.',
    );
  if (characters.length !== codeCharacters + checkCharacters) return mistyped();
  let value = 0n;
  for (const character of characters.slice(0, codeCharacters)) {
    const digit = alphabet.indexOf(character);
    if (digit < 0) return mistyped();
    value = (value << 5n) | BigInt(digit);
  }
  const padding = BigInt(codeCharacters * 5 - codeBytes * 8);
  if ((value & ((1n << padding) - 1n)) !== 0n) return mistyped();
  const secret = Buffer.from((value >> padding).toString(16).padStart(codeBytes * 2, '0'), 'hex');
  if (characters.slice(codeCharacters) !== checksum(secret)) return mistyped();
  return secret;
}
