/** The strict parser of record lines: no input crashes it, and nothing but the canonical form of a record passes. */
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { recordLine } from '../../../src-main/core/canonical-json.ts';
import { limits } from '../../../src-main/core/snapshot/limits.ts';
import { parseRecordLine } from '../../../src-main/core/snapshot/parse-line.ts';
import { orderChecker, type RecordLine, splitLines } from '../../../src-main/core/snapshot/record-lines.ts';
import type { Kind } from '../../../src-shared/domain/dictionary.ts';
import { applyEdits, bytes, edit, jsonValue, kind, recordBody, recordSet, recordText } from './arbitraries.ts';
import { asyncFailureOf, expectRefusal, failureOf, holds, holdsAsync } from './property.ts';
import { canonicalText } from './reference.ts';

const lineOf = (line: Buffer, of: Kind = 'model'): RecordLine => ({ kind: of, member: 'm', lineNumber: 3, line });
const provText = '{"default":{"confidence":"declared","locator":"e"},"source":0}';
const withBody = (body: string): Buffer => Buffer.from(`{"body":${body},"id":"a","kind":"model","prov":${provText}}`);

/** What must hold whatever came in: a refusal that says where, or a line that is its own canonical form. */
function expectSound(line: Buffer): void {
  const failure = failureOf(() => parseRecordLine(lineOf(line), 'f'));
  if (failure) {
    expectRefusal(failure, 'input', /^record\./);
    expect(failure.details).toMatchObject({ file: 'f', member: 'm', line: 3 });
    return;
  }
  const text = line.toString('utf8');
  expect(Buffer.from(text).equals(line)).toBe(true);
  expect(canonicalText(JSON.parse(text))).toBe(text);
  expect(text).not.toMatch(/"(__proto__|constructor|prototype)":|\\u0000/);
  expect(depthOf(JSON.parse(text))).toBeLessThanOrEqual(limits.nestingDepth);
}

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

