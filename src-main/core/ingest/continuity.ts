/**
 * Continuity of one registry's snapshots: replay, rollback, equivocation, fast-forward, gaps and forks (snapshot-format.md,
 * TUF 5.4). Pure: from what is stored and what arrives it says how the newcomer relates, or refuses it.
 *
 * How two neighbours are linked depends on the statements alone, never on the order in which they were imported: `chainOf`
 * draws the same chain whatever way its snapshots came in.
 */
import { greatestStep } from '../../../src-shared/domain/continuity.ts';
import type { Predicate } from '../../../src-shared/domain/snapshot.ts';
import { raise } from '../../../src-shared/result.ts';

export type ChainState = 'first' | 'continues' | 'gap' | 'fork' | 'historical';

/** What a statement says about its place. */
export interface Place {
  readonly sequence: number;
  readonly statementSha256: string;
  readonly previous: Named | null;
}
export interface Named {
  readonly sequence: number;
  readonly statementSha256: string;
}

/** A snapshot of the same registry that is already stored. */
export interface KnownSnapshot extends Place {
  readonly snapshot: number;
  readonly chain: ChainState;
  /** Too few of its signers still count: it keeps its number and speaks for the registry no longer. */
  readonly disowned: boolean;
}

/** Inclusive. */
export interface SequenceRange {
  readonly from: number;
  readonly to: number;
}

export type Link =
  /** Nothing older is stored. `named`: the predecessor that it states and that is not here. */
  | { readonly kind: 'first'; readonly named: Named | null }
  | { readonly kind: 'linked' }
  /** `missing` null: the numbers are consecutive, and the link is missing. */
  | { readonly kind: 'gap'; readonly named: Named | null; readonly missing: SequenceRange | null }
  | { readonly kind: 'fork'; readonly named: Named };

/** How a snapshot continues the one below it, by what it says itself. */
export function linkOf(later: Place, earlier: Place | null): Link {
  const named = later.previous;
  if (!earlier) return { kind: 'first', named };
  if (named?.statementSha256 === earlier.statementSha256 && named.sequence === earlier.sequence)
    return { kind: 'linked' };
  // A predecessor strictly between the two can be missing here; any other contradicts what is stored.
  if (named && (named.sequence <= earlier.sequence || named.sequence >= later.sequence)) return { kind: 'fork', named };
  const range = { from: earlier.sequence + 1, to: later.sequence - 1 };
  return { kind: 'gap', named, missing: range.from > range.to ? null : range };
}

export interface ChainLink<S extends Place> {
  readonly snapshot: S;
  /** The stored snapshot with the next lower sequence. */
  readonly below: S | null;
  readonly link: Link;
}

/** The chain of a registry in order of sequence; what is disowned is no part of it. */
export function chainOf<S extends Place & { readonly disowned: boolean }>(
  known: readonly S[],
): readonly ChainLink<S>[] {
  const line = known.filter((snapshot) => !snapshot.disowned).sort((a, b) => a.sequence - b.sequence);
  return line.map((snapshot, index) => {
    const below = line[index - 1] ?? null;
    return { snapshot, below, link: linkOf(snapshot, below) };
  });
}

/** The newest snapshot that counts: historical and disowned ones never do. */
export const newestOf = <S extends KnownSnapshot>(known: readonly S[]): S | null =>
  known
    .filter((snapshot) => snapshot.chain !== 'historical' && !snapshot.disowned)
    .reduce<S | null>((newest, one) => (newest && newest.sequence > one.sequence ? newest : one), null);

export type Continuity =
  | { readonly state: 'already_imported'; readonly snapshot: number }
  | {
      readonly state: 'new';
      readonly chain: ChainState;
      /** The stored snapshot that this one is compared with: the nearest lower sequence. */
      readonly comparedTo: number | null;
      readonly warnings: readonly string[];
    };

type Newcomer = Place & { readonly registry: Predicate['registry'] };

export const placeOf = ({ sequence, previous }: Predicate, statementSha256: string): Place => ({
  sequence,
  statementSha256,
  previous: previous ?? null,
});

/**
 * Raises `trust` (exit 4): `continuity.equivocation`, `.rollback` unless `historical`, `.fast_forward`. A snapshot whose
 * predecessor is missing or another one is imported and says so: an audit needs the evidence more than the order.
 */
export function judgeContinuity(
  predicate: Predicate,
  statementSha256: string,
  known: readonly KnownSnapshot[],
  historical: boolean,
): Continuity {
  const newcomer = { ...placeOf(predicate, statementSha256), registry: predicate.registry };
  const same = known.find((snapshot) => snapshot.statementSha256 === statementSha256);
  if (same) return { state: 'already_imported', snapshot: same.snapshot };
  refuseEquivocation(newcomer, known);
  const newest = newestOf(known);
  const isOlder = newest !== null && newcomer.sequence < newest.sequence;
  if (isOlder && !historical) refuseRollback(newcomer, newest);
  refuseFastForward(newcomer, newest);
  const below = nearestBelow(newcomer, known);
  const link = linkOf(newcomer, below);
  return {
    state: 'new',
    chain: isOlder ? 'historical' : chainStates[link.kind],
    comparedTo: below?.snapshot ?? null,
    warnings: linkSentences(newcomer, below, link),
  };
}

