/**
 * The policy over a snapshot's signatures: who signed, may they, are there enough of them.
 *
 * Reads top to bottom as the policy does: known, in scope, not revoked, within validity, threshold met. Each question is asked
 * only of the keys that passed the one before. The threshold counts distinct keys, never signatures.
 */
import type {
  CheckState,
  CountedPart,
  SignerCode,
  SignerLine,
  SignerParts,
  TrustedKey,
  TrustStore,
} from '../../../src-shared/domain/trust.ts';
import type { SignatureBundle } from './bundle.ts';
import { verifyDsse } from './dsse.ts';
import { publisherKeyFromRaw } from './keys.ts';
import { acceptedText, refusalOf, revocationOf, type SignedClaim, thresholdFor } from './trust-store.ts';

export interface SignaturePolicy {
  readonly trust: TrustStore;
  /** Raises the trust store's own threshold; it cannot lower it. */
  readonly threshold?: number;
  readonly now: Date;
  /** Newest creation time seen in earlier snapshots: a clock that was set back does not make an old snapshot fresh. */
  readonly newestCreatedAt?: string;
}

interface Attempt {
  readonly bundle: SignatureBundle;
  readonly key: TrustedKey | undefined;
  readonly genuine: boolean;
}

/** Signatures by trusted keys that verify over the payload, whatever they may be used for. */
export interface SignatureCheck {
  readonly attempts: readonly Attempt[];
  /** True when at least one trusted key really signed these bytes. */
  readonly genuine: boolean;
}

/** Cryptography only. Call before a byte of the payload is believed. */
export function checkSignatures(bundles: readonly SignatureBundle[], trust: TrustStore): SignatureCheck {
  const attempts = bundles.map((bundle): Attempt => {
    const key = trust.keys.find((candidate) => candidate.hint === bundle.keyId);
    return { bundle, key, genuine: key !== undefined && isGenuine(bundle, key) };
  });
  return { attempts, genuine: attempts.some((attempt) => attempt.genuine) };
}

function isGenuine(bundle: SignatureBundle, key: TrustedKey): boolean {
  const publisher = publisherKeyFromRaw(key.rawBytes);
  return (
    publisher.keyId === key.hint && verifyDsse(bundle.payloadType, bundle.payload, bundle.signature, publisher.key)
  );
}

/** Trusted keys that really signed, each once, whatever they may be used for. */
export const genuineKeysOf = ({ attempts }: SignatureCheck): readonly TrustedKey[] => [
  ...new Set(attempts.flatMap(({ genuine, key }) => (genuine && key ? [key] : []))),
];

/** Applies scope, revocation, validity and threshold. `claim` is null when the payload is no snapshot statement. */
export function decideSigner(check: SignatureCheck, claim: SignedClaim | null, policy: SignaturePolicy): SignerLine {
  const threshold = Math.max(thresholdFor(policy.trust, claim?.registryId ?? null), policy.threshold ?? 1);
  const signers = check.attempts.map((attempt) => judge(attempt, claim));
  const line = (state: CheckState, code: string, text: string): SignerLine => ({
    state,
    code,
    text,
    threshold,
    signers,
    ...(signers.length === 0 ? {} : { parts: signerParts(signers, threshold) }),
  });
  const [first] = signers;
  const accepted = signers.filter((signer) => signer.trusted);
  const keys = distinctKeys(accepted);
  const names = accepted.map(({ label }) => label).join(', ');
  const forged = signers.filter(({ code }) => code === 'signature.invalid').length;
  const barred = signers.filter(({ code }) => barredCodes.has(code));

  if (!first) return line('fail', 'signature.missing', 'Nobody signed this snapshot.');
  if (keys === 0) return line('fail', first.code, `Signer not accepted: ${first.label} (${first.reason}).`);
  if (keys < threshold) return line('fail', 'signer.threshold', tooFew(keys, threshold));
  if (forged > 0) return line('warn', 'signer.invalid_cosignature', withForged(names, forged));
  if (barred.length > 0) return line('warn', 'signer.barred_cosignature', withBarred(names, barred));
  return line('pass', 'signer.trusted', `Signed by ${names}.`);
}

