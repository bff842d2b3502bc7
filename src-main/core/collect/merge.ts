/**
 * What happens when the same record is stated twice.
 *
 * Statements that agree are united (one may know fields that the other does not; sets of references and of listed values are
 * joined). Statements that contradict each other are never mixed: the first in input order stands, and the other is reported
 * with both locators.
 */
import type { FieldType } from '../../../src-shared/domain/dictionary.ts';
import { fieldOf } from '../../../src-shared/domain/dictionary.ts';
import type { CanonicalRecord, FieldProvenance, JsonValue } from '../../../src-shared/domain/record.ts';
import { toJcs } from '../canonical-json.ts';

export type Merge =
  | { readonly outcome: 'identical' | 'united'; readonly record: CanonicalRecord }
  | { readonly outcome: 'conflict'; readonly fields: readonly string[] };

export function mergeRecords(first: CanonicalRecord, second: CanonicalRecord): Merge {
  const body = new Map<string, JsonValue>(Object.entries(first.body));
  const fields = new Map<string, FieldProvenance>(Object.entries(first.prov.fields ?? {}));
  const differing: string[] = [];
  let grew = false;
  for (const [name, theirs] of Object.entries(second.body)) {
    const ours = body.get(name);
    if (ours !== undefined && toJcs(ours) === toJcs(theirs)) continue;
    if (ours === undefined) {
      body.set(name, theirs);
      fields.set(name, second.prov.fields?.[name] ?? second.prov.default);
      grew = true;
      continue;
    }
    const union = isSet(fieldOf(first.kind, name)?.type) ? unite(ours, theirs) : undefined;
    if (union === undefined) differing.push(name);
    else {
      body.set(name, union);
      grew = true;
    }
  }
  if (differing.length > 0) return { outcome: 'conflict', fields: differing.sort() };
  if (!grew) return { outcome: 'identical', record: first };
  return {
    outcome: 'united',
    record: { ...first, body: Object.fromEntries(body), prov: { ...first.prov, fields: Object.fromEntries(fields) } },
  };
}

const isSet = (type: FieldType | undefined): boolean =>
  type?.kind === 'list' && (type.of.kind === 'ref' || type.of.kind === 'enum' || type.of.kind === 'data_ref');

function unite(ours: JsonValue, theirs: JsonValue): JsonValue | undefined {
  if (!Array.isArray(ours) || !Array.isArray(theirs)) return undefined;
  const byText = new Map<string, JsonValue>([...ours, ...theirs].map((item) => [toJcs(item), item]));
  return [...byText.keys()].sort().map((key) => byText.get(key) ?? null);
}
