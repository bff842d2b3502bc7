/**
 * Who vouches for an artifact: the keys and authorities that a person accepts, and the policy over the signatures found.
 *
 * An artifact states neither registry nor sequence nor a time that anybody else vouches for. So a revoked key is refused for
 * good, a key's validity is judged today, and scope and threshold can be applied only where the record says which registry it
 * is from; where nobody says so, what depends on it is "cannot determine".
 */
import type { z } from 'zod';
import type { artifactVerificationSchema } from '../../../src-shared/domain/artifact.ts';
import type { CheckLine, TrustedKey, TrustStore } from '../../../src-shared/domain/trust.ts';
import { publisherKeyFromRaw } from '../trust/keys.ts';
import { hasEnded, isInScope, revocationOf, thresholdFor } from '../trust/trust-store.ts';
import { type ArtifactKey, describeArtifactKey, envelopeVerifier } from './artifact-key.ts';
import type { SigningCertificate } from './certificate-chain.ts';
import type { Envelope, EnvelopeSignature } from './signature-file.ts';

export type ArtifactSignerLine = z.infer<typeof artifactVerificationSchema>['signer'];
type Signer = ArtifactSignerLine['signers'][number];

/** One key that may have signed. */
export interface Candidate {
  readonly key: ArtifactKey;
  readonly label: string;
  /** Why it may not vouch for this artifact, with the code of the line; null: it may. */
  readonly refusal: { readonly code: string; readonly reason: string } | null;
  /** What remains open although it may. */
  readonly reservation: string | null;
  /** How a refusal is answered. */
  readonly state: 'fail' | 'unknown';
  /** Came with the signature and nobody vouches for it: what it signed is a stranger's word. */
  readonly stranger: boolean;
  /** Null for a key. */
  readonly certificate: SigningCertificate | null;
}

export interface ArtifactTrust {
  readonly candidates: readonly Candidate[];
  /** DER of the authorities whose certificates are accepted. */
  readonly authorities: readonly Buffer[];
  /** `the key that was given`, `the workspace's trust store`. */
  readonly source: string;
  /** Absent: one signer is enough, as for a key that a person named. */
  readonly needed?: SignersNeeded;
}

/** Distinct keys that must have signed. */
export interface SignersNeeded {
  /** In whatever registry. */
  readonly least: number;
  /** In the registry that asks for most; above `least` only where nobody knows which registry it is. */
  readonly most: number;
}

/** A key that a person named for this one check. */
export const namedKey = (key: ArtifactKey, file: string): Candidate => ({
  key,
  label: `${file} (${key.name}, ${key.fingerprint.slice(0, 19)}…)`,
  refusal: null,
  reservation: null,
  state: 'fail',
  stranger: false,
  certificate: null,
});

/** A trust store with all that it asks for. `registryId` null: nobody knows which registry the artifact belongs to. */
export function storeTrust(trust: TrustStore, registryId: string | null, now: Date, source: string): ArtifactTrust {
  const least = thresholdFor(trust, registryId);
  const most = registryId === null ? Math.max(least, ...Object.values(trust.thresholds ?? {})) : least;
  return { candidates: storeKeys(trust, registryId, now), authorities: [], source, needed: { least, most } };
}

const storeKeys = (trust: TrustStore, registryId: string | null, now: Date): readonly Candidate[] =>
  trust.keys.map((trusted) => {
    const scoped = registryId === null && !trusted.registryIds.includes('*');
    return {
      key: describeArtifactKey(publisherKeyFromRaw(trusted.rawBytes).key),
      label: trusted.label,
      refusal: refusalOf(trusted, registryId, now),
      reservation: scoped
        ? `it is trusted for ${trusted.registryIds.join(', ')} only, and nothing says whether this artifact belongs there`
        : null,
      state: 'fail',
      stranger: false,
      certificate: null,
    };
  });

function refusalOf(key: TrustedKey, registryId: string | null, now: Date): Candidate['refusal'] {
  if (registryId !== null && !isInScope(key, registryId))
    return { code: 'signer.out_of_scope', reason: `not trusted for registry ${registryId}` };
  const revocation = registryId === null ? (key.revoked ?? key.retired?.[0]) : revocationOf(key, registryId);
  if (revocation)
    return {
      code: 'signer.revoked',
      reason: `revoked (${revocation.reason}), and whether it signed before that is not known`,
    };
  const outside =
    hasEnded(key, now.getTime()) ||
    (key.validFor.start !== undefined && now.getTime() < Date.parse(key.validFor.start));
  return outside ? { code: 'signer.not_valid', reason: 'outside the time for which the key is trusted' } : null;
}

/** `judgeable` false: no authority was named that could vouch for it, so nothing is known about the signer. */
export const certificateCandidate = (certificate: SigningCertificate, judgeable: boolean): Candidate => ({
  key: certificate.key,
  label: labelOf(certificate),
  refusal: certificateRefusal(certificate, judgeable),
  reservation: null,
  state: certificate.keyless || !judgeable ? 'unknown' : 'fail',
  stranger: certificate.keyless || !judgeable || certificate.refusal !== null,
  certificate,
});

function certificateRefusal({ keyless, refusal }: SigningCertificate, judgeable: boolean): Candidate['refusal'] {
  if (keyless) {
    return {
      code: 'signer.keyless',
      reason:
        'it is a short-lived certificate of a keyless signature, and who used it is only known together with a transparency log, which cannot be asked offline',
    };
  }
  if (!judgeable) {
    return {
      code: 'signer.no_authority',
      reason: 'it brings a certificate, and no certificate authority was named to judge it by',
    };
  }
  return refusal === null ? null : { code: 'signer.certificate', reason: refusal };
}

