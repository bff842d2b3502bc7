import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import type { SignerLine, TrustedKey, TrustStore } from '../../../src-shared/domain/trust.ts';
import { verificationSchema } from '../../../src-shared/domain/trust.ts';
import { raise } from '../../../src-shared/result.ts';
import { toInstant } from '../ports.ts';
import { judgeSignersToday } from '../report/snapshot-trust.ts';
import type { ReadableDb } from '../store/database.ts';
import { allSnapshots, type StoredSnapshot } from '../store/snapshot-queries.ts';
import { restsOnSnapshot } from '../store/trust-impact-queries.ts';
import { loadTrustStore } from '../store/trust-queries.ts';
import { thresholdFor, usableKeys, usableKeysFor } from '../trust/trust-store.ts';
import type { Handler } from './context.ts';

type Affected = OutputOf<'trust.revokePreview'>['affected'][number];

/**
 * What a revocation would change: stored snapshots that would lose an accepted signer, and the runs and reports that rest on them.
 * The same judgement that reports are gated by, with the revocation put into the trust store in memory.
 */
export const trustRevokePreview: Handler<'trust.revokePreview'> = (context, { hint, maxSequence }) => {
  const { reader } = context.workspace();
  const now = context.clock.now();
  const trust = loadTrustStore(reader);
  const key =
    trust.keys.find((candidate) => candidate.hint === hint) ??
    raise('usage', 'trust.unknown_key', 'There is no such key in the trust store.');
  const after = withRevocation(trust, key, maxSequence, toInstant(now));
  const signed = allSnapshots(reader).filter((stored) => acceptedKeys(storedSigner(stored)).has(hint));
  return {
    hint,
    label: key.label,
    maxSequence,
    signed: signed.length,
    affected: signed
      .flatMap((stored) => affectedBy(reader, stored, trust, after))
      .sort((a, b) => a.registryName.localeCompare(b.registryName) || a.sequence - b.sequence),
    usableKeys: usableKeys(after, now).length,
    registriesWithoutQuorum: [...new Set(signed.map(({ registryId }) => registryId))]
      .filter((registryId) => usableKeysFor(after, registryId, now).length < thresholdFor(after, registryId))
      .sort(),
  };
};

/** A revocation is tightened, never loosened; a preview of a loosening shows that nothing changes. */
function withRevocation(trust: TrustStore, key: TrustedKey, wanted: number, at: string): TrustStore {
  const maxSequence = Math.min(wanted, key.revoked?.maxSequence ?? wanted);
  const revoked = { at, maxSequence, reason: 'preview' };
  return { ...trust, keys: trust.keys.map((other) => (other.hint === key.hint ? { ...other, revoked } : other)) };
}

const storedSigner = ({ verification }: StoredSnapshot): SignerLine =>
  verificationSchema.parse(JSON.parse(verification)).signer;

const acceptedKeys = ({ signers }: SignerLine): ReadonlySet<string> =>
  new Set(signers.filter(({ trusted }) => trusted).map(({ keyId }) => keyId));

function affectedBy(db: ReadableDb, stored: StoredSnapshot, before: TrustStore, after: TrustStore): Affected[] {
  const { registryId, registryName, sequence, createdAt, snapshot } = stored;
  const claim = { registryId, sequence, createdAt };
  const line = storedSigner(stored);
  const acceptedBefore = acceptedKeys(judgeSignersToday(line, claim, before)).size;
  const accepted = acceptedKeys(judgeSignersToday(line, claim, after)).size;
  if (accepted === acceptedBefore) return [];
  const { reconcileRuns, checkRuns, reports } = restsOnSnapshot(db, snapshot);
  const effect = accepted === 0 ? 'untrusted' : accepted < line.threshold ? 'below_threshold' : 'fewer';
  return [
    {
      snapshot,
      registryId,
      registryName,
      sequence,
      effect,
      accepted,
      threshold: line.threshold,
      text: effectText(effect, accepted, line.threshold),
      reconcileRuns: [...reconcileRuns],
      checkRuns: [...checkRuns],
      reports: reports.map((report) => ({ ...report })),
    },
  ];
}

function effectText(effect: Affected['effect'], accepted: number, threshold: number): string {
  if (effect === 'untrusted') return 'Nobody who signed it would be trusted any more.';
  const left = `${accepted} of ${threshold} required signers would remain`;
  return effect === 'below_threshold' ? `Too few: ${left}.` : `It would stay trusted: ${left}.`;
}
