import { compareFingerprints } from '../../../src-shared/domain/fingerprint.ts';
import type { TrustedKey } from '../../../src-shared/domain/trust.ts';
import { raise } from '../../../src-shared/result.ts';
import { appendActivity } from '../ledger/activity.ts';
import { toInstant } from '../ports.ts';
import { findTrustedKey, markTrustChanged, saveTrustedKey } from '../store/trust-queries.ts';
import { publisherKeyFromRaw } from '../trust/keys.ts';
import { checkTrustedKey } from '../trust/trust-store.ts';
import type { Handler } from './context.ts';

/** Pins a publisher key. A key that is there already has to be revoked or left; its scope is never widened silently. */
export const trustAdd: Handler<'trust.add'> = (context, input) => {
  const workspace = context.workspace();
  const now = context.clock.now();
  const { keyId, fingerprint, rawBytes } = publisherKeyFromRaw(input.rawBytes);
  if (input.fingerprint !== undefined) requireSame(fingerprint, input.fingerprint);
  const key: TrustedKey = {
    hint: keyId,
    rawBytes,
    keyDetails: 'PKIX_ECDSA_P256_SHA_256',
    label: input.label,
    validFor: {
      ...(input.validFrom === undefined ? {} : { start: input.validFrom }),
      ...(input.validUntil === undefined ? {} : { end: input.validUntil }),
    },
    registryIds: input.registryIds,
    addedAt: toInstant(now),
    addedBy: workspace.user.name,
  };
  checkTrustedKey(key, 'the trust store');
  const db = workspace.writer;
  return db.transaction(() => {
    const known = findTrustedKey(db, keyId);
    if (known) {
      raise(
        'refused',
        'trust.known_key',
        `This key is already in the trust store as "${known.label}"; nothing was changed.`,
        {
          keyId,
          revoked: known.revoked !== undefined,
        },
      );
    }
    saveTrustedKey(db, key);
    markTrustChanged(db, now);
    appendActivity(
      workspace,
      {
        action: 'trust.key_added',
        summary: `Trusted the publisher key "${key.label}"`,
        details: { keyId, fingerprint, registryIds: key.registryIds, compared: input.fingerprint !== undefined },
      },
      now,
    );
    return key;
  });
};

/** The whole fingerprint, every group of it. Raises `trust` / `trust.fingerprint_mismatch`. */
function requireSame(actual: string, given: string): void {
  const { state, groups, firstDifference } = compareFingerprints(actual, given);
  if (state === 'same') return;
  const group = firstDifference === null ? undefined : groups[firstDifference - 1];
  const why = group
    ? `group ${firstDifference} is ${group.actual} in the key and ${group.given} in what was given`
    : state === 'incomplete'
      ? 'what was given is only a part of it'
      : 'what was given is no SHA-256 in hexadecimal digits';
  raise(
    'trust',
    'trust.fingerprint_mismatch',
    `The key has the fingerprint ${actual}, and ${why}; it was not added. Ask the publisher again before trusting anything.`,
    { fingerprint: actual, firstDifference },
  );
}
