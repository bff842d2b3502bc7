/** Who may read an encrypted bundle: `age1…` recipients, given one by one or as a file with one a line. */
import { Encrypter } from 'age-encryption';
import { raise } from '../../../src-shared/result.ts';
import { encryptionLimits } from './limits.ts';

/** Entries of a recipients file: one a line, comments after `#`. */
export const recipientsIn = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));

/**
 * Distinct recipients, each checked. Raises `usage` / `recipient.identity_given`, `.invalid`, `.too_many`; a secret that was
 * given by mistake is not repeated.
 */
export function checkRecipients(given: readonly string[]): readonly string[] {
  const recipients = [...new Set(given)];
  if (recipients.length > encryptionLimits.stanzas)
    raise(
      'usage',
      'recipient.too_many',
      `A bundle has at most ${encryptionLimits.stanzas} recipients; nothing was packed.`,
      {
        recipients: recipients.length,
      },
    );
  for (const [index, recipient] of recipients.entries()) {
    if (/SECRET-KEY/i.test(recipient))
      raise(
        'usage',
        'recipient.identity_given',
        `Recipient ${index + 1} is a secret identity; give the public recipient (age1…) and keep the identity secret. Nothing was packed.`,
      );
    try {
      new Encrypter().addRecipient(recipient);
    } catch {
      raise(
        'usage',
        'recipient.invalid',
        `"${recipient.slice(0, 80)}" is no age recipient (age1…), or it is mistyped; nothing was packed.`,
        { recipient: recipient.slice(0, 80) },
      );
    }
  }
  return recipients;
}
