/**
 * Makes a mapped body fit the dictionary before it is written.
 *
 * A value of the wrong type would make the whole snapshot unimportable (decisions.md 5), so it is normalised where its
 * meaning is certain, and otherwise moved to the unknown field `source_<name>`, which is kept, counted and searchable.
 */
import type { FieldType, Kind } from '../../../src-shared/domain/dictionary.ts';
import { entityOf } from '../../../src-shared/domain/dictionary.ts';
import type { JsonValue, RecordBody } from '../../../src-shared/domain/record.ts';
import { artefactFileSchema, dataRefSchema, recordRefSchema } from '../../../src-shared/domain/record.ts';
import { assertNever } from '../../../src-shared/result.ts';
import { fieldName } from './draft.ts';
import { dateOf, digestOf, instantOf, jsonOf, numberOf, objectOf, uriOf } from './values.ts';

export interface ConformedBody {
  readonly body: RecordBody;
  /** Dictionary fields whose value (or part of it) was moved to `source_<name>`, mapped to that name. */
  readonly moved: ReadonlyMap<string, string>;
}

export function conformBody(kind: Kind, id: string, draft: RecordBody): ConformedBody {
  const entity = entityOf(kind);
  const body = new Map<string, JsonValue>([[entity.idField, id]]);
  const moved = new Map<string, string>();
  const keepAside = (name: string, value: JsonValue): void => {
    const base = `source_${fieldName(name)}`;
    let free = base;
    for (let n = 2; body.has(free) || Object.hasOwn(draft, free); n += 1) free = `${base}_${n}`;
    body.set(free, value);
    moved.set(name, free);
  };
  for (const [name, raw] of Object.entries(draft)) {
    if (name === entity.idField || raw === null) continue;
    const value = jsonOf(raw);
    const field = entity.byName.get(name);
    if (!field) {
      if (/^[a-z][a-z0-9_]{0,99}$/.test(name)) body.set(name, value);
      else keepAside(name, value);
      continue;
    }
    const { kept, rest } = convert(field.type, value);
    if (kept !== undefined) body.set(name, kept);
    if (rest !== undefined) keepAside(name, rest);
  }
  return { body: Object.fromEntries(body), moved };
}

interface Converted {
  readonly kept?: JsonValue;
  /** What does not fit. */
  readonly rest?: JsonValue;
}

function convert(type: FieldType, value: JsonValue): Converted {
  if (type.kind !== 'list') {
    const kept = convertOne(type, value);
    return kept === undefined ? { rest: value } : { kept };
  }
  const kept: JsonValue[] = [];
  const rest: JsonValue[] = [];
  for (const item of Array.isArray(value) ? value : [value]) {
    const converted = convertOne(type.of, item);
    if (converted === undefined) rest.push(item);
    else kept.push(converted);
  }
  return { ...(kept.length > 0 ? { kept } : {}), ...(rest.length > 0 ? { rest } : {}) };
}

function convertOne(type: FieldType, value: JsonValue): JsonValue | undefined {
  switch (type.kind) {
    case 'string':
    case 'text':
    case 'region':
    case 'regex':
      return scalarText(value);
    case 'country': {
      const text = scalarText(value)?.toUpperCase();
      return text !== undefined && /^[A-Z]{2}$/.test(text) ? text : undefined;
    }
    case 'uri':
      return typeof value === 'string' && URL.canParse(uriOf(value) ?? '') ? uriOf(value) : undefined;
    case 'date':
      return typeof value === 'string' ? dateOf(value) : undefined;
    case 'datetime':
      return instantOf(value);
    case 'bool':
      return typeof value === 'boolean' ? value : value === 'true' ? true : value === 'false' ? false : undefined;
    case 'int': {
      const number = numberOf(value);
      return number !== undefined && Number.isSafeInteger(number) ? number : undefined;
    }
    case 'decimal':
      return numberOf(value);
    case 'digest': {
      const [, algorithm = '', hex = ''] =
        typeof value === 'string' ? (/^([A-Za-z0-9-]+):(.+)$/.exec(value) ?? []) : [];
      return digestOf(algorithm, hex);
    }
    case 'enum': {
      const text = scalarText(value);
      const plain = text?.toLowerCase().replace(/[\s-]+/g, '_');
      return type.values.find((allowed) => allowed === text || allowed === plain);
    }
    case 'ref': {
      const ref = recordRefSchema.safeParse(value);
      return ref.success && (type.to === 'any' || ref.data.kind === type.to) ? ref.data : undefined;
    }
    case 'data_ref': {
      const parsed = dataRefSchema.safeParse(value);
      return parsed.success ? jsonOf(parsed.data) : undefined;
    }
    case 'artefact_file': {
      const parsed = artefactFileSchema.safeParse(value);
      return parsed.success ? jsonOf(parsed.data) : undefined;
    }
    case 'counts': {
      const counts = objectOf(value);
      const all = counts && Object.values(counts).every((count) => Number.isSafeInteger(count));
      return all ? value : undefined;
    }
    case 'list':
      return undefined;
    default:
      return assertNever(type);
  }
}

function scalarText(value: JsonValue): string | undefined {
  if (typeof value === 'string') return value.trim() === '' ? undefined : value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}
