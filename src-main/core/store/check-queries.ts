/** Policy evaluations: runs, per-rule results, and the findings that an evaluation opens, keeps or closes. */
import { z } from 'zod';
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import { checkRunSchema, ruleResultSchema } from '../../../src-shared/contract/schemas/findings.ts';
import type { ReadableDb, SqlValue, WritableDb } from './database.ts';
import { severityRank } from './finding-queries.ts';

export type CheckRun = OutputOf<'check.run'>;
export type RuleResult = OutputOf<'check.latest'>['rules'][number];

const json = <T extends z.ZodType>(schema: T) => z.string().transform((text) => schema.parse(JSON.parse(text)));

const runRow = z
  .object({
    run: z.int(),
    started_at: z.string(),
    started_by: z.string(),
    as_of: z.string(),
    packs: json(checkRunSchema.shape.packs),
    snapshots: json(checkRunSchema.shape.snapshots),
    reconcile_run: z.int().nullable(),
    evaluations: z.int(),
    outcomes: json(checkRunSchema.shape.outcomes),
    by_severity: json(checkRunSchema.shape.bySeverity),
    findings: json(checkRunSchema.shape.findings),
  })
  .transform(
    ({ started_at, started_by, as_of, by_severity, reconcile_run, ...rest }): CheckRun => ({
      ...rest,
      startedAt: started_at,
      startedBy: started_by,
      asOf: as_of,
      bySeverity: by_severity,
      reconcileRun: reconcile_run,
    }),
  );

export function latestCheckRun(db: ReadableDb): CheckRun | null {
  const row = db.read<readonly SqlValue[], unknown>('SELECT * FROM check_run ORDER BY run DESC LIMIT 1').get();
  return row === undefined ? null : runRow.parse(row);
}

const resultRow = z
  .object({
    rule_id: z.string(),
    pack_id: z.string(),
    title: z.string(),
    severity: ruleResultSchema.shape.severity,
    entity: z.string(),
    fires_when: z.string(),
    counts: json(ruleResultSchema.shape.counts),
    missing: json(z.array(z.string())),
  })
  .transform(
    ({ rule_id, pack_id, fires_when, ...rest }): RuleResult => ({
      ...rest,
      ruleId: rule_id,
      packId: pack_id,
      firesWhen: fires_when,
    }),
  );

export function ruleResults(db: ReadableDb, run: number): RuleResult[] {
  return z
    .array(resultRow)
    .parse(db.read<readonly SqlValue[], unknown>('SELECT * FROM rule_result WHERE run = ? ORDER BY rule_id').all(run));
}

