import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recordLine, toJcs } from '../../../src-main/core/canonical-json.ts';
import { parseRecordLine } from '../../../src-main/core/snapshot/parse-line.ts';
import { orderChecker, type RecordLine } from '../../../src-main/core/snapshot/record-lines.ts';
import type { Kind } from '../../../src-shared/domain/dictionary.ts';
import { AssayError } from '../../../src-shared/result.ts';
import { sampleRecord } from './fixture.ts';

const lineOf = (text: string | Buffer, kind: Kind = 'model'): RecordLine => ({
  kind,
  member: 'records/model-0001.ndjson',
  lineNumber: 7,
  line: Buffer.from(text),
});
const parse = (text: string | Buffer) => parseRecordLine(lineOf(text), 'sample.zip');
const prov = '"prov":{"default":{"confidence":"declared","locator":"e#/a"},"source":0}';
const withBody = (body: string) => `{"body":${body},"id":"a","kind":"model",${prov}}`;

function codeOf(text: string | Buffer): string {
  try {
    parse(text);
    return 'accepted';
  } catch (error) {
    if (!(error instanceof AssayError)) throw error;
    expect(error.failure).toMatchObject({
      kind: 'input',
      details: { file: 'sample.zip', member: 'records/model-0001.ndjson', line: 7 },
    });
    return error.failure.code;
  }
}

