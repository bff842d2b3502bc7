/** JSONTestSuite against record lines, and the examples behind RFC 8785 against canonical JSON. */
import { describe, expect, it } from 'vitest';
import { toJcs } from '../../../src-main/core/canonical-json.ts';
import { parseRecordLine } from '../../../src-main/core/snapshot/parse-line.ts';
import { failureOf } from './property.ts';
import { listVectors, readVector } from './vectors.ts';

const suite = ['json-test-suite', 'test_parsing'] as const;
const files = listVectors(...suite);
const named = (prefix: string): string[] => files.filter((name) => name.startsWith(prefix));

const parse = (line: Buffer) => parseRecordLine({ kind: 'model', member: 'm', lineNumber: 1, line }, 'f');
/** The text as the value of a body field of an otherwise good record line. */
const inRecord = (text: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from('{"body":{"a":'),
    text,
    Buffer.from('},"id":"a","kind":"model","prov":{"default":{"confidence":"declared","locator":"e"},"source":0}}'),
  ]);
const codeOf = (line: Buffer): string => failureOf(() => parse(line))?.code ?? 'accepted';

/** Valid JSON that a record line may not hold in this spelling, by reason. Everything else that is valid is accepted. */
const refusedForAReason: Readonly<Record<string, { readonly code: string; readonly names: string }>> = {
  'white space outside texts': {
    code: 'record.not_canonical',
    names:
      'array_arraysWithSpaces array_heterogeneous array_with_1_and_newline array_with_leading_space array_with_trailing_space number_after_space object object_long_strings object_with_newlines string_in_array_with_leading_space structure_trailing_newline structure_whitespace_array',
  },
  'a number in another spelling than ECMAScript gives it': {
    code: 'record.not_canonical',
    names:
      'number_0e+1 number_0e1 number_double_close_to_zero number_int_with_exp number_minus_zero number_negative_zero number_real_capital_e_neg_exp number_real_capital_e_pos_exp number_real_neg_exp number_real_pos_exponent',
  },
  'an escape where the character itself belongs': {
    code: 'record.not_canonical',
    names:
      'object_string_unicode string_1_2_3_bytes_UTF-8_sequences string_accepted_surrogate_pair string_accepted_surrogate_pairs string_allowed_escapes string_escaped_noncharacter string_last_surrogates_1_and_2 string_nbsp_uescaped string_one-byte-utf-8 string_surrogates_U+1D11E_MUSICAL_SYMBOL_G_CLEF string_three-byte-utf-8 string_two-byte-utf-8 string_uEscape string_uescaped_newline string_unicode string_unicodeEscapedBackslash string_unicode_U+10FFFE_nonchar string_unicode_U+1FFFE_nonchar string_unicode_U+200B_ZERO_WIDTH_SPACE string_unicode_U+2064_invisible_plus string_unicode_U+FDD0_nonchar string_unicode_U+FFFE_nonchar string_unicode_escaped_double_quote',
  },
  'a key that occurs twice': {
    code: 'record.not_canonical',
    names: 'object_duplicated_key object_duplicated_key_and_value',
  },
  'a whole number beyond 2^53, which not every reader holds exactly': {
    code: 'record.number',
    names: 'number number_real_capital_e number_real_exponent number_real_fraction_exponent object_extreme_numbers',
  },
  'a NUL character': { code: 'record.encoding', names: 'object_escaped_null_in_key string_null_escape' },
};
const reasons = Object.entries(refusedForAReason).flatMap(([reason, { code, names }]) =>
  names.split(' ').map((name) => ({ file: `y_${name}.json`, reason, code })),
);

describe('JSONTestSuite', () => {
  it('is there whole: 188 invalid, 95 valid and 35 undecided texts', () => {
    expect([named('n_').length, named('y_').length, named('i_').length]).toEqual([188, 95, 35]);
  });

  it('is refused wherever it is invalid, as a value of a record and as a line', () => {
    for (const name of named('n_')) {
      const text = readVector(...suite, name);
      expect(codeOf(inRecord(text)), name).toMatch(/^record\.(not_json|encoding)$/);
      expect(codeOf(text), name).toMatch(/^record\./);
    }
  });

  it.each(Object.keys(refusedForAReason))('is refused where it is valid and holds %s', (reason) => {
    for (const { file, code } of reasons.filter((entry) => entry.reason === reason))
      expect(codeOf(inRecord(readVector(...suite, file))), file).toBe(code);
  });

  it('is accepted wherever else it is valid, canonical as it stands', () => {
    const refused = new Set(reasons.map(({ file }) => file));
    const others = named('y_').filter((name) => !refused.has(name));
    expect(others.length + refused.size).toBe(95);
    for (const name of others) {
      const line = inRecord(readVector(...suite, name));
      expect(codeOf(line), name).toBe('accepted');
      expect(toJcs(parse(line)), name).toBe(line.toString());
    }
  });

  it('is accepted once its valid values are written canonically, where only the spelling was refused', () => {
    for (const { file } of reasons.filter(({ code }) => code === 'record.not_canonical')) {
      const value: unknown = JSON.parse(readVector(...suite, file).toString());
      expect(codeOf(inRecord(Buffer.from(toJcs(value)))), file).toBe('accepted');
    }
  });

  it('is refused wherever parsers differ', () => {
    for (const name of named('i_')) {
      const refusal = /^record\.(not_json|encoding|number|too_deep|not_canonical)$/;
      expect(codeOf(inRecord(readVector(...suite, name))), name).toMatch(refusal);
    }
  });
});

describe('RFC 8785', () => {
  it.each(listVectors('jcs', 'testdata', 'input'))('gives the published form of %s', (name) => {
    const value: unknown = JSON.parse(readVector('jcs', 'testdata', 'input', name).toString());
    expect(Buffer.from(toJcs(value)).equals(readVector('jcs', 'testdata', 'output', name))).toBe(true);
  });

  /** Appendix B: IEEE 754 bits of a number and the text that stands for it. */
  it.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['ffefffffffffffff', '-1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['c340000000000000', '-9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555554', '333333333.33333325'],
    ['41b3de4355555555', '333333333.3333333'],
    ['41b3de4355555556', '333333333.3333334'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('writes the number with the bits %s as %s', (bits, text) => {
    expect(toJcs(Buffer.from(bits, 'hex').readDoubleBE())).toBe(text);
  });

  it.each(['7fffffffffffffff', '7ff0000000000000', 'fff0000000000000'])('has no form for the bits %s', (bits) => {
    expect(() => toJcs(Buffer.from(bits, 'hex').readDoubleBE())).toThrow();
  });
});
