/** What a report carries beside its pages: the embedded model, the digest it states, when it was written. */
import { inflateSync } from 'node:zlib';
import { sha256Hex } from '../canonical-json.ts';
import { twinFileName } from './model.ts';
import { fromPdfDate } from './pdf-dates.ts';
import { type PdfFile, readPdf } from './pdf-file.ts';
import { decodeText, isArray, isDict, isRef, isText, nameOf, PdfSyntaxError } from './pdf-syntax.ts';
import { digestKeyword } from './render.ts';

const maxTwinBytes = 512 * 1024 * 1024;

/** The one embedded twin, inflated; null unless there is exactly one file and it has the twin's name. */
export function twinOf(file: PdfFile): Buffer | null {
  const root = file.resolve(file.revisions.at(-1)?.trailer.entries.get('Root'));
  const names = isDict(root) ? file.resolve(root.entries.get('Names')) : undefined;
  const tree = isDict(names) ? file.resolve(names.entries.get('EmbeddedFiles')) : undefined;
  const list = isDict(tree) && !tree.entries.has('Kids') ? file.resolve(tree.entries.get('Names')) : undefined;
  if (!isArray(list) || list.length !== 2) return null;
  const [key, specRef] = list;
  const spec = file.resolve(specRef);
  if (!isText(key) || decodeText(key) !== twinFileName || !isDict(spec)) return null;
  const embedded = file.resolve(spec.entries.get('EF'));
  const streamRef = isDict(embedded) ? embedded.entries.get('F') : undefined;
  const stream = isRef(streamRef) ? file.get(streamRef.number) : undefined;
  if (!stream?.stream || !isDict(stream.value) || nameOf(stream.value.entries.get('Filter')) !== 'FlateDecode')
    return null;
  try {
    return inflateSync(file.bytes.subarray(stream.stream.start, stream.stream.start + stream.stream.length), {
      maxOutputLength: maxTwinBytes,
    });
  } catch {
    return null;
  }
}

/** SHA-256 of the twin that a file carries, whether or not anything in the file is genuine; null where it carries none. */
export function carriedModelDigest(pdf: Uint8Array): string | null {
  try {
    const twin = twinOf(readPdf(pdf));
    return twin && sha256Hex(twin);
  } catch (error) {
    if (error instanceof PdfSyntaxError) return null;
    throw error;
  }
}

/** The digest that the document information states. */
export function statedDigest(file: PdfFile): string | null {
  const info = file.resolve(file.revisions.at(-1)?.trailer.entries.get('Info'));
  const keywords = isDict(info) ? file.resolve(info.entries.get('Keywords')) : undefined;
  const text = isText(keywords) ? decodeText(keywords) : '';
  return text.startsWith(digestKeyword) && /^[0-9a-f]{64}$/.test(text.slice(digestKeyword.length))
    ? text.slice(digestKeyword.length)
    : null;
}

/** When the report was composed, from the document information; null where it is not stated as we write it. */
export function composedAt(file: PdfFile): Date | null {
  const info = file.resolve(file.revisions[0]?.trailer.entries.get('Info'));
  const date = isDict(info) ? file.resolve(info.entries.get('CreationDate')) : undefined;
  return isText(date) ? fromPdfDate(decodeText(date)) : null;
}
