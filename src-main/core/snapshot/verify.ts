/**
 * Verification of a snapshot bundle, and the only door to its content.
 *
 * `openVerified` hands out a `VerifiedSnapshot`, whose brand nothing else can make: import accepts only that. Content is
 * checked while it streams, so the importer commits only after `finish` has agreed.
 */
import type { z } from 'zod';
import type { inspectSchema } from '../../../src-shared/contract/schemas/snapshots.ts';
import { answerNotice, type Predicate, type Statement } from '../../../src-shared/domain/snapshot.ts';
import type {
  CheckLine,
  FreshnessLine,
  SignerLine,
  TrustedKey,
  TrustStore,
  Verification,
} from '../../../src-shared/domain/trust.ts';
import { AssayError, attempt, type Result, raise, unwrap } from '../../../src-shared/result.ts';
import { sha256Hex } from '../canonical-json.ts';
import { redactedContent, redactionSummary } from '../disclosure/redacted-content.ts';
import { isRedacted, refuseRedacted } from '../disclosure/redaction-file.ts';
import type { Identities } from '../encryption/age-source.ts';
import type { JobContext } from '../ports.ts';
import type { SignatureBundle } from '../trust/bundle.ts';
import { decideFreshness } from '../trust/decide-freshness.ts';
import type { SignedClaim } from '../trust/trust-store.ts';
import {
  checkSignatures,
  decideSigner,
  genuineKeysOf,
  type SignatureCheck,
  type SignaturePolicy,
} from '../trust/verify-signatures.ts';
import { type ContentReader, openContent, signedMembers } from './content.ts';
import type { EvidenceFile } from './evidence-bundle.ts';
import { type GenuineStatement, genuineStatements } from './genuine-statements.ts';
import { modelSignatureProblem } from './model-signature.ts';
import { type Container, openContainer } from './read.ts';
import { primaryOf, readSignatureFiles, readSignatures, requireOnePayload } from './read-signatures.ts';
import type { RecordLine } from './record-lines.ts';
import { parseStatement, signedMembersOf } from './statement.ts';

const brand: unique symbol = Symbol('verified snapshot');

export interface VerifyOptions {
  readonly trust: TrustStore;
  /** Raises the trust store's threshold; it cannot lower it. */
  readonly threshold?: number;
  readonly now: Date;
  /** Newest creation time among the snapshots already known: guards against a clock that was set back. */
  readonly newestCreatedAt?: string;
  /** Open an encrypted bundle. */
  readonly identities?: Identities;
  readonly job: JobContext;
  /** Told, before a refusal is raised, what trusted keys really signed of the bundle: that much of it is evidence. */
  readonly onRefused?: (genuine: readonly GenuineStatement[]) => void;
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
  /** Every trusted key whose signature is genuine, also those that were not counted. */
  readonly genuineKeys: readonly TrustedKey[];
  /** Batches of lines in (kind, id) order, streamed once; order, uniqueness, counts and shard digests are enforced. */
  recordLines(job: JobContext): AsyncGenerator<readonly RecordLine[]>;
  /** Evidence files by their own names, each with its digest checked. */
  evidence(): AsyncGenerator<EvidenceFile>;
  /**
   * Judges signers and freshness again, as of the trust store and the newest creation time that the import reads in its own
   * transaction. Raises `trust` / `signer.*` where they are not accepted any more.
   */
  judgeAgain(trust: TrustStore, newestCreatedAt: string | null): Promise<void>;
  /** Call with a failure that parsing raised: returns the trust failure behind it when the member was tampered with, else the error. */
  explain(error: unknown): Promise<unknown>;
  /** Raises `trust` / `content.*` unless all digests, counts and the Merkle root agree. Reads what was not read yet. */
  finish(): Promise<Verification>;
  close(): Promise<void>;
}

