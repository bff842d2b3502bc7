/** Reconciliation runs and their verdict rows. */
import { z } from 'zod';
import type { OutputOf, ParsedInputOf } from '../../../src-shared/contract/contract.ts';
import { runSchema } from '../../../src-shared/contract/schemas/reconcile.ts';
import { type RecordRef, recordRefSchema } from '../../../src-shared/domain/record.ts';
import {
  type Verdict,
  type VerdictFacts,
  type VerdictRow,
  verdictRowSchema,
  verdictSchema,
} from '../../../src-shared/domain/verdict.ts';
import { raise } from '../../../src-shared/result.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import type { ReadableDb, SqlValue, WritableDb } from './database.ts';
import { compress, decompress } from './frames.ts';

export type ReconcileRun = OutputOf<'reconcile.run'>;

const json = <T extends z.ZodType>(schema: T) => z.string().transform((text) => schema.parse(JSON.parse(text)));
const numbers = json(z.array(z.int()));
const runRow = z
  .object({
    run: z.int(),
    started_at: z.string(),
    started_by: z.string(),
    as_of: z.string(),
    registry: numbers,
    discovery: numbers,
    baseline: numbers,
    totals: json(runSchema.shape.totals),
    conclusion: json(runSchema.shape.conclusion),
  })
  .transform(
    ({ started_at, started_by, as_of, ...rest }): ReconcileRun => ({
      ...rest,
      startedAt: started_at,
      startedBy: started_by,
      asOf: as_of,
    }),
  );

export function listReconcileRuns(db: ReadableDb): ReconcileRun[] {
  return z
    .array(runRow)
    .parse(db.read<readonly SqlValue[], unknown>('SELECT * FROM reconcile_run ORDER BY run DESC LIMIT 200').all());
}

/** The newest run, or the one named; null when nothing was reconciled yet. */
export function findReconcileRun(db: ReadableDb, run?: number): ReconcileRun | null {
  const row =
    run === undefined
      ? db.read<readonly SqlValue[], unknown>('SELECT * FROM reconcile_run ORDER BY run DESC LIMIT 1').get()
      : db.read<readonly SqlValue[], unknown>('SELECT * FROM reconcile_run WHERE run = ?').get(run);
  if (row === undefined && run !== undefined)
    raise('usage', 'reconcile.unknown_run', `There is no reconciliation run ${run}.`);
  return row === undefined ? null : runRow.parse(row);
}

/** The whole row, compressed. */
const bodyOf = {
  pack: (row: VerdictRow): Uint8Array => compress(Buffer.from(JSON.stringify(row), 'utf8')),
  schema: z
    .instanceof(Uint8Array)
    .transform((bytes) => verdictRowSchema.parse(JSON.parse(decompress(bytes).toString('utf8')))),
};

/**
 * Writes a run with all its rows; the caller holds the transaction. Returns the run's number. `onRow` is told the position of
 * each row that comes next, to report it and to look at the cancel flag.
 */
