/**
 * One signature file against the keys and authorities that a person accepts: who signed, when, and what it is that they signed.
 *
 * The payload is parsed only after a signature over exactly these bytes has verified.
 */
import type { ArtifactVerification } from '../../../src-shared/domain/artifact.ts';
import type { CheckLine } from '../../../src-shared/domain/trust.ts';
import { AssayError, raise } from '../../../src-shared/result.ts';
import { messageVerifier } from './artifact-key.ts';
import { type ReadFiles, tableOf } from './check-files.ts';
import type { FoundSignature } from './find-signature.ts';
import { readSignatureFile, type SignatureFile } from './signature-file.ts';
import {
  type ArtifactSignerLine,
  type ArtifactTrust,
  type Candidate,
  decide,
  decideEnvelope,
  firstThat,
} from './signers.ts';
import { certifiedSigner, type SignedAt, timeLine } from './signing-time.ts';
import { type ArtifactStatement, readArtifactStatement } from './statement.ts';

export interface JudgedSignature {
  readonly basis: ArtifactVerification['basis'];
  readonly signer: ArtifactSignerLine;
  readonly time: CheckLine;
  /** What files are to be compared with; null where `content` already has the answer. */
  readonly statement: ArtifactStatement | null;
  readonly content: CheckLine;
}

/** A signature over the bytes of one file: only reading them shows whose it is. */
export interface MessageCheck {
  update(chunk: Buffer): void;
  finish(read: ReadFiles): JudgedSignature & { readonly table: ReturnType<typeof tableOf> };
}

const notChecked: CheckLine = {
  state: 'unknown',
  code: 'content.not_checked',
  text: 'Not checked: nobody who is accepted vouches for the digests.',
};

/** Every failure of the signature itself is a line; raises only what is no trust failure. */
export async function judgeSignature(
  found: FoundSignature,
  trust: ArtifactTrust,
  now: Date,
): Promise<JudgedSignature | MessageCheck> {
  try {
    const file = readSignatureFile(found.name, found.bytes);
    const certified = await certifiedSigner(file, trust);
    const candidates = [...(certified ? [certified] : []), ...trust.candidates];
    const at = { uncheckedTimes: file.uncheckedTimes, now };
    return file.content.form === 'message'
      ? checkMessage(file.content, candidates, at, trust)
      : judgeEnvelope(file.content.envelope, candidates, at, trust);
  } catch (error) {
    return {
      basis: 'none',
      signer: { state: 'fail', ...trustFailure(error), signers: [] },
      time: { state: 'unknown', code: 'time.unknown', text: 'There is no usable signature, so its time is unknown.' },
      statement: null,
      content: notChecked,
    };
  }
}

function judgeEnvelope(
  envelope: Extract<SignatureFile['content'], { form: 'dsse' }>['envelope'],
  candidates: readonly Candidate[],
  at: SignedAt,
  trust: ArtifactTrust,
): JudgedSignature {
  const decision = decideEnvelope(envelope, candidates, trust);
  const judged = { basis: 'none', signer: decision.line, time: timeLine(decision, at), statement: null } as const;
  if (!decision.genuine) return { ...judged, content: notChecked };
  try {
    requireInToto(envelope.payloadType);
    const statement = readArtifactStatement(envelope.payload);
    return { ...judged, basis: statement.basis, statement, content: notChecked };
  } catch (error) {
    return { ...judged, content: { state: 'fail', ...trustFailure(error) } };
  }
}

function requireInToto(payloadType: string): void {
  if (payloadType === 'application/vnd.in-toto+json') return;
  raise(
    'trust',
    'signature.payload_type',
    `What was signed is of type "${payloadType}", not an in-toto statement; it says nothing about files.`,
    { payloadType },
  );
}

function trustFailure(error: unknown): { readonly code: string; readonly text: string } {
  if (error instanceof AssayError && error.failure.kind === 'trust')
    return { code: error.failure.code, text: error.message };
  throw error;
}

function checkMessage(
  content: Extract<SignatureFile['content'], { form: 'message' }>,
  candidates: readonly Candidate[],
  at: SignedAt,
  trust: ArtifactTrust,
): MessageCheck {
  const verifiers = new Map(
    candidates.map((candidate) => [candidate, messageVerifier(candidate.key, content.algorithm)]),
  );
  const uncheckable = candidates.find((candidate) => candidate.refusal === null && !verifiers.get(candidate));
  const judged = (signer: ArtifactSignerLine, line: CheckLine, by: Candidate | null = null) =>
    ({
      basis: 'blob',
      signer,
      time: timeLine({ by }, at),
      statement: null,
      content: line,
      table: tableOf([], 0),
    }) as const;
  const unread = (code: string, why: string) =>
    judged(
      { state: 'unknown', code: 'signer.not_checked', text: 'Not checked: the file was not read.', signers: [] },
      { state: 'unknown', code, text: `Cannot determine: ${why}.` },
    );
  return {
    update(chunk) {
      for (const verifier of verifiers.values()) verifier?.update(chunk);
    },
    finish(read) {
      // By what lies there, not by what was read: links, closed folders and what was left out are read by nobody.
      const [file, ...more] = read.listing.entries;
      if (file?.kind !== 'file' || more.length > 0)
        return unread('content.one_file', 'this signature is over one file; name that file');
      const { name } = file;
      const outcome = read.outcomes.get(name) ?? { unreadable: 'it was left out of the check' };
      if ('unreadable' in outcome) return unread('content.unreadable', `${name}: ${outcome.unreadable}`);
      const holder = firstThat(
        candidates,
        (candidate) => verifiers.get(candidate)?.holds(content.signature.signature) ?? false,
      );
      const { line, genuine, by } =
        holder === null && uncheckable
          ? { line: notCheckable(uncheckable), genuine: false, by: null }
          : decide([content.signature], () => holder, candidates, trust);
      const found = outcome.digests.get('sha256')?.hex ?? '';
      const differs = !genuine && content.sha256 !== null && content.sha256 !== found;
      const state = genuine ? 'same' : differs ? 'changed' : 'undetermined';
      const expected = content.sha256 === null ? null : `sha256:${content.sha256}`;
      return {
        ...judged(line, messageContent(state), by),
        table: tableOf([{ name, state, bytes: outcome.bytes, expected, found: `sha256:${found}`, note: null }], 1),
      };
    },
  };
}

/** A signature that nobody here can check is not a bad one. */
const notCheckable = ({ label, key }: Candidate): ArtifactSignerLine => ({
  state: 'unknown',
  code: 'signer.not_checkable',
  text: `Cannot determine: ${label} may have signed, and ${key.name} signatures over whole files are not checked here; ask for a signed statement about the file.`,
  signers: [],
});

function messageContent(state: 'same' | 'changed' | 'undetermined'): CheckLine {
  if (state === 'same') return { state: 'pass', code: 'content.intact', text: '1 of 1 file is as it was signed.' };
  return state === 'changed'
    ? { state: 'fail', code: 'content.differs', text: 'The file has another digest than its signature file states.' }
    : notChecked;
}
