/**
 * From what was seen to named conditions (src-shared/domain/continuity.ts). Pure: a fact says which statement it is about, which
 * one it contradicts, and one plain sentence.
 */
import type { ContinuityCondition } from '../../../src-shared/domain/continuity.ts';
import type { Predicate } from '../../../src-shared/domain/snapshot.ts';
import type { TrustedKey } from '../../../src-shared/domain/trust.ts';
import type { AssayError } from '../../../src-shared/result.ts';
import type { GenuineStatement } from '../snapshot/genuine-statements.ts';
import { refusalOf } from '../trust/trust-store.ts';
import { type ChainLink, linkSentences } from './continuity.ts';
import type { PlacedSnapshot } from './registry-line.ts';

export interface ContinuityFact {
  readonly condition: ContinuityCondition;
  readonly registry: { readonly id: string; readonly name: string };
  readonly sequence: number;
  readonly statementSha256: string;
  /** The statement that it contradicts, where there is one. */
  readonly otherSha256: string | null;
  /** Number of the stored snapshot that it is about; null: refused. */
  readonly snapshot: number | null;
  readonly sentence: string;
}

type Stored = Pick<PlacedSnapshot, 'snapshot' | 'sequence' | 'statementSha256' | 'registryName'>;

const about = (registryId: string, stored: Stored) => ({
  registry: { id: registryId, name: stored.registryName },
  sequence: stored.sequence,
  statementSha256: stored.statementSha256,
  snapshot: stored.snapshot,
});

/** Gaps and forks of a chain. */
export function chainFacts(registryId: string, chain: readonly ChainLink<PlacedSnapshot>[]): ContinuityFact[] {
  return chain.flatMap(({ snapshot, below, link }): ContinuityFact[] => {
    if (link.kind !== 'gap' && link.kind !== 'fork') return [];
    const otherSha256 = link.kind === 'fork' ? (below?.statementSha256 ?? null) : null;
    const [sentence = ''] = linkSentences(snapshot, below, link);
    return [{ ...about(registryId, snapshot), condition: link.kind, otherSha256, sentence }];
  });
}

/** `clock`: the effective one, RFC 3339. A snapshot without an expiry never becomes stale. */
export function staleFacts(registryId: string, newest: PlacedSnapshot | null, clock: string): ContinuityFact[] {
  if (!newest?.expiresAt || Date.parse(newest.expiresAt) >= Date.parse(clock)) return [];
  const sentence = `The newest snapshot, sequence ${newest.sequence}, was good until ${newest.expiresAt}, and it is ${clock}: ask for a newer one.`;
  return [{ ...about(registryId, newest), condition: 'stale', otherSha256: null, sentence }];
}

/** What is remarkable about a snapshot that was accepted: its date, and signatures of revoked keys beside the ones that count. */
export function acceptedFacts(
  stored: Stored,
  predicate: Predicate,
  genuineKeys: readonly TrustedKey[],
  isFromFuture: boolean,
): ContinuityFact[] {
  const fact = (condition: ContinuityCondition, sentence: string): ContinuityFact => ({
    ...about(predicate.registry.id, stored),
    condition,
    otherSha256: null,
    sentence,
  });
  const revoked = keySentence(predicate, genuineKeys, 'signer.revoked');
  return [
    ...(revoked
      ? [fact('key_used_after_revocation', `${revoked} It was imported on the signatures of other keys.`)]
      : []),
    ...(isFromFuture
      ? [
          fact(
            'future_dated',
            `Sequence ${stored.sequence} says it was created at ${predicate.createdAt}, which was in the future when it was imported: a clock is wrong, here or at the publisher.`,
          ),
        ]
      : []),
  ];
}

