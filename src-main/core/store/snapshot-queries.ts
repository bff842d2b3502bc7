/** Imported snapshots: one row each. What was imported never changes; signatures that come later are added. */

import { z } from 'zod';
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import { kindDeltaSchema } from '../../../src-shared/contract/schemas/snapshots.ts';
import { type Statement, statementSchema } from '../../../src-shared/domain/snapshot.ts';
import { type Verification, verificationSchema } from '../../../src-shared/domain/trust.ts';
import { raise } from '../../../src-shared/result.ts';
import type { ChainState, Place } from '../ingest/continuity.ts';
import type { WrittenRecords } from '../ingest/record-writer.ts';
import type { VerifiedSnapshot } from '../snapshot/verify.ts';
import type { ReadableDb, WritableDb } from './database.ts';
import { asc, desc, eq } from './drizzle.ts';
import { type SnapshotRow, snapshotSignature, snapshot as snapshotTable } from './schema.ts';

export type SnapshotSummary = OutputOf<'snapshots.list'>['snapshots'][number];

const countsSchema = z.record(z.string(), z.int());

/** A stored snapshot with its JSON columns parsed. */
export type StoredSnapshot = Omit<SnapshotRow, 'counts' | 'deltas' | 'unknownFields' | 'warnings' | 'statement'> & {
  readonly counts: Record<string, number>;
  readonly deltas: z.infer<typeof kindDeltaSchema>[];
  readonly unknownFields: Record<string, number>;
  readonly warnings: string[];
  readonly statement: Statement;
};

const parseRow = (row: SnapshotRow): StoredSnapshot => ({
  ...row,
  counts: countsSchema.parse(JSON.parse(row.counts)),
  deltas: z.array(kindDeltaSchema).parse(JSON.parse(row.deltas)),
  unknownFields: countsSchema.parse(JSON.parse(row.unknownFields)),
  warnings: z.array(z.string()).parse(JSON.parse(row.warnings)),
  statement: statementSchema.parse(JSON.parse(row.statement.toString('utf8'))),
});

/** One snapshot by its number; raises `usage` / `snapshot.unknown`. */
export function findSnapshot(db: ReadableDb, snapshot: number): StoredSnapshot {
  const row = db.orm.select().from(snapshotTable).where(eq(snapshotTable.snapshot, snapshot)).get();
  return row
    ? parseRow(row)
    : raise('usage', 'snapshot.unknown', `There is no snapshot ${snapshot} in this workspace.`, { snapshot });
}

/** What verification said when the snapshot was imported. */
export const storedVerification = (db: ReadableDb, snapshot: number): Verification =>
  verificationSchema.parse(JSON.parse(findSnapshot(db, snapshot).verification));

/**
 * When its oldest source was read, as far as that is believed: nothing was read after it arrived here. A publisher's clock that
 * is ahead (or lies) would make every honest scan look old beside it.
 */
export const believedTakenAt = ({ takenAt, importedAt }: Pick<StoredSnapshot, 'takenAt' | 'importedAt'>): string =>
  Date.parse(takenAt) > Date.parse(importedAt) ? importedAt : takenAt;

/** All snapshots, newest import first. */
export const allSnapshots = (db: ReadableDb): readonly StoredSnapshot[] =>
  db.orm.select().from(snapshotTable).orderBy(desc(snapshotTable.snapshot)).all().map(parseRow);

/** Where a stored snapshot stands in its registry, by its own signed words and as it was imported. */
export interface StoredPlace extends Place {
  readonly snapshot: number;
  readonly chain: ChainState;
  readonly registryName: string;
  readonly role: StoredSnapshot['role'];
  readonly createdAt: string;
  readonly takenAt: string;
  readonly expiresAt: string | null;
  readonly importedAt: string;
  readonly signer: string;
  /** Whose signatures counted at import, and how many were needed. */
  readonly signers: Verification['signer'];
}

/** The places of one registry, or with null of all of them, by sequence. */
export function storedPlaces(db: ReadableDb, registryId: string | null): ReadonlyMap<string, readonly StoredPlace[]> {
  const rows = db.orm
    .select()
    .from(snapshotTable)
    .where(registryId === null ? undefined : eq(snapshotTable.registryId, registryId))
    .orderBy(asc(snapshotTable.sequence))
    .all()
    .map(parseRow);
  return new Map(
    [...Map.groupBy(rows, (row) => row.registryId)].map(([id, list]) => [id, list.map(placeInRegistry)] as const),
  );
}

const placeInRegistry = (stored: StoredSnapshot): StoredPlace => ({
  snapshot: stored.snapshot,
  sequence: stored.sequence,
  statementSha256: stored.statementSha256,
  previous: stored.statement.predicate.previous ?? null,
  chain: stored.chain,
  registryName: stored.registryName,
  role: stored.role,
  createdAt: stored.createdAt,
  takenAt: stored.takenAt,
  expiresAt: stored.expiresAt,
  importedAt: stored.importedAt,
  signer: stored.signer,
  signers: verificationSchema.parse(JSON.parse(stored.verification)).signer,
});

