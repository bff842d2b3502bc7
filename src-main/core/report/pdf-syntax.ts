/**
 * A strict reader of PDF objects (ISO 32000-1 7.3), for verifying our own reports only.
 *
 * Lenient readers are how altered files pass: they repair what an attacker bent. This one repairs nothing; anything unusual
 * throws `PdfSyntaxError`, which the verifier reports as a failed structure.
 */

export class PdfSyntaxError extends Error {}

export interface PdfName {
  readonly type: 'name';
  readonly name: string;
}
export interface PdfReference {
  readonly type: 'ref';
  readonly number: number;
}
export interface PdfText {
  readonly type: 'string';
  readonly bytes: Buffer;
  readonly hex: boolean;
  /** Byte offsets of the token, delimiters included. */
  readonly start: number;
  readonly end: number;
}
export interface PdfDictionary {
  readonly type: 'dict';
  readonly entries: ReadonlyMap<string, PdfValue>;
}
export type PdfValue = null | boolean | number | PdfName | PdfReference | PdfText | PdfDictionary | readonly PdfValue[];

const maxDepth = 40;
const white = new Set([0, 9, 10, 12, 13, 32]);
const delimiters = new Set([...'()<>[]{}/%'].map((character) => character.charCodeAt(0)));

export interface Cursor {
  readonly bytes: Buffer;
  at: number;
}

const broken = (cursor: Cursor, what: string): never => {
  throw new PdfSyntaxError(`${what} at byte ${cursor.at}`);
};

export function skipSpace(cursor: Cursor): void {
  while (white.has(cursor.bytes[cursor.at] ?? -1)) cursor.at += 1;
  if (cursor.bytes[cursor.at] === 0x25) broken(cursor, 'a comment inside an object');
}

const regular = (byte: number | undefined): boolean => byte !== undefined && !white.has(byte) && !delimiters.has(byte);

/** The next run of regular characters. */
export function readWord(cursor: Cursor): string {
  const start = cursor.at;
  while (regular(cursor.bytes[cursor.at])) cursor.at += 1;
  return cursor.bytes.toString('latin1', start, cursor.at);
}

export function expectWord(cursor: Cursor, word: string): void {
  skipSpace(cursor);
  if (readWord(cursor) !== word) broken(cursor, `“${word}” was expected`);
}

export function readInteger(cursor: Cursor): number {
  skipSpace(cursor);
  const word = readWord(cursor);
  if (!/^\d{1,10}$/.test(word)) broken(cursor, 'an integer was expected');
  return Number(word);
}

function readName(cursor: Cursor): PdfName {
  cursor.at += 1;
  const word = readWord(cursor).replaceAll(/#([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return { type: 'name', name: word };
}

function readHex(cursor: Cursor): PdfText {
  const start = cursor.at;
  const close = cursor.bytes.indexOf(0x3e, start);
  if (close < 0) broken(cursor, 'an unterminated hex string');
  const digits = cursor.bytes.toString('latin1', start + 1, close);
  if (!/^(?:[0-9A-Fa-f]{2})*$/.test(digits)) broken(cursor, 'a malformed hex string');
  cursor.at = close + 1;
  return { type: 'string', bytes: Buffer.from(digits, 'hex'), hex: true, start, end: close + 1 };
}

const escapes: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, b: 8, f: 12, '(': 40, ')': 41, '\\': 92 };

function readLiteral(cursor: Cursor): PdfText {
  const start = cursor.at;
  const out: number[] = [];
  let depth = 1;
  cursor.at += 1;
  while (depth > 0) {
    const byte = cursor.bytes[cursor.at] ?? broken(cursor, 'an unterminated string');
    cursor.at += 1;
    if (byte === 0x5c) {
      const next = cursor.bytes[cursor.at] ?? broken(cursor, 'an unterminated string');
      const escaped = escapes[String.fromCharCode(next)];
      if (escaped !== undefined) {
        out.push(escaped);
        cursor.at += 1;
        continue;
      }
      const octal = /^[0-7]{3}/.exec(cursor.bytes.toString('latin1', cursor.at, cursor.at + 3));
      if (!octal) broken(cursor, 'an unknown escape in a string');
      out.push(Number.parseInt(octal?.[0] ?? '0', 8) & 0xff);
      cursor.at += 3;
      continue;
    }
    if (byte === 0x28) depth += 1;
    if (byte === 0x29) depth -= 1;
    if (depth > 0) out.push(byte);
  }
  return { type: 'string', bytes: Buffer.from(out), hex: false, start, end: cursor.at };
}

