/** Findings that a check of files on disk opens, and settles once a later check shows that the cause is gone. */
import type { ArtifactVerification } from '../../../src-shared/domain/artifact.ts';
import type { RecordRef } from '../../../src-shared/domain/record.ts';
import type { CheckLine } from '../../../src-shared/domain/trust.ts';
import { openStandingFindingOf } from '../store/artifact-queries.ts';
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
  const files = verification.recorded?.state === 'fail' ? verification.recorded : verification.content;
  const signature = verification.signatureFile === null ? null : verification.signer;
  const content = follow(db, artifactRules.files, record, files, at);
  const signer = signature ? follow(db, artifactRules.signature, record, signature, at) : null;
  return content ?? signer;
}

/** A failure opens, a pass settles; what could not be determined changes nothing. */
function follow(
  db: WritableDb,
  rule: StandingRule,
  { ref, name, snapshot, recordedDigest }: CheckedRecord,
  line: CheckLine,
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
  if (open !== null && line.state !== 'unknown')
    settleStandingFinding(db, open, `A later check of the files found: ${line.text}`, at);
  return null;
}
