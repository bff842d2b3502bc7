/** The functions that rules may call, as plain TypeScript over text and lists. Unreadable input is unknown, never "no". */
import { compareDigests, parseDigest } from './digests.ts';
import { daysBetween, isBefore, type Moment, parseMoment, plusDays } from './instants.ts';
import type { Probe } from './unknown.ts';

const moment = (probe: Probe, text: string): Moment =>
  parseMoment(text) ?? probe.miss(`a readable date instead of "${text}"`);

/** Whole UTC days from a to b; not a number, so that no comparison holds, when one is blank. */
export const days = (probe: Probe, a: string, b: string): number =>
  a === '' || b === '' ? Number.NaN : daysBetween(moment(probe, a), moment(probe, b));

/** Strictly earlier; false when one is blank. */
export const before = (probe: Probe, a: string, b: string): boolean =>
  a !== '' && b !== '' && isBefore(moment(probe, a), moment(probe, b));

/** The date n days after; blank stays blank. */
export const addDays = (probe: Probe, text: string, n: number): string =>
  text === '' ? '' : plusDays(moment(probe, text), n);

/** Do two digests differ? Not when one is blank; unknown when their algorithms differ, because then nobody can tell. */
export function digestsDiffer(probe: Probe, a: string, b: string): boolean {
  if (a === '' || b === '') return false;
  const verdict = compareDigests(a, b);
  return verdict === 'incomparable' ? probe.miss('a digest in the same algorithm') : verdict === 'different';
}

/** Same algorithm and same value, hex case-folded. */
export const digestsEqual = (a: string, b: string): boolean => compareDigests(a, b) === 'same';

export const digestAlg = (digest: string): string => parseDigest(digest)?.alg ?? '';

const ratings = ['negligible', 'low', 'medium', 'high', 'very_high'];

/** 1 (negligible) to 5 (very high); not a number when blank or no rating. */
export const ratingRank = (rating: string): number => {
  const rank = ratings.indexOf(rating);
  return rank < 0 ? Number.NaN : rank + 1;
};

/** Elements of `a` that are not in `b`, compared without regard to case and outer blanks. */
export function outside(a: readonly string[], b: readonly string[]): readonly string[] {
  const allowed = new Set(b.map(fold));
  return a.filter((item) => !allowed.has(fold(item)));
}

export const inside = (a: readonly string[], b: readonly string[]): readonly string[] => {
  const listed = new Set(b.map(fold));
  return a.filter((item) => listed.has(fold(item)));
};

/** Some element opens access to everybody: a wildcard or the word "all". */
export const opensToAll = (roles: readonly string[]): boolean =>
  roles.some((role) => role.includes('*') || ['all', 'everyone', 'any', 'public'].includes(fold(role)));

const fold = (value: string): string => value.trim().toLowerCase();

/** Longest text and pattern that a naming rule is tried on. */
const patternLimit = 200;
/** Back-references, look-around, and repetition of a group that itself repeats or branches can take exponential time. */
const risky = /\\[1-9k]|\(\?[=!<]|[*+}?|][^()]*\)[*+{]/;

/**
 * Does a name match the organisation's naming pattern? The pattern comes from a record, so it is used only when it cannot run
 * away; otherwise the answer is unknown.
 */
export function matchesPattern(probe: Probe, name: string, pattern: string): boolean {
  if (name.length > patternLimit || pattern.length > patternLimit || risky.test(pattern)) {
    return probe.miss('a naming pattern that is safe to run');
  }
  let compiled: RegExp;
  try {
    compiled = new RegExp(`^(?:${pattern})$`, 'u');
  } catch {
    return probe.miss('a valid naming pattern');
  }
  return compiled.test(name);
}
