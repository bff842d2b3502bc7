/**
 * Record files as lines, without stopping at a bad one: import refuses at the first malformed line, a check before
 * registration lists them all. At most one line of legal length is in memory.
 */
import { limits } from '../snapshot/limits.ts';
import type { LintFile } from './lint-input.ts';

export interface LintLine {
  /** From 1 within the file. */
  readonly number: number;
  /** Null: the line was not kept, and `problem` says why. */
  readonly bytes: Buffer | null;
  readonly problem: { readonly code: string; readonly text: string } | null;
}

const newline = 0x0a;
const tooLong = { code: 'record.too_long', text: `it is longer than ${limits.lineBytes} bytes` };

/** Lines of a shard, or the one record of a `.json` file as line 1. `onBytes` hears how far reading has come. */
export async function* lintLines(file: LintFile, onBytes: (bytes: number) => void): AsyncGenerator<LintLine> {
  if (file.format === 'record') {
    yield await wholeFile(file, onBytes);
    return;
  }
  let rest: Buffer = Buffer.alloc(0);
  let number = 0;
  let skipping = false;
  for await (const chunk of file.stream()) {
    onBytes(chunk.length);
    const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = data.indexOf(newline); end >= 0; end = data.indexOf(newline, start)) {
      number += 1;
      const bytes = data.subarray(start, end);
      start = end + 1;
      if (skipping || bytes.length > limits.lineBytes) yield { number, bytes: null, problem: tooLong };
      else if (bytes.length === 0)
        yield { number, bytes: null, problem: { code: 'record.blank', text: 'it is blank' } };
      else yield { number, bytes, problem: null };
      skipping = false;
    }
    rest = data.subarray(start);
    if (rest.length > limits.lineBytes) {
      skipping = true;
      rest = Buffer.alloc(0);
    }
  }
  if (skipping) yield { number: number + 1, bytes: null, problem: tooLong };
  else if (rest.length > 0)
    yield {
      number: number + 1,
      bytes: rest,
      problem: { code: 'record.unterminated', text: 'it does not end with a newline' },
    };
}

async function wholeFile(file: LintFile, onBytes: (bytes: number) => void): Promise<LintLine> {
  if (file.bytes > limits.lineBytes) return { number: 1, bytes: null, problem: tooLong };
  const chunks: Buffer[] = [];
  for await (const chunk of file.stream()) {
    onBytes(chunk.length);
    chunks.push(chunk);
  }
  return { number: 1, bytes: Buffer.concat(chunks), problem: null };
}
