/**
 * The policy over a snapshot's signatures: who signed, may they, are there enough of them, and how fresh is it.
 *
 * Reads top to bottom as the policy does. Threshold counts distinct keys, never signatures. Freshness only ever warns: an
 * audit tool imports an expired snapshot and says so.
 */
import type { Predicate } from '../../../src-shared/domain/snapshot.ts';
import type { CheckLine, TrustedKey, TrustStore, Verification } from '../../../src-shared/domain/trust.ts';
import { toInstant } from '../ports.ts';
import type { SignatureBundle } from './bundle.ts';
import { verifyDsse } from './dsse.ts';
import { publisherKeyFromRaw } from './keys.ts';
import { hasEnded, type KeyRefusal, refusalOf, type SignedClaim } from './trust-store.ts';

export type SignerLine = Verification['signer'];
type Signer = SignerLine['signers'][number];

/** Clocks of two machines may differ by this much before "created in the future" is said. */
const clockSkewMs = 5 * 60_000;

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

/** Applies scope, revocation, validity and threshold. `claim` is null when the payload is no snapshot statement. */
export function decideSigner(check: SignatureCheck, claim: SignedClaim | null, policy: SignaturePolicy): SignerLine {
  const threshold = Math.max(policy.trust.threshold, policy.threshold ?? 1);
  const judged = check.attempts.map((attempt) => judge(attempt, claim));
  const signers = judged.map(({ signer }) => signer);
  const accepted = new Set(signers.filter((signer) => signer.trusted).map((signer) => signer.keyId));
  const line = (state: CheckLine['state'], code: string, text: string): SignerLine => ({
    state,
    code,
    text,
    threshold,
    signers,
  });

  if (judged.length === 0) return line('fail', 'signature.missing', 'Nobody signed this snapshot.');
  if (accepted.size === 0) {
    const worst = judged[0];
    return line(
      'fail',
      worst?.code ?? 'signer.untrusted',
      `Signer not accepted: ${worst?.signer.label} (${worst?.signer.reason}).`,
    );
  }
  if (accepted.size < threshold) {
    return line(
      'fail',
      'signer.threshold',
      `${accepted.size} of ${threshold} required signers are trusted; ask for the missing signatures.`,
    );
  }
  const names = signers.filter((signer) => signer.trusted).map((signer) => signer.label);
  const forged = judged.filter(({ code }) => code === 'signature.invalid');
  if (forged.length > 0) {
    return line(
      'warn',
      'signer.invalid_cosignature',
      `Signed by ${names.join(', ')}; ${forged.length} further signature does not verify and was not counted.`,
    );
  }
  return line('pass', 'signer.trusted', `Signed by ${names.join(', ')}.`);
}

type SignerCode =
  | 'signer.trusted'
  | 'signer.untrusted'
  | 'signature.invalid'
  | 'statement.malformed'
  | KeyRefusal['code'];

function judge(attempt: Attempt, claim: SignedClaim | null): { readonly signer: Signer; readonly code: SignerCode } {
  const { bundle, key } = attempt;
  const say = (trusted: boolean, code: SignerCode, reason: string) => ({
    signer: { keyId: bundle.keyId, label: key?.label ?? bundle.keyId, trusted, reason },
    code,
  });
  if (!key) return say(false, 'signer.untrusted', 'this key is not in the trust store');
  if (!attempt.genuine) return say(false, 'signature.invalid', 'the signature does not verify');
  if (!claim) return say(false, 'statement.malformed', 'what it signed is not a snapshot statement');
  const refusal = refusalOf(key, claim);
  if (refusal) return say(false, refusal.code, refusal.reason);
  return say(
    true,
    'signer.trusted',
    key.revoked ? `revoked later, good up to sequence ${key.revoked.maxSequence}` : 'trusted',
  );
}

/** Which clock was used, expiry, and keys that have ended since. Warns at most. */
export function decideFreshness(predicate: Predicate, check: SignatureCheck, policy: SignaturePolicy): CheckLine {
  const newest = policy.newestCreatedAt === undefined ? 0 : Date.parse(policy.newestCreatedAt);
  const clockIsBehind = newest > policy.now.getTime() + clockSkewMs;
  const time = Math.max(policy.now.getTime(), newest);
  const clock = clockIsBehind
    ? `the newest snapshot's time ${toInstant(new Date(time))}, because this computer's clock is behind it`
    : `this computer's clock, ${toInstant(new Date(time))}`;
  const warn = (code: string, text: string): CheckLine => ({
    state: 'warn',
    code,
    text: `${text} Judged by ${clock}.`,
  });

  if (Date.parse(predicate.createdAt) > time + clockSkewMs) {
    return warn('freshness.future', `It says it was created at ${predicate.createdAt}, which is in the future.`);
  }
  if (predicate.expiresAt !== undefined && Date.parse(predicate.expiresAt) < time) {
    return warn('freshness.expired', `It expired at ${predicate.expiresAt}; ask for a newer snapshot.`);
  }
  const ended = check.attempts.find((attempt) => attempt.genuine && attempt.key && hasEnded(attempt.key, time))?.key;
  if (ended) {
    return warn(
      'freshness.key_ended',
      `The key "${ended.label}" ended at ${ended.validFor.end}; that the snapshot is older is the publisher's own claim.`,
    );
  }
  if (clockIsBehind) return warn('freshness.clock_behind', `It was created at ${predicate.createdAt}.`);
  const expiry = predicate.expiresAt === undefined ? 'no expiry was set' : `good until ${predicate.expiresAt}`;
  return {
    state: 'pass',
    code: 'freshness.current',
    text: `Created at ${predicate.createdAt}, ${expiry}. Judged by ${clock}; ${trustAge(policy)}.`,
  };
}

function trustAge(policy: SignaturePolicy): string {
  const added = policy.trust.keys.map((key) => key.addedAt).sort();
  const last = added.at(-1);
  return last === undefined ? 'the trust store is empty' : `the trust store last gained a key at ${last}`;
}
