/**
 * Continuity of one registry's snapshots: replay, rollback, equivocation, gaps and forks (snapshot-format.md, TUF 5.4).
 *
 * Pure: given what is stored and what arrives, it says how the newcomer relates, or refuses it.
 */
import type { Predicate } from '../../../src-shared/domain/snapshot.ts';
import { raise } from '../../../src-shared/result.ts';

export type ChainState = 'first' | 'continues' | 'gap' | 'fork' | 'historical';

/** A snapshot of the same registry that is already stored. */
export interface KnownSnapshot {
  readonly snapshot: number;
  readonly sequence: number;
  readonly statementSha256: string;
  readonly chain: ChainState;
}

export type Continuity =
  | { readonly state: 'already_imported'; readonly snapshot: number }
  | {
      readonly state: 'new';
      readonly chain: ChainState;
      /** The stored snapshot that this one is compared with: the nearest lower sequence. */
      readonly comparedTo: number | null;
      readonly warnings: readonly string[];
    };

/** A jump beyond this is imported and named: it leaves little room for honest successors. */
const suspiciousJump = 1_000_000;

export function judgeContinuity(
  predicate: Predicate,
  statementSha256: string,
  known: readonly KnownSnapshot[],
  historical: boolean,
): Continuity {
  const { sequence, previous, registry } = predicate;
  const same = known.find((snapshot) => snapshot.statementSha256 === statementSha256);
  if (same) return { state: 'already_imported', snapshot: same.snapshot };
  const rival = known.find((snapshot) => snapshot.sequence === sequence);
  if (rival) {
    raise(
      'trust',
      'continuity.equivocation',
      `Registry ${registry.name || registry.id} has signed two different snapshots with sequence ${sequence}: ${rival.statementSha256} is stored as snapshot ${rival.snapshot}, ${statementSha256} was refused. Nothing was imported; ask the publisher which one holds.`,
      { registry: registry.id, sequence, stored: rival.statementSha256, refused: statementSha256 },
    );
  }
  const lower = known.filter((snapshot) => snapshot.sequence < sequence).sort((a, b) => b.sequence - a.sequence);
  const comparedTo = lower[0]?.snapshot ?? null;
  const newest = known.filter((snapshot) => snapshot.chain !== 'historical').sort((a, b) => b.sequence - a.sequence)[0];
  if (newest && sequence < newest.sequence) {
    if (historical) return { state: 'new', chain: 'historical', comparedTo, warnings: [] };
    raise(
      'trust',
      'continuity.rollback',
      `Snapshot ${sequence} of registry ${registry.name || registry.id} is older than the newest one stored here (${newest.sequence}). Nothing was imported; import it as historical if that is meant.`,
      { registry: registry.id, sequence, newest: newest.sequence },
    );
  }
  if (!newest) {
    const warnings = previous
      ? [
          `The snapshot continues sequence ${previous.sequence}, which this workspace has not seen: changes against it cannot be shown.`,
        ]
      : [];
    return { state: 'new', chain: 'first', comparedTo, warnings };
  }
  const jump =
    sequence - newest.sequence > suspiciousJump
      ? [`The sequence jumps from ${newest.sequence} to ${sequence}; ask the publisher why.`]
      : [];
  if (previous?.statementSha256 === newest.statementSha256)
    return { state: 'new', chain: 'continues', comparedTo, warnings: jump };
  if (previous && previous.sequence <= newest.sequence) {
    return {
      state: 'new',
      chain: 'fork',
      comparedTo,
      warnings: [
        `The snapshot names ${previous.statementSha256.slice(0, 16)}… (sequence ${previous.sequence}) as its predecessor, and this workspace holds ${newest.statementSha256.slice(0, 16)}… (sequence ${newest.sequence}): the registry's history has forked.`,
        ...jump,
      ],
    };
  }
  const named = previous ? `it continues sequence ${previous.sequence}` : 'it names no predecessor';
  return {
    state: 'new',
    chain: 'gap',
    comparedTo,
    warnings: [`Between sequence ${newest.sequence} and ${sequence} snapshots are missing here: ${named}.`, ...jump],
  };
}
