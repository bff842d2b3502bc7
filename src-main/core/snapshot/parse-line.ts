/**
 * One record line -> one canonical record, or a refusal that names file, member and line.
 *
 * RFC 8785 is ECMAScript's own JSON.stringify with object keys in UTF-16 code unit order. So a line is canonical exactly when
 * re-serialising what was parsed gives the line back and every object's keys are sorted; that one comparison catches
 * white space, duplicate keys, `-0`, overflow to Infinity, numbers that lose digits and needless escapes. The JCS library
 * has the last word on the few lines where that quick way says no.
 */
import { z } from 'zod';
import { kindSchema } from '../../../src-shared/domain/dictionary.ts';
import { type CanonicalRecord, provenanceSchema, type RecordBody } from '../../../src-shared/domain/record.ts';
import { toJcs } from '../canonical-json.ts';
import { limits } from './limits.ts';
import { type RecordLine, refuseLine } from './record-lines.ts';

const envelopeSchema = z.strictObject({
  kind: kindSchema,
  id: z.string().min(1),
  body: z.custom<RecordBody>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'body must be an object',
  ),
  prov: provenanceSchema,
});

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const forbiddenKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Parses one line. Raises `input` / `record.*` with details {file, member, line}. */
export function parseRecordLine(line: RecordLine, file: string): CanonicalRecord {
  try {
    const record = parseCanonicalRecord(line.line);
    if (record.kind !== line.kind) problem('kind', `a ${record.kind} record stands in a shard of ${line.kind} records`);
    return record;
  } catch (error) {
    if (!(error instanceof LineProblem)) throw error;
    return refuseLine(error.code, file, line.member, line.lineNumber, error.message);
  }
}

/** A refusal that does not yet know where its line stands. */
class LineProblem extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

function problem(code: string, message: string): never {
  throw new LineProblem(code, message);
}

function parseCanonicalRecord(bytes: Buffer): CanonicalRecord {
  if (bytes.length > limits.lineBytes) problem('too_long', `the line is longer than ${limits.lineBytes} bytes`);
  const text = decode(bytes);
  const value = parseJson(text);
  const sorted = checkValue(value, 1);
  if (!(sorted && JSON.stringify(value) === text) && toJcs(value) !== text) {
    problem(
      'not_canonical',
      'it is not in canonical form (RFC 8785): white space, key order, a duplicate key, or a number or escape in another spelling',
    );
  }
  const parsed = envelopeSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    problem('shape', `${issue?.message ?? 'unexpected content'} at ${issue?.path.join('.') || 'the top level'}`);
  }
  return parsed.data;
}

function decode(bytes: Buffer): string {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    return problem('encoding', 'it is not valid UTF-8');
  }
  if (text.charCodeAt(0) === 0xfeff) problem('encoding', 'it begins with a byte order mark');
  return text;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return problem('not_json', 'it is not JSON');
  }
}

/**
 * Refuses what JSON.parse lets through and a record may not hold; depth is bounded before anything else runs over the value.
 * Returns whether the keys of every object come in canonical order. Keys that look like array indices may answer false
 * wrongly, because JavaScript moves them to the front.
 */
function checkValue(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return checkText(value);
  if (typeof value === 'number') return checkNumber(value);
  if (typeof value !== 'object' || value === null) return true;
  if (depth > limits.nestingDepth) problem('too_deep', `it is nested deeper than ${limits.nestingDepth} levels`);
  let sorted = true;
  if (Array.isArray(value)) {
    for (const item of value) sorted = checkValue(item, depth + 1) && sorted;
    return sorted;
  }
  let previous = '';
  for (const [key, item] of Object.entries(value)) {
    if (forbiddenKeys.has(key)) problem('forbidden_key', `the key "${key}" is not allowed`);
    checkText(key);
    if (key < previous) sorted = false;
    previous = key;
    sorted = checkValue(item, depth + 1) && sorted;
  }
  return sorted;
}

function checkText(text: string): true {
  if (!text.isWellFormed()) problem('encoding', 'a text holds half a surrogate pair');
  if (text.includes('\0')) problem('encoding', 'a text holds a NUL character');
  return true;
}

function checkNumber(value: number): true {
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    problem('number', 'a whole number is beyond 2^53 and cannot be held exactly; write it as text');
  }
  if (!Number.isFinite(value)) problem('number', 'a number is too large to hold');
  return true;
}
