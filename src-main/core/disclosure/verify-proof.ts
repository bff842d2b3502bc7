/**
 * Verification of what was disclosed: a proof document or a redacted snapshot.
 *
 * The same policy as for whole snapshots decides about the signer; nothing of the document is believed before that, and no
 * record is handed out unless content and signer both hold.
 */
import type { ProofVerification } from '../../../src-shared/contract/schemas/disclosure.ts';
import type { ProofDocument } from '../../../src-shared/domain/disclosure.ts';
import { formatRef, type RecordRef } from '../../../src-shared/domain/record.ts';
import { answerNotice, type Predicate, type Statement, signedForm } from '../../../src-shared/domain/snapshot.ts';
import type { CheckLine } from '../../../src-shared/domain/trust.ts';
import { AssayError, raise } from '../../../src-shared/result.ts';
import { signatureMember } from '../snapshot/names.ts';
import { openContainer } from '../snapshot/read.ts';
import { readSignatures, requireOnePayload } from '../snapshot/read-signatures.ts';
import { type Judgement, judge, trustFailureAsValue, unsigned, type VerifyOptions } from '../snapshot/verify.ts';
import { readBundle, type SignatureBundle } from '../trust/bundle.ts';
import { checkDisclosed, type Disclosed } from './disclosed-leaves.ts';
import { parseProof } from './proof-file.ts';
import { redactedContent } from './redacted-content.ts';
import { isRedacted } from './redaction-file.ts';

/** Records of a redacted snapshot that are listed; all are counted. */
export const listedRecords = 1000;

export interface ProofOptions extends VerifyOptions {
  /** Whether this workspace imported the snapshot of that statement, which includes checking its order. */
  readonly wasImported: (statementSha256: string) => boolean;
}

/** The answer but for whose keys were asked, which the caller knows. */
export type DisclosureAnswer = Omit<ProofVerification, 'judgedBy'>;

/** A proof document. Raises `input` / `proof.malformed` or `proof.version`; everything else is an answer. */
export async function verifyProof(bytes: Uint8Array, file: string, options: ProofOptions): Promise<DisclosureAnswer> {
  const proof = parseProof(bytes, file);
  const bundles = await trustFailureAsValue(async () => bundlesOf(proof, file));
  if (bundles instanceof AssayError) return refused('proof', bundles, options);
  const judged = await judge(bundles, options);
  const { content, disclosed } = await judgeContent(proof, judged);
  const answer = summarise('proof', judged, content);
  if (!disclosed) return answer;
  const { predicate } = answer;
  const listed = answer.ok;
  return {
    ...answer,
    shown: disclosed.records.length,
    size: predicate?.merkle.leaves ?? 0,
    records: listed
      ? disclosed.records.map(({ ref, index, line }) => ({
          ref,
          index,
          line,
          role: disclosed.neighbours.has(index) ? 'neighbour' : 'record',
        }))
      : [],
    absent: listed && predicate ? absences(proof, predicate, options.wasImported(judged.statementSha256)) : [],
  };
}

/** A redacted snapshot, ZIP or folder. Raises `input` / `proof.whole_snapshot` for one that is not redacted. */
export async function verifyRedacted(file: string, name: string, options: ProofOptions): Promise<DisclosureAnswer> {
  const container = await openContainer(file, options.identities);
  try {
    if (!isRedacted(container)) {
      raise(
        'input',
        'proof.whole_snapshot',
        `${name} is a whole snapshot, not a proof; use assay snapshot verify for it.`,
        { file: name },
      );
    }
    const bundles = await trustFailureAsValue(() => readSignatures(container, options.trust));
    if (bundles instanceof AssayError) return refused('redacted_snapshot', bundles, options);
    const judged = await judge(bundles, options);
    if (!judged.check.genuine || !judged.statement.ok)
      return summarise('redacted_snapshot', judged, unreadStatement(judged));
    container.allowAll();
    const records: ProofVerification['records'] = [];
    let shown = 0;
    const content = await redactedContent(container, judged.statement.value, options.job, ({ record, index, line }) => {
      shown += 1;
      if (records.length < listedRecords)
        records.push({ ref: { kind: record.kind, id: record.id }, index, role: 'record', line: line.toString('utf8') });
    });
    const answer = summarise('redacted_snapshot', judged, content);
    if (content.state !== 'pass') return answer;
    return {
      ...answer,
      shown,
      size: judged.statement.value.predicate.merkle.leaves,
      records: answer.ok ? records : [],
    };
  } finally {
    await container.close();
  }
}

