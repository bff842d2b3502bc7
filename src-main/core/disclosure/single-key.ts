/** Believing one public key that a person names, without a trust store: anybody can check a proof that way, and less is known. */
import type { FreshnessLine, TrustStore } from '../../../src-shared/domain/trust.ts';
import { toInstant } from '../ports.ts';
import type { PublisherKey } from '../trust/keys.ts';

/** `name`: the file that the key came from. */
export const trustingOneKey = ({ keyId, rawBytes }: PublisherKey, name: string, now: Date): TrustStore => ({
  schemaVersion: 1,
  threshold: 1,
  keys: [
    {
      hint: keyId,
      rawBytes,
      keyDetails: 'PKIX_ECDSA_P256_SHA_256',
      label: name,
      validFor: {},
      registryIds: ['*'],
      addedAt: toInstant(now),
      addedBy: 'command line',
    },
  ],
});

/** The freshness line with what only a trust store could know taken out. */
export function withoutTrustStore(line: FreshnessLine): FreshnessLine {
  if (!line.parts) return line;
  const parts: FreshnessLine['parts'] = {
    ...line.parts,
    trustRoots: {
      state: 'unknown',
      changedAt: null,
      days: null,
      text: 'No trust store was asked: one key was named on its own.',
    },
    revocation: {
      state: 'unknown',
      unknownSince: null,
      days: null,
      text: 'Revocation unknown: a key on its own does not say whether it was revoked.',
    },
  };
  if (line.state === 'warn') return { ...line, parts };
  return {
    state: 'warn',
    code: 'freshness.single_key',
    text: 'Whether the key was revoked, or may speak for this registry, is not known.',
    parts,
  };
}