/** A known key that signed where it may not: somebody uses it against what is known about it. */
const barredCodes: ReadonlySet<SignerCode> = new Set(['signer.out_of_scope', 'signer.revoked', 'signer.not_valid']);

const withBarred = (names: string, barred: readonly JudgedSigner[]): string =>
  `Signed by ${names}; not counted: ${barred.map(({ label, reason }) => `${label} (${reason})`).join(', ')}.`;

const tooFew = (keys: number, threshold: number): string =>
  `${keys} of ${threshold} required signers are trusted; ask for the missing signatures.`;

const withForged = (names: string, forged: number): string =>
  forged === 1
    ? `Signed by ${names}; 1 further signature does not verify and was not counted.`
    : `Signed by ${names}; ${forged} further signatures do not verify and were not counted.`;

/** One signature with the first question that it failed. */
export type JudgedSigner = SignerLine['signers'][number] & { readonly code: SignerCode };

function judge({ bundle, key, genuine }: Attempt, claim: SignedClaim | null): JudgedSigner {
  const say = (code: SignerCode, reason: string): JudgedSigner => ({
    keyId: bundle.keyId,
    label: key?.label ?? bundle.keyId,
    trusted: code === 'signer.trusted',
    reason,
    code,
  });
  if (!key) return say('signer.untrusted', 'this key is not in the trust store');
  if (!genuine) return say('signature.invalid', 'the signature does not verify');
  if (!claim) return say('statement.malformed', 'what it signed is not a snapshot statement');
  const refusal = refusalOf(key, claim);
  if (refusal) return say(refusal.code, refusal.reason);
  const revocation = revocationOf(key, claim.registryId);
  return say('signer.trusted', revocation ? `revoked later, good ${acceptedText(revocation.maxSequence)}` : 'trusted');
}

const distinctKeys = (signers: readonly { readonly keyId: string }[]): number =>
  new Set(signers.map(({ keyId }) => keyId)).size;

/** In the order of the policy: who fails a question is not asked the next one. */
const failsAt: Readonly<Record<SignerCode, number>> = {
  'signer.untrusted': 0,
  'signature.invalid': 0,
  // What is no statement names no registry: scope is the first question that cannot be answered for it.
  'statement.malformed': 1,
  'signer.out_of_scope': 1,
  'signer.revoked': 2,
  'signer.not_valid': 3,
  'signer.trusted': 4,
};

/** The five answers behind the signer line. A question that is asked of nobody is `unknown`, not passed. */
export function signerParts(signers: readonly Pick<JudgedSigner, 'keyId' | 'code'>[], threshold: number): SignerParts {
  const asked = (question: number): number => signers.filter(({ code }) => failsAt[code] >= question).length;
  const counted = (question: number, what: string): CountedPart => {
    const of = asked(question);
    const count = asked(question + 1);
    if (of === 0) return { state: 'unknown', count, of, text: `${what}: not asked, no signature is left.` };
    return { state: shareState(count, of), count, of, text: `${what}: ${count} of ${of}.` };
  };
  const keys = distinctKeys(signers.filter(({ code }) => code === 'signer.trusted'));
  return {
    known: counted(0, 'Signatures that verify under a key of the trust store'),
    inScope: counted(1, 'Of these, by keys trusted for this registry'),
    notRevoked: counted(2, 'Of these, not revoked before this snapshot'),
    withinValidity: counted(3, 'Of these, within the validity of their key'),
    thresholdMet: {
      state: keys >= threshold ? 'pass' : 'fail',
      count: keys,
      of: threshold,
      text: `Distinct keys accepted: ${keys} of ${threshold} needed.`,
    },
  };
}

/** Some failing beside others that pass is a warning: whether enough are left is the threshold's question. */
const shareState = (count: number, of: number): CheckState => (count === of ? 'pass' : count === 0 ? 'fail' : 'warn');
