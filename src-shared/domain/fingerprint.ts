/**
 * Comparing a key's fingerprint with the one that came over another channel: on paper, by telephone, in a meeting.
 *
 * People compare the first and last characters and skip the middle, which is what a forged key is made for. So what was heard
 * is typed in, and every group of four is compared.
 */

/** hex SHA-256. */
const digits = 64;
const groupSize = 4;

export interface ComparedGroup {
  readonly actual: string;
  readonly given: string;
  readonly state: 'same' | 'different' | 'missing';
}

export interface FingerprintComparison {
  /** `incomplete`: what was given so far agrees. `unreadable`: holds something that is no hexadecimal digit, or too many. */
  readonly state: 'empty' | 'incomplete' | 'same' | 'different' | 'unreadable';
  readonly groups: readonly ComparedGroup[];
  /** Number of the first group that differs, from 1. */
  readonly firstDifference: number | null;
}

/** Hexadecimal digits only, lower case: groups may be divided by spaces, line breaks, colons or dashes. */
export const bareFingerprint = (text: string): string =>
  text
    .trim()
    .replace(/^sha-?256[: ]/i, '')
    .replaceAll(/[\s:-]/g, '')
    .toLowerCase();

/** Groups of four, for reading aloud. */
export const groupedFingerprint = (text: string): string => (bareFingerprint(text).match(/.{1,4}/g) ?? []).join(' ');

export function compareFingerprints(actual: string, given: string): FingerprintComparison {
  const known = bareFingerprint(actual);
  const said = bareFingerprint(given);
  const groups = Array.from({ length: digits / groupSize }, (_, index): ComparedGroup => {
    const at = index * groupSize;
    const mine = known.slice(at, at + groupSize);
    const theirs = said.slice(at, at + groupSize);
    const agrees = theirs !== '' && mine.startsWith(theirs);
    return { actual: mine, given: theirs, state: theirs === '' ? 'missing' : agrees ? 'same' : 'different' };
  });
  const different = groups.findIndex((group) => group.state === 'different');
  return { state: stateOf(known, said, different), groups, firstDifference: different < 0 ? null : different + 1 };
}

function stateOf(known: string, said: string, different: number): FingerprintComparison['state'] {
  if (said === '') return 'empty';
  if (!/^[0-9a-f]*$/.test(said) || said.length > digits) return 'unreadable';
  if (different >= 0) return 'different';
  return said === known ? 'same' : 'incomplete';
}
