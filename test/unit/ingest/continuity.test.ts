/** How a snapshot relates to what is stored: every answer, and its absence where the chain is whole. Pure. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chainOf,
  judgeContinuity,
  type KnownSnapshot,
  linkOf,
  type Named,
  newestOf,
} from '../../../src-main/core/ingest/continuity.ts';
import { greatestStep } from '../../../src-shared/domain/continuity.ts';
import type { Predicate } from '../../../src-shared/domain/snapshot.ts';
import { AssayError, type Failure } from '../../../src-shared/result.ts';

const sha = (character: string): string => character.repeat(64);
const named = (sequence: number, character: string): Named => ({ sequence, statementSha256: sha(character) });
/** Only what continuity looks at. */
const predicate = (sequence: number, previous?: Named): Predicate =>
  ({ sequence, registry: { id: 'urn:r', name: 'R', uri: '' }, ...(previous ? { previous } : {}) }) as Predicate;
const stored = (
  snapshot: number,
  sequence: number,
  character: string,
  more: Partial<KnownSnapshot> = {},
): KnownSnapshot => ({
  ...{ snapshot, sequence, statementSha256: sha(character), previous: null, chain: 'first', disowned: false },
  ...more,
});

function judge(
  known: readonly KnownSnapshot[],
  value: Predicate,
  options: { digest?: string; historical?: boolean } = {},
) {
  return judgeContinuity(value, options.digest ?? sha('b'), known, options.historical ?? false);
}
function refusal(...args: Parameters<typeof judge>): Failure {
  try {
    judge(...args);
  } catch (error) {
    if (error instanceof AssayError) return error.failure;
    throw error;
  }
  throw new Error('it was not refused');
}

const five = [stored(1, 5, 'a')];

describe('when a snapshot arrives', () => {
  it('continues the newest one where it names its digest and sequence, without a word', () => {
    expect(judge(five, predicate(6, named(5, 'a')))).toEqual({
      ...{ state: 'new', chain: 'continues', comparedTo: 1, rival: null, warnings: [] },
    });
    // A publisher may skip numbers.
    expect(judge(five, predicate(60, named(5, 'a')))).toMatchObject({ chain: 'continues', warnings: [] });
  });

  it('is recognised when it is there already', () => {
    expect(judge(five, predicate(5), { digest: sha('a') })).toEqual({ state: 'already_imported', snapshot: 1 });
  });

  it('is the first of its registry, and says when it continues something unseen', () => {
    expect(judge([], predicate(1))).toMatchObject({ chain: 'first', warnings: [] });
    expect(judge([], predicate(9, named(8, 'c')))).toMatchObject({
      chain: 'first',
      warnings: [expect.stringContaining('sequence 8')],
    });
  });

  it('leaves a gap where its predecessor is newer than what is stored, or is not named', () => {
    expect(judge(five, predicate(8, named(7, 'c')))).toMatchObject({ chain: 'gap', comparedTo: 1 });
    expect(judge(five, predicate(6))).toMatchObject({
      chain: 'gap',
      warnings: [expect.stringContaining('by number only')],
    });
  });

  it('forks where it names another predecessor at the same place, an older one, or one that cannot come before it', () => {
    expect(judge(five, predicate(6, named(5, 'c')))).toMatchObject({ chain: 'fork' });
    expect(judge(five, predicate(6, named(4, 'c')))).toMatchObject({ chain: 'fork' });
    expect(judge(five, predicate(6, named(6, 'c')))).toMatchObject({ chain: 'fork' });
    // The right digest under the wrong number is a contradiction too.
    expect(judge(five, predicate(6, named(4, 'a')))).toMatchObject({ chain: 'fork' });
  });
});

