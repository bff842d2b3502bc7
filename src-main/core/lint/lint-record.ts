/** One line -> the record it holds and everything that is wrong with it. */
import type { z } from 'zod';
import type { lintProblemSchema } from '../../../src-shared/contract/schemas/snapshots.ts';
import { entityOf, isKind, type Kind } from '../../../src-shared/domain/dictionary.ts';
import type { CanonicalRecord } from '../../../src-shared/domain/record.ts';
import type { Source } from '../../../src-shared/domain/snapshot.ts';
import { bodyValidator, isBlankValue } from '../../../src-shared/domain/validators.ts';
import { AssayError } from '../../../src-shared/result.ts';
import { toJcs } from '../canonical-json.ts';
import { completenessCheck } from '../ingest/validate.ts';
import { limits } from '../snapshot/limits.ts';
import { parseRecordLine } from '../snapshot/parse-line.ts';
import type { LintFile } from './lint-input.ts';
import type { LintLine } from './lint-lines.ts';

export type LintProblem = z.infer<typeof lintProblemSchema>;

export interface LintedRecord {
  /** Null when the line holds no record that could be read. */
  readonly record: CanonicalRecord | null;
  readonly problems: readonly LintProblem[];
  /** Fields that the dictionary does not know: kept on import, and often a misspelling. */
  readonly unknown: readonly string[];
}

/** A check over the records of one input; compiled once. `sources` null: nobody says what is supplied, so all of it is asked for. */
export function recordLinter(sources: readonly Source[] | null): (file: LintFile, line: LintLine) => LintedRecord {
  const complete = sources && completenessCheck(sources);
  const missingOf = (record: CanonicalRecord): readonly string[] =>
    complete ? complete(record).missing : blankCoreFields(record);
  return (file, line) => {
    const problems: LintProblem[] = [];
    if (line.problem) problems.push({ ...line.problem, field: null });
    if (line.bytes === null) return { record: null, problems, unknown: [] };
    const record = parse(file, line, line.bytes, problems);
    if (record === null) return { record, problems, unknown: [] };
    const { problem, unknown } = bodyValidator(record.kind)(record.id, record.body);
    if (problem) problems.push(...wrongTypes(record));
    if (sources && record.prov.source >= sources.length)
      problems.push({
        code: 'record.unknown_source',
        field: null,
        text: `its provenance names source ${record.prov.source}; the collection lists ${sources.length}, counted from 0`,
      });
    for (const field of missingOf(record))
      problems.push({ code: 'field.missing', field, text: `${labelOf(record.kind, field)} is missing` });
    return { record, problems, unknown };
  };
}

function parse(file: LintFile, line: LintLine, bytes: Buffer, problems: LintProblem[]): CanonicalRecord | null {
  try {
    const canonical = file.format === 'record' ? respell(bytes) : bytes;
    const kind = file.kind ?? kindIn(canonical);
    return parseRecordLine({ kind, member: file.name, lineNumber: line.number, line: canonical }, file.name);
  } catch (error) {
    if (!(error instanceof AssayError || error instanceof Unspellable)) throw error;
    problems.push(
      error instanceof AssayError
        ? { code: error.failure.code, field: null, text: String(error.failure.details['reason'] ?? error.message) }
        : { code: 'record.not_json', field: null, text: error.message },
    );
    return null;
  }
}

/** The text of a `.json` file holds no JSON value that a line could hold. */
class Unspellable extends Error {}

/** A record somebody is writing by hand: any spelling, and provenance may still be absent. */
function respell(bytes: Buffer): Buffer {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
    const prov = { source: 0, default: { confidence: 'declared', locator: '' } };
    return Buffer.from(toJcs(isRecord && !('prov' in value) ? { ...value, prov } : value));
  } catch (error) {
    if (error instanceof RangeError) throw new Unspellable(`it is nested deeper than ${limits.nestingDepth} levels`);
    throw new Unspellable(`it is not JSON: ${error instanceof Error ? error.message : 'unreadable'}`);
  }
}

/** The kind a canonical line names for itself; for any other line the parser says what is wrong whatever kind it is told. */
function kindIn(line: Buffer): Kind {
  const end = line.lastIndexOf('","prov":{');
  const start = line.lastIndexOf('"kind":"', end);
  const kind = start < 0 || end < 0 ? '' : line.toString('latin1', start + '"kind":"'.length, end);
  return isKind(kind) ? kind : 'model';
}

/** Every field of the wrong type: the validator itself stops at the first. */
function wrongTypes(record: CanonicalRecord): readonly LintProblem[] {
  const check = bodyValidator(record.kind);
  return Object.entries(record.body).flatMap(([field, value]) => {
    const { problem } = check(record.id, { [field]: value });
    return problem
      ? [{ code: 'field.wrong_type', field, text: `${labelOf(record.kind, field)} must be ${problem.expected}` }]
      : [];
  });
}

/** Core fields of a kind that say who, what and how; the id is the record's own. */
export const coreFieldsOf = (kind: Kind): readonly string[] => {
  const { fields, idField } = entityOf(kind);
  return fields.filter((field) => field.need === 'core' && field.name !== idField).map((field) => field.name);
};

const blankCoreFields = (record: CanonicalRecord): readonly string[] =>
  coreFieldsOf(record.kind).filter((name) => isBlankValue(record.body[name]));

const labelOf = (kind: Kind, field: string): string => {
  const label = entityOf(kind).byName.get(field)?.label;
  return label ? `${field} (${label})` : field;
};
