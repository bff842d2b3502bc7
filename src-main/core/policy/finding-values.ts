/** What a finding shows: every value that the rule read, where it came from, and what nobody supplied. */
import { fieldLabel, fieldOf, isKind } from '../../../src-shared/domain/dictionary.ts';
import type { ReadValue } from '../../../src-shared/domain/finding.ts';
import { type JsonValue, parseRef, type RecordRef } from '../../../src-shared/domain/record.ts';
import type { RecordSet, StoredRecord } from '../record-set.ts';
import type { TracedRead } from './unknown.ts';
import { missing, readField } from './values.ts';
import type { World } from './world.ts';

/** More would not be read; the rule's text and the record itself say the rest. */
const limit = 40;
const valueLimit = 400;

/** Values in the order in which the rule read them, each field of each record once. */
export function readValues(
  reads: readonly TracedRead[],
  worlds: Readonly<Record<TracedRead['side'], World | null>>,
  absent: Iterable<string>,
): ReadValue[] {
  const seen = new Set<string>();
  const values: ReadValue[] = [];
  for (const read of reads) {
    const id = `${read.side} ${read.key} ${read.field}`;
    if (seen.has(id) || values.length >= limit) continue;
    seen.add(id);
    const value = readOf(read, worlds[read.side]);
    if (value) values.push(value);
  }
  for (const path of absent) {
    const field = path.replace(/ \(.*$/, '');
    if (!isField(field) || values.some((value) => value.field === field && value.state !== 'value')) continue;
    values.push({ field, label: labelOf(field), state: path.endsWith('(blank)') ? 'empty' : 'missing', value: '' });
  }
  return values;
}

const isField = (path: string): boolean => /^[a-z_]+\.[a-z0-9_]+$/.test(path);

function labelOf(path: string): string {
  const [entity = '', field = ''] = path.split('.');
  return isKind(entity) ? fieldLabel(entity, field) : field;
}

function readOf({ key, field }: TracedRead, world: World | null): ReadValue | null {
  // A relation that led nowhere: no such record is itself what the rule saw.
  if (key === null) return { field, label: labelOf(field), state: 'empty', value: '' };
  const ref = parseRef(key);
  const record = ref ? world?.records.get(ref) : undefined;
  if (!ref || !record || !world) return null;
  const name = field.slice(field.indexOf('.') + 1);
  return {
    ref,
    field,
    label: labelOf(field),
    ...stateOf(record, name, ref, world.records),
    snapshot: record.snapshot,
    locator: (record.prov.fields?.[name] ?? record.prov.default).locator,
  };
}

function stateOf(
  record: StoredRecord,
  name: string,
  ref: RecordRef,
  records: RecordSet,
): Pick<ReadValue, 'state' | 'value'> {
  const type = fieldOf(ref.kind, name)?.type;
  const raw = record.body[name];
  const read = type ? readField(raw, type, records.suppliedFields(ref.kind).has(name)) : missing;
  if (read === missing) return { state: 'missing', value: '' };
  return { state: typeof read === 'symbol' ? 'empty' : 'value', value: raw === undefined ? '' : print(raw) };
}

/** A JSON value as people read it: a reference as `kind/id`, a list with commas. */
function print(raw: JsonValue): string {
  const text = printFull(raw);
  return text.length > valueLimit ? `${text.slice(0, valueLimit - 1)}…` : text;
}

function printFull(raw: JsonValue): string {
  if (raw === null) return '';
  if (typeof raw !== 'object') return String(raw);
  if (Array.isArray(raw)) return raw.map(printFull).join(', ');
  if ('kind' in raw && 'id' in raw) return `${String(raw['kind'])}/${String(raw['id'])}`;
  return JSON.stringify(raw);
}
