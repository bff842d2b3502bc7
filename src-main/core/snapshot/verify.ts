/**
 * Verification of a snapshot bundle, and the only door to its content.
 *
 * `openVerified` hands out a `VerifiedSnapshot`, whose brand nothing else can make: import accepts only that. Content is
 * checked while it streams, so the importer commits only after `finish` has agreed.
 */
import type { z } from 'zod';
import type { inspectSchema } from '../../../src-shared/contract/schemas/snapshots.ts';
import type { Predicate, Statement } from '../../../src-shared/domain/snapshot.ts';
import type { CheckLine, TrustStore, Verification } from '../../../src-shared/domain/trust.ts';
import { AssayError, raise } from '../../../src-shared/result.ts';
import { sha256Hex } from '../canonical-json.ts';
import type { JobContext } from '../ports.ts';
import { readBundle, type SignatureBundle } from '../trust/bundle.ts';
import { keyIdHex } from '../trust/keys.ts';
import {
  checkSignatures,
  decideFreshness,
  decideSigner,
  type SignatureCheck,
  type SignaturePolicy,
  type SignerLine,
} from '../trust/verify-signatures.ts';
import { type ContentReader, openContent } from './content.ts';
import type { EvidenceFile } from './evidence-bundle.ts';
import { limits } from './limits.ts';
import { coSignatureName, isCoSignature, signatureMember } from './names.ts';
import { type Container, openContainer, readMember } from './read.ts';
import type { RecordLine } from './record-lines.ts';
import { parseStatement } from './statement.ts';

const brand: unique symbol = Symbol('verified snapshot');

export interface VerifyOptions {
  readonly trust: TrustStore;
  /** Raises the trust store's threshold; it cannot lower it. */
  readonly threshold?: number;
  readonly now: Date;
  /** Newest creation time among the snapshots already known: guards against a clock that was set back. */
  readonly newestCreatedAt?: string;
  readonly job: JobContext;
}

/** A bundle whose signers are accepted. Its content counts as verified only once `finish` has returned. */
export interface VerifiedSnapshot {
  readonly [brand]: true;
  readonly statementSha256: string;
  readonly statement: Statement;
  /** The signed bytes, of which `statement` is the parsed form. */
  readonly payload: Buffer;
  readonly bundles: readonly { readonly member: string; readonly bytes: Buffer }[];
  readonly signerLabel: string;
  /** Batches of lines in (kind, id) order, streamed once; order, uniqueness, counts and shard digests are enforced. */
  recordLines(job: JobContext): AsyncGenerator<readonly RecordLine[]>;
  /** Evidence files by their own names, each with its digest checked. */
  evidence(): AsyncGenerator<EvidenceFile>;
  /** Call with a failure that parsing raised: returns the trust failure behind it when the member was tampered with, else the error. */
  explain(error: unknown): Promise<unknown>;
  /** Raises `trust` / `content.*` unless all digests, counts and the Merkle root agree. Reads what was not read yet. */
  finish(): Promise<Verification>;
  close(): Promise<void>;
}

/** Opens a bundle for import. Raises `input` for an unreadable container, `trust` (exit 4) for signers, scope and member lists. */
export async function openVerified(file: string, options: VerifyOptions): Promise<VerifiedSnapshot> {
  const container = await openContainer(file);
  try {
    const bundles = await readSignatures(container, options.trust);
    const judged = judge(bundles, options);
    if (judged.signer.state === 'fail') refuseSigner(file, judged.signer);
    const statement =
      judged.statement ?? raise('trust', 'statement.malformed', `${file} carries no usable statement.`, { file });
    container.allowAll();
    const content = await openContent(container, statement);
    return brandSnapshot(container, content, bundles, judged, statement, options);
  } catch (error) {
    await container.close();
    throw error;
  }
}

/**
 * Answers, without importing: content unchanged, signer accepted, fresh, container as packed. A bad signature or digest is a
 * failed line, never an exception; raises `input` only for a container that cannot be read.
 */
