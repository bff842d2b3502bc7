/** Findings with their human side: list, show, notes, decisions, assignments. */
import { z } from 'zod';
import type { OutputOf, ParsedInputOf } from '../../../src-shared/contract/contract.ts';
import { findingRowSchema, threadEntrySchema } from '../../../src-shared/contract/schemas/findings.ts';
import { citedClauseSchema, readValueSchema, severities } from '../../../src-shared/domain/finding.ts';
import { raise } from '../../../src-shared/result.ts';
import type { KnownFinding } from './check-queries.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import type { ReadableDb, SqlValue, WritableDb } from './database.ts';

type ListInput = ParsedInputOf<'findings.list'>;
type ListOutput = OutputOf<'findings.list'>;
export type FindingDetail = OutputOf<'findings.show'>;

const columns = `f.finding_id, f.title, f.rule_id, f.severity, f.state, f.message, f.subject_kind, f.subject_id, f.subject_name,
  f.assignee, f.due_at, f.first_seen_at, f.read_digest, f.decided_digest, f.severity_rank,
  (SELECT count(*) FROM finding_entry e WHERE e.finding_id = f.finding_id AND e.type = 'note') AS annotations`;

const listRow = z
  .object({
    finding_id: z.int(),
    title: z.string(),
    rule_id: z.string(),
    severity: z.string(),
    severity_rank: z.int(),
    state: z.string(),
    message: z.string(),
    subject_kind: z.string(),
    subject_id: z.string(),
    subject_name: z.string(),
    assignee: z.string().nullable(),
    due_at: z.string().nullable(),
    first_seen_at: z.string(),
    read_digest: z.string(),
    decided_digest: z.string().nullable(),
    annotations: z.int(),
  })
  .transform((row) => ({
    rank: row.severity_rank,
    finding: findingRowSchema.parse({
      kind: 'finding',
      id: row.finding_id,
      name: row.title,
      ruleId: row.rule_id,
      severity: row.severity,
      state: row.state,
      message: row.message,
      subject: { kind: row.subject_kind, id: row.subject_id, name: row.subject_name },
      assignee: row.assignee,
      dueAt: row.due_at,
      firstSeenAt: row.first_seen_at,
      changedSinceReview: row.decided_digest !== null && row.decided_digest !== row.read_digest,
      annotations: row.annotations,
    }),
  }));

/** Every order ends in finding_id, so that a keyset is unique. */
const orders = {
  severity: { columns: ['f.severity_rank', 'f.rule_id', 'f.subject_id', 'f.finding_id'], descending: false },
  rule: { columns: ['f.rule_id', 'f.subject_id', 'f.finding_id'], descending: false },
  subject: { columns: ['f.subject_kind', 'f.subject_id', 'f.finding_id'], descending: false },
  newest: { columns: ['f.finding_id'], descending: true },
} as const;