/** Pieces of JSON in any order: duplicate keys, forbidden keys, numbers that lose digits, half pairs, depth. */
const tokens = fc
  .array(
    fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '{"a":',
      '"a"',
      '"a":1',
      '"b":2',
      '"__proto__":',
      '"__proto__":{"x":1}',
      '"constructor":1',
      '"\\ud800"',
      '"\\u0041"',
      '"\\u0000"',
      '"é"',
      '"e\u0301"',
      '"\u202e"',
      '1',
      '-0',
      '1.0',
      '1e400',
      '0.1',
      '1e-7',
      '9007199254740993',
      '0.10000000000000000001',
      'null',
      'true',
      ' ',
      '\t',
      '\u00a0',
      '\ufeff',
      '['.repeat(62),
      ']'.repeat(62),
      `"a":${'['.repeat(62)}${']'.repeat(62)}`,
      `"a":${'['.repeat(63)}${']'.repeat(63)}`,
      `"a":${'['.repeat(500)}${']'.repeat(500)}`,
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

describe('the strict parser', () => {
  holds('answers any bytes with a typed refusal or a canonical record', 1000, [bytes(400)], expectSound);

  holds('answers any JSON value with a typed refusal or a canonical record', 1000, [jsonValue], (value) => {
    expectSound(Buffer.from(JSON.stringify(value)));
    expectSound(withBody(JSON.stringify(value)));
  });

  holds(
    'answers any sequence of JSON pieces in a body with a typed refusal or a canonical record',
    1000,
    [tokens],
    (text) => {
      expectSound(withBody(`{${text}}`));
      expectSound(withBody(text));
    },
  );

  holds(
    'answers any edit of a good line with a typed refusal or a canonical record',
    1000,
    [recordText({ minLength: 1 }), recordBody, fc.array(edit, { minLength: 1, maxLength: 4 })],
    (id, body, edits) => {
      const good = recordLine({
        kind: 'model',
        id,
        body,
        prov: { source: 0, default: { confidence: 'declared', locator: 'e' } },
      });
      expectSound(applyEdits(Buffer.from(good), edits));
    },
  );

  const notCanonical = fc.constantFrom<(text: string) => string>(
    (text) => ` ${text}`,
    (text) => `${text}\r`,
    (text) => text.replace('{', '{ '),
    (text) => text.replace('"kind":"model"', '"kind":"model","kind":"model"'),
    (text) => text.replace('"id":', '"\\u0069d":'),
    (text) => text.replace('{"body":', '{"id":"first","body":'),
    (text) => text.replace('"source":0', '"source":0.0'),
    (text) => text.replace('"source":0', '"source":-0'),
    (text) => text.replace('"source":0', '"source":0e1'),
    (text) => text.replace('"prov":', '"__proto__":{},"prov":'),
  );
  holds(
    'refuses every other spelling of a record',
    500,
    [recordText({ minLength: 1 }), recordBody, notCanonical],
    (id, body, respell) => {
      const good = recordLine({
        kind: 'model',
        id,
        body,
        prov: { source: 0, default: { confidence: 'declared', locator: 'e' } },
      });
      // The change must hit the envelope, not a text inside the body that happens to look like it.
      fc.pre(!/"kind"|"id"|"source"|"prov"|"body"/.test(JSON.stringify(body) + JSON.stringify(id)));
      expect(failureOf(() => parseRecordLine(lineOf(Buffer.from(respell(good))), 'f'))).not.toBeNull();
    },
  );

  holds('lets no object it returns carry a foreign prototype', 500, [jsonValue], (value) => {
    const line = withBody(canonicalText({ a: value }));
    if (failureOf(() => parseRecordLine(lineOf(line), 'f'))) return;
    const seen = [parseRecordLine(lineOf(line), 'f').body as unknown];
    for (const item of seen) {
      if (typeof item !== 'object' || item === null) continue;
      expect([Object.prototype, Array.prototype]).toContain(Object.getPrototypeOf(item));
      seen.push(...Object.values(item));
    }
  });
});

describe('record shards', () => {
  async function* inChunks(data: Buffer, cuts: readonly number[]): AsyncGenerator<Buffer> {
    const edges = [...new Set(cuts.map((cut) => cut % (data.length + 1)))].sort((a, b) => a - b);
    let start = 0;
    for (const edge of [...edges, data.length]) {
      yield data.subarray(start, edge);
      start = edge;
    }
  }
  async function linesOf(data: Buffer, cuts: readonly number[]): Promise<string[]> {
    const lines: string[] = [];
    for await (const batch of splitLines(inChunks(data, cuts), 'model', 'm', 'f'))
      lines.push(...batch.map(({ line }) => line.toString('latin1')));
    return lines;
  }

  holdsAsync(
    'give the same lines, or the same refusal, however they are cut into chunks',
    400,
    [fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 40 }), fc.array(fc.nat(), { maxLength: 6 })],
    async (text, cuts) => {
      const whole = await asyncFailureOf(() => linesOf(Buffer.from(text), []));
      expect((await asyncFailureOf(() => linesOf(Buffer.from(text), cuts)))?.code).toBe(whole?.code);
      if (whole) expectRefusal(whole, 'input', /^record\.(blank|unterminated)$/);
      else expect((await linesOf(Buffer.from(text), cuts)).map((line) => `${line}\n`).join('')).toBe(text);
    },
  );

  const inOrder = (a: { kind: string; id: string }, b: { kind: string; id: string }): number =>
    a.kind === b.kind ? Buffer.compare(Buffer.from(a.id), Buffer.from(b.id)) : a.kind < b.kind ? -1 : 1;
  holds(
    'are in order exactly when each kind lists its ids as ascending UTF-8 bytes',
    500,
    [kind, recordSet, fc.boolean()],
    (of, records, sorted) => {
      const list = records.map((record) => ({ ...record, kind: of }));
      if (sorted) list.sort(inOrder);
      const ascending = list.every((record, index) => index === 0 || inOrder(list[index - 1] ?? record, record) < 0);
      const check = orderChecker('f');
      const failure = failureOf(() => {
        for (const record of list) check(lineOf(Buffer.from(recordLine(record)), of));
      });
      expect(failure === null).toBe(ascending);
      if (failure) expectRefusal(failure, 'input', /^record\.(duplicate|unsorted)$/);
    },
  );

  holds(
    'of any bytes are ordered or refused with a typed failure',
    500,
    [fc.array(bytes(80), { maxLength: 4 })],
    (lines) => {
      const check = orderChecker('f');
      const failure = failureOf(() => {
        for (const line of lines) check(lineOf(line));
      });
      if (failure) expectRefusal(failure, 'input', /^record\./);
    },
  );
});
