/** Reading record fields as reconciliation needs them: blanks, digests, references, places, names. */
import { entityOf } from '../../../src-shared/domain/dictionary.ts';
import { type Confidence, formatRef, type RecordRef, recordRefSchema } from '../../../src-shared/domain/record.ts';
import type { Cell } from '../../../src-shared/domain/verdict.ts';
import { toJcs } from '../canonical-json.ts';
import type { RecordSet, StoredRecord } from '../record-set.ts';

const placeholders = new Set(['tbd', 'todo', 'n/a', 'na', 'unknown', '-', 'none', 'null', '?']);

/** regulation reference 0.2: absent, null, empty, whitespace, an empty list or a placeholder. */
export function isBlank(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (typeof value === 'string') return value.trim() === '' || placeholders.has(value.trim().toLowerCase());
  return Array.isArray(value) && value.length === 0;
}

export const confidenceOf = (record: StoredRecord, field: string): Confidence =>
  (record.prov.fields?.[field] ?? record.prov.default).confidence;

/** Text of a field that has a usable value: blanks and unresolved values read as absent. */
export function textOf(record: StoredRecord | undefined, field: string): string | undefined {
  const value = record?.body[field];
  if (record === undefined || isBlank(value) || confidenceOf(record, field) === 'unresolved') return undefined;
  return typeof value === 'string'
    ? value.trim()
    : typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : undefined;
}

export function refOf(record: StoredRecord | undefined, field: string): RecordRef | undefined {
  const value = record?.body[field];
  if (typeof value !== 'object' || value === null) return undefined;
  const parsed = recordRefSchema.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}

export function textsOf(record: StoredRecord | undefined, field: string): readonly string[] {
  const value = record?.body[field];
  if (Array.isArray(value))
    return value.filter((entry): entry is string => typeof entry === 'string' && !isBlank(entry));
  const text = textOf(record, field);
  return text === undefined ? [] : [text];
}

/** `alg:hex`, case-folded; anything else cannot be compared and reads as absent. */
export function digestOf(record: StoredRecord | undefined, field: string): string | undefined {
  const text = textOf(record, field)?.toLowerCase();
  return text !== undefined && /^[a-z0-9_-]+:[0-9a-f]{8,}$/.test(text) ? text : undefined;
}

export const algorithmOf = (digest: string): string => digest.slice(0, digest.indexOf(':'));

/** Same digest, another one, or not comparable because the algorithms differ or a side has none. */
export function compareDigests(
  a: string | undefined,
  b: string | undefined,
): 'same' | 'differs' | 'incomparable' | 'absent' {
  if (a === undefined || b === undefined) return 'absent';
  if (algorithmOf(a) !== algorithmOf(b)) return 'incomparable';
  return a === b ? 'same' : 'differs';
}

/** Names compare without case and separators. */
export const foldName = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[\s._-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');

export const fold = (text: string): string => text.trim().toLowerCase();

/** Resolves which snapshot's statement a record stands in. */
export type Statements = (snapshot: number) => string | undefined;

export function statementsOf(...sets: readonly (RecordSet | null)[]): Statements {
  const known = new Map(
    sets.flatMap((set) => set?.snapshots.map((meta) => [meta.snapshot, meta.statementSha256] as const) ?? []),
  );
  return (snapshot) => known.get(snapshot);
}

export const missingCell: Cell = { state: 'missing', value: '' };

/** One side of a reconciled value, with its provenance. */
export function cellOf(
  set: RecordSet | null,
  record: StoredRecord | undefined,
  field: string,
  statements: Statements,
): Cell {
  if (set === null || record === undefined) return missingCell;
  const value = record.body[field];
  const from = record.prov.fields?.[field] ?? record.prov.default;
  const statement = statements(record.snapshot);
  const origin = {
    ref: { kind: record.kind, id: record.id },
    snapshot: record.snapshot,
    ...(statement === undefined ? {} : { statementSha256: statement }),
    locator: from.locator,
  };
  if (isBlank(value)) {
    // Blank although the source can supply it is empty; a field no source supplies is missing (decisions.md 4).
    if (value === undefined && !set.suppliedFields(record.kind).has(field)) return missingCell;
    return { state: 'empty', value: '', ...origin };
  }
  const text = typeof value === 'string' ? value : textOfObject(value);
  return {
    state: from.confidence === 'unresolved' ? 'unreadable' : 'value',
    value: text,
    confidence: from.confidence,
    ...origin,
  };
}

function textOfObject(value: unknown): string {
  const parsed = recordRefSchema.safeParse(value);
  return parsed.success ? formatRef(parsed.data) : toJcs(value);
}

/** Name for people: the entity's name field, else its id. */
export function nameOf(record: StoredRecord | undefined): string {
  if (record === undefined) return '';
  return textOf(record, entityOf(record.kind).nameField) ?? record.id;
}
