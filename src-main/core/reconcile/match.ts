/**
 * Pairs observations with claims by hash joins, in the order of decisions.md 8: weight digest, image digest, model reference,
 * id, name. Linear in claims + observations.
 *
 * Within one key, pairs at the same place come first, then claims nobody has taken yet. A claim that states no place (a
 * version without a deployment record) takes every observation of it; one that states a place takes what runs there.
 */
import { type MatchKey, matchKeys } from '../../../src-shared/domain/verdict.ts';
import { parsedReferencesMatch } from '../model-reference.ts';
import type { Claim, Observation, Place } from './parties.ts';
import { foldLabel } from './parties.ts';
import { compareDigests } from './values.ts';

export type MatchConfidence = 'high' | 'medium' | 'low';

export interface Match {
  readonly key: MatchKey;
  readonly value: string;
  readonly confidence: MatchConfidence;
}

export interface Pair extends Match {
  readonly claim: Claim;
  readonly observation: Observation;
}

/** An observation of something registered whose own place nobody registered. */
export interface Leftover {
  readonly observation: Observation;
  /** The claim it would have matched, had that claim not been found where it says. */
  readonly known: Pair | undefined;
}

export interface Matching {
  readonly pairs: readonly Pair[];
  readonly unmatchedClaims: readonly Claim[];
  readonly leftovers: readonly Leftover[];
}

interface Bucket {
  readonly claims: Claim[];
  /** Those that can still take an observation; closed ones are swept out now and then. */
  open: Claim[];
}

/** At most this many claims of a bucket are compared for the best place. */
const lookahead = 32;
/** Closed claims met in one look before the bucket is swept: keeps the whole run linear. */
const sweepAfter = 64;

const statesPlace = (place: Place): boolean => place.key !== '';

/** How well two places agree: +1 for each fact that agrees, -1 for each that contradicts, 0 for the unknown. */
export function placeScore(a: Place, b: Place): number {
  const compare = (x: string | undefined, y: string | undefined) =>
    x === undefined || y === undefined ? 0 : x === y ? 1 : -1;
  const shared = a.locations.some((location) => b.locations.includes(location));
  const location = a.locations.length === 0 || b.locations.length === 0 ? 0 : shared ? 2 : -1;
  return location + compare(a.region, b.region) + compare(a.environment, b.environment);
}

/** Whether a pair that a key proposes may stand, and how far it can be relied on. */
function judge(key: MatchKey, claim: Claim, observation: Observation): MatchConfidence | null {
  const a = claim.identity;
  const b = observation.identity;
  switch (key) {
    case 'weight_digest':
      return 'high';
    case 'image_digest':
      return 'high';
    case 'model_reference': {
      let best: MatchConfidence | null = null;
      for (const left of a.references) {
        for (const right of b.references) {
          const found = parsedReferencesMatch(left, right);
          if (found === 'exact') return 'high';
          if (found === 'same_model') best = 'medium';
        }
      }
      return best;
    }
    case 'id':
      return sameLabel(a.versionLabel, b.versionLabel) === false &&
        claim.version !== undefined &&
        !b.ids.includes(claim.version.id)
        ? null
        : 'medium';
    case 'name': {
      const labels = sameLabel(a.versionLabel, b.versionLabel);
      if (labels === false) return null;
      // One name, other weights and no version in common: another version or another model, not this one.
      if (labels === null && compareDigests(a.weights, b.weights) === 'differs') return null;
      return labels === true ? 'medium' : 'low';
    }
  }
}

function sameLabel(a: string | undefined, b: string | undefined): boolean | null {
  if (a === undefined || b === undefined) return null;
  return foldLabel(a) === foldLabel(b);
}

