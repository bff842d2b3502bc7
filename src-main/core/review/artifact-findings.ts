/** Findings that a check of files on disk opens, and settles once a later check shows that the cause is gone. */
import type { ArtifactVerification } from '../../../src-shared/domain/artifact.ts';
import type { RecordRef } from '../../../src-shared/domain/record.ts';
import type { CheckLine } from '../../../src-shared/domain/trust.ts';
import { differedFromSignature, openStandingFindingOf } from '../store/artifact-queries.ts';
import type { WritableDb } from '../store/database.ts';
import { artifactRules, evidenceIntegrity } from './evidence-integrity.ts';
import { openStandingFinding, type StandingRule, settleStandingFinding } from './standing-findings.ts';

export interface CheckedRecord {
  readonly ref: RecordRef;
  readonly name: string;
  readonly snapshot: number;
  /** The digest that the record states. */
  readonly recordedDigest: string | null;
}

/** Returns the finding that is open because of this check, or null. The caller holds the transaction. */
export function reviewArtifactCheck(
  db: WritableDb,
  record: CheckedRecord,
  verification: ArtifactVerification,
  at: string,
): number | null {
  const { recorded, content, signatureFile, signer } = verification;
  const files = recorded?.state === 'fail' ? recorded : content;
  // Without the signature that the files did not agree with, nobody can see that they do now.
  const settles = verification.ok && (signatureFile !== null || !differedFromSignature(db, record.ref));
  const opened = follow(db, artifactRules.files, record, { line: files, settles }, at);
  const signed =
    signatureFile === null
      ? null
      : follow(db, artifactRules.signature, record, { line: signer, settles: verification.ok }, at);
  return opened ?? signed;
}

/**
 * A failure opens. Only a check that verified everything settles: one about a part of the files, about files that the record is
 * not known to mean, or with something left out is no evidence that the cause is gone.
 */
function follow(
  db: WritableDb,
  rule: StandingRule,
  { ref, name, snapshot, recordedDigest }: CheckedRecord,
  { line, settles }: { readonly line: CheckLine; readonly settles: boolean },
  at: string,
): number | null {
  if (line.state === 'fail') {
    return openStandingFinding(
      db,
      {
        pack: evidenceIntegrity,
        rule,
        subject: { ...ref, name },
        message: line.text,
        values: [
          {
            ref,
            field: ref.kind === 'dataset' ? 'dataset.dataset_digest' : 'model_version.artefact_digest',
            label: 'Recorded digest',
            state: recordedDigest === null ? 'empty' : 'value',
            value: recordedDigest ?? '',
            snapshot,
          },
          { field: 'check.result', label: 'Files on disk', state: 'value', value: line.text },
        ],
      },
      at,
    );
  }
  const open = openStandingFindingOf(db, rule.id, ref);
  if (open !== null && settles) settleStandingFinding(db, open, `A later check of the files found: ${line.text}`, at);
  return null;
}
