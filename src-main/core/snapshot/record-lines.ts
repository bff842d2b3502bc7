/**
 * Record shards as lines: cut at newlines, in order, without duplicates, and without parsing.
 *
 * A canonical record line is `{"body":{…},"id":"…","kind":"…","prov":{…}}`, so its id can be read from the bytes. Reading it
 * by position is exact for every line that the strict parser accepts; for any other line the parser refuses the import.
 */
import type { Kind } from '../../../src-shared/domain/dictionary.ts';
import { AssayError, raise } from '../../../src-shared/result.ts';
import { limits } from './limits.ts';

export interface RecordLine {
  readonly kind: Kind;
  readonly member: string;
  /** From 1 within the member. */
  readonly lineNumber: number;
  /** Without its newline: the bytes of the Merkle leaf. */
  readonly line: Buffer;
}

const newline = 0x0a;

/** Cuts one member's bytes into lines, a batch per chunk. Raises `input` / `record.*`. */
export async function* splitLines(
  chunks: AsyncIterable<Buffer>,
  kind: Kind,
  member: string,
  file: string,
): AsyncGenerator<readonly RecordLine[]> {
  let rest: Buffer = Buffer.alloc(0);
  let lineNumber = 0;
  for await (const chunk of chunks) {
    const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const batch: RecordLine[] = [];
    let start = 0;
    for (let end = data.indexOf(newline); end >= 0; end = data.indexOf(newline, start)) {
      lineNumber += 1;
      const line = data.subarray(start, end);
      if (line.length > limits.lineBytes)
        refuseLine('too_long', file, member, lineNumber, `it is longer than ${limits.lineBytes} bytes`);
      if (line.length === 0) refuseLine('blank', file, member, lineNumber, 'it is blank');
      batch.push({ kind, member, lineNumber, line });
      start = end + 1;
    }
    rest = data.subarray(start);
    if (rest.length > limits.lineBytes)
      refuseLine('too_long', file, member, lineNumber + 1, `it is longer than ${limits.lineBytes} bytes`);
    if (batch.length > 0) yield batch;
  }
  if (rest.length > 0) refuseLine('unterminated', file, member, lineNumber + 1, 'it does not end with a newline');
}

/** Checks (kind, id) order and uniqueness over all shards; kinds are ordered by the list of shards already. */
export function orderChecker(file: string): (line: RecordLine) => void {
  let previousKind = '';
  let previousId: Buffer = Buffer.alloc(0);
  return (line) => {
    const id =
      recordIdOf(line) ??
      refuseLine(
        'not_canonical',
        file,
        line.member,
        line.lineNumber,
        'it is not a record in canonical form (RFC 8785)',
      );
    if (line.kind === previousKind) {
      const order = Buffer.compare(previousId, id);
      if (order === 0) refuseLine('duplicate', file, line.member, line.lineNumber, `${line.kind}/${id} occurs twice`);
      if (order > 0) refuseLine('unsorted', file, line.member, line.lineNumber, `${line.kind}/${id} is out of order`);
    }
    previousKind = line.kind;
    previousId = id;
  };
}

const bodyStart = Buffer.from('{"body":{');
const idStart = Buffer.from('},"id":"');
const markers = new Map<Kind, Buffer>();

function markerOf(kind: Kind): Buffer {
  const marker = markers.get(kind) ?? Buffer.from(`","kind":"${kind}","prov":{`);
  markers.set(kind, marker);
  return marker;
}

/**
 * UTF-8 bytes of the record's id, or null when the line has another shape. Inside a JSON string every quote has a backslash
 * before it, so neither marker can occur within a value; `prov` has no text field named `kind`.
 */
export function recordIdOf({ line, kind }: Pick<RecordLine, 'line' | 'kind'>): Buffer | null {
  const end = line.lastIndexOf(markerOf(kind));
  const start = end < 0 ? -1 : line.lastIndexOf(idStart, end);
  if (start < 0 || line.compare(bodyStart, 0, bodyStart.length, 0, bodyStart.length) !== 0) return null;
  const raw = line.subarray(start + idStart.length, end);
  if (!raw.includes(0x5c)) return raw;
  try {
    const id: unknown = JSON.parse(`"${raw.toString('utf8')}"`);
    return typeof id === 'string' ? Buffer.from(id) : null;
  } catch {
    return null;
  }
}

/** True for a failure about one record line, as opposed to the container around it. */
export const isRecordFailure = (error: unknown): error is AssayError =>
  error instanceof AssayError && error.failure.code.startsWith('record.');

export function refuseLine(code: string, file: string, member: string, line: number, why: string): never {
  return raise(
    'input',
    `record.${code}`,
    `${member} line ${line} of ${file} is not a valid record: ${why}. Nothing was imported.`,
    {
      file,
      member,
      line,
      reason: why,
    },
  );
}
