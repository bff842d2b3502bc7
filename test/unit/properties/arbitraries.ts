/** Generated inputs that several properties share. */
import fc from 'fast-check';
import { type Kind, kinds } from '../../../src-shared/domain/dictionary.ts';
import type { CanonicalRecord, JsonValue, RecordBody } from '../../../src-shared/domain/record.ts';
import { sampleRecord } from '../snapshot/fixture.ts';

export const bytes = (maxLength = 200): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));

/** Any sequence of UTF-16 code units, halves of surrogate pairs included. */
export const anyText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
);

/** Any JSON value as JavaScript holds it: odd keys, `-0`, huge numbers and half pairs included. */
export const jsonValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.oneof(anyText, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null)),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(
        fc.oneof(anyText, fc.constantFrom('__proto__', 'constructor', 'prototype', '1', '10', '')),
        tie('value'),
        {
          maxKeys: 4,
          noNullPrototype: true,
        },
      ),
    ),
  })).value,
);

/** Text without what a record may not hold: NUL and halves of surrogate pairs. */
export const recordText = (constraints: fc.StringConstraints = {}): fc.Arbitrary<string> =>
  fc.string({ unit: 'grapheme', ...constraints }).filter((text) => !text.includes('\0'));

const fieldName = recordText({ minLength: 1, maxLength: 12 }).filter(
  (name) => !['__proto__', 'constructor', 'prototype'].includes(name),
);
const fieldNumber = fc.oneof(
  fc.maxSafeInteger(),
  fc.double({ min: -1e15, max: 1e15, noNaN: true }).filter((value) => !Object.is(value, -0)),
);

/** The body of a record as a packer may write it. */
export const recordBody: fc.Arbitrary<RecordBody> = fc.dictionary(
  fieldName,
  fc.letrec<{ value: JsonValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.oneof(recordText({ maxLength: 20 }), fieldNumber, fc.boolean(), fc.constant(null)),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fieldName, tie('value'), { maxKeys: 3, noNullPrototype: true }),
    ),
  })).value,
  { maxKeys: 5, noNullPrototype: true },
);

export const kind: fc.Arbitrary<Kind> = fc.constantFrom(...kinds);

/** Records with distinct (kind, id), in any order. */
export const recordSet: fc.Arbitrary<CanonicalRecord[]> = fc.uniqueArray(
  fc
    .record({ kind, id: recordText({ minLength: 1, maxLength: 16 }), body: recordBody })
    .map((entry) => ({ ...sampleRecord(entry.kind, entry.id), body: entry.body })),
  { maxLength: 12, selector: (entry) => `${entry.kind}/${entry.id}` },
);

/** A change of a byte string: some bytes replaced, cut out, doubled or put in. */
export interface Edit {
  readonly at: number;
  readonly remove: number;
  readonly insert: Uint8Array;
}
export const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.nat(),
  remove: fc.oneof(fc.nat(3), fc.nat(60)),
  insert: fc.uint8Array({ maxLength: 4 }),
});

export function applyEdits(original: Buffer, edits: readonly Edit[]): Buffer {
  return edits.reduce((data, { at, remove, insert }) => {
    const start = at % (data.length + 1);
    return Buffer.concat([data.subarray(0, start), insert, data.subarray(start + remove)]);
  }, original);
}
