/** The raw file behind a value, and the exact place in it. */
import { extname } from 'node:path/posix';
import { z } from 'zod';
import { maxEvidenceText } from '../../../src-shared/contract/schemas/evidence.ts';
import { raise } from '../../../src-shared/result.ts';
import { sha256Hex } from '../canonical-json.ts';
import { parseLocator } from '../collect/evidence.ts';
import { fragmentAt } from '../collect/evidence-fragment.ts';
import type { ReadableDb } from '../store/database.ts';
import { readEvidence } from '../store/evidence.ts';
import { findSnapshot } from '../store/snapshot-queries.ts';
import type { Handler } from './context.ts';

export const evidenceShow: Handler<'evidence.show'> = async (context, input) => {
  const place = placeOf(input.locator);
  const file = readFile(context.workspace().reader, input.snapshot, place);
  const name = place.name ?? place.member;
  const text = textOf(file);
  const found = text === null ? null : await fragmentAt(name, text, place.pointer);
  const fragment = found ? bounded(JSON.stringify(found.value, null, 2) ?? 'null') : null;
  const shown = bounded(text ?? '');
  return {
    member: place.member,
    name,
    mediaType: text === null ? 'application/octet-stream' : (mediaTypes[extname(name).toLowerCase()] ?? 'text/plain'),
    pointer: place.pointer,
    bytes: file.length,
    sha256: sha256Hex(file),
    text: shown.text,
    textCut: shown.cut,
    fragment: fragment?.text ?? null,
    fragmentCut: fragment?.cut ?? false,
    match: found?.match ?? 'file',
  };
};

const mediaTypes: Readonly<Record<string, string>> = {
  '.json': 'application/json',
  '.jsonl': 'application/x-ndjson',
  '.ndjson': 'application/x-ndjson',
  '.md': 'text/markdown',
  '.yaml': 'application/yaml',
  '.yml': 'application/yaml',
};

type Place = ReturnType<typeof parseLocator>;

function placeOf(locator: string): Place {
  try {
    return parseLocator(locator);
  } catch {
    return raise('usage', 'evidence.locator', 'The locator is not one that a snapshot holds; copy it from a value.');
  }
}

const gatheredLine = z.object({ name: z.string(), sha256: z.string(), text: z.string() });

function readFile(db: ReadableDb, snapshot: number, { member, name }: Place): Buffer {
  findSnapshot(db, snapshot);
  const bytes = readEvidence(db, snapshot, member);
  const unknown = (): never =>
    raise(
      'usage',
      'evidence.unknown',
      `Snapshot ${snapshot} holds no evidence file ${name ?? member}; the bundle may have been packed without it.`,
      { snapshot, member },
    );
  if (!bytes) return unknown();
  if (name === undefined) return bytes;
  for (const line of linesOf(bytes)) {
    const entry = gathered(line);
    if (entry?.name !== name) continue;
    const file = Buffer.from(entry.text, 'utf8');
    if (sha256Hex(file) === entry.sha256) return file;
    return raise(
      'input',
      'evidence.malformed',
      `${name} in ${member} of snapshot ${snapshot} is not the file whose digest stands beside it; it is not shown.`,
      { snapshot, member },
    );
  }
  return unknown();
}

function gathered(line: Buffer): z.infer<typeof gatheredLine> | null {
  try {
    return gatheredLine.parse(JSON.parse(line.toString('utf8')));
  } catch {
    return null;
  }
}

/** Whole lines only; a gathered member ends with one. */
function* linesOf(bytes: Buffer): Generator<Buffer> {
  for (let start = 0, end = bytes.indexOf(0x0a); end >= 0; start = end + 1, end = bytes.indexOf(0x0a, start)) {
    yield bytes.subarray(start, end);
  }
}

/** Text in UTF-8, without its byte order mark; null for anything else. */
function textOf(bytes: Buffer): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? null : text;
  } catch {
    return null;
  }
}

/** Cut between characters. */
function bounded(text: string): { readonly text: string; readonly cut: boolean } {
  if (Buffer.byteLength(text) <= maxEvidenceText) return { text, cut: false };
  const start = Buffer.from(text.slice(0, maxEvidenceText)).subarray(0, maxEvidenceText);
  return { text: new TextDecoder('utf-8').decode(start, { stream: true }), cut: true };
}