export async function verifySnapshot(
  file: string,
  options: VerifyOptions,
): Promise<{ verification: Verification; predicate: Predicate | null }> {
  const container = await openContainer(file);
  try {
    const bundles = await trustFailureAsValue(() => readSignatures(container, options.trust));
    if (bundles instanceof AssayError) return { verification: unsigned(bundles, options), predicate: null };
    const judged = judge(bundles, options);
    const content = await checkContent(container, judged, options.job);
    return { verification: summarise(container, judged, content), predicate: judged.statement?.predicate ?? null };
  } finally {
    await container.close();
  }
}

/** What a bundle says about itself. No trust decision: nothing it returns has been verified. */
export async function inspectSnapshot(file: string, job: JobContext): Promise<z.infer<typeof inspectSchema>> {
  job.throwIfCancelled();
  const container = await openContainer(file);
  try {
    const bundles = await readSignatures(container, null);
    const payload = primaryOf(bundles).payload;
    return {
      statementSha256: sha256Hex(payload),
      predicate: parseStatement(payload).predicate,
      signatures: bundles.map(({ member, keyId }) => ({ member, keyId })),
      members: container.members.size,
      bytes: container.bytes,
    };
  } finally {
    await container.close();
  }
}

interface Judgement {
  readonly statementSha256: string;
  readonly statement: Statement | null;
  /** Why there is no statement. */
  readonly statementFailure: AssayError | null;
  readonly check: SignatureCheck;
  readonly signer: SignerLine;
  readonly freshness: CheckLine;
}

/**
 * All signature files, first the required one. Raises `trust` / `signature.*`. More than 1 MiB is read only once a signature
 * by a key in `trust` has been checked.
 */
async function readSignatures(container: Container, trust: TrustStore | null): Promise<readonly SignatureBundle[]> {
  if (!container.members.has(signatureMember)) {
    raise(
      'trust',
      'signature.missing',
      `${container.file} is not signed: it has no ${signatureMember}. Nothing was imported.`,
      { file: container.file },
    );
  }
  const coSignatures = [...container.members.keys()].filter(isCoSignature).sort();
  if (coSignatures.length > limits.coSignatures) {
    raise('trust', 'signature.too_many', `${container.file} has more than ${limits.coSignatures} co-signatures.`, {
      file: container.file,
    });
  }
  const bundles: SignatureBundle[] = [];
  for (const member of [signatureMember, ...coSignatures]) {
    const bundle = readBundle(member, await readMember(container, member, limits.signatureBytes));
    if (trust && checkSignatures([bundle], trust).genuine) container.allowAll();
    bundles.push(bundle);
  }
  const { payload } = primaryOf(bundles);
  for (const bundle of bundles.slice(1)) {
    if (!bundle.payload.equals(payload)) {
      raise(
        'trust',
        'signature.payload_differs',
        `${bundle.member} signs another statement than ${signatureMember}: parts of two snapshots were mixed.`,
        {
          file: container.file,
          member: bundle.member,
        },
      );
    }
    if (bundle.member !== coSignatureName(keyIdHex(bundle.keyId))) {
      raise('trust', 'signature.keyid', `${bundle.member} is named after another key than it states.`, {
        file: container.file,
        member: bundle.member,
      });
    }
  }
  return bundles;
}

function judge(bundles: readonly SignatureBundle[], policy: SignaturePolicy): Judgement {
  const { payload } = primaryOf(bundles);
  const check = checkSignatures(bundles, policy.trust);
  let statement: Statement | null = null;
  let statementFailure: AssayError | null = null;
  try {
    statement = parseStatement(payload);
  } catch (error) {
    if (!(error instanceof AssayError)) throw error;
    statementFailure = error;
  }
  const claim = statement && {
    registryId: statement.predicate.registry.id,
    sequence: statement.predicate.sequence,
    createdAt: statement.predicate.createdAt,
  };
  return {
    statementSha256: sha256Hex(payload),
    statement,
    statementFailure,
    check,
    signer: decideSigner(check, claim, policy),
    freshness: statement
      ? decideFreshness(statement.predicate, check, policy)
      : {
          state: 'unknown',
          code: 'freshness.no_statement',
          text: 'The statement cannot be read, so its time is unknown.',
        },
  };
}

