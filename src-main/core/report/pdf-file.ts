/**
 * A PDF as its chain of revisions: classic cross-reference tables only, each entry pointing at exactly its object.
 *
 * Cross-reference streams, object streams, hybrid files, encryption, repair: all refused, our writer makes none of them.
 */
import {
  type Cursor,
  expectWord,
  isDict,
  isRef,
  nameOf,
  type PdfDictionary,
  PdfSyntaxError,
  type PdfValue,
  readInteger,
  readValue,
  readWord,
  skipSpace,
} from './pdf-syntax.ts';

export interface PdfObjectAt {
  readonly value: PdfValue;
  /** Byte offsets: `start` of "N 0 obj", `end` after "endobj". */
  readonly start: number;
  readonly end: number;
  readonly stream: { readonly start: number; readonly length: number } | null;
}

export interface Revision {
  /** Offset of the first byte after this revision's %%EOF line. */
  readonly end: number;
  readonly trailer: PdfDictionary;
  readonly objects: ReadonlyMap<number, PdfObjectAt>;
}

export interface PdfFile {
  readonly bytes: Buffer;
  /** Oldest first. */
  readonly revisions: readonly Revision[];
  /** The object as the last revision has it. */
  get(number: number): PdfObjectAt | undefined;
  /** Follows one reference. */
  resolve(value: PdfValue | undefined): PdfValue | undefined;
}

const maxRevisions = 16;

interface Section {
  readonly offsets: ReadonlyMap<number, number>;
  readonly trailer: PdfDictionary;
  readonly end: number;
}

function readSection(bytes: Buffer, offset: number): Section {
  const cursor: Cursor = { bytes, at: offset };
  if (readWord(cursor) !== 'xref') throw new PdfSyntaxError(`no cross-reference table at byte ${offset}`);
  const offsets = new Map<number, number>();
  for (;;) {
    skipSpace(cursor);
    const mark = cursor.at;
    if (readWord(cursor) === 'trailer') break;
    cursor.at = mark;
    const first = readInteger(cursor);
    const count = readInteger(cursor);
    skipSpace(cursor);
    for (let n = 0; n < count; n += 1) {
      const entry = /^(\d{10}) (\d{5}) ([nf])(?: \r| \n|\r\n)$/.exec(
        bytes.toString('latin1', cursor.at, cursor.at + 20),
      );
      if (!entry) throw new PdfSyntaxError(`a malformed cross-reference entry at byte ${cursor.at}`);
      cursor.at += 20;
      if (entry[3] === 'f') continue;
      if (offsets.has(first + n) || entry[2] !== '00000')
        throw new PdfSyntaxError(`object ${first + n} is listed twice or with a generation`);
      offsets.set(first + n, Number(entry[1]));
    }
  }
  const trailer = readValue(cursor);
  if (!isDict(trailer)) throw new PdfSyntaxError('the trailer is not a dictionary');
  expectWord(cursor, 'startxref');
  if (readInteger(cursor) !== offset) throw new PdfSyntaxError('startxref does not point at the table before it');
  const tail = /^\r?\n%%EOF\r?\n?/.exec(bytes.toString('latin1', cursor.at, cursor.at + 10));
  if (!tail) throw new PdfSyntaxError('a revision does not end with %%EOF');
  return { offsets, trailer, end: cursor.at + tail[0].length };
}

function readObject(
  bytes: Buffer,
  number: number,
  offset: number,
  lengthOf: (value: PdfValue | undefined) => number,
): PdfObjectAt {
  const cursor: Cursor = { bytes, at: offset };
  if (readInteger(cursor) !== number || cursor.at !== offset + String(number).length)
    throw new PdfSyntaxError(`object ${number} is not where the table says`);
  if (readInteger(cursor) !== 0) throw new PdfSyntaxError(`object ${number} has a generation`);
  expectWord(cursor, 'obj');
  const value = readValue(cursor);
  skipSpace(cursor);
  const mark = cursor.at;
  if (readWord(cursor) !== 'stream') {
    cursor.at = mark;
    expectWord(cursor, 'endobj');
    return { value, start: offset, end: cursor.at, stream: null };
  }
  if (!isDict(value)) throw new PdfSyntaxError(`stream ${number} has no dictionary`);
  const line = /^(?:\r\n|\n)/.exec(bytes.toString('latin1', cursor.at, cursor.at + 2));
  if (!line) throw new PdfSyntaxError(`stream ${number} does not begin on a new line`);
  const start = cursor.at + line[0].length;
  const length = lengthOf(value.entries.get('Length'));
  cursor.at = start + length;
  expectWord(cursor, 'endstream');
  expectWord(cursor, 'endobj');
  return { value, start: offset, end: cursor.at, stream: { start, length } };
}

/** Reads every object of every revision. Throws `PdfSyntaxError` for anything that is not strictly well-formed. */
export function readPdf(input: Uint8Array): PdfFile {
  const bytes = Buffer.from(input.buffer, input.byteOffset, input.byteLength);
  if (!/^%PDF-1\.7\r?\n/.test(bytes.toString('latin1', 0, 10)))
    throw new PdfSyntaxError('the file does not begin as PDF 1.7');
  const tail = /startxref\r?\n(\d{1,10})\r?\n%%EOF\r?\n?$/.exec(
    bytes.toString('latin1', Math.max(0, bytes.length - 64)),
  );
  if (!tail) throw new PdfSyntaxError('the file does not end with startxref and %%EOF');
  const sections: Section[] = [];
  let offset: number | null = Number(tail[1]);
  while (offset !== null) {
    if (sections.length >= maxRevisions) throw new PdfSyntaxError('too many revisions');
    const section = readSection(bytes, offset);
    if (section.trailer.entries.has('XRefStm') || section.trailer.entries.has('Encrypt'))
      throw new PdfSyntaxError('a hybrid or encrypted file');
    const newer = sections[0];
    if (newer && section.end > Math.min(...newer.offsets.values())) throw new PdfSyntaxError('revisions overlap');
    sections.unshift(section);
    const previous = section.trailer.entries.get('Prev');
    if (previous !== undefined && typeof previous !== 'number') throw new PdfSyntaxError('a malformed Prev');
    offset = previous ?? null;
  }
  if (sections.at(-1)?.end !== bytes.length) throw new PdfSyntaxError('bytes follow the last %%EOF');

  const revisions: Revision[] = [];
  const known = new Map<number, PdfObjectAt>();
  for (const section of sections) {
    const lengthOf = (value: PdfValue | undefined): number => {
      if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
      const at = isRef(value) ? section.offsets.get(value.number) : undefined;
      const target = isRef(value) && at !== undefined ? readObject(bytes, value.number, at, () => -1).value : undefined;
      if (typeof target !== 'number' || !Number.isInteger(target) || target < 0)
        throw new PdfSyntaxError('a stream without a length');
      return target;
    };
    const objects = new Map<number, PdfObjectAt>();
    for (const [number, at] of section.offsets) {
      const object = readObject(bytes, number, at, lengthOf);
      if (isDict(object.value) && ['ObjStm', 'XRef'].includes(nameOf(object.value.entries.get('Type')) ?? ''))
        throw new PdfSyntaxError('an object stream');
      objects.set(number, object);
      known.set(number, object);
    }
    revisions.push({ end: section.end, trailer: section.trailer, objects });
  }
  return {
    bytes,
    revisions,
    get: (number) => known.get(number),
    resolve: (value) => (isRef(value) ? known.get(value.number)?.value : value),
  };
}
