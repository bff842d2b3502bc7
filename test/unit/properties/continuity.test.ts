/** The order of one registry's snapshots: whatever is handed in, in whatever order, nothing old passes for new. */
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import {
  chainOf,
  judgeContinuity,
  type KnownSnapshot,
  newestOf,
  type Place,
} from '../../../src-main/core/ingest/continuity.ts';
import { greatestStep } from '../../../src-shared/domain/continuity.ts';
import type { Predicate } from '../../../src-shared/domain/snapshot.ts';
import { expectRefusal, failureOf, holds } from './property.ts';

const template: Predicate = {
  schemaVersion: 1,
  registry: { id: 'r1', name: 'Registry', uri: '' },
  role: 'registry',
  snapshotId: 's',
  sequence: 0,
  createdAt: '2026-11-23T12:00:00Z',
  collector: { name: 'c', version: '1' },
  sources: [],
  files: [],
  merkle: { alg: 'rfc6962-sha256', root: '0'.repeat(64), leaves: 0 },
};
const predicateOf = ({ sequence, previous }: Place): Predicate => ({
  ...template,
  sequence,
  ...(previous ? { previous } : {}),
});

/** Statements as publishers and forgers make them: few sequences, few digests, so that they meet. */
const digest = fc.integer({ min: 0, max: 11 }).map((n) => n.toString(16).repeat(64));
const place: fc.Arbitrary<Place> = fc.record({
  sequence: fc.oneof(
    { weight: 8, arbitrary: fc.nat(6) },
    { weight: 1, arbitrary: fc.maxSafeNat() },
    { weight: 1, arbitrary: fc.integer({ min: greatestStep - 2, max: greatestStep + 8 }) },
  ),
  statementSha256: digest,
  previous: fc.option(fc.record({ sequence: fc.nat(6), statementSha256: digest })),
});
const presented = fc.record({ place, historical: fc.boolean() });

interface Store {
  readonly known: readonly KnownSnapshot[];
}
/** Hands one statement in, as an import does; a refusal leaves the store as it was. */
function present(
  { known }: Store,
  { place: at, historical }: { place: Place; historical: boolean },
): Store & { refused: string | null } {
  let next = known;
  const failure = failureOf(() => {
    const verdict = judgeContinuity(predicateOf(at), at.statementSha256, known, historical);
    if (verdict.state === 'new')
      next = [...known, { ...at, snapshot: known.length + 1, chain: verdict.chain, disowned: false }];
  });
  if (failure) expectRefusal(failure, failure.code === 'continuity.not_older' ? 'refused' : 'trust', /^continuity\./);
  return { known: next, refused: failure?.code ?? null };
}
/** Hands honest statements in as a person would: what is older than the newest one, as historical. */
const arrived = (order: readonly Place[]): Store =>
  order.reduce<Store>(
    (store, at) => present(store, { place: at, historical: at.sequence < (newestOf(store.known)?.sequence ?? 0) }),
    { known: [] },
  );
const history = fc.array(presented, { maxLength: 10 });
const storeOf = (steps: readonly { place: Place; historical: boolean }[]): Store =>
  steps.reduce<Store>((store, step) => present(store, step), { known: [] });

/** An honest publisher's chain, each statement naming the one before; some of them may be lost on the way. */
const honestChain = fc.integer({ min: 1, max: 8 }).map((length) =>
  Array.from(
    { length },
    (_, index): Place => ({
      sequence: index + 1,
      statementSha256: String(index + 1)
        .repeat(64)
        .slice(0, 64),
      previous: index === 0 ? null : { sequence: index, statementSha256: String(index).repeat(64).slice(0, 64) },
    }),
  ),
);

