/**
 * From a JSON value in a record to what a rule reads.
 *
 * Three states are kept apart: a value, a blank that a source stands behind, and something that no source supplies
 * (decisions.md 4). regulation reference 0.2 defines blank: absent, null, empty, whitespace, an empty list, or a placeholder
 * where a value is needed; "n/a" followed by a reason is a value.
 */
import type { FieldType } from '../../../src-shared/domain/dictionary.ts';
import type { JsonValue } from '../../../src-shared/domain/record.ts';

/** No source supplies it. */
export const missing = Symbol('missing');
/** Supplied and empty. */
export const blank = Symbol('blank');
/** Supplied, and says "none" in so many words: blank where a value is needed, an answer where a rule accepts "none". */
export const statedNone = Symbol('stated none');
export type Empty = typeof missing | typeof blank | typeof statedNone;

/** One entry of `training_data_refs` / `test_data_refs` with its dataset as `dataset/<id>`. */
export class DataRef {
  readonly dataset: string;
  readonly digest: string;
  readonly role: string;
  constructor(dataset: string, digest: string, role: string) {
    this.dataset = dataset;
    this.digest = digest;
    this.role = role;
  }
}

export type Scalar = string | number | boolean;
export type FieldValue = Scalar | readonly string[] | readonly DataRef[];

const placeholder = /^(tbd|tba|todo|n\/?a|unknown|none|-+|–|—)?[\s.:;,-]*$/i;
const noneWord = /^none[\s.]*$/i;

/** True for text that stands where a value should be: empty, whitespace, `tbd`, `todo`, `n/a`, `unknown`, `-`, `none`. */
export const isPlaceholder = (text: string): boolean => placeholder.test(text.trim());

/** CEL's type of a dictionary field. References are `kind/id`; numbers are doubles; dates stay text and go through functions. */
export function celType(type: FieldType): string {
  switch (type.kind) {
    case 'bool':
      return 'bool';
    case 'int':
    case 'decimal':
      return 'double';
    case 'list':
      return type.of.kind === 'data_ref' ? 'list<DataRef>' : 'list<string>';
    default:
      return 'string';
  }
}

/** What a blank reads as in a comparison: nothing equals it and no order holds. A blank bool has no such value. */
export function blankOf(type: FieldType): FieldValue | undefined {
  switch (celType(type)) {
    case 'bool':
      return undefined;
    case 'double':
      return Number.NaN;
    case 'string':
      return '';
    default:
      return [];
  }
}

function readText(text: string, type: FieldType): string | Empty {
  const trimmed = text.trim();
  // An enum may have `none` or `unknown` among its values: there it is an answer, not a placeholder.
  if (type.kind === 'enum') {
    // The dictionary's own string: a hundred thousand records then share one.
    const known = type.values.find((value) => value === trimmed);
    if (known !== undefined) return known;
  }
  if (noneWord.test(trimmed)) return statedNone;
  return isPlaceholder(trimmed) ? blank : trimmed;
}

function readScalar(raw: JsonValue, type: FieldType): Scalar | Empty {
  if (raw === null) return blank;
  switch (type.kind) {
    case 'bool':
      if (typeof raw === 'boolean') return raw;
      return typeof raw === 'string' && isPlaceholder(raw) ? blank : missing;
    case 'int':
    case 'decimal': {
      if (typeof raw === 'number') return raw;
      if (typeof raw !== 'string') return missing;
      if (isPlaceholder(raw)) return blank;
      const number = Number(raw);
      return Number.isNaN(number) ? missing : number;
    }
    case 'ref':
      return readRef(raw);
    default:
      if (typeof raw === 'string') return readText(raw, type);
      if (typeof raw === 'number' || typeof raw === 'boolean') return String(raw);
      return Object.keys(raw).length === 0 ? blank : JSON.stringify(raw);
  }
}

const isObject = (raw: JsonValue | undefined): raw is { readonly [key: string]: JsonValue } =>
  typeof raw === 'object' && raw !== null && !Array.isArray(raw);

const textOf = (raw: JsonValue | undefined): string => (typeof raw === 'string' ? raw.trim() : '');

/** `kind/id` by hand instead of by schema: import has validated the shape, and this runs once per reference of every record. */
function readRef(raw: JsonValue): string | Empty {
  if (isObject(raw) && typeof raw['kind'] === 'string' && typeof raw['id'] === 'string') {
    return isPlaceholder(raw['id']) ? blank : `${raw['kind']}/${raw['id']}`;
  }
  return typeof raw === 'string' && isPlaceholder(raw) ? blank : missing;
}

function readDataRef(item: JsonValue): DataRef | undefined {
  const dataset = isObject(item) && item['dataset_ref'] !== undefined ? readRef(item['dataset_ref']) : missing;
  if (typeof dataset !== 'string' || !isObject(item)) return undefined;
  return new DataRef(dataset, textOf(item['digest']), textOf(item['role']));
}

/**
 * Reads one field. `supplied` says whether any source can supply it: an absent field is then blank, else missing. A value of
 * a wrong type counts as missing, never as blank: nothing is concluded from what cannot be read.
 */
export function readField(raw: JsonValue | undefined, type: FieldType, supplied: boolean): FieldValue | Empty {
  if (raw === undefined) return supplied ? blank : missing;
  if (type.kind !== 'list') return readScalar(raw, type);
  if (raw === null) return blank;
  if (typeof raw === 'string' && type.of.kind !== 'data_ref') return readList([raw], type.of);
  return Array.isArray(raw) ? readList(raw, type.of) : missing;
}

function readList(items: readonly JsonValue[], of: FieldType): FieldValue | Empty {
  if (of.kind === 'data_ref') {
    const refs = items.map(readDataRef);
    if (refs.includes(undefined)) return missing;
    return refs.length === 0 ? blank : refs.filter((ref) => ref !== undefined);
  }
  const values: string[] = [];
  let none = false;
  for (const item of items) {
    const value = readScalar(item, of);
    if (value === statedNone) none = true;
    else if (typeof value !== 'symbol') values.push(String(value));
  }
  if (values.length > 0) return values;
  return none ? statedNone : blank;
}
