/**
 * What may be said today of a snapshot that was verified when it was imported: the keys that signed it may have been revoked
 * since, the word on them may have grown old, and it may have expired. Pure.
 *
 * The signatures themselves were checked at import and cannot change; whom they count for can.
 */
import type {
  FreshnessLine,
  FreshnessParts,
  SignerCode,
  SignerLine,
  TrustStore,
} from '../../../src-shared/domain/trust.ts';
import { judgeFreshness } from '../trust/decide-freshness.ts';
import { acceptedText, refusalOf, revocationOf, type SignedClaim } from '../trust/trust-store.ts';
import { type JudgedSigner, signerParts } from '../trust/verify-signatures.ts';

/** Code of a signer line that fails because a key was revoked after the import. */
const revokedSince = 'signer.revoked';
/** Code of a signer line that stands although not everybody who signed still counts. */
export const fewerSigners = 'signer.fewer';

type Signer = SignerLine['signers'][number];

interface JudgedAgain {
  readonly signer: Signer;
  /** Accepted at import and not today. */
  readonly lost: boolean;
  readonly revokedLater: boolean;
}

/** The signer line stored at import, judged again by key id against today's trust store. It never gets better than it was. */
export function judgeSignersToday(stored: SignerLine, claim: SignedClaim, trust: TrustStore): SignerLine {
  const judged = stored.signers.map((signer) => judgeToday(signer, claim, trust));
  const lost = judged.filter((entry) => entry.lost);
  const kept = judged.filter(({ signer }) => signer.trusted);
  const accepted = new Set(kept.map(({ signer }) => signer.keyId)).size;
  const signers = judged.map(({ signer }) => signer);
  const line = { ...stored, signers, ...partsToday(signers, stored) };
  if (lost.length > 0 && accepted < stored.threshold) {
    return {
      ...line,
      state: 'fail',
      code: lost.some(({ signer }) => signer.code === revokedSince) ? revokedSince : 'signer.untrusted',
      text: `Accepted at import and not today: ${say(lost)}; ${accepted} of ${stored.threshold} required signers remain.`,
    };
  }
  if (lost.length > 0) {
    const text = `${stored.text} Not accepted today: ${say(lost)}; ${accepted} of ${stored.threshold} required signers remain.`;
    return { ...line, state: stored.state === 'fail' ? 'fail' : 'warn', code: fewerSigners, text };
  }
  const later = kept.filter((entry) => entry.revokedLater);
  return later.length === 0 ? line : { ...line, text: `${stored.text} ${say(later)}.` };
}

const say = (list: readonly JudgedAgain[]): string =>
  list.map(({ signer }) => `${signer.label} (${signer.reason})`).join(', ');

function judgeToday(signer: Signer, claim: SignedClaim, trust: TrustStore): JudgedAgain {
  if (!signer.trusted) return { signer, lost: false, revokedLater: false };
  const key = trust.keys.find((candidate) => candidate.hint === signer.keyId);
  const refused = (code: SignerCode, reason: string): JudgedAgain => ({
    signer: { ...signer, trusted: false, code, reason },
    lost: true,
    revokedLater: false,
  });
  if (!key) return refused('signer.untrusted', 'this key is no longer in the trust store');
  const refusal = refusalOf(key, claim);
  if (refusal) return refused(refusal.code, refusal.reason);
  const revocation = revocationOf(key, claim.registryId);
  if (!revocation) return { signer, lost: false, revokedLater: false };
  const reason = `revoked later, good ${acceptedText(revocation.maxSequence)}`;
  return { signer: { ...signer, reason }, lost: false, revokedLater: true };
}

/** The answers behind the line, as of today; left out where an older version stored too little to give them. */
function partsToday(signers: readonly Signer[], stored: SignerLine): Pick<SignerLine, 'parts'> {
  if (!stored.parts) return {};
  const known = signers.filter((signer): signer is JudgedSigner => signer.code !== undefined);
  return known.length === signers.length ? { parts: signerParts(known, stored.threshold) } : { parts: stored.parts };
}

/**
 * The freshness line stored at import, judged anew: a snapshot expires, keys end, and the word on them gets older. It never gets
 * better than it was. `clock`: the effective one of today.
 */
export function judgeFreshnessToday(
  stored: FreshnessLine,
  signer: SignerLine,
  trust: TrustStore,
  clock: FreshnessParts['clock'],
): FreshnessLine {
  if (!stored.parts) return stored;
  const { createdAt, expiresAt } = stored.parts.expiry;
  const keys = trust.keys.filter((key) => signer.signers.some(({ keyId, trusted }) => trusted && keyId === key.hint));
  const today = judgeFreshness({ createdAt, ...(expiresAt === null ? {} : { expiresAt }) }, keys, trust, clock);
  return today.state === 'pass' && stored.state !== 'pass' ? { ...stored, parts: today.parts } : today;
}
