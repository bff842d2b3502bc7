/** The stored snapshots of one registry as its chain is judged today. */
import type { TrustStore } from '../../../src-shared/domain/trust.ts';
import type { ReadableDb } from '../store/database.ts';
import { type StoredPlace, storedPlaces } from '../store/snapshot-queries.ts';
import { loadTrustStore } from '../store/trust-queries.ts';
import { refusalOf } from '../trust/trust-store.ts';
import { chainOf, type KnownSnapshot, type SnapshotHistory } from './continuity.ts';

export type PlacedSnapshot = StoredPlace & KnownSnapshot;

/** In order of sequence; empty for a registry of which nothing is stored. */
export const registryLine = (db: ReadableDb, registryId: string): readonly PlacedSnapshot[] =>
  judged(storedPlaces(db, registryId), loadTrustStore(db)).get(registryId) ?? [];

/** By registry id. */
export const registryLines = (db: ReadableDb): ReadonlyMap<string, readonly PlacedSnapshot[]> =>
  judged(storedPlaces(db, null), loadTrustStore(db));

/** How each stored snapshot, by number, was linked at import and is linked today, and what is not known below the first. */
export function snapshotHistories(db: ReadableDb): ReadonlyMap<number, SnapshotHistory> {
  return new Map(
    [...registryLines(db).values()].flatMap((line) => {
      const links = new Map(chainOf(line).map(({ snapshot, link }) => [snapshot.snapshot, link]));
      return line.map(({ snapshot, chain, sequence }) => {
        const link = links.get(snapshot);
        const unseen = link?.kind === 'first' ? (link.named?.sequence ?? null) : null;
        const disownedBelow = line.filter((other) => other.disowned && other.sequence < sequence).length;
        return [snapshot, { chain, link: link?.kind ?? 'disowned', unseen, disownedBelow }] as const;
      });
    }),
  );
}

const judged = (
  places: ReadonlyMap<string, readonly StoredPlace[]>,
  trust: TrustStore,
): ReadonlyMap<string, readonly PlacedSnapshot[]> =>
  new Map(
    [...places].map(([registryId, line]) => [
      registryId,
      line.map((place) => ({ ...place, disowned: isDisowned(place, registryId, trust) })),
    ]),
  );

/** True once a revocation or rotation leaves fewer accepted keys than the import needed: whoever held the rest may have signed. */
function isDisowned({ signers, sequence, createdAt }: StoredPlace, registryId: string, trust: TrustStore): boolean {
  const claim = { registryId, sequence, createdAt };
  const counting = signers.signers.filter(({ trusted, keyId }) => {
    const key = trusted ? trust.keys.find((candidate) => candidate.hint === keyId) : undefined;
    return key !== undefined && refusalOf(key, claim) === null;
  });
  return new Set(counting.map(({ keyId }) => keyId)).size < signers.threshold;
}
