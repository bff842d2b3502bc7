/**
 * Whether a key rotation counts, and what it changes (TUF specification 5.3, narrowed to one registry).
 *
 * It counts when the old threshold of keys that are trusted today has signed it, the new threshold of the keys that then stand
 * has, and every new key has too: nobody can bring in a key that he does not hold. Distinct keys are counted, never signatures.
 */
import { greatestStep } from '../../../src-shared/domain/continuity.ts';
import type { TrustedKey, TrustStore } from '../../../src-shared/domain/trust.ts';
import { raise } from '../../../src-shared/result.ts';
import { sha256Hex } from '../canonical-json.ts';
import { earliest, toInstant } from '../ports.ts';
import { isFuture } from './decide-freshness.ts';
import { type Envelope, isSignedBy } from './envelope.ts';
import type { Rotation } from './rotation.ts';
import { checkTrustedKey, isInScope, revocationOf, thresholdFor, usableKeysFor } from './trust-store.ts';

export interface RotationSigner {
  readonly keyId: string;
  readonly label: string;
  /** `other`: unknown here, out of scope, revoked, or its signature does not verify. */
  readonly counts: 'old' | 'new' | 'other';
  readonly reason: string;
}

export interface RotationPlan {
  readonly rotation: Rotation;
  readonly payloadSha256: string;
  readonly signers: readonly RotationSigner[];
  /** Distinct old keys that signed, of how many are needed. */
  readonly accepted: number;
  readonly needed: number;
  readonly thresholdBefore: number;
  readonly thresholdAfter: number;
  /** The trust store as it is afterwards. */
  readonly trust: TrustStore;
  readonly added: readonly TrustedKey[];
  readonly retired: readonly { readonly key: TrustedKey; readonly lastSequence: number | null }[];
}

interface RotationContext {
  /** This computer's clock: when it is applied. */
  readonly now: Date;
  /** The effective clock: setting the computer's back revives no key that has ended. */
  readonly clock: Date;
  readonly lastSerial: number;
  readonly file: string;
  readonly appliedBy: string;
}

/**
 * Judges a rotation against today's trust store; pure, so that the preview and the act are the same computation. Raises `trust` /
 * `rotation.replayed`, `.leap`, `.future`, `.other_registry`, `.too_few_signatures`, `.no_possession`, `.new_threshold`, `.unknown_key`, `.revoked_key`.
 */
export function planRotation(envelope: Envelope<Rotation>, trust: TrustStore, context: RotationContext): RotationPlan {
  const { document: rotation } = envelope;
  const { file, clock } = context;
  requireNewer(rotation, context.lastSerial, file);
  requirePast(rotation, clock, file);
  const old = usableKeysFor(trust, rotation.registryId, clock).filter((key) => isSignedBy(envelope, key.rawBytes));
  const needed = thresholdFor(trust, rotation.registryId);
  const signers = signersOf(envelope, trust, old);
  if (old.length < needed) refuseSigners(rotation, signers, old.length, needed, trust, envelope, file);
  for (const key of rotation.addKeys) {
    if (!isSignedBy(envelope, key.rawBytes))
      refuse('no_possession', file, `the new key "${key.label}" has not signed it, so nobody showed to hold it`);
  }
  const after = applyRotation(rotation, trust, context);
  const standing = usableKeysFor(after.trust, rotation.registryId, clock);
  const thresholdAfter = thresholdFor(after.trust, rotation.registryId);
  const newSigners = standing.filter((key) => isSignedBy(envelope, key.rawBytes)).length;
  if (newSigners < thresholdAfter)
    refuse(
      'new_threshold',
      file,
      `${newSigners} of the keys that stand afterwards signed it and ${thresholdAfter} are needed, so the next snapshot could not be accepted`,
    );
  return {
    rotation,
    payloadSha256: sha256Hex(envelope.payload),
    signers,
    accepted: old.length,
    needed,
    thresholdBefore: needed,
    thresholdAfter,
    ...after,
  };
}

function requireNewer({ serial, registryId }: Rotation, lastSerial: number, file: string): void {
  if (serial <= lastSerial) {
    refuse(
      'replayed',
      file,
      `its serial is ${serial} and rotation ${lastSerial} of ${registryId} was already applied; an older rotation must not bring back old keys`,
    );
  }
  if (serial - lastSerial > greatestStep)
    refuse('leap', file, `its serial leaps from ${lastSerial} to ${serial}, which would leave later ones no numbers`);
}

function requirePast({ createdAt }: Rotation, clock: Date, file: string): void {
  if (isFuture(createdAt, clock.getTime()))
    refuse(
      'future',
      file,
      `it says it was made at ${createdAt}, which is in the future: a clock is wrong, here or there`,
    );
}