function readDictionary(cursor: Cursor, depth: number): PdfDictionary {
  const entries = new Map<string, PdfValue>();
  cursor.at += 2;
  for (;;) {
    skipSpace(cursor);
    if (cursor.bytes[cursor.at] === 0x3e) {
      if (cursor.bytes[cursor.at + 1] !== 0x3e) broken(cursor, 'a malformed dictionary');
      cursor.at += 2;
      return { type: 'dict', entries };
    }
    if (cursor.bytes[cursor.at] !== 0x2f) broken(cursor, 'a dictionary key was expected');
    const { name } = readName(cursor);
    if (entries.has(name)) broken(cursor, `the key ${name} twice in one dictionary`);
    entries.set(name, readValue(cursor, depth + 1));
  }
}

function readArray(cursor: Cursor, depth: number): readonly PdfValue[] {
  const items: PdfValue[] = [];
  cursor.at += 1;
  for (;;) {
    skipSpace(cursor);
    if (cursor.bytes[cursor.at] === 0x5d) {
      cursor.at += 1;
      return items;
    }
    items.push(readValue(cursor, depth + 1));
  }
}

function readNumberOrReference(cursor: Cursor, word: string): PdfValue {
  if (/^\d{1,10}$/.test(word)) {
    const reference = /^[ \r\n]+0[ \r\n]+R(?![^\s()<>[\]{}/%])/.exec(
      cursor.bytes.toString('latin1', cursor.at, cursor.at + 12),
    );
    if (reference) {
      cursor.at += reference[0].length;
      return { type: 'ref', number: Number(word) };
    }
  }
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e-?\d+)?$/.test(word)) broken(cursor, 'an unknown token');
  return Number(word);
}

export function readValue(cursor: Cursor, depth = 0): PdfValue {
  if (depth > maxDepth) broken(cursor, 'nesting too deep');
  skipSpace(cursor);
  const byte = cursor.bytes[cursor.at];
  if (byte === 0x2f) return readName(cursor);
  if (byte === 0x28) return readLiteral(cursor);
  if (byte === 0x5b) return readArray(cursor, depth);
  if (byte === 0x3c) return cursor.bytes[cursor.at + 1] === 0x3c ? readDictionary(cursor, depth) : readHex(cursor);
  const word = readWord(cursor);
  if (word === 'true') return true;
  if (word === 'false') return false;
  if (word === 'null') return null;
  return readNumberOrReference(cursor, word);
}

export const isDict = (value: PdfValue | undefined): value is PdfDictionary =>
  typeof value === 'object' && value !== null && 'type' in value && value.type === 'dict';
export const isRef = (value: PdfValue | undefined): value is PdfReference =>
  typeof value === 'object' && value !== null && 'type' in value && value.type === 'ref';
export const isText = (value: PdfValue | undefined): value is PdfText =>
  typeof value === 'object' && value !== null && 'type' in value && value.type === 'string';
export const isArray = (value: PdfValue | undefined): value is readonly PdfValue[] => Array.isArray(value);
export const nameOf = (value: PdfValue | undefined): string | null =>
  typeof value === 'object' && value !== null && 'type' in value && value.type === 'name' ? value.name : null;

/** Text of a PDF string: UTF-16BE with a byte order mark, else Latin-1 (what the writer uses of PDFDocEncoding). */
export function decodeText(value: PdfText): string {
  const { bytes } = value;
  if (bytes[0] === 0xfe && bytes[1] === 0xff && bytes.length % 2 === 0)
    return Buffer.from(bytes.subarray(2)).swap16().toString('utf16le');
  return bytes.toString('latin1');
}
