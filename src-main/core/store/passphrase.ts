/** What counts as a passphrase: NFC, at least twelve characters, not one of those that are guessed first. */
import { raise } from '../../../src-shared/result.ts';

const minimumLength = 12;
/** Long enough to pass the length rule and still at the top of every cracking list. */
const denied = new Set([
  'password1234',
  'password12345',
  'password123456',
  'passwordpassword',
  'qwertyuiop12',
  'qwertyuiop123',
  'qwertyuiopasdf',
  'qwerty123456',
  '123456789012',
  '1234567890123',
  '123456123456',
  '1q2w3e4r5t6y',
  '1qaz2wsx3edc',
  'iloveyou1234',
  'letmein12345',
  'welcome12345',
  'administrator',
  'changemechangeme',
  'correcthorsebatterystaple',
  'correct horse battery staple',
]);

/** UTF-8 of the NFC form, so that the same passphrase typed on another system opens the same slot. */
export const passphraseBytes = (passphrase: string): Buffer => Buffer.from(passphrase.normalize('NFC'), 'utf8');

/** Refuses a new passphrase that would not hold; unlocking never asks this. */
export function requireStrongPassphrase(passphrase: string): void {
  const characters = [...passphrase.normalize('NFC')];
  if (characters.length < minimumLength) {
    raise(
      'usage',
      'workspace.passphrase_short',
      `A passphrase needs at least ${minimumLength} characters; nothing was created.`,
    );
  }
  if (new Set(characters).size < 5 || denied.has(passphrase.trim().toLowerCase())) {
    raise(
      'usage',
      'workspace.passphrase_common',
      'This passphrase is among the first that are guessed; choose another. Nothing was created.',
    );
  }
}