function signersOf(
  envelope: Envelope<Rotation>,
  trust: TrustStore,
  old: readonly TrustedKey[],
): readonly RotationSigner[] {
  const { registryId, addKeys } = envelope.document;
  return [...new Set(envelope.signatures.map(({ keyId }) => keyId))].map((keyId): RotationSigner => {
    const added = addKeys.find((key) => key.hint === keyId);
    const known = trust.keys.find((key) => key.hint === keyId);
    const label = known?.label ?? added?.label ?? keyId;
    if (old.some((key) => key.hint === keyId)) return { keyId, label, counts: 'old', reason: 'trusted today' };
    const rawBytes = added?.rawBytes ?? known?.rawBytes;
    const other = (reason: string): RotationSigner => ({ keyId, label, counts: 'other', reason });
    if (rawBytes === undefined) return other('this key is not in the trust store');
    if (!isSignedBy(envelope, rawBytes)) return other('the signature does not verify');
    if (added) return { keyId, label, counts: 'new', reason: 'shows that it holds the new key' };
    if (known && !isInScope(known, registryId)) return other(`not trusted for registry ${registryId}`);
    return other(known && revocationOf(known, registryId) ? 'revoked' : 'outside its validity');
  });
}

function refuseSigners(
  { registryId }: Rotation,
  signers: readonly RotationSigner[],
  accepted: number,
  needed: number,
  trust: TrustStore,
  envelope: Envelope<Rotation>,
  file: string,
): never {
  const elsewhere = trust.keys.filter(
    (key) => !isInScope(key, registryId) && !key.revoked && isSignedBy(envelope, key.rawBytes),
  );
  if (accepted === 0 && elsewhere.length > 0) {
    const scopes = [...new Set(elsewhere.flatMap((key) => key.registryIds))].join(', ');
    refuse('other_registry', file, `it is about ${registryId}, and who signed it is trusted for ${scopes} only`);
  }
  const others = signers.filter(({ counts }) => counts === 'other').map(({ label, reason }) => `${label} (${reason})`);
  refuse(
    'too_few_signatures',
    file,
    `${accepted} of ${needed} required keys that are trusted for ${registryId} signed it${others.length > 0 ? `; not counted: ${others.join(', ')}` : ''}`,
  );
}

function applyRotation(
  rotation: Rotation,
  trust: TrustStore,
  { now, file, appliedBy }: RotationContext,
): Pick<RotationPlan, 'trust' | 'added' | 'retired'> {
  const { registryId, serial } = rotation;
  const at = toInstant(now);
  const keys = new Map(trust.keys.map((key) => [key.hint, key]));
  const retired = rotation.retireKeys.map(({ hint, lastSequence }) => {
    const key = keys.get(hint);
    if (!key || !isInScope(key, registryId))
      return refuse('unknown_key', file, `it retires the key ${hint}, which is not trusted for ${registryId} here`);
    const entry = { registryId, at, maxSequence: lastSequence, reason: `key rotation ${serial}` };
    const others = (key.retired ?? []).filter((known) => known.registryId !== registryId);
    const before = (key.retired ?? []).find((known) => known.registryId === registryId);
    const kept = before && (before.maxSequence ?? -1) <= (lastSequence ?? -1) ? before : entry;
    keys.set(hint, { ...key, retired: [...others, kept] });
    return { key, lastSequence };
  });
  const added = rotation.addKeys.map((wanted) => {
    const key = joined(wanted, keys.get(wanted.hint));
    checkTrustedKey(key, file);
    keys.set(key.hint, key);
    return key;
  });
  const thresholds = { ...trust.thresholds, [registryId]: rotation.threshold };
  return {
    trust: {
      ...trust,
      thresholds,
      changedAt: at,
      keys: [...keys.values()].sort((a, b) => (a.hint < b.hint ? -1 : 1)),
    },
    added,
    retired,
  };

  /** A key that is new here speaks for this registry and no other; one that is known gains it. */
  function joined(wanted: Rotation['addKeys'][number], known: TrustedKey | undefined): TrustedKey {
    if (!known) {
      return {
        ...wanted,
        keyDetails: 'PKIX_ECDSA_P256_SHA_256',
        registryIds: [registryId],
        addedAt: at,
        addedBy: `${appliedBy} (key rotation ${serial})`,
        // What the publisher says about the key is as old as the rotation, however late it is applied.
        confirmedAt: earliest([rotation.createdAt, at]),
      };
    }
    if (revocationOf(known, registryId))
      refuse('revoked_key', file, `it brings back "${known.label}", which is revoked here`);
    return isInScope(known, registryId) ? known : { ...known, registryIds: [...known.registryIds, registryId] };
  }
}

function refuse(code: string, file: string, why: string): never {
  return raise(
    'trust',
    `rotation.${code}`,
    `The key rotation ${file} was not applied: ${why}. The trust store is unchanged.`,
    {
      file,
      reason: why,
    },
  );
}
