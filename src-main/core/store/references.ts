/** References between records: which fields hold them, and the search token by which the referring records are found. */
import { hash } from 'node:crypto';
import { entityOf, type FieldType, isKind, type Kind } from '../../../src-shared/domain/dictionary.ts';
import { formatRef, type JsonValue, type RecordBody, type RecordRef } from '../../../src-shared/domain/record.ts';

export interface FieldRef {
  readonly field: string;
  readonly ref: RecordRef;
}

const holdsRefs = (type: FieldType): boolean =>
  type.kind === 'ref' || type.kind === 'data_ref' || (type.kind === 'list' && holdsRefs(type.of));

const refFields = new Map<Kind, readonly string[]>();
function refFieldsOf(kind: Kind): readonly string[] {
  const known = refFields.get(kind);
  if (known) return known;
  const fields = entityOf(kind)
    .fields.filter((field) => holdsRefs(field.type))
    .map((field) => field.name);
  refFields.set(kind, fields);
  return fields;
}

/** References inside one value: a reference, a data reference, or a list of either. */
export function refsIn(value: JsonValue | undefined): readonly RecordRef[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(refsIn);
  const { kind, id, dataset_ref: dataset } = value as { readonly [key: string]: JsonValue };
  if (typeof kind === 'string' && typeof id === 'string' && isKind(kind)) return [{ kind, id }];
  return refsIn(dataset);
}

/** Every reference of a record through a field that the dictionary knows as one, in dictionary order. */
export function refsOf(kind: Kind, body: RecordBody): readonly FieldRef[] {
  const found: FieldRef[] = [];
  for (const field of refFieldsOf(kind)) {
    const value = body[field];
    if (value !== undefined && value !== null) for (const ref of refsIn(value)) found.push({ field, ref });
  }
  return found;
}

/** 80 bits are plenty to find candidates; what is found is compared with the real reference. */
export const refToken = (ref: RecordRef): string => hash('sha256', formatRef(ref), 'hex').slice(0, 20);
