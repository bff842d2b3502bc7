import { basename, resolve } from 'node:path';
import { formatRef, type RecordRef } from '../../../src-shared/domain/record.ts';
import { raise } from '../../../src-shared/result.ts';
import { hasFiles, recordedEvidence } from '../artifact/recorded.ts';
import { verifyArtifact } from '../artifact/verify-artifact.ts';
import { appendActivity } from '../ledger/activity.ts';
import { toInstant } from '../ports.ts';
import { reviewArtifactCheck } from '../review/artifact-findings.ts';
import { artifactChecks, insertArtifactCheck } from '../store/artifact-queries.ts';
import type { ReadableDb } from '../store/database.ts';
import { nameLookup } from '../store/name-lookup.ts';
import { defaultSnapshots } from '../store/record-set.ts';
import { findRow, readRecord } from '../store/records.ts';
import { findSnapshot } from '../store/snapshot-queries.ts';
import { artifactTrust } from './artifact-trust.ts';
import type { Handler } from './context.ts';

/** Files on disk against the record's digests and any signature with them; the result stays with the record. */
export const artifactCheck: Handler<'artifact.check'> = async (context, input, job) => {
  const workspace = context.workspace();
  const { ref } = input;
  const { body, snapshot } = newestRecord(workspace.reader, ref);
  const evidence = recordedEvidence(ref.kind, body);
  const path = context.grants.resolve(input.path);
  const verification = await verifyArtifact({
    path,
    ...(input.signature ? { signaturePath: context.grants.resolve(input.signature) } : {}),
    ignore: input.ignore,
    trust: await artifactTrust(context, {}, snapshot.registryId),
    record: { evidence, snapshot: snapshot.snapshot, takenAt: snapshot.takenAt, signer: snapshot.signer },
    now: context.clock.now(),
    job,
  });
  const now = context.clock.now();
  const at = toInstant(now);
  const db = workspace.writer;
  const name = nameLookup(db, [snapshot.snapshot])(ref) ?? ref.id;
  const finding = db.transaction(() => {
    const check = insertArtifactCheck(db, {
      ref,
      at,
      by: workspace.user.name,
      name: basename(resolve(path)),
      snapshot: snapshot.snapshot,
      evidence,
      verification,
    });
    const opened = reviewArtifactCheck(
      db,
      { ref, name, snapshot: snapshot.snapshot, recordedDigest: evidence.digestText },
      verification,
      at,
    );
    appendActivity(
      workspace,
      {
        action: 'artifact.checked',
        summary: `Checked files of ${formatRef(ref)}: ${verification.ok ? 'verified' : 'not verified'}`,
        details: {
          check,
          ref: formatRef(ref),
          ok: verification.ok,
          content: verification.content.code,
          signer: verification.signer.code,
          recorded: verification.recorded?.code ?? null,
          recordedDigest: evidence.digestText,
          signatureSha256: verification.signatureSha256,
          counts: verification.counts,
          finding: opened,
        },
      },
      now,
    );
    return opened;
  });
  const [stored] = artifactChecks(db, ref, evidence.token, 1);
  if (!stored) throw new Error('a check that was just stored is gone');
  return { ...stored, verification, finding };
};

/** The record as the newest snapshots hold it; raises `usage` / `artifact.kind`, `record.unknown`. */
function newestRecord(db: ReadableDb, ref: RecordRef) {
  if (!hasFiles(ref.kind))
    raise(
      'usage',
      'artifact.kind',
      `A ${ref.kind} has no files; name a model_version or a dataset. Nothing was checked.`,
      {
        ref: formatRef(ref),
      },
    );
  const { registry, discovery } = defaultSnapshots(db);
  for (const snapshot of [...discovery, ...registry].reverse()) {
    const row = findRow(db, snapshot, ref);
    if (row) return { body: readRecord(db, row).body, snapshot: findSnapshot(db, snapshot) };
  }
  return raise('usage', 'record.unknown', `No current snapshot holds ${formatRef(ref)}; nothing was checked.`, {
    ref: formatRef(ref),
  });
}
