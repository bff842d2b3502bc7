/** The state of a record's files in two sentences: the signature on them, and the digests that the record states. */
import type { ArtifactCheck, ArtifactState } from '../../../src-shared/contract/schemas/artifact.ts';
import type { Kind } from '../../../src-shared/domain/dictionary.ts';
import type { CheckLine } from '../../../src-shared/domain/trust.ts';
import type { RecordedEvidence } from './recorded.ts';

/** `checks` newest first. */
export function artifactState(kind: Kind, evidence: RecordedEvidence, checks: readonly ArtifactCheck[]): ArtifactState {
  return {
    signature: kind === 'model_version' ? signatureLine(evidence, checks) : null,
    files: filesLine(evidence, checks),
    recordedDigest: evidence.digestText,
    claimedSignature: evidence.claimedSignature,
    checks: [...checks],
  };
}

/**
 * Checks that had a signature decide, the newest first: a later one without a signature takes nothing back, nor does one that
 * could not tell take a failure back.
 */
function signatureLine({ claimedSignature: claim }: RecordedEvidence, checks: readonly ArtifactCheck[]): CheckLine {
  const signed = checks.filter(({ verification }) => verification.signatureFile !== null);
  const none: CheckLine =
    claim === null
      ? { state: 'unknown', code: 'artifact.never_checked', text: 'Never checked; the record names no signature.' }
      : { state: 'unknown', code: 'artifact.claimed', text: `Claimed, not verified: the record names ${claim}.` };
  return deciding(signed.map(signatureAnswer)) ?? none;
}

/** The newest answer, unless it is open and the newest that is not is a failure. Null: there is none. */
function deciding(lines: readonly CheckLine[]): CheckLine | null {
  const [newest] = lines;
  if (newest?.state !== 'unknown') return newest ?? null;
  const sure = lines.find(({ state }) => state !== 'unknown');
  return sure?.state === 'fail' ? sure : newest;
}

function signatureAnswer({ verification, ok, at, by, current }: ArtifactCheck): CheckLine {
  const { signer, content, recorded } = verification;
  const when = `on ${at.slice(0, 10)}`;
  if (ok && !current)
    return {
      state: 'warn',
      code: 'artifact.outdated',
      text: `Verified ${when}, before what the record says about its files changed; check again.`,
    };
  if (ok) {
    const names = signer.signers.filter(({ trusted }) => trusted).map(({ label }) => label);
    return {
      state: signer.state === 'warn' ? 'warn' : 'pass',
      code: 'artifact.verified',
      text: `Verified ${when} by ${by}: signed by ${names.join(', ')}.`,
    };
  }
  // A good signature on files that are not known to be those of the record says nothing about the record.
  const lines = [content, signer, ...(recorded ? [recorded] : [])];
  const failed = lines.find(({ state }) => state === 'fail');
  if (failed) return { state: 'fail', code: 'artifact.failed', text: `Failed ${when}: ${failed.text}` };
  const open = lines.find(({ state }) => state === 'unknown') ?? content;
  return { state: 'unknown', code: 'artifact.undetermined', text: `Not determined ${when}: ${open.text}` };
}

function filesLine(evidence: RecordedEvidence, checks: readonly ArtifactCheck[]): CheckLine {
  const stated = evidence.digestText ?? (evidence.files.length > 0 ? `${evidence.files.length} files` : null);
  return (
    deciding(checks.map(filesAnswer)) ?? {
      state: 'unknown',
      code: 'files.never_checked',
      text: stated === null ? 'Never checked; the record states no digest.' : `Never checked; recorded is ${stated}.`,
    }
  );
}

function filesAnswer({ verification, at, by, current }: ArtifactCheck): CheckLine {
  const line = verification.recorded ?? verification.content;
  const when = `${at.slice(0, 10)} by ${by}`;
  return current
    ? { ...line, text: `${line.text} Checked ${when}.` }
    : {
        state: 'warn',
        code: 'files.outdated',
        text: `Checked ${when}, before what the record says about its files changed; check again.`,
      };
}
