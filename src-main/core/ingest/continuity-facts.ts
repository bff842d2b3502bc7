/**
 * From what was seen to named conditions (src-shared/domain/continuity.ts). Pure: a fact says which statement it is about, which
 * one it contradicts, and one plain sentence.
 */
import type { ContinuityCondition } from '../../../src-shared/domain/continuity.ts';
import type { Predicate } from '../../../src-shared/domain/snapshot.ts';
import type { TrustedKey } from '../../../src-shared/domain/trust.ts';
import type { AssayError } from '../../../src-shared/result.ts';
import type { GenuineStatement } from '../snapshot/genuine-statements.ts';
import { isFuture } from '../trust/decide-freshness.ts';
import { refusalOf } from '../trust/trust-store.ts';
import { type ChainLink, linkSentences, type Rival, rivalSentence } from './continuity.ts';
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

/** Gaps and forks of a chain, and times that run backwards along it. */
export function chainFacts(registryId: string, chain: readonly ChainLink<PlacedSnapshot>[]): ContinuityFact[] {
  return chain.flatMap(({ snapshot, below, link }): ContinuityFact[] => {
    const fact = (condition: ContinuityCondition, otherSha256: string | null, sentence = ''): ContinuityFact => ({
      ...about(registryId, snapshot),
      condition,
      otherSha256,
      sentence,
    });
    const [broken] = linkSentences(snapshot, below, link);
    const backwards = below && backwardsSentence(snapshot, below);
    return [
      ...(link.kind === 'gap' ? [fact('gap', null, broken)] : []),
      ...(link.kind === 'fork' ? [fact('fork', below?.statementSha256 ?? null, broken)] : []),
      ...(below && backwards ? [fact('time_backwards', below.statementSha256, backwards)] : []),
    ];
  });
}

type Timed = Pick<PlacedSnapshot, 'sequence' | 'createdAt'>;

/** Null where the later sequence was created later, or hardly earlier. */
export function backwardsSentence(later: Timed, below: Timed): string | null {
  if (!isFuture(below.createdAt, Date.parse(later.createdAt))) return null;
  return `Sequence ${later.sequence} says it was created at ${later.createdAt}, and sequence ${below.sequence}, which comes before it, at ${below.createdAt}: the times run backwards.`;
}

/** `clock`: the effective one, RFC 3339. A snapshot without an expiry never becomes stale. */
export function staleFacts(registryId: string, newest: PlacedSnapshot | null, clock: string): ContinuityFact[] {
  if (!newest?.expiresAt || Date.parse(newest.expiresAt) >= Date.parse(clock)) return [];
  const sentence = `The newest snapshot, sequence ${newest.sequence}, was good until ${newest.expiresAt}, and it is ${clock}: ask for a newer one.`;
  return [{ ...about(registryId, newest), condition: 'stale', otherSha256: null, sentence }];
}

/** Stored snapshots that fewer keys stand behind than their import needed. */
export const disownedFacts = (registryId: string, line: readonly PlacedSnapshot[]): ContinuityFact[] =>
  line
    .filter(({ disowned }) => disowned)
    .map((snapshot) => ({
      ...about(registryId, snapshot),
      condition: 'disowned',
      otherSha256: null,
      sentence: `Too few of the signers of sequence ${snapshot.sequence} (snapshot ${snapshot.snapshot}) still count: it speaks for the registry no longer, and what rests on it must be done again.`,
    }));

/** What an import was accepted beside. */
export interface AcceptedBeside {
  readonly genuineKeys: readonly TrustedKey[];
  readonly rival: Rival | null;
  /** The effective clock, RFC 3339. */
  readonly clock: string;
}

/** What is remarkable about a snapshot that was accepted: its times, a rival, and signatures beside the ones that count. */
export function acceptedFacts(
  stored: Stored,
  predicate: Predicate,
  { genuineKeys, rival, clock }: AcceptedBeside,
): ContinuityFact[] {
  const fact = (
    condition: ContinuityCondition,
    sentence: string,
    otherSha256: string | null = null,
  ): ContinuityFact => ({
    ...about(predicate.registry.id, stored),
    condition,
    otherSha256,
    sentence,
  });
  const ahead = aheadSentence(predicate, clock);
  const { registry } = predicate;
  return [
    ...keyFacts(predicate, genuineKeys, 'It was imported on the signatures of other keys.').map(
      ({ condition, sentence }) => fact(condition, sentence),
    ),
    ...(rival
      ? [fact('equivocation', rivalSentence({ ...stored, registry }, rival, 'was imported'), rival.statementSha256)]
      : []),
    ...(ahead === null ? [] : [fact('future_dated', ahead)]),
  ];
}