interface Condition {
  readonly facet: 'states' | 'severities' | 'rules' | null;
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

function conditionsOf(input: ListInput): Condition[] {
  const list = (facet: Condition['facet'], column: string, values: readonly string[]): Condition[] =>
    values.length === 0 ? [] : [{ facet, sql: `${column} IN (${values.map(() => '?').join(', ')})`, values }];
  const search = input.search.trim();
  const pattern = `%${search.replace(/[\\%_]/g, '\\$&')}%`;
  return [
    ...list('states', 'f.state', input.states),
    ...list('severities', 'f.severity', input.severities),
    ...list('rules', 'f.rule_id', input.rules),
    ...(input.assignee === undefined ? [] : [{ facet: null, sql: 'f.assignee = ?', values: [input.assignee] }]),
    ...(input.subject === undefined
      ? []
      : [
          {
            facet: null,
            sql: 'f.subject_kind = ? AND f.subject_id = ?',
            values: [input.subject.kind, input.subject.id],
          },
        ]),
    ...(search === ''
      ? []
      : [
          {
            facet: null,
            sql: "(f.title LIKE ? ESCAPE '\\' OR f.message LIKE ? ESCAPE '\\' OR f.subject_id LIKE ? ESCAPE '\\' OR f.subject_name LIKE ? ESCAPE '\\' OR f.rule_id LIKE ? ESCAPE '\\')",
            values: [pattern, pattern, pattern, pattern, pattern],
          },
        ]),
  ];
}

const whereOf = (conditions: readonly Condition[]): { sql: string; values: (string | number)[] } => ({
  sql: conditions.length ? `WHERE ${conditions.map((c) => c.sql).join(' AND ')}` : '',
  values: conditions.flatMap((c) => [...c.values]),
});

export function findingPage(db: ReadableDb, input: ListInput): ListOutput {
  const conditions = conditionsOf(input);
  const all = whereOf(conditions);
  const total = z
    .object({ n: z.int() })
    .parse(
      db.read<readonly SqlValue[], unknown>(`SELECT count(*) AS n FROM finding f ${all.sql}`).get(...all.values),
    ).n;
  const order = orders[input.sort];
  const direction = order.descending ? 'DESC' : 'ASC';
  const key = input.cursor === undefined ? null : decodeCursor(input.cursor);
  if (key && key.length !== order.columns.length)
    raise('usage', 'cursor.invalid', 'That page cursor belongs to another order.');
  const after: Condition[] = key
    ? [
        {
          facet: null,
          sql: `(${order.columns.join(', ')}) ${order.descending ? '<' : '>'} (${key.map(() => '?').join(', ')})`,
          values: key.map((part) => part ?? ''),
        },
      ]
    : [];
  const paged = whereOf([...conditions, ...after]);
  const page = z
    .array(listRow)
    .parse(
      db
        .read<readonly SqlValue[], unknown>(
          `SELECT ${columns} FROM finding f ${paged.sql} ORDER BY ${order.columns.map((c) => `${c} ${direction}`).join(', ')} LIMIT ?`,
        )
        .all(...paged.values, input.limit + 1),
    );
  const rows = page.slice(0, input.limit);
  const last = rows.at(-1);
  return {
    rows: rows.map((row) => row.finding),
    total,
    facets: facetsOf(db, conditions),
    next: page.length > input.limit && last ? encodeCursor(keyOf(input.sort, last)) : null,
  };
}

function keyOf(sort: ListInput['sort'], { rank, finding }: { rank: number; finding: ListOutput['rows'][number] }) {
  const { ruleId, subject, id } = finding;
  return {
    severity: [rank, ruleId, subject.id, id],
    rule: [ruleId, subject.id, id],
    subject: [subject.kind, subject.id, id],
    newest: [id],
  }[sort];
}

/** Counts per facet value under every filter but the facet's own, so that each shows what choosing it would give. */
function facetsOf(db: ReadableDb, conditions: readonly Condition[]): ListOutput['facets'] {
  const counts = (facet: Exclude<Condition['facet'], null>, column: string) => {
    const where = whereOf(conditions.filter((c) => c.facet !== facet));
    return z
      .array(z.object({ value: z.string(), title: z.string(), n: z.int() }))
      .parse(
        db
          .read<readonly SqlValue[], unknown>(
            `SELECT ${column} AS value, min(f.title) AS title, count(*) AS n FROM finding f ${where.sql} GROUP BY ${column} ORDER BY n DESC, value`,
          )
          .all(...where.values),
      );
  };
  const asRecord = (rows: { value: string; n: number }[]) => Object.fromEntries(rows.map((row) => [row.value, row.n]));
  return {
    states: asRecord(counts('states', 'f.state')),
    severities: asRecord(counts('severities', 'f.severity')),
    rules: counts('rules', 'f.rule_id').map((row) => ({ ruleId: row.value, title: row.title, count: row.n })),
  };
}

const detailColumns = z.object({
  pack_id: z.string(),
  pack_version: z.string(),
  fires_when: z.string(),
  expected: z.string(),
  read_values: z.string(),
  clauses: z.string(),
});

export function findingDetail(db: ReadableDb, id: number): FindingDetail {
  const row = db
    .read<readonly SqlValue[], unknown>(
      `SELECT ${columns}, f.pack_id, f.pack_version, f.fires_when, f.expected, f.read_values, f.clauses FROM finding f WHERE f.finding_id = ?`,
    )
    .get(id);
  if (row === undefined) return raise('usage', 'finding.unknown', `There is no finding ${id}.`);
  const { finding } = listRow.parse(row);
  const more = detailColumns.parse(row);
  const values = z.array(readValueSchema).parse(JSON.parse(more.read_values));
  const snapshots = [
    ...new Set(values.flatMap((value) => (value.snapshot === undefined ? [] : [value.snapshot]))),
  ].sort((a, b) => a - b);
  const digestOf = db.read<readonly SqlValue[], unknown>(
    'SELECT statement_sha256 AS digest FROM snapshot WHERE snapshot = ?',
  );
  return {
    ...finding,
    packId: more.pack_id,
    packVersion: more.pack_version,
    firesWhen: more.fires_when,
    expected: more.expected,
    values,
    clauses: z.array(citedClauseSchema).parse(JSON.parse(more.clauses)),
    snapshots: snapshots.map((snapshot) => ({
      snapshot,
      statementSha256: z.object({ digest: z.string() }).parse(digestOf.get(snapshot)).digest,
    })),
    thread: findingThread(db, id),
  };
}

export function findingThread(db: ReadableDb, id: number): FindingDetail['thread'] {
  return z
    .array(threadEntrySchema)
    .parse(
      db
        .read<readonly SqlValue[], unknown>(
          'SELECT entry_id AS id, at, by, type, text, state FROM finding_entry WHERE finding_id = ? ORDER BY entry_id',
        )
        .all(id),
    );
}

export interface ThreadEntry {
  readonly at: string;
  readonly by: string;
  readonly type: 'note' | 'decision' | 'assignment' | 'system';
  readonly text: string;
  readonly state: string | null;
}

/** Appends to a finding's thread; the caller holds the transaction. */
export function appendEntry(db: WritableDb, finding: number, entry: ThreadEntry): void {
  db.write<readonly SqlValue[]>(
    'INSERT INTO finding_entry (finding_id, at, by, type, text, state) VALUES (?, ?, ?, ?, ?, ?)',
  ).run(finding, entry.at, entry.by, entry.type, entry.text, entry.state);
}

/** Sets the state that a person decided on, bound to what the rule had read then. False when there is no such finding. */
export function setFindingState(db: WritableDb, id: number, state: string, expiresAt: string | null): boolean {
  const decided = state === 'open' ? 'NULL' : 'read_digest';
  return (
    db
      .write<readonly SqlValue[]>(
        `UPDATE finding SET state = ?, expires_at = ?, decided_digest = ${decided} WHERE finding_id = ?`,
      )
      .run(state, expiresAt, id).changes === 1
  );
}

export function setFindingAssignee(db: WritableDb, id: number, assignee: string, dueAt: string | null): boolean {
  return (
    db
      .write<readonly SqlValue[]>('UPDATE finding SET assignee = ?, due_at = ? WHERE finding_id = ?')
      .run(assignee, dueAt, id).changes === 1
  );
}

export const severityRank = (severity: string): number => (severities as readonly string[]).indexOf(severity);

/** Ids of findings, worst first. */
export function findingIds(db: ReadableDb, options: { readonly exceptState: string }): number[] {
  return z
    .array(z.object({ id: z.int() }))
    .parse(
      db
        .read<readonly SqlValue[], unknown>(
          'SELECT finding_id AS id FROM finding WHERE state <> ? ORDER BY severity_rank, rule_id, subject_id, finding_id',
        )
        .all(options.exceptState),
    )
    .map((row) => row.id);
}

/** Open findings per subject, as `kind/id`. */
export function openFindingCounts(db: ReadableDb): Map<string, number> {
  const rows = z
    .array(z.object({ subject: z.string(), n: z.int() }))
    .parse(
      db
        .read<readonly SqlValue[], unknown>(
          "SELECT subject_kind || '/' || subject_id AS subject, count(*) AS n FROM finding WHERE state = 'open' GROUP BY subject_kind, subject_id",
        )
        .all(),
    );
  return new Map(rows.map((row) => [row.subject, row.n]));
}

/** Text of the newest entry of a finding's thread, so that nothing is said twice in a row. */
export function lastEntryText(db: ReadableDb, id: number): string | null {
  const row = db
    .read<readonly SqlValue[], unknown>(
      'SELECT text FROM finding_entry WHERE finding_id = ? ORDER BY entry_id DESC LIMIT 1',
    )
    .get(id);
  return row === undefined ? null : z.object({ text: z.string() }).parse(row).text;
}

/** Findings of one pack that are in this state, as an evaluation looks at them. */
export function findingsWithState(db: ReadableDb, packId: string, state: string): KnownFinding[] {
  return z
    .array(z.object({ id: z.int(), state: z.string(), expiresAt: z.string().nullable() }))
    .parse(
      db
        .read<readonly SqlValue[], unknown>(
          'SELECT finding_id AS id, state, expires_at AS expiresAt FROM finding WHERE pack_id = ? AND state = ? ORDER BY finding_id',
        )
        .all(packId, state),
    );
}
