/** RFC 8785 canonical JSON, against an independent reading of the RFC. */
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { bodyDigest, recordLine, toJcs } from '../../../src-main/core/canonical-json.ts';
import { parseRecordLine } from '../../../src-main/core/snapshot/parse-line.ts';
import { anyText, jsonValue, kind, recordBody, recordText } from './arbitraries.ts';
import { failureOf, holds } from './property.ts';
import { canonicalText } from './reference.ts';

/** JSON cannot say half a surrogate pair (RFC 8785 section 3.2.2.2). */
const wellFormed = jsonValue.filter((value) => !/\\ud[89a-f]/i.test(JSON.stringify(value)));

describe('canonical JSON', () => {
  holds('is what RFC 8785 says, for every JSON value', 1000, [wellFormed], (value) => {
    expect(toJcs(value)).toBe(canonicalText(value));
  });

  holds('means the value it was made from, and is its own canonical form', 1000, [wellFormed], (value) => {
    const text = toJcs(value);
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
    expect(toJcs(JSON.parse(text))).toBe(text);
  });

  holds(
    'does not depend on the order in which members were set',
    500,
    [
      fc.uniqueArray(
        fc.tuple(
          anyText.map((text) => text.toWellFormed()),
          fc.integer(),
        ),
        { selector: ([key]) => key, maxLength: 8 },
      ),
      fc.nat(),
    ],
    (members, seed) => {
      const turned = [...members.slice(seed % (members.length + 1)), ...members.slice(0, seed % (members.length + 1))];
      expect(toJcs(Object.fromEntries(turned.reverse()))).toBe(toJcs(Object.fromEntries(members)));
    },
  );
});

describe('record lines', () => {
  const parse = (text: string, of: Parameters<typeof parseRecordLine>[0]['kind']) =>
    parseRecordLine({ kind: of, member: 'm', lineNumber: 1, line: Buffer.from(text) }, 'f');
  const prov = { source: 0, default: { confidence: 'declared', locator: 'e' } } as const;

  holds(
    'of every record a packer may write are accepted and mean that record',
    1000,
    [kind, recordText({ minLength: 1 }), recordBody],
    (of, id, body) => {
      const record = { kind: of, id, body, prov };
      expect(parse(recordLine(record), of)).toEqual(record);
    },
  );

  holds(
    'keep their body digest when only the provenance differs',
    500,
    [kind, recordText({ minLength: 1 }), recordBody, fc.nat(9)],
    (of, id, body, source) => {
      const record = parse(recordLine({ kind: of, id, body, prov }), of);
      const elsewhere = parse(recordLine({ kind: of, id, body, prov: { ...prov, source } }), of);
      expect(bodyDigest(elsewhere)).toBe(bodyDigest(record));
    },
  );

  holds(
    'that the parser calls canonical are those that canonical JSON writes, and no others',
    1000,
    [wellFormed],
    (value) => {
      for (const text of [JSON.stringify(value), toJcs(value)]) {
        const line = `{"body":{"a":${text}},"id":"a","kind":"model","prov":${toJcs(prov)}}`;
        const code = failureOf(() => parse(line, 'model'))?.code;
        if (text === canonicalText(JSON.parse(text))) expect(code).not.toBe('record.not_canonical');
        else expect(code).toBeDefined();
      }
    },
  );
});
