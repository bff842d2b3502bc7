/** Continuity events: what was seen of a registry's chain, one row per condition and statement; and what was refused. */
import { z } from 'zod';
import { type ContinuityCondition, continuityConditionSchema } from '../../../src-shared/domain/continuity.ts';
import { findingStateSchema } from '../../../src-shared/domain/finding.ts';
import type { ReadableDb, SqlValue, WritableDb } from './database.ts';

export interface EventKey {
  readonly condition: ContinuityCondition;
  readonly statementSha256: string;
}

export interface NewEvent extends EventKey {
  readonly registry: { readonly id: string; readonly name: string };
  readonly sequence: number;
  readonly otherSha256: string | null;
  readonly snapshot: number | null;
  readonly sentence: string;
  readonly findingId: number;
}

/** Writes the event, or refreshes the one that is there; `presented` counts once more. The caller holds the transaction. */
export function upsertEvent(db: WritableDb, event: NewEvent, at: string, presented: boolean): void {
  db.write<readonly SqlValue[]>(
    `INSERT INTO continuity_event (registry_id, registry_name, condition, sequence, statement_sha256, other_sha256, snapshot,
       sentence, first_seen_at, last_seen_at, times, finding_id)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?)
     ON CONFLICT (condition, statement_sha256) DO UPDATE SET
       other_sha256 = excluded.other_sha256, snapshot = excluded.snapshot, sentence = excluded.sentence,
       last_seen_at = excluded.last_seen_at, times = times + ?, settled_at = NULL, settled_why = NULL`,
  ).run(
    event.registry.id,
    event.registry.name,
    event.condition,
    event.sequence,
    event.statementSha256,
    event.otherSha256,
    event.snapshot,
    event.sentence,
    at,
    at,
    event.findingId,
    presented ? 1 : 0,
  );
}

const standingRow = z.object({
  id: z.int(),
  condition: continuityConditionSchema,
  statementSha256: z.string(),
  findingId: z.int(),
});
export type StandingEvent = z.infer<typeof standingRow>;

/** Events of a registry whose condition is not settled. */
export function standingEvents(db: ReadableDb, registryId: string): StandingEvent[] {
  return z.array(standingRow).parse(
    db
      .read<readonly SqlValue[], unknown>(
        `SELECT event_id AS id, condition, statement_sha256 AS statementSha256, finding_id AS findingId
           FROM continuity_event WHERE registry_id = ? AND settled_at IS NULL ORDER BY event_id`,
      )
      .all(registryId),
  );
}

export function settleEvent(db: WritableDb, id: number, at: string, why: string): void {
  db.write<readonly SqlValue[]>('UPDATE continuity_event SET settled_at = ?, settled_why = ? WHERE event_id = ?').run(
    at,
    why,
    id,
  );
}

const eventRow = z
  .object({
    id: z.int(),
    registryId: z.string(),
    registryName: z.string(),
    condition: continuityConditionSchema,
    sequence: z.int(),
    statementSha256: z.string(),
    otherSha256: z.string().nullable(),
    snapshot: z.int().nullable(),
    sentence: z.string(),
    firstSeenAt: z.string(),
    lastSeenAt: z.string(),
    times: z.int(),
    settledAt: z.string().nullable(),
    settledWhy: z.string().nullable(),
    findingId: z.int(),
    findingState: findingStateSchema,
  })
  .transform(({ findingId, findingState, ...event }) => ({
    ...event,
    finding: { id: findingId, state: findingState },
  }));
export type StoredEvent = z.infer<typeof eventRow>;

/** Every event with the state of its finding, in the order in which they were first seen. */
export function allEvents(db: ReadableDb): StoredEvent[] {
  return z.array(eventRow).parse(
    db
      .read<readonly SqlValue[], unknown>(
        `SELECT e.event_id AS id, e.registry_id AS registryId, e.registry_name AS registryName, e.condition, e.sequence,
           e.statement_sha256 AS statementSha256, e.other_sha256 AS otherSha256, e.snapshot, e.sentence,
           e.first_seen_at AS firstSeenAt, e.last_seen_at AS lastSeenAt, e.times, e.settled_at AS settledAt,
           e.settled_why AS settledWhy, e.finding_id AS findingId, f.state AS findingState
           FROM continuity_event e JOIN finding f USING (finding_id) ORDER BY e.event_id`,
      )
      .all(),
  );
}

/** What an event says of its statement; null: there is none. */
export type EventText = Pick<NewEvent, 'snapshot' | 'otherSha256' | 'sentence'>;
const eventText = z.object({ snapshot: z.int().nullable(), otherSha256: z.string().nullable(), sentence: z.string() });

export function eventTextOf(db: ReadableDb, { condition, statementSha256 }: EventKey): EventText | null {
  const row = db
    .read<readonly SqlValue[], unknown>(
      `SELECT snapshot, other_sha256 AS otherSha256, sentence FROM continuity_event
         WHERE condition = ? AND statement_sha256 = ?`,
    )
    .get(condition, statementSha256);
  return row === undefined ? null : eventText.parse(row);
}

export interface RefusedPlace {
  readonly registryId: string;
  readonly sequence: number;
  readonly statementSha256: string;
}

/** Keeps the digest of a statement that was refused and that a key of its registry really signed. The caller holds the transaction. */
export function saveRefusedStatement(db: WritableDb, place: RefusedPlace, at: string): void {
  db.write<readonly SqlValue[]>(
    `INSERT INTO refused_statement (registry_id, sequence, statement_sha256, first_seen_at) VALUES (?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
  ).run(place.registryId, place.sequence, place.statementSha256, at);
}

/**
 * Digest of another statement for the sequence that was refused, the one that came first; null: there is none, or what stands
 * against it is this very statement already.
 */
export const firstRefusedRival = (db: ReadableDb, place: RefusedPlace): string | null =>
  db
    .readRaw<readonly SqlValue[], [string]>(
      `SELECT statement_sha256 FROM refused_statement r WHERE registry_id = ? AND sequence = ? AND statement_sha256 <> ?
         AND NOT EXISTS (SELECT 1 FROM continuity_event e WHERE e.condition = 'equivocation'
           AND e.statement_sha256 = r.statement_sha256 AND e.other_sha256 = ?)
         ORDER BY first_seen_at, statement_sha256 LIMIT 1`,
    )
    .get(place.registryId, place.sequence, place.statementSha256, place.statementSha256)?.[0] ?? null;
