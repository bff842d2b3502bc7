import type { TrustedKey } from '../../../src-shared/domain/trust.ts';
import { raise } from '../../../src-shared/result.ts';
import { appendActivity } from '../ledger/activity.ts';
import { toInstant } from '../ports.ts';
import { findTrustedKey, saveTrustedKey } from '../store/trust-queries.ts';
import { publisherKeyFromRaw } from '../trust/keys.ts';
import { checkTrustedKey } from '../trust/trust-store.ts';
import type { Handler } from './context.ts';

/** Pins a publisher key. A key that is there already has to be revoked or left; its scope is never widened silently. */
export const trustAdd: Handler<'trust.add'> = (context, input) => {
  const workspace = context.workspace();
  const now = context.clock.now();
  const { keyId, fingerprint, rawBytes } = publisherKeyFromRaw(input.rawBytes);
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
    appendActivity(
      workspace,
      {
        action: 'trust.key_added',
        summary: `Trusted the publisher key "${key.label}"`,
        details: { keyId, fingerprint, registryIds: key.registryIds },
      },
      now,
    );
    return key;
  });
};