export function insertCheckRun(db: WritableDb, run: Omit<CheckRun, 'run'>, results: readonly RuleResult[]): number {
  const inserted = db
    .write<readonly SqlValue[]>(
      `INSERT INTO check_run (started_at, started_by, as_of, packs, snapshots, reconcile_run, evaluations, outcomes, by_severity, findings)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      run.startedAt,
      run.startedBy,
      run.asOf,
      JSON.stringify(run.packs),
      JSON.stringify(run.snapshots),
      run.reconcileRun,
      run.evaluations,
      JSON.stringify(run.outcomes),
      JSON.stringify(run.bySeverity),
      JSON.stringify(run.findings),
    );
  const number = Number(inserted.lastInsertRowid);
  const insert = db.write<readonly SqlValue[]>(
    'INSERT INTO rule_result (run, rule_id, pack_id, title, severity, entity, fires_when, counts, missing) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  for (const r of results) {
    insert.run(
      number,
      r.ruleId,
      r.packId,
      r.title,
      r.severity,
      r.entity,
      r.firesWhen,
      JSON.stringify(r.counts),
      JSON.stringify(r.missing),
    );
  }
  return number;
}

/** Sets the counts that are only known once the findings were written. */
export function updateCheckRunFindings(db: WritableDb, run: number, findings: CheckRun['findings']): void {
  db.write<readonly SqlValue[]>('UPDATE check_run SET findings = ? WHERE run = ?').run(JSON.stringify(findings), run);
}

export interface FiredFinding {
  readonly ruleId: string;
  readonly packId: string;
  readonly packVersion: string;
  readonly title: string;
  readonly message: string;
  readonly severity: string;
  readonly subjectKind: string;
  readonly subjectId: string;
  readonly subjectName: string;
  readonly firesWhen: string;
  readonly expected: string;
  /** JSON of ReadValue[] and CitedClause[]. */
  readonly readValues: string;
  readonly clauses: string;
  readonly readDigest: string;
}

export interface KnownFinding {
  readonly id: number;
  readonly state: string;
  readonly expiresAt: string | null;
}

/** Prepared once per evaluation: looks a finding up, opens a new one, or refreshes what was read. */
export function findingWriter(db: WritableDb) {
  const find = db.read<readonly SqlValue[], unknown>(
    'SELECT finding_id AS id, state, expires_at AS expiresAt FROM finding WHERE rule_id = ? AND subject_kind = ? AND subject_id = ?',
  );
  const insert = db.write<readonly SqlValue[]>(
    `INSERT INTO finding (rule_id, pack_id, pack_version, title, message, severity, severity_rank, state, subject_kind, subject_id,
       subject_name, fires_when, expected, read_values, clauses, read_digest, first_seen_at, first_seen_run, last_seen_run)
     VALUES (?, ?, ?, ?, ?, ?, ?, 'open', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const refresh = db.write<readonly SqlValue[]>(
    `UPDATE finding SET pack_id = ?, pack_version = ?, title = ?, message = ?, severity = ?, severity_rank = ?, subject_name = ?,
       fires_when = ?, expected = ?, read_values = ?, clauses = ?, read_digest = ?, last_seen_run = ?, state = ? WHERE finding_id = ?`,
  );
  const known = z.object({ id: z.int(), state: z.string(), expiresAt: z.string().nullable() });
  return {
    find(hit: FiredFinding): KnownFinding | null {
      const row = find.get(hit.ruleId, hit.subjectKind, hit.subjectId);
      return row === undefined ? null : known.parse(row);
    },
    open(hit: FiredFinding, at: string, run: number): void {
      insert.run(
        hit.ruleId,
        hit.packId,
        hit.packVersion,
        hit.title,
        hit.message,
        hit.severity,
        severityRank(hit.severity),
        hit.subjectKind,
        hit.subjectId,
        hit.subjectName,
        hit.firesWhen,
        hit.expected,
        hit.readValues,
        hit.clauses,
        hit.readDigest,
        at,
        run,
        run,
      );
    },
    keep(id: number, hit: FiredFinding, run: number, state: string): void {
      refresh.run(
        hit.packId,
        hit.packVersion,
        hit.title,
        hit.message,
        hit.severity,
        severityRank(hit.severity),
        hit.subjectName,
        hit.firesWhen,
        hit.expected,
        hit.readValues,
        hit.clauses,
        hit.readDigest,
        run,
        state,
        id,
      );
    },
  };
}

const unseenRow = z.object({ id: z.int(), ruleId: z.string(), subjectKind: z.string(), subjectId: z.string() });
export type UnseenFinding = z.infer<typeof unseenRow>;

/** Findings of these packs on which no rule fired in this run, and that are not closed yet. */
export function findingsNotSeen(db: ReadableDb, run: number, packIds: readonly string[]): UnseenFinding[] {
  return z.array(unseenRow).parse(
    db
      .read<readonly SqlValue[], unknown>(
        `SELECT finding_id AS id, rule_id AS ruleId, subject_kind AS subjectKind, subject_id AS subjectId FROM finding
           WHERE last_seen_run < ? AND state <> 'closed' AND pack_id IN (${packIds.map(() => '?').join(', ')})`,
      )
      .all(run, ...packIds),
  );
}

export function closeFinding(db: WritableDb, id: number): void {
  db.write<readonly SqlValue[]>("UPDATE finding SET state = 'closed' WHERE finding_id = ?").run(id);
}

export function countFindings(db: ReadableDb, state: string): number {
  return z
    .object({ n: z.int() })
    .parse(db.read<readonly SqlValue[], unknown>('SELECT count(*) AS n FROM finding WHERE state = ?').get(state)).n;
}