function bundlesOf(proof: ProofDocument, file: string): readonly SignatureBundle[] {
  const bundles = proof.signatures.map(({ member, text }) => readBundle(member, Buffer.from(text)));
  if (bundles[0]?.member !== signatureMember) {
    raise('trust', 'signature.missing', `${file} does not begin with ${signatureMember}; its statement was not used.`, {
      file,
    });
  }
  requireOnePayload({ file }, bundles);
  return bundles;
}

/** What cannot be read as a statement, or is signed by nobody that is trusted, proves nothing. */
function unreadStatement({ check, statement }: Judgement): CheckLine {
  if (!check.genuine || statement.ok) {
    return {
      state: 'unknown',
      code: 'content.not_checked',
      text: 'Not checked: no trusted key vouches for the Merkle root.',
    };
  }
  return { state: 'fail', code: statement.error.code, text: statement.error.message };
}

async function judgeContent(
  proof: ProofDocument,
  judged: Judgement,
): Promise<{ readonly content: CheckLine; readonly disclosed: Disclosed | null }> {
  const { check, statement } = judged;
  if (!check.genuine || !statement.ok) return { content: unreadStatement(judged), disclosed: null };
  try {
    const disclosed = checkDisclosed(proof, statement.value);
    return { content: shownLine(proof, disclosed, statement.value), disclosed };
  } catch (error) {
    if (!(error instanceof AssayError)) throw error;
    return { content: { state: 'fail', code: error.failure.code, text: error.message }, disclosed: null };
  }
}

/** "These 2 of 400 records are in the signed snapshot", and what that does not say. */
function shownLine(proof: ProofDocument, { records }: Disclosed, { predicate }: Statement): CheckLine {
  const { leaves } = predicate.merkle;
  const [shown, rest, form] = [records.length, leaves - records.length, signedForm(predicate)];
  const there =
    shown === 0
      ? `None of the ${leaves} records is shown.`
      : shown === 1
        ? `This record, 1 of ${leaves}, is in the signed ${form}.`
        : `These ${shown} of ${leaves} records are in the signed ${form}.`;
  const absent = proof.absent.length === 0 ? '' : ` ${named(proof.absent)}: absent by the signed order of records.`;
  return {
    state: 'pass',
    code: 'content.proven',
    text: `${answerNotice(predicate)}${there}${absent} Nothing is shown about the other ${rest} but their number.`,
  };
}

function named(refs: ProofDocument['absent']): string {
  const first = refs.slice(0, 3).map(formatRef).join(', ');
  return refs.length > 3 ? `${first} and ${refs.length - 3} more` : first;
}

function absences(proof: ProofDocument, predicate: Predicate, imported: boolean): ProofVerification['absent'] {
  const kinds = new Set(predicate.files.map(({ kind }) => kind));
  return proof.absent.map((ref) => ({
    ref,
    basis: imported ? 'checked_order' : 'signed_order',
    text: absenceText(ref, kinds.has(ref.kind), imported),
  }));
}

function absenceText(ref: RecordRef, hasKind: boolean, imported: boolean): string {
  const name = formatRef(ref);
  if (!hasKind)
    return imported
      ? `${name} is not in the snapshot: it holds no record of kind ${ref.kind}, as this workspace checked when it imported the snapshot.`
      : `${name} is not in the snapshot: by the publisher's signed counts it holds no record of kind ${ref.kind}. Whoever imports the whole snapshot checks those counts.`;
  return imported
    ? `${name} is not in the snapshot: nothing stands between its neighbours, and this workspace checked the order of all records when it imported the snapshot.`
    : `${name} is not where the publisher's signed order puts it: nothing stands between its neighbours. That all other records are in this order is the publisher's statement; whoever imports the whole snapshot checks it.`;
}

function summarise(form: ProofVerification['form'], judged: Judgement, content: CheckLine): DisclosureAnswer {
  const { check, signer, freshness, statement, statementSha256 } = judged;
  return {
    ok: content.state === 'pass' && (signer.state === 'pass' || signer.state === 'warn'),
    form,
    statementSha256,
    content,
    signer,
    freshness,
    predicate: check.genuine && statement.ok ? statement.value.predicate : null,
    shown: 0,
    size: 0,
    records: [],
    absent: [],
  };
}

function refused(form: ProofVerification['form'], failure: AssayError, options: VerifyOptions): DisclosureAnswer {
  const { container: _container, ...lines } = unsigned(failure, options);
  return { ...lines, form, predicate: null, shown: 0, size: 0, records: [], absent: [] };
}
