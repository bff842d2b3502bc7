/** Is the request from whom the collector takes it to be? Only the fingerprint can say, and only a person can know it. */
import { raise } from '../../../src-shared/result.ts';
import type { SignedRequest } from './request-file.ts';

/** Spaces and colons are how people read a fingerprint aloud. Raises `usage` / `requester.fingerprint`. */
function fingerprintDigits(text: string): string {
  const digits = text.replaceAll(/[\s:]/g, '').toLowerCase();
  if (/^[0-9a-f]{64}$/.test(digits)) return digits;
  return raise(
    'usage',
    'requester.fingerprint',
    'The requester is named by a public key file or by its fingerprint: 64 hexadecimal digits, with or without spaces.',
  );
}

/** Raises `trust` / `request.requester_unconfirmed` when nobody is named, `request.other_requester` when it is another key. */
export function confirmRequester({ document }: SignedRequest, named: string | null): void {
  const { name, fingerprint } = document.requester;
  const details = { requester: name, fingerprint };
  if (named === null)
    raise(
      'trust',
      'request.requester_unconfirmed',
      `The request says it comes from ${name}, with the key ${fingerprint}. Compare that fingerprint over another channel and confirm it with --requester; nothing was collected.`,
      details,
    );
  if (fingerprintDigits(named) !== fingerprintDigits(fingerprint))
    raise(
      'trust',
      'request.other_requester',
      `The request is signed with the key ${fingerprint}, not with the one that you named; nothing was collected.`,
      details,
    );
}
