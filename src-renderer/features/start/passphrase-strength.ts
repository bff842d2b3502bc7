/**
 * A rough word about a new passphrase while it is typed. The engine's own rule (twelve characters, not a common one) decides;
 * this only helps towards a better one, and says so in words rather than in a score.
 */
export interface Strength {
  /** 0..4, for the bar. */
  readonly level: 0 | 1 | 2 | 3 | 4;
  readonly text: string;
}

const minimum = 12;

export function passphraseStrength(passphrase: string): Strength {
  const characters = [...passphrase.normalize('NFC')];
  const distinct = new Set(characters).size;
  if (characters.length === 0)
    return { level: 0, text: `At least ${minimum} characters; several unrelated words are good.` };
  if (characters.length < minimum) return { level: 1, text: `${minimum - characters.length} more characters needed.` };
  if (distinct < 5) return { level: 1, text: 'Too few different characters.' };
  const words = passphrase
    .trim()
    .split(/[\s-]+/)
    .filter((word) => word.length > 2).length;
  const sequences = /(.)\1{3,}|0123|1234|2345|3456|4567|5678|6789|abcd|qwer|asdf/i.test(passphrase);
  const bits =
    characters.length * Math.log2(Math.max(8, classesOf(passphrase))) * (distinct / characters.length) ** 0.5 -
    (sequences ? 20 : 0);
  if (bits < 50) return { level: 2, text: 'Accepted, and easy to guess for a machine; add words.' };
  if (bits < 75 && words < 5) return { level: 3, text: 'Good.' };
  return { level: 4, text: 'Strong.' };
}

/** Size of the alphabet that the characters seem to come from. */
function classesOf(text: string): number {
  let size = 0;
  if (/[a-z]/.test(text)) size += 20;
  if (/[A-Z]/.test(text)) size += 20;
  if (/\d/.test(text)) size += 10;
  if (/[^a-zA-Z\d]/.test(text)) size += 14;
  return size;
}
