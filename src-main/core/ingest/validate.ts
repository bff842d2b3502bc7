/** Validation of a parsed record before it is stored: wrong types reject the import, gaps go to the review queue. */
import { entityOf, type Kind } from '../../../src-shared/domain/dictionary.ts';
import type { CanonicalRecord } from '../../../src-shared/domain/record.ts';
import type { Source } from '../../../src-shared/domain/snapshot.ts';
import { bodyValidator, isBlankValue } from '../../../src-shared/domain/validators.ts';
import { raise } from '../../../src-shared/result.ts';

export interface RecordPlace {
  readonly file: string;
  readonly member: string;
  readonly line: number;
}

/** Unknown fields of a valid body; raises `input` / `record.wrong_type` naming file, line, record and field. */
export function requireValidRecord(record: CanonicalRecord, place: RecordPlace): readonly string[] {
  const { problem, unknown } = bodyValidator(record.kind)(record.id, record.body);
  if (!problem) return unknown;
  return raise(
    'input',
    'record.wrong_type',
    `${place.member} line ${place.line} of ${place.file}: ${problem.field} of ${record.kind}/${record.id} must be ${problem.expected}. Nothing was imported.`,
    { ...place, kind: record.kind, id: record.id, field: problem.field, expected: problem.expected },
  );
}

export interface Completeness {
  /** Filled core fields. */
  readonly filled: number;
  /** Blank core fields that this record's source can supply, and the name it is listed under where that is blank. */
  readonly missing: readonly string[];
}

/** Per kind and source, compiled once per import. */
export function completenessCheck(sources: readonly Source[]): (record: CanonicalRecord) => Completeness {
  const plans = new Map<string, { readonly core: readonly string[]; readonly needed: ReadonlySet<string> }>();
  const planOf = (kind: Kind, source: number) => {
    const key = `${source}/${kind}`;
    const known = plans.get(key);
    if (known) return known;
    const entity = entityOf(kind);
    const core = entity.fields.filter((field) => field.need === 'core').map((field) => field.name);
    const supplied = new Set(sources[source]?.suppliedFields[kind] ?? []);
    const plan = { core, needed: new Set(core.filter((name) => supplied.has(name) || name === entity.nameField)) };
    plans.set(key, plan);
    return plan;
  };
  return (record) => {
    const { core, needed } = planOf(record.kind, record.prov.source);
    const { idField } = entityOf(record.kind);
    let filled = 0;
    let missing: string[] | null = null;
    for (const name of core) {
      if (!isBlankValue(record.body[name]) || name === idField) filled += 1;
      else if (needed.has(name)) {
        missing ??= [];
        missing.push(name);
      }
    }
    return { filled, missing: missing ?? [] };
  };
}
