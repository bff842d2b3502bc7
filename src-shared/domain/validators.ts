/**
 * Checks of record bodies, derived from the dictionary.
 *
 * Import runs them over every record of every snapshot, so each kind is compiled once into plain functions; the zod schemas of
 * `record.ts` say the same for one value at a time. A blank (null, empty text) is the right type for every field: whether
 * it may be blank is for the review queue and the policy packs to say.
 */
import { assertNever } from '../result.ts';
import { entityOf, type Field, type FieldType, isKind, type Kind } from './dictionary.ts';
import type { JsonValue, RecordBody } from './record.ts';

/** One value of the wrong type. */
export interface FieldProblem {
  readonly field: string;
  /** What the field holds, in words: `a date (YYYY-MM-DD)`. */
  readonly expected: string;
}

export interface BodyCheck {
  /** First value of the wrong type, or null. */
  readonly problem: FieldProblem | null;
  /** Fields that the dictionary does not know: kept, counted, searchable. */
  readonly unknown: readonly string[];
}

type Check = (value: JsonValue) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isObject = (value: JsonValue): value is { readonly [key: string]: JsonValue } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const datePattern = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;
const datetimePattern =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;
const digestPattern = /^[a-z0-9][a-z0-9_-]*:[0-9a-f]+$/;
const countryPattern = /^[A-Z]{2}$/;

/** True for a calendar day that exists: 2026-02-30 matches the pattern and is none. */
const existingDay = (text: string): boolean =>
  Number(text.slice(8, 10)) <= 28 ||
  new Date(`${text.slice(0, 10)}T00:00:00Z`).getUTCDate() === Number(text.slice(8, 10));

function refCheck(to: Kind | 'any'): Check {
  return (value) => {
    if (!isObject(value)) return false;
    const { kind, id } = value;
    if (typeof kind !== 'string' || typeof id !== 'string' || id === '') return false;
    return (to === 'any' ? isKind(kind) : kind === to) && Object.keys(value).length === 2;
  };
}

const optionalText = (value: JsonValue | undefined): boolean => value === undefined || typeof value === 'string';
const datasetRef = refCheck('any');
const dataRefKeys = new Set(['dataset_ref', 'digest', 'role']);
const artefactKeys = new Set(['name', 'size', 'digest', 'uri']);

function checkOf(type: FieldType): Check {
  switch (type.kind) {
    case 'string':
    case 'text':
    case 'uri':
    case 'region':
    case 'regex':
      return isText;
    case 'country':
      return (value) => typeof value === 'string' && countryPattern.test(value);
    case 'date':
      return (value) => typeof value === 'string' && datePattern.test(value) && existingDay(value);
    case 'datetime':
      return (value) => typeof value === 'string' && datetimePattern.test(value) && existingDay(value);
    case 'bool':
      return (value) => typeof value === 'boolean';
    case 'int':
      return (value) => Number.isSafeInteger(value);
    case 'decimal':
      return (value) => typeof value === 'number';
    case 'digest':
      return (value) => typeof value === 'string' && digestPattern.test(value);
    case 'enum': {
      const values: ReadonlySet<JsonValue> = new Set(type.values);
      return (value) => values.has(value);
    }
    case 'ref':
      return refCheck(type.to);
    case 'data_ref':
      return (value) =>
        isObject(value) &&
        value['dataset_ref'] !== undefined &&
        datasetRef(value['dataset_ref']) &&
        optionalText(value['digest']) &&
        optionalText(value['role']) &&
        Object.keys(value).every((key) => dataRefKeys.has(key));
    case 'artefact_file':
      return (value) =>
        isObject(value) &&
        typeof value['name'] === 'string' &&
        (value['size'] === undefined || Number.isSafeInteger(value['size'])) &&
        optionalText(value['digest']) &&
        optionalText(value['uri']) &&
        Object.keys(value).every((key) => artefactKeys.has(key));
    case 'counts':
      return (value) => isObject(value) && Object.values(value).every((count) => Number.isSafeInteger(count));
    case 'list': {
      const item = checkOf(type.of);
      return (value) => Array.isArray(value) && value.every(item);
    }
    default:
      return assertNever(type);
  }
}

/** What a field holds, in words for an error message. */
export function typeInWords(type: FieldType): string {
  switch (type.kind) {
    case 'string':
    case 'text':
    case 'uri':
    case 'region':
    case 'regex':
      return 'text';
    case 'country':
      return 'a country code of two capital letters';
    case 'date':
      return 'a date (YYYY-MM-DD)';
    case 'datetime':
      return 'an instant (RFC 3339)';
    case 'bool':
      return 'true or false';
    case 'int':
      return 'a whole number';
    case 'decimal':
      return 'a number';
    case 'digest':
      return 'a digest (algorithm:hex)';
    case 'enum':
      return `one of ${type.values.join(', ')}`;
    case 'ref':
      return `a reference {kind, id}${type.to === 'any' ? '' : ` to a ${type.to}`}`;
    case 'data_ref':
      return 'a data reference {dataset_ref, digest, role}';
    case 'artefact_file':
      return 'a file {name, size, digest, uri}';
    case 'counts':
      return 'an object of whole numbers';
    case 'list':
      return `a list, each item ${typeInWords(type.of)}`;
    default:
      return assertNever(type);
  }
}

/** Null, empty or white text, an empty list: the field says nothing. */
export const isBlankValue = (value: JsonValue | undefined): boolean =>
  value === undefined ||
  value === null ||
  (typeof value === 'string' && value.trim() === '') ||
  (Array.isArray(value) && value.length === 0);

const nothingUnknown: readonly string[] = [];

function compile(kind: Kind): (id: string, body: RecordBody) => BodyCheck {
  const entity = entityOf(kind);
  const checks = new Map<string, Check>(entity.fields.map((field: Field) => [field.name, checkOf(field.type)]));
  const problemAt = (name: string): FieldProblem => {
    const field = entity.byName.get(name);
    return { field: name, expected: field ? typeInWords(field.type) : 'nothing' };
  };
  return (id, body) => {
    let unknown: string[] | null = null;
    for (const name in body) {
      const value = body[name];
      if (value === undefined) continue;
      const check = checks.get(name);
      if (check === undefined) {
        unknown ??= [];
        unknown.push(name);
      } else if (value !== null && value !== '' && !check(value)) {
        return { problem: problemAt(name), unknown: nothingUnknown };
      }
    }
    const stated = body[entity.idField];
    if (stated !== undefined && stated !== null && stated !== id) {
      return { problem: { field: entity.idField, expected: `the record's own id, "${id}"` }, unknown: nothingUnknown };
    }
    return { problem: null, unknown: unknown ?? nothingUnknown };
  };
}

const compiled = new Map<Kind, (id: string, body: RecordBody) => BodyCheck>();

/** The compiled check of a kind; the same function every time. */
export function bodyValidator(kind: Kind): (id: string, body: RecordBody) => BodyCheck {
  const known = compiled.get(kind);
  if (known) return known;
  const made = compile(kind);
  compiled.set(kind, made);
  return made;
}
