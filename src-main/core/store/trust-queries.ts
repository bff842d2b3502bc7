/** The trust store: publisher keys pinned inside the encrypted workspace, where no file on disk can replace them. */

import { z } from 'zod';
import { type TrustedKey, type TrustStore, trustedKeySchema } from '../../../src-shared/domain/trust.ts';
import { toInstant } from '../ports.ts';
import type { ReadableDb, WritableDb } from './database.ts';
import { eq } from './drizzle.ts';
import { meta, trustKey } from './schema.ts';

const thresholdKey = 'trust_threshold';
const changedKey = 'trust_changed_at';
const exportSerialKey = 'trust_export_serial';

const findMeta = (db: ReadableDb, key: string): string | undefined =>
  db.orm.select().from(meta).where(eq(meta.key, key)).get()?.value;

function saveMeta(db: WritableDb, key: string, value: string): void {
  db.ormWrite.insert(meta).values({ key, value }).onConflictDoUpdate({ target: meta.key, set: { value } }).run();
}

/** All keys with their scopes and revocations, and how many must have signed. */
export function loadTrustStore(db: ReadableDb): TrustStore {
  const changedAt = findMeta(db, changedKey);
  const thresholds = Object.fromEntries(
    db.readRaw<[], [string, number]>('SELECT registry_id, threshold FROM trust_threshold ORDER BY registry_id').all(),
  );
  return {
    schemaVersion: 1,
    threshold: z.coerce
      .number()
      .int()
      .min(1)
      .parse(findMeta(db, thresholdKey) ?? 1),
    ...(Object.keys(thresholds).length > 0 ? { thresholds } : {}),
    ...(changedAt === undefined ? {} : { changedAt }),
    keys: db.orm
      .select()
      .from(trustKey)
      .orderBy(trustKey.hint)
      .all()
      .map((row) => trustedKeySchema.parse(JSON.parse(row.document))),
  };
}

/** Writes down that keys, scopes or thresholds changed; the caller holds the transaction and writes the activity entry. */
export const markTrustChanged = (db: WritableDb, now: Date): void => saveMeta(db, changedKey, toInstant(now));

/** Sets how many keys must have signed, for every registry or for one; likewise inside the caller's transaction. */
export function saveThreshold(db: WritableDb, threshold: number, registryId?: string): void {
  if (registryId === undefined) {
    saveMeta(db, thresholdKey, String(threshold));
    return;
  }
  db.write<[string, number]>(
    'INSERT INTO trust_threshold (registry_id, threshold) VALUES (?, ?) ON CONFLICT (registry_id) DO UPDATE SET threshold = excluded.threshold',
  ).run(registryId, threshold);
}

/** Writes a whole trust store that was computed from the stored one; keys are never removed. */
export function saveTrustStore(db: WritableDb, trust: TrustStore): void {
  for (const key of trust.keys) saveTrustedKey(db, key);
  saveThreshold(db, trust.threshold);
  for (const [registryId, threshold] of Object.entries(trust.thresholds ?? {}))
    saveThreshold(db, threshold, registryId);
  if (trust.changedAt !== undefined) saveMeta(db, changedKey, trust.changedAt);
}

/** The serial of the next signed trust file; it only grows. */
export function takeExportSerial(db: WritableDb): number {
  const serial = Number(findMeta(db, exportSerialKey) ?? 0) + 1;
  saveMeta(db, exportSerialKey, String(serial));
  return serial;
}

/** The administrator whose signed trust files this workspace takes, and the newest that it took. */
const trustIssuerSchema = z.object({
  keyId: z.string(),
  name: z.string(),
  rawBytes: z.string(),
  serial: z.int(),
  payloadSha256: z.string(),
  issuedAt: z.string(),
  pinnedAt: z.string(),
});
export type TrustIssuer = z.infer<typeof trustIssuerSchema>;

export function findTrustIssuer(db: ReadableDb): TrustIssuer | null {
  const row = db
    .read<[], unknown>(
      `SELECT key_id AS keyId, name, raw_bytes AS rawBytes, serial, payload_sha256 AS payloadSha256,
              issued_at AS issuedAt, pinned_at AS pinnedAt FROM trust_issuer`,
    )
    .get();
  return row === undefined ? null : trustIssuerSchema.parse(row);
}

/** Pins the issuer at first contact, and afterwards notes what was taken; who it is stays. */
export function saveTrustIssuer(db: WritableDb, issuer: TrustIssuer): void {
  db.write<[string, string, string, number, string, string, string]>(
    `INSERT INTO trust_issuer (key_id, name, raw_bytes, serial, payload_sha256, issued_at, pinned_at)
     VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key_id) DO UPDATE SET
       serial = excluded.serial, payload_sha256 = excluded.payload_sha256, issued_at = excluded.issued_at`,
  ).run(
    issuer.keyId,
    issuer.name,
    issuer.rawBytes,
    issuer.serial,
    issuer.payloadSha256,
    issuer.issuedAt,
    issuer.pinnedAt,
  );
}

/** Forgets the issuer, so that another can be pinned in the same transaction. */
export function removeTrustIssuer(db: WritableDb): void {
  db.write<[]>('DELETE FROM trust_issuer').run();
}

/** Serial of the newest rotation applied to a registry; 0 before the first. */
export const lastRotationSerial = (db: ReadableDb, registryId: string): number =>
  db.readRaw<[string], [number]>('SELECT serial FROM trust_rotation WHERE registry_id = ?').get(registryId)?.[0] ?? 0;

export function saveRotation(
  db: WritableDb,
  rotation: {
    readonly registryId: string;
    readonly serial: number;
    readonly payloadSha256: string;
    readonly appliedAt: string;
    readonly appliedBy: string;
  },
): void {
  db.write<[string, number, string, string, string]>(
    `INSERT INTO trust_rotation (registry_id, serial, payload_sha256, applied_at, applied_by) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (registry_id) DO UPDATE SET serial = excluded.serial, payload_sha256 = excluded.payload_sha256,
       applied_at = excluded.applied_at, applied_by = excluded.applied_by`,
  ).run(rotation.registryId, rotation.serial, rotation.payloadSha256, rotation.appliedAt, rotation.appliedBy);
}

export function findTrustedKey(db: ReadableDb, hint: string): TrustedKey | null {
  const row = db.orm.select().from(trustKey).where(eq(trustKey.hint, hint)).get();
  return row ? trustedKeySchema.parse(JSON.parse(row.document)) : null;
}

/** Adds or replaces a key; the caller holds the transaction and writes the activity entry. */
export function saveTrustedKey(db: WritableDb, key: TrustedKey): void {
  const document = JSON.stringify(trustedKeySchema.parse(key));
  db.ormWrite
    .insert(trustKey)
    .values({ hint: key.hint, document })
    .onConflictDoUpdate({ target: trustKey.hint, set: { document } })
    .run();
}

/** How many stored snapshots each key has signed, by hint. */
export function snapshotsByKey(db: ReadableDb): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const signers = z.object({
    signer: z.object({ signers: z.array(z.object({ keyId: z.string(), trusted: z.boolean() })) }),
  });
  for (const [text] of db.readRaw<[], [string]>('SELECT verification FROM snapshot').all()) {
    for (const { keyId, trusted } of signers.parse(JSON.parse(text)).signer.signers) {
      if (trusted) counts.set(keyId, (counts.get(keyId) ?? 0) + 1);
    }
  }
  return counts;
}