/** Pairs what can be paired; every claim and every observation comes out exactly once as matched, unmatched or left over. */
export function matchAll(claims: readonly Claim[], observations: readonly Observation[], tick: () => void): Matching {
  const taken = new Set<Claim>();
  const matched = new Map<Observation, Pair>();
  const known = new Map<Observation, Pair>();
  // What runs is served before what is only declared.
  const ordered = [...observations].sort((a, b) => Number(a.basis === 'manifest') - Number(b.basis === 'manifest'));
  // Deployments come before versions, live before the rest: the more a claim says, the earlier it is served.
  const byPriority = [...claims].sort((a, b) => priority(a) - priority(b));
  let steps = 0;
  const step = () => {
    steps += 1;
    if (steps % 1024 === 0) tick();
  };
  const accept = (pair: Pair) => {
    matched.set(pair.observation, pair);
    taken.add(pair.claim);
  };

  for (const key of matchKeys) {
    const byValue = new Map<string, Bucket>();
    const byPlace = new Map<string, Bucket>();
    const add = (index: Map<string, Bucket>, value: string, claim: Claim) => {
      const bucket = index.get(value);
      if (bucket) {
        bucket.claims.push(claim);
        bucket.open.push(claim);
      } else index.set(value, { claims: [claim], open: [claim] });
    };
    // Only values that an observation has can join anything, so only those are indexed.
    const open = ordered.filter((observation) => !matched.has(observation));
    const wanted = new Set(open.flatMap((observation) => observation.identity.joins[key]));
    if (wanted.size === 0) continue;
    for (const claim of byPriority) {
      step();
      for (const value of claim.identity.joins[key]) {
        if (!wanted.has(value)) continue;
        add(byValue, value, claim);
        if (statesPlace(claim.place)) add(byPlace, `${value}\u0001${claim.place.key}`, claim);
      }
    }
    if (byValue.size === 0) continue;

    const tryBucket = (
      observation: Observation,
      value: string,
      bucket: Bucket | undefined,
      free: boolean,
    ): Pair | undefined => {
      if (bucket === undefined) return undefined;
      let best: Pair | undefined;
      let bestScore = Number.NEGATIVE_INFINITY;
      let looked = 0;
      let closed = 0;
      for (const claim of free ? bucket.open : bucket.claims) {
        if (looked >= lookahead) break;
        if (free && isClosed(claim, taken)) {
          closed += 1;
          if (closed >= sweepAfter) break;
          continue;
        }
        looked += 1;
        const score = placeScore(claim.place, observation.place) * 2 + (statesPlace(claim.place) ? 1 : 0);
        if (score <= bestScore) continue;
        const confidence = judge(key, claim, observation);
        if (confidence === null) continue;
        bestScore = score;
        best = { key, value, confidence, claim, observation };
      }
      if (closed < sweepAfter) return best;
      bucket.open = bucket.open.filter((claim) => !isClosed(claim, taken));
      return tryBucket(observation, value, bucket, free);
    };

    for (const observation of open) {
      step();
      for (const value of observation.identity.joins[key]) {
        if (matched.has(observation)) break;
        // Several workloads at the claim's own place are all covered by it.
        const pair = tryBucket(observation, value, byPlace.get(`${value}\u0001${observation.place.key}`), false);
        if (pair) accept(pair);
      }
    }
    for (const observation of open) {
      step();
      for (const value of observation.identity.joins[key]) {
        if (matched.has(observation)) break;
        const bucket = byValue.get(value);
        const pair = tryBucket(observation, value, bucket, true);
        if (pair) accept(pair);
        else if (!known.has(observation) && key !== 'name') {
          const shared = tryBucket(observation, value, bucket, false);
          if (shared && mayShare(shared.claim, observation)) accept(shared);
          else if (shared) known.set(observation, shared);
        }
      }
    }
  }

  return {
    pairs: observations.flatMap((observation) => matched.get(observation) ?? []),
    unmatchedClaims: claims.filter((claim) => !taken.has(claim)),
    leftovers: observations
      .filter((observation) => !matched.has(observation))
      .map((observation) => ({ observation, known: known.get(observation) })),
  };
}

/** A claim that states a place is closed once something was found for it; one that states none stays open. */
const isClosed = (claim: Claim, taken: ReadonlySet<Claim>): boolean => taken.has(claim) && statesPlace(claim.place);

/** A claim is shared by what runs at its own place, and by what states no place that contradicts it. */
function mayShare(claim: Claim, observation: Observation): boolean {
  if (placeScore(claim.place, observation.place) < 0) return false;
  const samePlace = claim.place.locations.some((location) => observation.place.locations.includes(location));
  return samePlace || observation.basis === 'manifest' || !statesPlace(observation.place);
}

function priority(claim: Claim): number {
  return (claim.live ? 0 : 2) + (claim.deployment === undefined ? 1 : 0);
}
