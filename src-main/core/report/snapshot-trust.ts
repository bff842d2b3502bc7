/**
 * What a report may say today of a snapshot that was verified when it was imported: the keys that signed it may have been
 * revoked since, and its registry's history may have forked or lost a snapshot. Pure.
 *
 * The signatures themselves were checked at import and cannot change; whom they count for can.
 */
import type { CheckLine, TrustStore, Verification } from '../../../src-shared/domain/trust.ts';
import { assertNever } from '../../../src-shared/result.ts';
import type { ChainState } from '../ingest/continuity.ts';
import { refusalOf, type SignedClaim } from '../trust/trust-store.ts';

type SignerLine = Verification['signer'];

/** Code of a signer line that fails because a key was revoked after the import. */
export const revokedSince = 'signer.revoked';
/** Code of a signer line that stands although not everybody who signed still counts. */
export const fewerSigners = 'signer.fewer';

/** The signer line stored at import, judged again by key id against today's trust store. It never gets better than it was. */
export function judgeSignersToday(stored: SignerLine, claim: SignedClaim, trust: TrustStore): SignerLine {
  const judged = stored.signers.map((signer) => {
    if (!signer.trusted) return { signer, code: null, later: false };
    const key = trust.keys.find((candidate) => candidate.hint === signer.keyId);
    const refusal = key
      ? refusalOf(key, claim)
      : { code: 'signer.untrusted', reason: 'this key is no longer in the trust store' };
    if (refusal)
      return { signer: { ...signer, trusted: false, reason: refusal.reason }, code: refusal.code, later: false };
    if (!key?.revoked) return { signer, code: null, later: false };
    const reason = `revoked later, good up to sequence ${key.revoked.maxSequence}`;
    return { signer: { ...signer, reason }, code: null, later: true };
  });
  const signers = judged.map(({ signer }) => signer);
  const lost = judged.filter(({ code }) => code !== null);
  const kept = judged.filter(({ signer }) => signer.trusted);
  const accepted = new Set(kept.map(({ signer }) => signer.keyId)).size;
  const say = (list: typeof judged): string =>
    list.map(({ signer }) => `${signer.label} (${signer.reason})`).join(', ');
  if (lost.length > 0 && accepted < stored.threshold) {
    return {
      ...stored,
      signers,
      state: 'fail',
      code: lost.some(({ code }) => code === revokedSince) ? revokedSince : 'signer.untrusted',
      text: `Accepted at import and not today: ${say(lost)}; ${accepted} of ${stored.threshold} required signers remain.`,
    };
  }
  if (lost.length > 0) {
    const text = `${stored.text} Not accepted today: ${say(lost)}; ${accepted} of ${stored.threshold} required signers remain.`;
    return { ...stored, signers, state: stored.state === 'fail' ? 'fail' : 'warn', code: fewerSigners, text };
  }
  const later = kept.filter((entry) => entry.later);
  return later.length === 0 ? { ...stored, signers } : { ...stored, signers, text: `${stored.text} ${say(later)}.` };
}

/** Where the snapshot stands in the history of its registry, as judged at import. */
export function historyLine(chain: ChainState): CheckLine {
  switch (chain) {
    case 'first':
      return { state: 'pass', code: 'chain.first', text: 'The first of its registry in this workspace.' };
    case 'continues':
      return { state: 'pass', code: 'chain.continues', text: 'Continues the snapshot before it.' };
    case 'historical':
      return { state: 'pass', code: 'chain.historical', text: 'Older than what was stored; imported as historical.' };
    case 'gap':
      return {
        state: 'warn',
        code: 'chain.gap',
        text: 'Snapshots are missing between it and the one stored before it.',
      };
    case 'fork':
      return {
        state: 'warn',
        code: 'chain.fork',
        text: "It names another predecessor than the one stored here: the registry's history has forked.",
      };
    default:
      return assertNever(chain);
  }
}