export const nextSnapshotNumber = (db: ReadableDb): number =>
  (db.readRaw<[], [number | null]>('SELECT max(snapshot) FROM snapshot').get()?.[0] ?? 0) + 1;

export interface NewSnapshot {
  readonly snapshot: number;
  readonly verified: VerifiedSnapshot;
  readonly verification: Verification;
  readonly chain: ChainState;
  readonly comparedTo: number | null;
  readonly takenAt: string;
  readonly importedAt: string;
  readonly importedBy: string;
  readonly warnings: readonly string[];
  readonly written: WrittenRecords;
}

/** The snapshot row with the signed bytes beside it; the caller holds the transaction. */
export function insertSnapshot(db: WritableDb, input: NewSnapshot): void {
  const { verified, written } = input;
  const { predicate } = verified.statement;
  db.ormWrite
    .insert(snapshotTable)
    .values({
      snapshot: input.snapshot,
      statementSha256: verified.statementSha256,
      registryId: predicate.registry.id,
      registryName: predicate.registry.name,
      role: predicate.role,
      sequence: predicate.sequence,
      chain: input.chain,
      takenAt: input.takenAt,
      createdAt: predicate.createdAt,
      expiresAt: predicate.expiresAt ?? null,
      importedAt: input.importedAt,
      importedBy: input.importedBy,
      signer: verified.signerLabel,
      complete: predicate.sources.every((source) => source.complete),
      records: written.records,
      incomplete: written.incomplete,
      comparedTo: input.comparedTo,
      counts: JSON.stringify(written.counts),
      deltas: JSON.stringify(written.deltas),
      unknownFields: JSON.stringify(written.unknownFields),
      warnings: JSON.stringify(input.warnings),
      statement: verified.payload,
      verification: JSON.stringify(verificationSchema.parse(input.verification)),
    })
    .run();
  for (const { member, bytes } of verified.bundles) {
    db.ormWrite.insert(snapshotSignature).values({ snapshot: input.snapshot, member, bytes }).run();
  }
}

export interface NewSignature {
  /** The signature file's name in a bundle, and its bytes. */
  readonly member: string;
  readonly bytes: Buffer;
}

/** The signature files of a snapshot, the required one first. */
export const storedSignatures = (db: ReadableDb, snapshot: number): readonly NewSignature[] =>
  db.orm
    .select({ member: snapshotSignature.member, bytes: snapshotSignature.bytes })
    .from(snapshotSignature)
    .where(eq(snapshotSignature.snapshot, snapshot))
    .orderBy(desc(snapshotSignature.member))
    .all();

/** Adds signature files to a stored snapshot, and what they change about its signers. The caller holds the transaction. */
export function addSignatures(
  db: WritableDb,
  snapshot: number,
  added: readonly NewSignature[],
  { verification, signer }: { readonly verification: Verification; readonly signer: string },
): void {
  for (const { member, bytes } of added) {
    db.ormWrite
      .insert(snapshotSignature)
      .values({ snapshot, member, bytes })
      // A signature under the key's name that does not verify gives way to one that does.
      .onConflictDoUpdate({ target: [snapshotSignature.snapshot, snapshotSignature.member], set: { bytes } })
      .run();
  }
  db.ormWrite
    .update(snapshotTable)
    .set({ verification: JSON.stringify(verificationSchema.parse(verification)), signer })
    .where(eq(snapshotTable.snapshot, snapshot))
    .run();
}

/** `now`, the effective clock, decides only whether the snapshot's own expiry has passed. */
export function summaryOf(stored: StoredSnapshot, now: Date): SnapshotSummary {
  return {
    snapshot: stored.snapshot,
    name: `${stored.registryName || stored.registryId} #${stored.sequence}`,
    registryId: stored.registryId,
    registryName: stored.registryName,
    role: stored.role,
    sequence: stored.sequence,
    takenAt: stored.takenAt,
    createdAt: stored.createdAt,
    importedAt: stored.importedAt,
    importedBy: stored.importedBy,
    records: stored.records,
    counts: stored.counts,
    statementSha256: stored.statementSha256,
    signer: stored.signer,
    chain: stored.chain,
    complete: stored.complete,
    stale: stored.expiresAt !== null && Date.parse(stored.expiresAt) < now.getTime(),
  };
}

export interface WorkspaceTotals {
  readonly snapshots: number;
  /** Records of all snapshots together. */
  readonly records: number;
}

export function workspaceTotals(db: ReadableDb): WorkspaceTotals {
  const row = db.readRaw<[], [number, number | null]>('SELECT count(*), sum(records) FROM snapshot').get();
  return { snapshots: row?.[0] ?? 0, records: row?.[1] ?? 0 };
}
