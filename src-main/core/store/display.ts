/** Values as people see them in tables, diffs and dossiers. */
import { entityOf, type FieldType, type Kind } from '../../../src-shared/domain/dictionary.ts';
import type { JsonValue, Provenance, RecordRef } from '../../../src-shared/domain/record.ts';
import { isBlankValue } from '../../../src-shared/domain/validators.ts';
import type { Cell } from '../../../src-shared/domain/verdict.ts';
import { refsIn } from './references.ts';

/** Name of a record, where one of the snapshots in view holds it. */
export type NameOf = (ref: RecordRef) => string | undefined;

export function displayValue(value: JsonValue | undefined, nameOf: NameOf): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  if (Array.isArray(value)) return value.map((item) => displayValue(item, nameOf)).join(', ');
  if (typeof value !== 'object') return String(value);
  const [ref] = refsIn(value);
  if (ref) return nameOf(ref) ?? ref.id;
  const { name } = value as { readonly [key: string]: JsonValue };
  return typeof name === 'string' ? name : JSON.stringify(value);
}

/** What stands for a blank in a sentence: an owner is nobody, everything else nothing. */
export const blankWord = (type: FieldType | undefined): string =>
  type?.kind === 'ref' && type.to === 'party' ? 'nobody' : 'nothing';

export interface CellSource {
  readonly snapshot: number;
  readonly statementSha256: string;
  /** Absent where the record itself is absent: every cell is then missing. */
  readonly record:
    | {
        readonly kind: Kind;
        readonly id: string;
        readonly body: { readonly [field: string]: JsonValue };
        readonly prov: Provenance;
      }
    | undefined;
  /** Fields that the record's source can supply: a blank there is empty, elsewhere missing (decisions.md 4). */
  readonly supplied: ReadonlySet<string>;
}

export function cellOf(source: CellSource, field: string, nameOf: NameOf): Cell {
  const { record, snapshot, statementSha256 } = source;
  if (!record) return { state: 'missing', value: '', snapshot, statementSha256 };
  const value = record.body[field];
  const provenance = record.prov.fields?.[field] ?? record.prov.default;
  const where = {
    confidence: provenance.confidence,
    ref: { kind: record.kind, id: record.id },
    snapshot,
    statementSha256,
    locator: provenance.locator,
  };
  if (!isBlankValue(value) || field === entityOf(record.kind).idField) {
    return { state: 'value', value: displayValue(value ?? record.id, nameOf), ...where };
  }
  if (record.prov.fields?.[field]?.confidence === 'unresolved') return { state: 'unreadable', value: '', ...where };
  const stated = value !== undefined || source.supplied.has(field);
  return { state: stated ? 'empty' : 'missing', value: '', ...where };
}
