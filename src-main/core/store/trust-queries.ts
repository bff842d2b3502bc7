/** The trust store: publisher keys pinned inside the encrypted workspace, where no file on disk can replace them. */

import { z } from 'zod';
import { type TrustedKey, type TrustStore, trustedKeySchema } from '../../../src-shared/domain/trust.ts';
import type { ReadableDb, WritableDb } from './database.ts';
import { eq } from './drizzle.ts';
import { meta, trustKey } from './schema.ts';

const thresholdKey = 'trust_threshold';

/** All keys with their scopes and revocations, and how many must have signed. */
export function loadTrustStore(db: ReadableDb): TrustStore {
  const threshold = db.orm.select().from(meta).where(eq(meta.key, thresholdKey)).get();
  return {
    schemaVersion: 1,
    threshold: threshold ? z.coerce.number().int().min(1).parse(threshold.value) : 1,
    keys: db.orm
      .select()
      .from(trustKey)
      .orderBy(trustKey.hint)
      .all()
      .map((row) => trustedKeySchema.parse(JSON.parse(row.document))),
  };
}

/** Sets how many keys must have signed; the caller holds the transaction and writes the activity entry. */
export function saveThreshold(db: WritableDb, threshold: number): void {
  const value = String(threshold);
  db.ormWrite
    .insert(meta)
    .values({ key: thresholdKey, value })
    .onConflictDoUpdate({ target: meta.key, set: { value } })
    .run();
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
