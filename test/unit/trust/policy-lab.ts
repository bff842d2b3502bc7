/** Signatures over one payload by keys with chosen properties, for the tests of the verification policy. */
import type { KeyObject } from 'node:crypto';
import { readBundle, type SignatureBundle, writeBundle } from '../../../src-main/core/trust/bundle.ts';
import { describePublicKey, generatePublisherKey, type PublisherKeyPair } from '../../../src-main/core/trust/keys.ts';
import type { TrustedKey, TrustStore } from '../../../src-shared/domain/trust.ts';

export const now = new Date('2026-11-23T12:00:00Z');
export const registryId = 'urn:r1';
export const claim = { registryId, sequence: 10, createdAt: '2026-11-20T00:00:00Z' };
export const payload = Buffer.from('{"what":"was signed"}');

export interface LabKey {
  readonly pair: PublisherKeyPair;
  readonly trusted: TrustedKey;
}

export function labKey(overrides: Partial<TrustedKey> = {}, pair = generatePublisherKey()): LabKey {
  const { keyId, rawBytes } = describePublicKey(pair.publicKey);
  return {
    pair,
    trusted: {
      hint: keyId,
      rawBytes,
      keyDetails: 'PKIX_ECDSA_P256_SHA_256',
      label: 'Publisher',
      validFor: {},
      registryIds: [registryId],
      addedAt: '2026-11-01T00:00:00Z',
      addedBy: 'tester',
      ...overrides,
    },
  };
}

export const trusting = (keys: readonly LabKey[], more: Partial<TrustStore> = {}): TrustStore => ({
  schemaVersion: 1,
  threshold: 1,
  keys: keys.map(({ trusted }) => trusted).sort((a, b) => (a.hint < b.hint ? -1 : 1)),
  ...more,
});

export const signedBy = (...keys: readonly (LabKey | KeyObject)[]): SignatureBundle[] =>
  keys.map((key, index) =>
    readBundle(`signature-${index}`, writeBundle(payload, 'pair' in key ? key.pair.privateKey : key)),
  );
