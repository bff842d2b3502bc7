/** Which scopes reach a common place: names by segments, and in time that a hostile publisher cannot stretch. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reachOf, scopeTest } from '../../../src-main/core/scan-scope.ts';

describe('scopes that reach a common place', () => {
  it.each([
    ['a', 'a', true],
    ['prod', 'cluster:prod', true],
    ['prod', 'prod/payments', true],
    ['prod/payments', 'prod', true],
    ['prod/a', 'prod/b', false],
    ['prod', 'production', false],
    ['namespace:a', 'cluster:a', false],
    ['namespace:a', 'namespace:a', true],
    ['region:eu-1', 'eu-1', true],
    ['*', 'anything', true],
    ['anything', '*', true],
  ])('%s and %s: %s', (a, b, expected) => {
    expect(scopeTest([a])(b)).toBe(expected);
    expect(scopeTest([b])(a)).toBe(expected);
  });

  it('is nothing for a source that names none', () => {
    expect(scopeTest([])('*')).toBe(false);
  });

  it('says of many what it says of each', () => {
    const names = fc.array(fc.constantFrom('a', 'b', 'A', 'region:a', ''), { minLength: 1, maxLength: 4 });
    const scope = names.map((parts) => parts.join('/'));
    /** Pair by pair, as the rule reads. */
    const meet = (a: string, b: string): boolean =>
      a === b ||
      reachOf(a, '').some((x) => reachOf(b, '').some((y) => x === y || x.startsWith(`${y}/`) || y.startsWith(`${x}/`)));
    fc.assert(
      fc.property(fc.array(scope, { maxLength: 6 }), scope, (all, one) => {
        expect(scopeTest(all)(one)).toBe(all.some((other) => meet(other, one)));
      }),
      { numRuns: 1000 },
    );
  });

  it('reads hundreds of thousands, and one of a million segments, in a moment', () => {
    const many = Array.from({ length: 200_000 }, (_, n) => `account/${n.toString(36)}`);
    const isMine = scopeTest([...many, 'x/'.repeat(1_000_000)]);
    const start = performance.now();
    expect(many.filter((scope) => isMine(`${scope}/below`))).toHaveLength(many.length);
    expect(isMine(`${'x/'.repeat(999_999)}y`)).toBe(false);
    // Pair by pair it would be 4e10 comparisons: hours.
    expect(performance.now() - start).toBeLessThan(30_000);
  });
});
