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

/** The newest check that had a signature before it decides: a later one without a signature takes nothing back. */
function signatureLine({ claimedSignature: claim }: RecordedEvidence, checks: readonly ArtifactCheck[]): CheckLine {
  const check = checks.find(({ verification }) => verification.signatureFile !== null);
  if (!check)
    return claim === null
      ? { state: 'unknown', code: 'artifact.never_checked', text: 'Never checked; the record names no signature.' }
      : { state: 'unknown', code: 'artifact.claimed', text: `Claimed, not verified: the record names ${claim}.` };
  const { signer, content, recorded } = check.verification;
  const when = `on ${check.at.slice(0, 10)}`;
  const signed = content.state === 'pass' && (signer.state === 'pass' || signer.state === 'warn');
  if (signed && !check.current)
    return {
      state: 'warn',
      code: 'artifact.outdated',
      text: `Verified ${when}, before what the record says about its files changed; check again.`,
    };
  if (signed) {
    const state = recorded?.state === 'fail' || signer.state === 'warn' ? 'warn' : 'pass';
    const names = signer.signers.filter(({ trusted }) => trusted).map(({ label }) => label);
    const apart = recorded?.state === 'fail' ? ' The recorded digests say otherwise.' : '';
    return {
      state,
      code: 'artifact.verified',
      text: `Verified ${when} by ${check.by}: signed by ${names.join(', ')}.${apart}`,
    };
  }
  const failed = content.state === 'fail' || signer.state === 'fail';
  const why = content.state === 'fail' ? content.text : signer.state === 'pass' ? content.text : signer.text;
  return failed
    ? { state: 'fail', code: 'artifact.failed', text: `Failed ${when}: ${why}` }
    : { state: 'unknown', code: 'artifact.undetermined', text: `Not determined ${when}: ${why}` };
}

/** The newest check that compared the record with files decides. */
function filesLine(evidence: RecordedEvidence, checks: readonly ArtifactCheck[]): CheckLine {
  const [check] = checks;
  if (!check) {
    const stated = evidence.digestText ?? (evidence.files.length > 0 ? `${evidence.files.length} files` : null);
    return {
      state: 'unknown',
      code: 'files.never_checked',
      text: stated === null ? 'Never checked; the record states no digest.' : `Never checked; recorded is ${stated}.`,
    };
  }
  const { verification } = check;
  const line = verification.recorded ?? verification.content;
  const when = `${check.at.slice(0, 10)} by ${check.by}`;
  return check.current
    ? { ...line, text: `${line.text} Checked ${when}.` }
    : {
        state: 'warn',
        code: 'files.outdated',
        text: `Checked ${when}, before what the record says about its files changed; check again.`,
      };
}
