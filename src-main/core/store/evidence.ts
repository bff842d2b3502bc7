/** Raw evidence files, stored once by content. */
import type { EvidenceFile } from '../snapshot/evidence-bundle.ts';
import type { ReadableDb, WritableDb } from './database.ts';
import { compress, decompress } from './frames.ts';

/** Stores one file of a snapshot; its digest was checked by whoever streamed it. */
export function storeEvidence(db: WritableDb, snapshot: number, file: EvidenceFile): void {
  const digest = Buffer.from(file.sha256, 'hex');
  const known = db.readRaw<[Uint8Array], [number]>('SELECT bytes FROM evidence WHERE digest = ?').get(digest);
  if (!known) {
    db.write<[Uint8Array, number, Uint8Array]>('INSERT INTO evidence (digest, bytes, data) VALUES (?, ?, ?)').run(
      digest,
      file.bytes.length,
      compress(file.bytes),
    );
  }
  db.write<[number, string, Uint8Array]>('INSERT INTO snapshot_evidence (snapshot, name, digest) VALUES (?, ?, ?)').run(
    snapshot,
    file.name,
    digest,
  );
}

/** Bytes of an evidence file of a snapshot, or null when the snapshot has none of that name. */
export function readEvidence(db: ReadableDb, snapshot: number, name: string): Buffer | null {
  const row = db
    .readRaw<[number, string], [number, Uint8Array]>(
      'SELECT e.bytes, e.data FROM snapshot_evidence s JOIN evidence e ON e.digest = s.digest WHERE s.snapshot = ? AND s.name = ?',
    )
    .get(snapshot, name);
  return row ? decompress(row[1], Math.max(1, row[0])) : null;
}

/** Hex SHA-256 of an evidence file of a snapshot, or null when the snapshot has none of that name. */
export function evidenceDigest(db: ReadableDb, snapshot: number, name: string): string | null {
  const row = db
    .readRaw<[number, string], [string]>(
      'SELECT lower(hex(digest)) FROM snapshot_evidence WHERE snapshot = ? AND name = ?',
    )
    .get(snapshot, name);
  return row?.[0] ?? null;
}