function labelOf({ subject, key, authority, refusal }: SigningCertificate): string {
  const name = subject || `certificate of key ${key.fingerprint.slice(0, 19)}…`;
  return authority === null || refusal !== null ? name : `${name} (certified by ${authority})`;
}

export interface SignerDecision {
  readonly line: ArtifactSignerLine;
  /** A key that the person named or trusts, or a certificate, really signed: what was signed may be compared. */
  readonly genuine: boolean;
  /** Whose signature counts, or would if it were accepted. */
  readonly by: Candidate | null;
}

interface Judged {
  readonly signer: Signer;
  readonly candidate: Candidate | null;
  readonly code: string;
}

export const decideEnvelope = (
  envelope: Envelope,
  candidates: readonly Candidate[],
  trust: ArtifactTrust,
): SignerDecision => {
  const holds = envelopeVerifier(envelope);
  return decide(
    envelope.signatures,
    ({ signature }) => firstThat(candidates, ({ key }) => holds(signature, key)),
    candidates,
    trust,
  );
};

/** The first candidate that may vouch and for which `holds` says yes, else the first for which it does. */
export function firstThat(
  candidates: readonly Candidate[],
  holds: (candidate: Candidate) => boolean,
): Candidate | null {
  const willing = candidates.filter(({ refusal }) => refusal === null);
  return willing.find(holds) ?? candidates.find((candidate) => candidate.refusal !== null && holds(candidate)) ?? null;
}

/** `holds` finds the key under which a signature verifies. */
export function decide(
  signatures: readonly EnvelopeSignature[],
  holds: (signature: EnvelopeSignature) => Candidate | null,
  candidates: readonly Candidate[],
  trust: ArtifactTrust,
): SignerDecision {
  const judged = signatures.map((signature) => judge(signature, holds(signature), candidates));
  const accepted = judged.filter(({ signer }) => signer.trusted);
  const line = (state: CheckLine['state'], code: string, text: string): SignerDecision => ({
    line: { state, code, text, signers: judged.map(({ signer }) => signer) },
    by: (accepted[0] ?? judged[0])?.candidate ?? null,
    genuine: judged.some(({ candidate }) => candidate !== null && !candidate.stranger),
  });
  if (accepted.length === 0) {
    const known = judged.find(({ candidate }) => candidate !== null) ?? judged[0];
    if (!known) return line('fail', 'signature.missing', 'Nobody signed this.');
    return line(
      known.candidate?.state ?? 'fail',
      known.code,
      `Signer not accepted: ${known.signer.label} (${known.signer.reason}). Looked up in ${trust.source}.`,
    );
  }
  const { least, most } = trust.needed ?? { least: 1, most: 1 };
  const names = accepted.map(({ signer }) => signer.label).join(', ');
  const keys = distinctKeys(accepted);
  if (keys < least)
    return line(
      'fail',
      'signer.threshold',
      `${keys} of ${least} required signers are accepted (${names}); ask for the missing signatures.`,
    );
  if (distinctKeys(accepted.filter(({ candidate }) => candidate?.reservation === null)) < most) {
    const open =
      accepted.map(({ candidate }) => candidate?.reservation).find(Boolean) ??
      `a registry asks for ${most} signers, and nothing says whether this artifact belongs there`;
    return line('unknown', 'signer.scope_unknown', `Cannot determine: signed by ${names}; ${open}.`);
  }
  const lying = accepted.find(({ code }) => code === 'signer.hint_differs');
  if (lying) return line('warn', 'signer.hint_differs', `Signed by ${names}; the signature file names another key.`);
  const unread = judged.length - accepted.length;
  const rest = unread > 0 ? ` ${unread} further signature was not counted.` : '';
  return line('pass', 'signer.trusted', `Signed by ${names}, accepted through ${trust.source}.${rest}`);
}

const distinctKeys = (judged: readonly Judged[]): number =>
  new Set(judged.map(({ candidate }) => candidate?.key.fingerprint)).size;

function judge(signature: EnvelopeSignature, candidate: Candidate | null, candidates: readonly Candidate[]): Judged {
  const hint = signature.keyHint;
  const named = hint === null ? undefined : candidates.find(({ key }) => key.names.includes(hint));
  const say = (about: Candidate | null, trusted: boolean, code: string, reason: string): Judged => ({
    candidate: about === candidate ? candidate : null,
    signer: {
      keyId: about?.key.names[0] ?? hint ?? '',
      label: about?.label ?? (hint === null ? 'unnamed key' : `key ${hint}`),
      trusted,
      reason,
    },
    code,
  });
  if (!candidate) {
    const [only] = candidates;
    const expected = named ?? (candidates.length === 1 ? only : undefined);
    return expected
      ? say(expected, false, 'signature.invalid', 'the signature does not verify under this key')
      : say(null, false, 'signer.untrusted', 'no accepted key verifies the signature');
  }
  if (candidate.refusal) return say(candidate, false, candidate.refusal.code, candidate.refusal.reason);
  const lies = hint !== null && looksLikeKeyName(hint) && !candidate.key.names.includes(hint);
  return say(candidate, true, lies ? 'signer.hint_differs' : 'signer.trusted', 'accepted');
}

/** A digest of a key. Other tools put free text into the same field. */
const looksLikeKeyName = (hint: string): boolean => /^([0-9a-f]{64}|[A-Za-z0-9+/]{43}=)$/.test(hint);