/** Streams everything only when a trusted key really signed the statement: digests that a stranger wrote prove nothing. */
async function checkContent(container: Container, judged: Judgement, job: JobContext): Promise<CheckLine> {
  const { statement, statementFailure } = judged;
  if (!judged.check.genuine) {
    return {
      state: 'unknown',
      code: 'content.not_checked',
      text: 'Not checked: no trusted key vouches for the digests.',
    };
  }
  if (!statement) {
    return {
      state: 'fail',
      code: statementFailure?.failure.code ?? 'statement.malformed',
      text: statementFailure?.message ?? 'The statement cannot be read.',
    };
  }
  container.allowAll();
  const members = await trustFailureAsValue(async () => (await openContent(container, statement)).finish(job));
  if (members instanceof AssayError) return { state: 'fail', code: members.failure.code, text: members.message };
  return contentAgrees(members, statement);
}

const contentAgrees = (members: number, { predicate }: Statement): CheckLine => ({
  state: 'pass',
  code: 'content.intact',
  text: `Unchanged: ${members} members and ${predicate.merkle.leaves} records agree with the signed statement.`,
});

function containerLine(container: Container): CheckLine {
  if (container.form === 'folder')
    return { state: 'pass', code: 'container.folder', text: 'Read as an unpacked folder.' };
  const [first, ...more] = container.alterations;
  if (first === undefined)
    return { state: 'pass', code: 'container.as_packed', text: 'The file is laid out as a packer writes it.' };
  const rest = more.length > 0 ? ` and ${more.length} more` : '';
  return {
    state: 'warn',
    code: 'container.altered',
    text: `Container altered, content judged separately: ${first}${rest}.`,
  };
}

function summarise(container: Container, judged: Judgement, content: CheckLine): Verification {
  return {
    ok: content.state === 'pass' && (judged.signer.state === 'pass' || judged.signer.state === 'warn'),
    statementSha256: judged.statementSha256,
    content,
    signer: judged.signer,
    freshness: judged.freshness,
    container: containerLine(container),
  };
}

/** The answers for a bundle without usable signature files. */
function unsigned({ failure }: AssayError, { trust, threshold }: VerifyOptions): Verification {
  const unknown = (code: string, text: string): CheckLine => ({ state: 'unknown', code, text });
  return {
    ok: false,
    statementSha256: '',
    content: unknown('content.not_checked', 'Not checked: no trusted key vouches for the digests.'),
    signer: {
      state: 'fail',
      code: failure.code,
      text: failure.message,
      threshold: Math.max(trust.threshold, threshold ?? 1),
      signers: [],
    },
    freshness: unknown('freshness.no_statement', 'There is no signed statement, so its time is unknown.'),
    container: unknown('container.not_checked', 'Not judged without a signed statement.'),
  };
}

function brandSnapshot(
  container: Container,
  content: ContentReader,
  bundles: readonly SignatureBundle[],
  judged: Judgement,
  statement: Statement,
  options: VerifyOptions,
): VerifiedSnapshot {
  return {
    [brand]: true,
    statementSha256: judged.statementSha256,
    statement,
    payload: primaryOf(bundles).payload,
    bundles: bundles.map(({ member, bytes }) => ({ member, bytes })),
    signerLabel: judged.signer.signers
      .filter((signer) => signer.trusted)
      .map((signer) => signer.label)
      .join(', '),
    recordLines: content.recordLines,
    evidence: content.evidence,
    explain: content.explain,
    finish: async () => summarise(container, judged, contentAgrees(await content.finish(options.job), statement)),
    close: () => container.close(),
  };
}

function primaryOf(bundles: readonly SignatureBundle[]): SignatureBundle {
  const [primary] = bundles;
  if (!primary) throw new Error('a bundle without its required signature got past readSignatures');
  return primary;
}

function refuseSigner(file: string, signer: SignerLine): never {
  return raise('trust', signer.code, `${file}: ${signer.text} Nothing was imported.`, {
    file,
    keyIds: signer.signers.map(({ keyId }) => keyId),
    threshold: signer.threshold,
  });
}

async function trustFailureAsValue<T>(work: () => Promise<T>): Promise<T | AssayError> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AssayError && error.failure.kind === 'trust') return error;
    throw error;
  }
}
