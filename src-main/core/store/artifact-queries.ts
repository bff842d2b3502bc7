/** Checks of files on disk, kept with the record they were about. */
import type { ArtifactCheck, ArtifactState } from '../../../src-shared/contract/schemas/artifact.ts';
import { type ArtifactVerification, artifactVerificationSchema } from '../../../src-shared/domain/artifact.ts';
import type { RecordBody, RecordRef } from '../../../src-shared/domain/record.ts';
import { artifactState } from '../artifact/artifact-state.ts';
import { hasFiles, type RecordedEvidence, recordedEvidence } from '../artifact/recorded.ts';
import type { ReadableDb, WritableDb } from './database.ts';

export interface NewArtifactCheck {
  readonly ref: RecordRef;
  readonly at: string;
  readonly by: string;
  readonly name: string;
  readonly snapshot: number;
  readonly evidence: RecordedEvidence;
  readonly verification: ArtifactVerification;
}

/** Problem rows kept with a check; its counts are of all. */
const mostStoredRows = 200;

/** Stores a check and returns its number; the caller holds the transaction and writes the activity entry. */
export function insertArtifactCheck(db: WritableDb, check: NewArtifactCheck): number {
  const { verification, evidence } = check;
  const problems = verification.files.filter(({ state }) => state !== 'same' && state !== 'ignored');
  const files = problems.slice(0, mostStoredRows);
  const stored = { ...verification, files, leftOut: verification.leftOut + verification.files.length - files.length };
  const signer = verification.signer.signers.filter(({ trusted }) => trusted).map(({ label }) => label);
  const { lastInsertRowid } = db
    .write<readonly (string | number | null)[]>(
      `INSERT INTO artifact_check (kind, id, at, by, name, ok, snapshot, recorded_digest, evidence_token, signature_sha256, signer,
         verification) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      check.ref.kind,
      check.ref.id,
      check.at,
      check.by,
      check.name,
      verification.ok ? 1 : 0,
      check.snapshot,
      evidence.digestText,
      evidence.token,
      verification.signatureSha256,
      signer.length > 0 ? signer.join(', ') : null,
      JSON.stringify(artifactVerificationSchema.parse(stored)),
    );
  return Number(lastInsertRowid);
}

/** The finding of this rule on this record that is not closed; null: none. */
export const openStandingFindingOf = (db: ReadableDb, ruleId: string, ref: RecordRef): number | null =>
  db
    .readRaw<[string, string, string], [number]>(
      "SELECT finding_id FROM finding WHERE rule_id = ? AND subject_kind = ? AND subject_id = ? AND state <> 'closed'",
    )
    .get(ruleId, ref.kind, ref.id)?.[0] ?? null;

/** Whether the files differed from their signature when it last gave a verdict on them: no later check verified one. */
export const differedFromSignature = (db: ReadableDb, ref: RecordRef): boolean =>
  db
    .readRaw<[string, string], [number]>(
      `SELECT ok FROM artifact_check WHERE kind = ? AND id = ? AND signature_sha256 IS NOT NULL
         AND (ok = 1 OR json_extract(verification, '$.content.state') = 'fail') ORDER BY check_id DESC LIMIT 1`,
    )
    .get(ref.kind, ref.id)?.[0] === 0;

interface CheckRow {
  readonly check_id: number;
  readonly at: string;
  readonly by: string;
  readonly name: string;
  readonly ok: number;
  readonly evidence_token: string;
  readonly verification: string;
}

/** Newest first, and the newest one that had a signature however old. `token` is that of the record as it is now. */
export function artifactChecks(db: ReadableDb, ref: RecordRef, token: string, most = 20): readonly ArtifactCheck[] {
  return db
    .read<[string, string, number, string, string], CheckRow>(
      `SELECT check_id, at, by, name, ok, evidence_token, verification FROM artifact_check
       WHERE check_id IN (SELECT check_id FROM artifact_check WHERE kind = ? AND id = ? ORDER BY check_id DESC LIMIT ?)
         OR check_id = (SELECT max(check_id) FROM artifact_check
                        WHERE kind = ? AND id = ? AND signature_sha256 IS NOT NULL)
       ORDER BY check_id DESC`,
    )
    .all(ref.kind, ref.id, most, ref.kind, ref.id)
    .map((row) => ({
      id: row.check_id,
      at: row.at,
      by: row.by,
      name: row.name,
      ok: row.ok === 1,
      current: row.evidence_token === token,
      verification: artifactVerificationSchema.parse(JSON.parse(row.verification)),
    }));
}

/** What is known about a record's files; null for kinds that have none. */
export function artifactStateOf(db: ReadableDb, ref: RecordRef, body: RecordBody): ArtifactState | null {
  if (!hasFiles(ref.kind)) return null;
  const evidence = recordedEvidence(ref.kind, body);
  return artifactState(ref.kind, evidence, artifactChecks(db, ref, evidence.token));
}
