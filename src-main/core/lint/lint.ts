/**
 * Records against the dictionary and the mandatory-field template, before they are registered (M4.4).
 *
 * Streams every file once and keeps the previous id, the tallies and at most `limit` rows, so memory does not grow with the
 * input. What no source of a registry supplies is one line for the source, not one for each of its records.
 */
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import { entityOf, type Kind, kinds } from '../../../src-shared/domain/dictionary.ts';
import type { CanonicalRecord } from '../../../src-shared/domain/record.ts';
import type { JobContext } from '../ports.ts';
import { throttled } from '../snapshot/progress.ts';
import { type LintFile, type LintInput, openLintInput, refuse } from './lint-input.ts';
import { lintLines } from './lint-lines.ts';
import { coreFieldsOf, type LintedRecord, type LintProblem, recordLinter } from './lint-record.ts';

export type LintOutput = OutputOf<'records.lint'>;

/** Distinct names of unknown fields that are told apart; a hostile file could invent a new one per record. */
const unknownNames = 1000;

export async function lintRecords(path: string, limit: number, job: JobContext): Promise<LintOutput> {
  const input = await openLintInput(path);
  try {
    return await lintInput(path, input, limit, job);
  } finally {
    await input.close();
  }
}

async function lintInput(path: string, input: LintInput, limit: number, job: JobContext): Promise<LintOutput> {
  const lint = recordLinter(input.sources);
  const tally = createTally(limit, input.sources?.length ?? 0);
  const progress = throttled(job);
  const total = input.files.reduce((sum, file) => sum + file.bytes, 0);
  let done = 0;
  let order = orderProblem();
  for (const file of input.files) {
    if (input.form !== 'snapshot' && input.form !== 'bundle') order = orderProblem();
    for await (const line of lintLines(file, (bytes) => {
      done += bytes;
      job.throwIfCancelled();
      progress({ phase: 'Checking records', done, total, unit: 'bytes' });
    })) {
      const linted = lint(file, line);
      const misplaced = linted.record && order(linted.record);
      tally.add(file, line.number, misplaced ? { ...linted, problems: [...linted.problems, misplaced] } : linted);
    }
  }
  if (tally.lines() === 0) refuse('no_records', path, 'it holds no records');
  if (input.form === 'folder' && tally.readable() === 0)
    refuse(
      'not_records',
      path,
      'none of its .json and .ndjson files holds a record; to turn another format into records, use assay collect',
    );
  return tally.output(input);
}

/** Order and uniqueness of ids within a kind, as bytes; null when the record is where it belongs. */
function orderProblem(): (record: CanonicalRecord) => LintProblem | null {
  let kind = '';
  let previous: Buffer = Buffer.alloc(0);
  return (record) => {
    const id = Buffer.from(record.id);
    const order = record.kind === kind ? Buffer.compare(previous, id) : -1;
    kind = record.kind;
    previous = id;
    if (order === 0) return { code: 'record.duplicate', field: null, text: 'the same record occurs twice' };
    if (order > 0) return { code: 'record.unsorted', field: null, text: 'it is out of order; sort records by id' };
    return null;
  };
}

interface KindTally {
  records: number;
  withProblems: number;
}

function createTally(limit: number, sources: number) {
  let lines = 0;
  let readable = 0;
  let withProblems = 0;
  const rows: LintOutput['rows'] = [];
  const byKind = new Map<Kind, KindTally>();
  const bySource = new Map<string, { kind: Kind; source: number; records: number }>();
  const problems = new Map<string, { code: string; kind: Kind | null; field: string | null; records: number }>();
  const unknown = new Map<string, number>();

  const countProblems = (kind: Kind | null, found: readonly LintProblem[]): void => {
    for (const { code, field } of found) {
      const key = `${code}\n${kind}\n${field}`;
      const known = problems.get(key);
      if (known) known.records += 1;
      else problems.set(key, { code, kind, field, records: 1 });
    }
  };

  const countRecord = (record: CanonicalRecord, hasProblems: boolean, fields: readonly string[]): void => {
    readable += 1;
    const ofKind = byKind.get(record.kind) ?? { records: 0, withProblems: 0 };
    byKind.set(record.kind, ofKind);
    ofKind.records += 1;
    if (hasProblems) ofKind.withProblems += 1;
    if (record.prov.source < sources) {
      const key = `${record.prov.source}/${record.kind}`;
      const ofSource = bySource.get(key) ?? { kind: record.kind, source: record.prov.source, records: 0 };
      bySource.set(key, ofSource);
      ofSource.records += 1;
    }
    for (const field of fields) {
      const name = `${record.kind}.${field}`;
      if (unknown.has(name) || unknown.size < unknownNames) unknown.set(name, (unknown.get(name) ?? 0) + 1);
    }
  };

  return {
    lines: () => lines,
    readable: () => readable,
    add(file: LintFile, line: number, { record, problems: found, unknown: fields }: LintedRecord): void {
      lines += 1;
      const kind = record?.kind ?? file.kind;
      if (record) countRecord(record, found.length > 0, fields);
      if (found.length === 0) return;
      withProblems += 1;
      countProblems(kind, found);
      if (rows.length < limit)
        rows.push({
          kind,
          id: record?.id ?? null,
          name: record ? nameOf(record) : null,
          file: file.name,
          line,
          problems: [...found],
        });
    },
    output(input: LintInput): LintOutput {
      const notSupplied = notSuppliedOf(input, [...bySource.values()]);
      return {
        clean: withProblems === 0 && notSupplied.length === 0,
        form: input.form,
        files: input.files.length,
        records: lines,
        withProblems,
        kinds: kinds.flatMap((kind) => {
          const counts = byKind.get(kind);
          return counts ? [{ kind, ...counts }] : [];
        }),
        problems: [...problems.values()].sort((a, b) => b.records - a.records || (a.code < b.code ? -1 : 1)),
        notSupplied,
        unknownFields: Object.fromEntries([...unknown].sort(([a], [b]) => (a < b ? -1 : 1))),
        rows,
      };
    },
  };
}

const nameOf = ({ kind, id, body }: CanonicalRecord): string => {
  const name = body[entityOf(kind).nameField];
  return typeof name === 'string' && name.trim() !== '' ? name : id;
};

/** Core fields that a registry's source supplies for none of its records. What was observed at run time claims nothing. */
function notSuppliedOf(
  input: LintInput,
  seen: readonly { readonly kind: Kind; readonly source: number; readonly records: number }[],
): LintOutput['notSupplied'] {
  if (input.sources === null || input.role !== 'registry') return [];
  return seen.flatMap(({ kind, source, records }) => {
    const stated = input.sources?.[source];
    if (!stated) return [];
    const supplied = new Set(stated.suppliedFields[kind] ?? []);
    const { nameField } = entityOf(kind);
    const fields = coreFieldsOf(kind).filter((field) => field !== nameField && !supplied.has(field));
    return fields.length > 0 ? [{ kind, source: stated.type, fields, records }] : [];
  });
}
