/** The answers about files in words: what the signature covers, and who vouches where there is none. */
import { problemsInWords } from '../../../src-shared/domain/artifact.ts';
import type { CheckLine } from '../../../src-shared/domain/trust.ts';
import type { FileCheck } from './check-files.ts';
import type { SignatureSearch } from './find-signature.ts';
import type { RecordedEvidence } from './recorded.ts';
import type { ArtifactStatement } from './statement.ts';

/** The record that a check is about, with the snapshot that holds it. */
export interface RecordUnderCheck {
  readonly evidence: RecordedEvidence;
  readonly snapshot: number;
  readonly takenAt: string;
  /** Who signed the snapshot. */
  readonly signer: string;
}

/** `asked`: how many of the signed files the question is about, and whether it is about the whole artifact of a record. */
export function contentLine(
  { counts }: FileCheck,
  { manifest, basis }: ArtifactStatement,
  asked: { readonly files: number; readonly whole: boolean },
): CheckLine {
  if (asked.files === 0)
    return {
      state: 'fail',
      code: 'content.not_named',
      text: `The signed statement names ${manifest.files.size} files and this is none of them.`,
    };
  const isPart = asked.files < manifest.files.size;
  const of = isPart ? `${asked.files} (of ${manifest.files.size} that were signed)` : `${asked.files}`;
  const share = `${counts.same} of ${of} signed ${asked.files === 1 ? 'file is' : 'files are'} there and unchanged`;
  const problems = problemsInWords(counts);
  const left = counts.ignored > 0 ? `; ${counts.ignored} left out by the signature` : '';
  const elsewhere = basis === 'in_toto' && counts.removed > 0 ? ' (a statement may name files that lie elsewhere)' : '';
  if (counts.changed + counts.added + counts.removed + counts.link > 0)
    return { state: 'fail', code: 'content.differs', text: `${share}; ${problems}${elsewhere}${left}.` };
  if (counts.same < asked.files || counts.unreadable + counts.undetermined > 0)
    return { state: 'unknown', code: 'content.undetermined', text: `Cannot determine: ${share}; ${problems}${left}.` };
  if (counts.uncovered > 0)
    return {
      state: 'unknown',
      code: 'content.partial',
      text: `Cannot determine for the whole: ${share}; ${problems}${left}.`,
    };
  // A statement about products leaves open which of them make up the artifact; a model's signature is over all of it.
  if (isPart && asked.whole && manifest.complete)
    return { state: 'unknown', code: 'content.partial', text: `Cannot determine for the whole: ${share}${left}.` };
  return { state: 'pass', code: isPart ? 'content.one_of_several' : 'content.intact', text: `${share}${left}.` };
}

/** Everything that was asked has an answer, and each of them is good. */
export const isVerified = (content: CheckLine, signer: CheckLine, recorded: CheckLine | null): boolean =>
  content.state === 'pass' &&
  (signer.state === 'pass' || signer.state === 'warn') &&
  (recorded === null || recorded.state === 'pass');

/** Whoever signed the snapshot vouches for the digest in it; that is not a signature of the artifact. */
export function unsignedSigner(
  { notRead }: SignatureSearch,
  record: RecordUnderCheck | undefined,
  content: CheckLine,
): CheckLine {
  const unread =
    notRead.length === 0 ? '' : ` With it lies ${notRead.join(', ')}, in a form that is not read here: not checked.`;
  if (!record)
    return notRead.length === 0
      ? {
          state: 'fail',
          code: 'signature.missing',
          text: 'There is no signature with it; name one with --signature, or a record with --id.',
        }
      : {
          state: 'unknown',
          code: 'signature.not_read',
          text: `Cannot determine: ${notRead.join(', ')} is neither a Sigstore bundle nor a DSSE envelope, the forms that are read here.`,
        };
  const claim = record.evidence.claimedSignature;
  const unverified = claim === null ? '' : ` The record names a signature (${claim}): claimed, not verified.`;
  if (content.code === 'recorded.none')
    return {
      state: 'unknown',
      code: 'signer.nobody',
      text: `Nobody vouches for these files: the record states no digest for them.${unverified}${unread}`,
    };
  const by = `The digest stands in snapshot ${record.snapshot}, signed by ${record.signer}; the files carry no signature that was given here.`;
  return claim === null && notRead.length === 0
    ? { state: 'pass', code: 'signer.snapshot', text: by }
    : { state: 'warn', code: 'signer.claimed', text: `${by}${unverified}${unread}` };
}