export function insertReconcileRun(
  db: WritableDb,
  run: Omit<ReconcileRun, 'run'>,
  rows: readonly VerdictRow[],
  onRow: (position: number) => void = () => {},
): number {
  const inserted = db
    .write<readonly SqlValue[]>(
      `INSERT INTO reconcile_run (started_at, started_by, as_of, registry, discovery, baseline, totals, conclusion)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      run.startedAt,
      run.startedBy,
      run.asOf,
      JSON.stringify(run.registry),
      JSON.stringify(run.discovery),
      JSON.stringify(run.baseline),
      JSON.stringify(run.totals),
      JSON.stringify(run.conclusion),
    );
  const number = Number(inserted.lastInsertRowid);
  const insert = db.write<readonly SqlValue[]>(
    `INSERT INTO verdict_row (run, position, row_id, verdict, severity, claim_kind, claim_id, observation_kind, observation_id, model_id, search, sentence, missing, body)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  rows.forEach((row, position) => {
    onRow(position);
    insert.run(
      number,
      position,
      row.rowId,
      row.verdict,
      row.severity,
      row.claim?.kind ?? null,
      row.claim?.id ?? null,
      row.observation?.kind ?? null,
      row.observation?.id ?? null,
      row.model?.id ?? null,
      searchText(row),
      row.sentence,
      JSON.stringify(row.missingEvidence),
      bodyOf.pack(row),
    );
  });
  return number;
}

const searchText = (row: VerdictRow): string =>
  [row.title, row.sentence, row.claim?.id, row.observation?.id, row.model?.id].filter(Boolean).join(' ').toLowerCase();

/** One page of rows in the order of the run: worst first, as the reconciliation sorted them. */
export function verdictRowPage(
  db: ReadableDb,
  run: number,
  input: ParsedInputOf<'reconcile.rows'>,
): Omit<OutputOf<'reconcile.rows'>, 'run'> {
  const after = input.cursor === undefined ? -1 : z.int().parse(decodeCursor(input.cursor)[0]);
  const where = ['run = ?'];
  const values: SqlValue[] = [run];
  if (input.verdict) {
    where.push('verdict = ?');
    values.push(input.verdict);
  }
  if (input.search.trim()) {
    where.push("search LIKE ? ESCAPE '\\'");
    values.push(
      `%${input.search
        .trim()
        .toLowerCase()
        .replace(/[\\%_]/g, '\\$&')}%`,
    );
  }
  const condition = where.join(' AND ');
  const total = z
    .object({ n: z.int() })
    .parse(
      db.read<readonly SqlValue[], unknown>(`SELECT count(*) AS n FROM verdict_row WHERE ${condition}`).get(...values),
    ).n;
  const page = z
    .array(z.object({ position: z.int(), body: bodyOf.schema }))
    .parse(
      db
        .read<readonly SqlValue[], unknown>(
          `SELECT position, body FROM verdict_row WHERE ${condition} AND position > ? ORDER BY position LIMIT ?`,
        )
        .all(...values, after, input.limit + 1),
    );
  const rows = page.slice(0, input.limit);
  const last = rows.at(-1);
  return {
    rows: rows.map((row) => row.body),
    total,
    next: page.length > input.limit && last ? encodeCursor([last.position]) : null,
  };
}

const refOf = (kind: string | null, id: string | null): RecordRef | undefined =>
  kind === null || id === null ? undefined : recordRefSchema.parse({ kind, id });

const verdictFact = z
  .tuple([
    verdictSchema,
    z.string().nullable(),
    z.string().nullable(),
    z.string().nullable(),
    z.string().nullable(),
    z.string(),
    json(z.array(z.string())),
  ])
  .transform(
    ([verdict, claimKind, claimId, observationKind, observationId, sentence, missingEvidence]): VerdictFacts => ({
      verdict,
      claim: refOf(claimKind, claimId),
      observation: refOf(observationKind, observationId),
      sentence,
      missingEvidence,
    }),
  );

/** What policy rules read of every row of a run, in its order; no cell is unpacked for it. */
export const verdictFacts = (db: ReadableDb, run: number): VerdictFacts[] =>
  db
    .readRaw<[number], readonly SqlValue[]>(
      `SELECT verdict, claim_kind, claim_id, observation_kind, observation_id, sentence, missing
       FROM verdict_row WHERE run = ? ORDER BY position`,
    )
    .all(run)
    .map((row) => verdictFact.parse(row));

/** Every row of a run, streamed; for reports. */
export function* allVerdictRows(db: ReadableDb, run: number, verdict?: Verdict): Generator<VerdictRow> {
  const rows = verdict
    ? db
        .read<readonly SqlValue[], unknown>(
          'SELECT body FROM verdict_row WHERE run = ? AND verdict = ? ORDER BY position',
        )
        .iterate(run, verdict)
    : db
        .read<readonly SqlValue[], unknown>('SELECT body FROM verdict_row WHERE run = ? ORDER BY position')
        .iterate(run);
  for (const row of rows) yield z.object({ body: bodyOf.schema }).parse(row).body;
}