/** Opens a bundle for import. Raises `input` for an unreadable container, `trust` (exit 4) for signers, scope and member lists. */
export async function openVerified(file: string, options: VerifyOptions): Promise<VerifiedSnapshot> {
  const container = await openContainer(file, options.identities);
  let bundles: readonly SignatureBundle[] = [];
  try {
    refuseRedacted(container, 'imported', 'Nothing was imported; ask the publisher for the whole snapshot.');
    bundles = await readSignatureFiles(container, options.trust);
    requireOnePayload(container, bundles);
    const judged = await judge(bundles, options);
    if (judged.check.genuine) unwrap(judged.statement);
    if (judged.signer.state === 'fail') refuseSigner(file, judged.signer);
    const statement = unwrap(judged.statement);
    container.allowAll();
    const content = await openContent(container, statement);
    return brandSnapshot(container, content, bundles, judged, statement, { ...options, file });
  } catch (error) {
    await container.close();
    options.onRefused?.(genuineStatements(bundles, options.trust));
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
  const container = await openContainer(file, options.identities);
  try {
    const bundles = await trustFailureAsValue(() => readSignatures(container, options.trust));
    if (bundles instanceof AssayError) return { verification: unsigned(bundles, options), predicate: null };
    const judged = await judge(bundles, options);
    const content = await checkContent(container, judged, options.job);
    return {
      verification: await summarise(container, judged, content),
      predicate: judged.statement.ok ? judged.statement.value.predicate : null,
    };
  } finally {
    await container.close();
  }
}

/** What a bundle says about itself. No trust decision: nothing it returns has been verified. */
export async function inspectSnapshot(
  file: string,
  job: JobContext,
  identities?: Identities,
): Promise<z.infer<typeof inspectSchema>> {
  job.throwIfCancelled();
  const container = await openContainer(file, identities);
  try {
    const bundles = await readSignatures(container, null);
    const payload = primaryOf(bundles).payload;
    return {
      statementSha256: sha256Hex(payload),
      predicate: parseStatement(payload).predicate,
      signatures: bundles.map(({ member, keyId }) => ({ member, keyId })),
      members: container.members.size,
      bytes: container.bytes,
      redaction: await redactionSummary(container),
    };
  } finally {
    await container.close();
  }
}

export interface Judgement {
  readonly statementSha256: string;
  readonly statement: Result<Statement>;
  readonly check: SignatureCheck;
  readonly signer: SignerLine;
  readonly freshness: FreshnessLine;
}

/** Signatures, signer and freshness of one statement: the same policy for bundles, redacted snapshots and proofs. */
export async function judge(bundles: readonly SignatureBundle[], policy: SignaturePolicy): Promise<Judgement> {
  const { payload } = primaryOf(bundles);
  const check = checkSignatures(bundles, policy.trust);
  const statement = await attempt(() => parseStatement(payload));
  const predicate = statement.ok ? statement.value.predicate : null;
  return {
    statementSha256: sha256Hex(payload),
    statement,
    check,
    signer: decideSigner(check, predicate && claimOf(predicate), policy),
    freshness: predicate
      ? decideFreshness(predicate, check, policy)
      : {
          state: 'unknown',
          code: 'freshness.no_statement',
          text: 'The statement cannot be read, so its time is unknown.',
        },
  };
}

const claimOf = ({ registry, sequence, createdAt, answers }: Predicate): SignedClaim => ({
  registryId: registry.id,
  sequence: answers ? null : sequence,
  createdAt,
});

/** Streams everything only when a trusted key really signed the statement: digests that a stranger wrote prove nothing. */
async function checkContent(container: Container, judged: Judgement, job: JobContext): Promise<CheckLine> {
  const { statement } = judged;
  if (!judged.check.genuine) {
    return {
      state: 'unknown',
      code: 'content.not_checked',
      text: 'Not checked: no trusted key vouches for the digests.',
    };
  }
  if (!statement.ok) return { state: 'fail', code: statement.error.code, text: statement.error.message };
  container.allowAll();
  if (isRedacted(container)) return redactedContent(container, statement.value, job);
  const members = await trustFailureAsValue(async () => (await openContent(container, statement.value)).finish(job));
  if (members instanceof AssayError) return { state: 'fail', code: members.failure.code, text: members.message };
  return contentAgrees(members, statement.value);
}

const contentAgrees = (members: number, { predicate }: Statement): CheckLine => ({
  state: 'pass',
  code: 'content.intact',
  text: `${answerNotice(predicate)}Unchanged: ${members} members and ${predicate.merkle.leaves} records agree with the signed statement.`,
});

/** What is wrong with the companion for foreign tools; null: nothing, or the content was not found intact and it does not matter. */
async function companionProblem(
  container: Container,
  { statement, check }: Judgement,
  content: CheckLine,
): Promise<string | null> {
  if (!statement.ok || content.code !== 'content.intact') return null;
  const members = await signedMembers(container, signedMembersOf(statement.value));
  return modelSignatureProblem(container, members, genuineKeysOf(check));
}

function containerLine(container: Container, companion: string | null): CheckLine {
  if (container.form === 'folder' && companion === null)
    return { state: 'pass', code: 'container.folder', text: 'Read as an unpacked folder.' };
  const [first, ...more] = [...(companion === null ? [] : [companion]), ...container.alterations];
  if (first === undefined)
    return { state: 'pass', code: 'container.as_packed', text: 'The file is laid out as a packer writes it.' };
  const rest = more.length > 0 ? ` and ${more.length} more` : '';
  return {
    state: 'warn',
    code: 'container.altered',
    text: `Container altered, content judged separately: ${first}${rest}.`,
  };
}

async function summarise(container: Container, judged: Judgement, content: CheckLine): Promise<Verification> {
  const companion = await companionProblem(container, judged, content);
  if (judged.check.genuine) await container.checkSeal();
  return {
    ok: content.state === 'pass' && (judged.signer.state === 'pass' || judged.signer.state === 'warn'),
    statementSha256: judged.statementSha256,
    content,
    signer: judged.signer,
    freshness: judged.freshness,
    container: containerLine(container, companion),
  };
}

/** The answers for a bundle without usable signature files. */
export function unsigned({ failure }: AssayError, { trust, threshold }: SignaturePolicy): Verification {
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
  opened: Judgement,
  statement: Statement,
  { file, ...options }: VerifyOptions & { readonly file: string },
): VerifiedSnapshot {
  let judged = opened;
  return {
    [brand]: true,
    statementSha256: judged.statementSha256,
    statement,
    payload: primaryOf(bundles).payload,
    bundles: bundles.map(({ member, bytes }) => ({ member, bytes })),
    get signerLabel() {
      return signerLabel(judged.signer);
    },
    get genuineKeys() {
      return genuineKeysOf(judged.check);
    },
    async judgeAgain(trust, newest) {
      const { newestCreatedAt: _opened, ...policy } = options;
      judged = await judge(bundles, { ...policy, trust, ...(newest === null ? {} : { newestCreatedAt: newest }) });
      if (judged.signer.state === 'fail') refuseSigner(file, judged.signer);
    },
    recordLines: content.recordLines,
    evidence: content.evidence,
    explain: content.explain,
    finish: async () => summarise(container, judged, contentAgrees(await content.finish(options.job), statement)),
    close: () => container.close(),
  };
}

/** Who counts, as lists show it. */
export const signerLabel = ({ signers }: SignerLine): string =>
  signers
    .filter((signer) => signer.trusted)
    .map((signer) => signer.label)
    .join(', ');

function refuseSigner(file: string, signer: SignerLine): never {
  return raise('trust', signer.code, `${file}: ${signer.text} Nothing was imported.`, {
    file,
    keyIds: signer.signers.map(({ keyId }) => keyId),
    threshold: signer.threshold,
  });
}

export async function trustFailureAsValue<T>(work: () => Promise<T>): Promise<T | AssayError> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AssayError && error.failure.kind === 'trust') return error;
    throw error;
  }
}