/** How the times of a statement are ahead of the clock, or of each other; null: they are not. */
export function aheadSentence({ sequence, createdAt, sources }: Predicate, clock: string): string | null {
  const isAfter = (a: string, b: string): boolean => isFuture(a, Date.parse(b));
  if (isAfter(createdAt, clock))
    return `Sequence ${sequence} says it was created at ${createdAt}, which was in the future when it was imported: a clock is wrong, here or at the publisher.`;
  const read = sources.map(({ collectedAt }) => collectedAt).find((at) => isAfter(at, clock) || isAfter(at, createdAt));
  if (read === undefined) return null;
  const than = isAfter(read, clock) ? 'in the future when it was imported' : `after it was created at ${createdAt}`;
  return `Sequence ${sequence} says that a source was read at ${read}, which was ${than}: a clock is wrong, here or at the publisher.`;
}

/** A statement that trusted keys really signed, and what contradicts it. */
export interface RefusedStatement extends GenuineStatement {
  readonly rival: Rival | null;
}

/**
 * What a refused bundle shows, as far as trusted keys really signed it. A stranger's bundle shows nothing. The statements speak
 * for themselves, whatever the bundle was refused for; the reason adds its own condition to the first of them.
 */
export function refusedFacts(statements: readonly RefusedStatement[], error: AssayError): ContinuityFact[] {
  const own = reasonFact(statements, error);
  return [...(own ? [own] : []), ...statements.flatMap(statementFacts)];
}

function reasonFact([first, second]: readonly GenuineStatement[], error: AssayError): ContinuityFact | null {
  if (!first) return null;
  const refused = (condition: ContinuityCondition, sentence: string, otherSha256: string | null = null) =>
    factOf(first, condition, sentence, otherSha256);
  switch (error.failure.code) {
    case 'continuity.rollback':
      return refused('rollback', error.message, textOf(error, 'stored'));
    case 'continuity.fast_forward':
      return refused('fast_forward', error.message);
    case 'continuity.role_changed':
      return refused('role_changed', error.message, textOf(error, 'stored'));
    case 'signature.payload_differs':
      return refused('mixed_members', mixedSignatures(first, second), second?.statementSha256 ?? null);
    case 'content.digest':
    case 'content.missing_member':
    case 'content.unlisted_member':
      return refused('mixed_members', mixedMember(first, error));
    default:
      return null;
  }
}

/** Another statement for its sequence, and trusted keys that signed out of their scope or after their revocation. */
function statementFacts(genuine: RefusedStatement): ContinuityFact[] {
  const { rival, statementSha256, statement } = genuine;
  const { predicate } = statement;
  const of = { sequence: predicate.sequence, registry: predicate.registry, statementSha256 };
  return [
    ...(rival
      ? [
          factOf(
            genuine,
            'equivocation',
            rivalSentence(of, rival, 'was refused. Nothing was imported'),
            rival.statementSha256,
          ),
        ]
      : []),
    ...keyFacts(predicate, genuine.keys, 'Nothing was imported.').map(({ condition, sentence }) =>
      factOf(genuine, condition, sentence),
    ),
  ];
}

/** Trusted keys that signed out of their scope, or after their revocation; `end`: what became of the snapshot. */
function keyFacts(
  predicate: Predicate,
  keys: readonly TrustedKey[],
  end: string,
): readonly Pick<ContinuityFact, 'condition' | 'sentence'>[] {
  const foreign = keySentence(predicate, keys, 'signer.out_of_scope');
  const revoked = keySentence(predicate, keys, 'signer.revoked');
  return [
    ...(foreign ? [{ condition: 'wrong_registry' as const, sentence: `${foreign} ${end}` }] : []),
    ...(revoked ? [{ condition: 'key_used_after_revocation' as const, sentence: `${revoked} ${end}` }] : []),
  ];
}

/** True where a key that signed may speak for the registry: its other statements for the sequence are equivocation. */
export const speaksForRegistry = ({ statement, keys }: GenuineStatement): boolean => {
  const { registry, sequence, createdAt } = statement.predicate;
  return keys.some((key) => {
    const refusal = refusalOf(key, { registryId: registry.id, sequence, createdAt });
    return refusal === null || refusal.code === 'signer.not_valid';
  });
};

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