/** What a refused bundle shows, as far as trusted keys really signed it. A stranger's bundle shows nothing. */
export function refusedFacts(genuine: readonly GenuineStatement[], error: AssayError): ContinuityFact[] {
  const { code } = error.failure;
  const [first, second] = genuine;
  if (!first) return [];
  const refused = (condition: ContinuityCondition, sentence: string, otherSha256: string | null = null) =>
    factOf(first, condition, sentence, otherSha256);
  switch (code) {
    case 'continuity.equivocation':
      return [refused('equivocation', error.message, textOf(error, 'stored'))];
    case 'continuity.rollback':
      return [refused('rollback', error.message, textOf(error, 'stored'))];
    case 'continuity.fast_forward':
      return [refused('fast_forward', error.message)];
    case 'signature.payload_differs':
      return [refused('mixed_members', mixedSignatures(first, second), second?.statementSha256 ?? null)];
    case 'content.digest':
    case 'content.missing_member':
    case 'content.unlisted_member':
      return [refused('mixed_members', mixedMember(first, error))];
    default:
      return code.startsWith('signer.') ? genuine.flatMap(signerFacts) : [];
  }
}

/** Refused for its signers: trusted keys that signed out of their scope, or after their revocation. */
function signerFacts(genuine: GenuineStatement): ContinuityFact[] {
  const { predicate } = genuine.statement;
  const foreign = keySentence(predicate, genuine.keys, 'signer.out_of_scope');
  const revoked = keySentence(predicate, genuine.keys, 'signer.revoked');
  return [
    ...(foreign ? [factOf(genuine, 'wrong_registry', `${foreign} Nothing was imported.`)] : []),
    ...(revoked ? [factOf(genuine, 'key_used_after_revocation', `${revoked} Nothing was imported.`)] : []),
  ];
}

/** Which of the keys may not speak for the statement for this reason; null when none. */
function keySentence(
  { registry, sequence, createdAt }: Predicate,
  keys: readonly TrustedKey[],
  wanted: 'signer.out_of_scope' | 'signer.revoked',
): string | null {
  const refused = keys.flatMap((key) => {
    const refusal = refusalOf(key, { registryId: registry.id, sequence, createdAt });
    return refusal?.code === wanted ? [`"${shown(key.label)}" (${shown(refusal.reason)})`] : [];
  });
  if (refused.length === 0) return null;
  return `Sequence ${sequence} of ${shown(registry.name || registry.id)} carries a genuine signature of ${refused.join(' and ')}.`;
}

function mixedSignatures(first: GenuineStatement, second: GenuineStatement | undefined): string {
  const other = second
    ? `that of sequence ${second.statement.predicate.sequence} (${second.statementSha256.slice(0, 16)}…)`
    : 'another statement that no trusted key signed';
  return `One bundle held signatures over two statements: that of sequence ${first.statement.predicate.sequence} (${first.statementSha256.slice(0, 16)}…) and ${other}. Nothing was imported.`;
}

function mixedMember({ statement }: GenuineStatement, error: AssayError): string {
  const member = textOf(error, 'member') ?? 'a member';
  const reason = textOf(error, 'reason') ?? 'is not what was signed';
  return `Below the genuine signature of sequence ${statement.predicate.sequence}, ${shown(member)} ${reason}: it was changed, or taken from another bundle. Nothing was imported.`;
}

const factOf = (
  { statement, statementSha256 }: GenuineStatement,
  condition: ContinuityCondition,
  sentence: string,
  otherSha256: string | null = null,
): ContinuityFact => ({
  condition,
  registry: { id: statement.predicate.registry.id, name: statement.predicate.registry.name },
  sequence: statement.predicate.sequence,
  statementSha256,
  otherSha256,
  snapshot: null,
  sentence,
});

/** Names come from the statement, which a publisher may make as long as it likes. */
const shown = (text: string): string => (text.length > 120 ? `${text.slice(0, 120)}…` : text);

function textOf({ failure }: AssayError, detail: string): string | null {
  const value = failure.details[detail];
  return typeof value === 'string' ? value : null;
}