describe('when a record line is parsed', () => {
  it.each<[string, string | Buffer, string]>([
    ['B1 a duplicate key', withBody('{"a":1,"a":2}'), 'record.not_canonical'],
    ['B2 __proto__', withBody('{"__proto__":{"x":1}}'), 'record.forbidden_key'],
    ['B2 constructor, nested', withBody('{"a":[{"constructor":1}]}'), 'record.forbidden_key'],
    ['B2 prototype', withBody('{"prototype":1}'), 'record.forbidden_key'],
    ['B3 a whole number beyond 2^53', withBody('{"a":9007199254740994}'), 'record.number'],
    ['B3 a whole number that loses digits', withBody('{"a":9007199254740993}'), 'record.number'],
    ['B3 a decimal that loses digits', withBody('{"a":0.10000000000000000001}'), 'record.not_canonical'],
    ['B3 overflow to Infinity', withBody('{"a":1e400}'), 'record.number'],
    ['B3 minus zero', withBody('{"a":-0}'), 'record.not_canonical'],
    ['B3 a decimal in another spelling', withBody('{"a":1.50}'), 'record.not_canonical'],
    ['B4 a lone surrogate', withBody('{"a":"\\ud800"}'), 'record.encoding'],
    ['B4 a lone surrogate in a key', withBody('{"\\udc00":1}'), 'record.encoding'],
    [
      'B4 invalid UTF-8',
      Buffer.concat([
        Buffer.from('{"body":{"a":"'),
        Buffer.from([0xff]),
        Buffer.from(`"},"id":"a","kind":"model",${prov}}`),
      ]),
      'record.encoding',
    ],
    ['B4 a byte order mark', `\uFEFF${withBody('{}')}`, 'record.encoding'],
    ['B4 NUL in a text', withBody('{"a":"\\u0000"}'), 'record.encoding'],
    ['B4 a raw NUL', withBody('{"a":"\0"}'), 'record.not_json'],
    ['B7 nesting of 100,000', withBody(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`), 'record.too_deep'],
    ['B7 nesting of 65', withBody(`{"a":${'['.repeat(63)}${']'.repeat(63)}}`), 'record.too_deep'],
    ['B8 a line over 1 MiB', withBody(`{"a":"${'x'.repeat(1 << 20)}"}`), 'record.too_long'],
    ['B9 a carriage return', `${withBody('{}')}\r`, 'record.not_canonical'],
    ['B9 nothing', '', 'record.not_json'],
    ['white space', withBody('{"a": 1}'), 'record.not_canonical'],
    ['unsorted keys', withBody('{"b":1,"a":1}'), 'record.not_canonical'],
    ['a needless escape', withBody('{"a":"\\u0041"}'), 'record.not_canonical'],
    ['B10 a further field', `{"body":{},"extra":1,"id":"a","kind":"model",${prov}}`, 'record.shape'],
    ['an unknown kind', `{"body":{},"id":"a","kind":"spaceship",${prov}}`, 'record.shape'],
    ['an empty id', `{"body":{},"id":"","kind":"model",${prov}}`, 'record.shape'],
    ['a body that is a list', withBody('[]'), 'record.shape'],
    ['no provenance', '{"body":{},"id":"a","kind":"model"}', 'record.shape'],
    ['another kind than its shard', `{"body":{},"id":"a","kind":"party",${prov}}`, 'record.kind'],
    ['an array', '[]', 'record.shape'],
  ])('refuses %s', (_name, text, code) => {
    expect(codeOf(text)).toBe(code);
  });

  it.each([
    ['nesting of 64', withBody(`{"a":${'['.repeat(62)}${']'.repeat(62)}}`)],
    ['keys that look like array indices, in canonical order', withBody('{"!":1,"10":1,"9":1,"a":1}')],
    ['B5 look-alike and bidirectional characters', withBody('{"a":"pаypal\u202Eexe\u200B"}')],
    ['the largest exact number', withBody('{"a":9007199254740991}')],
    ['a decimal', withBody('{"a":0.1,"b":-1.5e-9}')],
    ['a surrogate pair', withBody('{"a":"😀"}')],
    ['a text that looks like a surrogate escape', withBody('{"a":"\\\\ud800"}')],
  ])('accepts %s', (_name, text) => {
    expect(toJcs(parse(text))).toBe(text);
  });

  it('gives back every record that can be written, and refuses every other spelling of it', () => {
    const json = fc.jsonValue({ maxDepth: 4 });
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ minLength: 1 }), json),
        fc.string({ minLength: 1 }),
        fc.nat(),
        (body, id, cut) => {
          const text = JSON.stringify(body);
          const value: unknown = JSON.parse(text);
          fc.pre(
            typeof value === 'object' &&
              value !== null &&
              !/__proto__|constructor|prototype|\\u0000|\\ud[89a-f]|e\+/i.test(text + JSON.stringify(id)),
          );
          const line = toJcs({
            kind: 'model',
            id,
            body: value,
            prov: { source: 0, default: { confidence: 'declared', locator: 'e' } },
          });
          fc.pre(!/[0-9]{16}/.test(line));
          expect(toJcs(parse(line))).toBe(line);
          const at = cut % line.length;
          const spaced = `${line.slice(0, at)} ${line.slice(at)}`;
          const outcome = codeOf(spaced);
          if (outcome === 'accepted') expect(toJcs(JSON.parse(spaced))).toBe(spaced);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('never accepts a changed byte as anything but another canonical record', () => {
    const good = Buffer.from(recordLine(sampleRecord('model', 'a', { n: 1.5, list: [1, { b: null }] })));
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const changed = Buffer.from(good);
        changed[at] = (changed[at] ?? 0) ^ mask;
        if (codeOf(changed) === 'accepted') expect(toJcs(parse(changed))).toBe(changed.toString());
      }),
      { numRuns: 3000 },
    );
  });
});

describe('when the order of lines is checked without parsing', () => {
  const check = (...ids: readonly string[]) => {
    const checker = orderChecker('sample.zip');
    for (const id of ids)
      checker(lineOf(recordLine(sampleRecord('model', id, { model: { id: 'inner', kind: 'model' } }))));
  };

  it('compares ids as UTF-8 bytes, not as UTF-16 code units', () => {
    expect(() => check('\uFF5E', '😀')).not.toThrow();
    expect(() => check('😀', '\uFF5E')).toThrow(
      expect.objectContaining({ failure: expect.objectContaining({ code: 'record.unsorted' }) }),
    );
  });

  it('reads any id from the bytes as the parser reads it', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1, unit: 'grapheme' }), { minLength: 2, maxLength: 8 }), (ids) => {
        const sorted = [...new Set(ids)].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
        expect(() => check(...sorted)).not.toThrow();
        if (sorted.length > 1) expect(() => check(...sorted.reverse())).toThrow(AssayError);
      }),
    );
  });

  it.each(['","kind":"model","prov":{', '},"id":"x', '\\","id":"', '"'])('is not misled by the id %j', (id) => {
    expect(() => check(id, id)).toThrow(
      expect.objectContaining({ failure: expect.objectContaining({ code: 'record.duplicate' }) }),
    );
    expect(() => check(...[id, `${id}!`])).not.toThrow();
  });
});
