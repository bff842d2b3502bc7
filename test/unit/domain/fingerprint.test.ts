/** Fingerprints as people compare them: in groups, from paper or a telephone, and every group counts. */
import { describe, expect, it } from 'vitest';
import { compareFingerprints, groupedFingerprint } from '../../../src-shared/domain/fingerprint.ts';

const actual = '0123 4567 89ab cdef 0011 2233 4455 6677 8899 aabb ccdd eeff 0246 8ace 1357 9bdf';
const bare = actual.replaceAll(' ', '');
const withGroup = (number: number, group: string): string =>
  actual
    .split(' ')
    .map((known, index) => (index === number - 1 ? group : known))
    .join(' ');

describe('when a fingerprint is compared', () => {
  it.each([
    ['as it is printed', actual],
    ['without spaces', bare],
    ['in capitals with colons', bare.toUpperCase().replaceAll(/(..)(?=.)/g, '$1:')],
    ['over several lines, with dashes', actual.replaceAll(' ', '-\n')],
    ['with the name of the digest before it', `SHA256:${bare}`],
  ])('%s it is the same', (_name, given) => {
    expect(compareFingerprints(actual, given)).toMatchObject({ state: 'same', firstDifference: null });
  });

  it.each([1, 8, 9, 16])('a difference in group %i alone is found and named', (number) => {
    const compared = compareFingerprints(actual, withGroup(number, 'f00d'));
    expect(compared).toMatchObject({ state: 'different', firstDifference: number });
    expect(compared.groups.filter(({ state }) => state === 'different')).toHaveLength(1);
  });

  it('the same beginning and end with another middle is different', () => {
    expect(compareFingerprints(actual, `${bare.slice(0, 28)}00000000${bare.slice(36)}`).state).toBe('different');
  });

  it.each([
    ['nothing', '  ', 'empty'],
    ['a part', actual.slice(0, 22), 'incomplete'],
    ['all but the last digit', bare.slice(0, -1), 'incomplete'],
    ['a digit too many', `${bare}0`, 'unreadable'],
    ['the letter O for a zero', bare.replace('0', 'O'), 'unreadable'],
    ['a digit of another script', bare.replace('1', '１'), 'unreadable'],
  ] as const)('%s is not the same', (_name, given, state) => {
    expect(compareFingerprints(actual, given).state).toBe(state);
  });

  it('groups are written in fours', () => {
    expect(groupedFingerprint(bare.toUpperCase())).toBe(actual);
  });
});