describe('continuity', () => {
  holds(
    'never lets the newest snapshot of a registry become older, whatever is handed in',
    1000,
    [history],
    (steps) => {
      let store: Store = { known: [] };
      for (const step of steps) {
        const before = newestOf(store.known)?.sequence ?? -1;
        store = present(store, step);
        expect(newestOf(store.known)?.sequence ?? -1).toBeGreaterThanOrEqual(before);
      }
    },
  );

  holds(
    'never keeps two statements for one sequence, and refuses the second one by name',
    1000,
    [history, presented],
    (steps, step) => {
      const store = storeOf(steps);
      const { known, refused } = present(store, step);
      expect(new Set(known.map(({ sequence }) => sequence)).size).toBe(known.length);
      const rival = store.known.find(({ sequence }) => sequence === step.place.sequence);
      if (
        rival &&
        rival.statementSha256 !== step.place.statementSha256 &&
        !store.known.some(({ statementSha256 }) => statementSha256 === step.place.statementSha256)
      )
        expect(refused).toBe('continuity.equivocation');
    },
  );

  holds(
    'imports a statement once: handing it in again changes nothing and is no error',
    500,
    [history, fc.nat(), fc.boolean()],
    (steps, pick, historical) => {
      const { known } = storeOf(steps);
      const again = known[pick % Math.max(1, known.length)];
      if (again) expect(present({ known }, { place: again, historical })).toEqual({ known, refused: null });
    },
  );

  holds('never takes what is not older as historical', 1000, [history, presented], (steps, step) => {
    const store = storeOf(steps);
    const before = newestOf(store.known);
    fc.pre(step.historical && (before === null || step.place.sequence > before.sequence));
    expect(present(store, step).known).toEqual(store.known);
  });

  holds(
    'takes an older snapshot only when asked for history, and then never as the newest',
    1000,
    [history, presented],
    (steps, step) => {
      const store = storeOf(steps);
      const newest = newestOf(store.known);
      fc.pre(newest !== null && step.place.sequence < newest.sequence);
      const { known } = present(store, step);
      if (!step.historical) expect(known.length).toBe(store.known.length);
      if (known.length > store.known.length) expect(known.at(-1)?.chain).toBe('historical');
      expect(newestOf(known)).toEqual(newest);
    },
  );

  holds(
    'leaves room for honest successors: no step beyond the greatest, no sequence at the end of all numbers',
    1000,
    [history, presented],
    (steps, step) => {
      const store = storeOf(steps);
      const newest = newestOf(store.known);
      const { known } = present(store, step);
      if (known.length === store.known.length) return;
      expect(step.place.sequence).toBeLessThanOrEqual(Number.MAX_SAFE_INTEGER - greatestStep);
      if (newest) expect(step.place.sequence - newest.sequence).toBeLessThanOrEqual(greatestStep);
    },
  );

  holds(
    'does not depend on the order in which stored snapshots are listed',
    500,
    [history, presented, fc.nat()],
    (steps, step, turn) => {
      const { known } = storeOf(steps);
      const at = turn % (known.length + 1);
      const turned = [...known.slice(at), ...known.slice(0, at)];
      const judge = (list: readonly KnownSnapshot[]) => {
        let verdict: unknown;
        const failure = failureOf(() => {
          verdict = judgeContinuity(predicateOf(step.place), step.place.statementSha256, list, step.historical);
        });
        // The sentence names the first witness that it meets; what is decided is the same.
        return failure?.code ?? verdict;
      };
      expect(judge(turned)).toEqual(judge(known));
    },
  );

  holds(
    'draws one whole chain from honest snapshots that came in any order',
    300,
    [honestChain.chain((chain) => fc.shuffledSubarray(chain, { minLength: chain.length }))],
    (order) => {
      const { known } = arrived(order);
      expect(known.length).toBe(order.length);
      expect(chainOf(known).map(({ link }) => link.kind)).toEqual(
        order.map((_, index) => (index === 0 ? 'first' : 'linked')),
      );
    },
  );

  holds(
    'names a gap exactly where honest snapshots are missing, with the numbers that are',
    500,
    [honestChain.chain((chain) => fc.subarray(chain, { minLength: 1 }))],
    (arrived) => {
      const links = chainOf(storeOf(arrived.map((at) => ({ place: at, historical: false }))).known);
      for (const [index, { snapshot, link }] of links.entries()) {
        const below = arrived[index - 1];
        if (!below) expect(link.kind).toBe('first');
        else if (below.sequence === snapshot.sequence - 1) expect(link.kind).toBe('linked');
        else
          expect(link).toMatchObject({ kind: 'gap', missing: { from: below.sequence + 1, to: snapshot.sequence - 1 } });
      }
    },
  );

  holds(
    'calls it a fork when a snapshot names another predecessor than the one that is stored',
    500,
    [honestChain, digest],
    (chain, other) => {
      const { known } = storeOf(chain.map((at) => ({ place: at, historical: false })));
      const last = chain.at(-1);
      fc.pre(last !== undefined && other !== last.statementSha256);
      const rival: Place = {
        sequence: chain.length + 1,
        statementSha256: 'f'.repeat(64),
        previous: { sequence: chain.length, statementSha256: other },
      };
      const after = present({ known }, { place: rival, historical: false });
      expect(chainOf(after.known).at(-1)?.link.kind).toBe('fork');
    },
  );

  holds('lets a disowned snapshot keep its number and speak for nothing', 500, [history, fc.nat()], (steps, pick) => {
    const { known } = storeOf(steps);
    fc.pre(known.length > 0);
    const disowned = known.map((snapshot, index) =>
      index === pick % known.length ? { ...snapshot, disowned: true } : snapshot,
    );
    const gone = disowned[pick % known.length];
    expect(newestOf(disowned)).not.toEqual(gone);
    expect(chainOf(disowned).map(({ snapshot }) => snapshot)).not.toContainEqual(gone);
    // What it signed stays in sight, and takes the place of nothing.
    const rival = { sequence: gone?.sequence ?? 0, statementSha256: 'f'.repeat(64), previous: null };
    const counted = disowned.filter((snapshot) => !snapshot.disowned);
    const order = { place: rival, historical: rival.sequence < (newestOf(counted)?.sequence ?? 0) };
    expect(present({ known: disowned }, order).refused).toBe(present({ known: counted }, order).refused);
  });
});
