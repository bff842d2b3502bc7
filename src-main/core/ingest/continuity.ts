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

/** A stored snapshot's place in the history of its registry. */
export interface SnapshotHistory {
  /** As judged at import. */
  readonly chain: ChainState;
  /** As it stands today; `disowned`: too few of its signers still count. */
  readonly link: Link['kind'] | 'disowned';
  /** Sequence of the predecessor that the first one names and that was never imported; null: none. */
  readonly unseen: number | null;
  /** Snapshots with lower sequences that are stored and no longer count. */
  readonly disownedBelow: number;
}

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
      /** Another statement that had its sequence and no longer counts. */
      readonly rival: Rival | null;
      readonly warnings: readonly string[];
    };

type Newcomer = Place & { readonly registry: Predicate['registry'] };

export const placeOf = ({ sequence, previous }: Predicate, statementSha256: string): Place => ({
  sequence,
  statementSha256,
  previous: previous ?? null,
});

/** Another statement with the sequence of a newcomer. */
export interface Rival {
  readonly statementSha256: string;
  /** What is known of it, to stand behind its digest in a sentence. */
  readonly known: string;
  /** False: nobody who counts stands behind it, so that it takes the place of nothing. */
  readonly counts: boolean;
}

/**
 * Raises `trust` (exit 4): `continuity.equivocation`, `.rollback` unless `historical`, `.fast_forward`; and `refused` (exit 6)
 * `continuity.not_older` for what is called historical and is not. A snapshot whose predecessor is missing or another one is
 * imported and says so: an audit needs the evidence more than the order.
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
  const rival = rivalOf(newcomer, known);
  if (rival?.counts) refuseEquivocation(newcomer, rival);
  const newest = newestOf(known);
  const isOlder = newest !== null && newcomer.sequence < newest.sequence;
  if (isOlder && !historical) refuseRollback(newcomer, newest);
  refuseFastForward(newcomer, newest);
  if (historical && !isOlder) refuseNotOlder(newcomer, newest);
  const below = nearestBelow(newcomer, known);
  const link = linkOf(newcomer, below);
  return {
    state: 'new',
    chain: isOlder ? 'historical' : chainStates[link.kind],
    comparedTo: below?.snapshot ?? null,
    rival,
    warnings: linkSentences(newcomer, below, link),
  };
}

const chainStates = { first: 'first', linked: 'continues', gap: 'gap', fork: 'fork' } as const;

/** The stored snapshot with the next lower sequence, of those that count. */
export const nearestBelow = <S extends KnownSnapshot>(
  newcomer: Pick<Place, 'sequence'>,
  known: readonly S[],
): S | null =>
  known
    .filter((snapshot) => !snapshot.disowned && snapshot.sequence < newcomer.sequence)
    .reduce<S | null>((nearest, one) => (nearest && nearest.sequence > one.sequence ? nearest : one), null);

/**
 * Another statement for the sequence: stored, or named by a stored successor. What its successor names otherwise is a rival for
 * the same reason: it would take the place of the one that was named. One that counts comes before one that does not.
 */
export function rivalOf(
  { sequence, statementSha256 }: Pick<Place, 'sequence' | 'statementSha256'>,
  known: readonly KnownSnapshot[],
): Rival | null {
  const same = known.filter((one) => one.sequence === sequence && one.statementSha256 !== statementSha256);
  const rival = same.find(({ disowned }) => !disowned);
  if (rival) return { ...rival, known: `is stored as snapshot ${rival.snapshot}`, counts: true };
  const successor = known.find(
    (later) =>
      !later.disowned &&
      later.sequence > sequence &&
      later.previous?.sequence === sequence &&
      later.previous.statementSha256 !== statementSha256,
  );
  if (successor?.previous) {
    const by = `is the one that snapshot ${successor.snapshot} (sequence ${successor.sequence}) continues`;
    return { statementSha256: successor.previous.statementSha256, known: by, counts: true };
  }
  const [disowned] = same;
  if (!disowned) return null;
  const gone = `is stored as snapshot ${disowned.snapshot}, and too few of its signers still count`;
  return { statementSha256: disowned.statementSha256, known: gone, counts: false };
}

/** `end`: what became of the newcomer. */
export const rivalSentence = (
  { sequence, statementSha256, registry }: Omit<Newcomer, 'previous'>,
  rival: Rival,
  end: string,
): string =>
  `There are two different snapshots with sequence ${sequence} of registry ${registry.name || registry.id}: ${rival.statementSha256} ${rival.known}, ${statementSha256} ${end}; ask the publisher which one holds.`;

function refuseEquivocation(newcomer: Newcomer, rival: Rival): never {
  const { sequence, statementSha256, registry } = newcomer;
  return raise(
    'trust',
    'continuity.equivocation',
    rivalSentence(newcomer, rival, 'was refused. Nothing was imported'),
    { registry: registry.id, sequence, refused: statementSha256, stored: rival.statementSha256 },
  );
}

/** What is called historical never speaks for the registry; as its newest snapshot it would. */
function refuseNotOlder({ sequence, registry }: Newcomer, newest: KnownSnapshot | null): never {
  const here = newest
    ? `the newest one stored here is ${newest.sequence}`
    : 'no snapshot of it that counts is stored here';
  return raise(
    'refused',
    'continuity.not_older',
    `Snapshot ${sequence} of registry ${registry.name || registry.id} is not historical: ${here}. Nothing was imported; import it without that option, and it is the newest.`,
    { registry: registry.id, sequence, newest: newest?.sequence ?? null },
  );
}

/** Raises `trust` / `continuity.role_changed`: the other role would take the registry out of the comparison that it is one side of. */
export function refuseOtherRole(
  { registry, role, sequence }: Pick<Predicate, 'registry' | 'role' | 'sequence'>,
  known: readonly (KnownSnapshot & Pick<Predicate, 'role'>)[],
): void {
  const other = known.find((snapshot) => !snapshot.disowned && snapshot.role !== role);
  if (!other) return;
  raise(
    'trust',
    'continuity.role_changed',
    `Sequence ${sequence} of registry ${registry.name || registry.id} has the role ${role}, and snapshot ${other.snapshot} (sequence ${other.sequence}) has the role ${other.role}. Nothing was imported; ask the publisher to give each source its own registry id.`,
    { registry: registry.id, sequence, role, stored: other.statementSha256 },
  );
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