describe('when a snapshot must not get in', () => {
  it('is another one for a sequence that is stored: both digests are named', () => {
    for (const historical of [false, true]) {
      expect(refusal(five, predicate(5), { historical })).toMatchObject({
        kind: 'trust',
        code: 'continuity.equivocation',
        details: { stored: sha('a'), refused: sha('b'), sequence: 5 },
      });
    }
  });

  it('is historical, and the stored successor names another one in its place', () => {
    const known = [stored(1, 5, 'a', { previous: named(4, 'c') })];
    const historical = true;
    expect(refusal(known, predicate(4), { historical })).toMatchObject({
      code: 'continuity.equivocation',
      details: { stored: sha('c'), refused: sha('b') },
    });
    expect(judge(known, predicate(4), { historical, digest: sha('c') })).toMatchObject({ chain: 'historical' });
    // A successor that is disowned, or that claims to precede what it names, testifies to nothing.
    expect(judge([{ ...stored(1, 5, 'a'), previous: named(4, 'c'), disowned: true }], predicate(4))).toMatchObject({
      state: 'new',
    });
    expect(judge([stored(1, 5, 'a', { previous: named(7, 'c') })], predicate(7))).toMatchObject({ chain: 'gap' });
  });

  it('is older than the newest one, unless it is meant as historical', () => {
    expect(refusal(five, predicate(4))).toMatchObject({ kind: 'trust', code: 'continuity.rollback' });
    expect(judge(five, predicate(4), { historical: true })).toMatchObject({ chain: 'historical', comparedTo: null });
    // Historical ones never raise the bar.
    expect(judge([...five, stored(2, 9, 'd', { chain: 'historical' })], predicate(6, named(5, 'a')))).toMatchObject({
      chain: 'continues',
    });
  });

  it('is called historical and is not older than the newest one', () => {
    const historical = true;
    for (const known of [five, []])
      expect(refusal(known, predicate(6, named(5, 'a')), { historical })).toMatchObject({
        kind: 'refused',
        code: 'continuity.not_older',
      });
  });

  it('jumps further than the greatest step, also as historical, and to the very step it does not', () => {
    const at = (sequence: number) => predicate(sequence, named(5, 'a'));
    expect(judge(five, at(5 + greatestStep))).toMatchObject({ chain: 'continues' });
    expect(refusal(five, at(5 + greatestStep + 1))).toMatchObject({ kind: 'trust', code: 'continuity.fast_forward' });
    expect(refusal(five, at(2 ** 53 - 1), { historical: true }).code).toBe('continuity.fast_forward');
    // A first one may start anywhere that leaves numbers for others.
    expect(judge([], predicate(1_780_000_000_000))).toMatchObject({ chain: 'first' });
    expect(refusal([], predicate(Number.MAX_SAFE_INTEGER)).code).toBe('continuity.fast_forward');
  });
});

describe('when a key was revoked after it had pushed the sequence ahead', () => {
  const known = [...five, stored(2, 900_000, 'e', { previous: named(5, 'a'), chain: 'continues', disowned: true })];

  it('lets the honest successor in as the newest', () => {
    expect(judge(known, predicate(6, named(5, 'a')))).toMatchObject({
      chain: 'continues',
      comparedTo: 1,
      warnings: [],
    });
    expect(newestOf(known)?.sequence).toBe(5);
    expect(chainOf(known).map(({ snapshot }) => snapshot.sequence)).toEqual([5]);
  });

  it('does not let what it signed take the place of an honest snapshot, and names it', () => {
    expect(judge(known, predicate(900_000, named(5, 'a')))).toMatchObject({
      state: 'new',
      rival: { statementSha256: sha('e'), counts: false },
    });
  });
});

describe('a valid chain', () => {
  /** Sequences that may skip numbers, each snapshot naming the one before it. */
  const chains = fc.uniqueArray(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 12 }).map((sequences) =>
    sequences
      .sort((a, b) => a - b)
      .map((sequence, index, all) => ({
        sequence,
        statementSha256: sequence.toString(16).padStart(64, '0'),
        previous:
          index === 0
            ? null
            : { sequence: all[index - 1] ?? 0, statementSha256: (all[index - 1] ?? 0).toString(16).padStart(64, '0') },
      })),
  );

  it('is judged the same in whatever order it comes in, and never as forked, equivocal or rolled back', () => {
    fc.assert(
      fc.property(
        chains.chain((chain) => fc.tuple(fc.constant(chain), fc.shuffledSubarray(chain, { minLength: chain.length }))),
        ([chain, order]) => {
          const known: KnownSnapshot[] = [];
          for (const place of order) {
            const value = { ...predicate(place.sequence), previous: place.previous ?? undefined } as Predicate;
            const newest = newestOf(known);
            const historical = newest !== null && place.sequence < newest.sequence;
            const result = judge(known, value, { digest: place.statementSha256, historical });
            if (result.state !== 'new') throw new Error('a new snapshot was taken for a stored one');
            expect(result.chain).not.toBe('fork');
            known.push({ ...place, snapshot: known.length + 1, chain: result.chain, disowned: false });
            for (const { link } of chainOf(known)) expect(link.kind).not.toBe('fork');
          }
          expect(chainOf(known).map(({ snapshot, link }) => [snapshot.sequence, link.kind])).toEqual(
            chain.map(({ sequence }, index) => [sequence, index === 0 ? 'first' : 'linked']),
          );
          expect(newestOf(known)?.sequence).toBe(chain.at(-1)?.sequence);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('shows exactly what is missing while a part of it is not here', () => {
    const one = { ...stored(1, 1, 'a') };
    const nine = stored(2, 9, 'b', { previous: named(7, 'c') });
    expect(linkOf(nine, one)).toEqual({ kind: 'gap', named: named(7, 'c'), missing: { from: 2, to: 8 } });
    const seven = stored(3, 7, 'c', { previous: named(1, 'a') });
    expect(chainOf([nine, seven, one]).map(({ link }) => link.kind)).toEqual(['first', 'linked', 'linked']);
    const skipped = stored(4, 8, 'd', { previous: named(1, 'a') });
    expect(chainOf([nine, skipped, one]).map(({ link }) => link.kind)).toEqual(['first', 'linked', 'fork']);
  });
});
