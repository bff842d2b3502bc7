/** Believing one public key that a person names, without a trust store: anybody can check a proof that way, and less is known. */
import type { CountedPart, FreshnessLine, SignerLine, TrustStore } from '../../../src-shared/domain/trust.ts';
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

interface Lines {
  readonly signer: SignerLine;
  readonly freshness: FreshnessLine;
}

/** Both lines with what only a trust store could know taken out. */
export const withoutTrustStore = ({ signer, freshness }: Lines): Lines => ({
  signer: withoutScope(signer),
  freshness: withoutRevocations(freshness),
});

function withoutScope(line: SignerLine): SignerLine {
  const { parts } = line;
  if (!parts) return line;
  const unknown = ({ of }: CountedPart, what: string): CountedPart => ({
    state: 'unknown',
    count: 0,
    of,
    text: `${what}: not known, no trust store was asked.`,
  });
  const { known } = parts;
  return {
    ...line,
    ...(line.state === 'pass'
      ? {
          state: 'warn',
          code: 'signer.single_key',
          text: `${line.text} Whether the key may speak for this registry is not known.`,
        }
      : {}),
    parts: {
      ...parts,
      known: { ...known, text: `Signatures that verify under the key that was named: ${known.count} of ${known.of}.` },
      inScope: unknown(parts.inScope, 'Trusted for this registry'),
      notRevoked: unknown(parts.notRevoked, 'Not revoked before this snapshot'),
      withinValidity: unknown(parts.withinValidity, 'Within the validity of the key'),
    },
  };
}

function withoutRevocations(line: FreshnessLine): FreshnessLine {
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
    text: 'Whether the key was revoked is not known.',
    parts,
  };
}