const chainStates = { first: 'first', linked: 'continues', gap: 'gap', fork: 'fork' } as const;

const nearestBelow = (newcomer: Place, known: readonly KnownSnapshot[]): KnownSnapshot | null =>
  known
    .filter((snapshot) => !snapshot.disowned && snapshot.sequence < newcomer.sequence)
    .reduce<KnownSnapshot | null>((nearest, one) => (nearest && nearest.sequence > one.sequence ? nearest : one), null);

/**
 * Two statements for one sequence: the other one is stored, or a stored successor names it. A historical snapshot that its
 * successor disowns is refused for the same reason as a rival: it would take the place of the one that was named.
 */
function refuseEquivocation({ sequence, statementSha256, registry }: Newcomer, known: readonly KnownSnapshot[]): void {
  const name = registry.name || registry.id;
  const details = { registry: registry.id, sequence, refused: statementSha256 };
  const rival = known.find((snapshot) => snapshot.sequence === sequence);
  if (rival) {
    raise(
      'trust',
      'continuity.equivocation',
      `Registry ${name} has signed two different snapshots with sequence ${sequence}: ${rival.statementSha256} is stored as snapshot ${rival.snapshot}, ${statementSha256} was refused. Nothing was imported; ask the publisher which one holds.`,
      { ...details, stored: rival.statementSha256 },
    );
  }
  const successor = known.find(
    (later) =>
      !later.disowned &&
      later.sequence > sequence &&
      later.previous?.sequence === sequence &&
      later.previous.statementSha256 !== statementSha256,
  );
  if (successor?.previous) {
    raise(
      'trust',
      'continuity.equivocation',
      `Registry ${name} has signed two different snapshots with sequence ${sequence}: snapshot ${successor.snapshot} (sequence ${successor.sequence}) continues ${successor.previous.statementSha256}, ${statementSha256} was refused. Nothing was imported; ask the publisher which one holds.`,
      { ...details, stored: successor.previous.statementSha256 },
    );
  }
}

function refuseRollback({ sequence, registry }: Newcomer, newest: KnownSnapshot): never {
  return raise(
    'trust',
    'continuity.rollback',
    `Snapshot ${sequence} of registry ${registry.name || registry.id} is older than the newest one stored here (${newest.sequence}). Nothing was imported; import it as historical if that is meant.`,
    { registry: registry.id, sequence, newest: newest.sequence, stored: newest.statementSha256 },
  );
}

/**
 * A great jump is refused and not flagged: once stored it would make every honest successor look like a rollback, and near
 * 2^53 leave none a number. `--historical` does not lift this. A registry whose stolen key jumped in smaller steps recovers by
 * revoking or rotating that key: what it signed above its last accepted sequence then no longer counts as newest.
 */
function refuseFastForward({ sequence, registry }: Newcomer, newest: KnownSnapshot | null): void {
  const name = registry.name || registry.id;
  const advice = 'Nothing was imported; ask the publisher whether the key is still theirs, and for a snapshot with';
  if (newest && sequence - newest.sequence > greatestStep) {
    raise(
      'trust',
      'continuity.fast_forward',
      `The sequence of registry ${name} jumps from ${newest.sequence} to ${sequence}, further than ${greatestStep.toLocaleString('en-GB')} at once. ${advice} sequence ${newest.sequence + 1}.`,
      { registry: registry.id, sequence, newest: newest.sequence, greatestStep },
    );
  }
  if (sequence > Number.MAX_SAFE_INTEGER - greatestStep) {
    raise(
      'trust',
      'continuity.fast_forward',
      `Sequence ${sequence} of registry ${name} is at the end of all numbers: no successor could be told from it. ${advice} a lower sequence.`,
      { registry: registry.id, sequence, newest: newest?.sequence ?? null, greatestStep },
    );
  }
}

/** What a person should know about a link that is not whole: one sentence, or none. */
export function linkSentences(later: Place, below: Place | null, link: Link): readonly string[] {
  switch (link.kind) {
    case 'linked':
      return [];
    case 'first':
      return link.named
        ? [
            `The snapshot continues sequence ${link.named.sequence}, which this workspace has not seen: changes against it cannot be shown.`,
          ]
        : [];
    case 'gap':
      return [gapSentence(later, below, link)];
    case 'fork':
      return [
        `Sequence ${later.sequence} names ${link.named.statementSha256.slice(0, 16)}… (sequence ${link.named.sequence}) as its predecessor, and this workspace holds ${below?.statementSha256.slice(0, 16)}… (sequence ${below?.sequence}): the registry's history has forked.`,
      ];
  }
}

function gapSentence(later: Place, below: Place | null, { named, missing }: Extract<Link, { kind: 'gap' }>): string {
  const link = named ? `it continues sequence ${named.sequence}` : 'it names no predecessor';
  if (!missing)
    return `Sequence ${later.sequence} follows ${below?.sequence} by number only: ${link}, so that nothing links the two.`;
  return `Between sequence ${below?.sequence} and ${later.sequence} snapshots are missing here: ${link}.`;
}
