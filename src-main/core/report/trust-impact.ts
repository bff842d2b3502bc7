/**
 * What a change of the trust store would take from the stored snapshots, and the runs and reports that rest on them: the same
 * judgement that reports are gated by, with the trust store as it would be.
 */
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import { type SignerLine, type TrustStore, verificationSchema } from '../../../src-shared/domain/trust.ts';
import type { ReadableDb } from '../store/database.ts';
import { allSnapshots, type StoredSnapshot } from '../store/snapshot-queries.ts';
import { restsOnSnapshot } from '../store/trust-impact-queries.ts';
import { judgeSignersToday } from './snapshot-trust.ts';

type Affected = OutputOf<'trust.revokePreview'>['affected'][number];

const storedSigner = ({ verification }: StoredSnapshot): SignerLine =>
  verificationSchema.parse(JSON.parse(verification)).signer;

const acceptedKeys = ({ signers }: SignerLine): ReadonlySet<string> =>
  new Set(signers.filter(({ trusted }) => trusted).map(({ keyId }) => keyId));

/** Stored snapshots that the key's signature was accepted on at import. */
export const snapshotsSignedBy = (db: ReadableDb, hint: string): readonly StoredSnapshot[] =>
  allSnapshots(db).filter((stored) => acceptedKeys(storedSigner(stored)).has(hint));

/** Highest sequence per registry id of the snapshots on which the key's signature still counts under `trust`; null: of none. */
export function newestSignedBy(
  signed: readonly StoredSnapshot[],
  hint: string,
  trust: TrustStore,
): ReadonlyMap<string, number | null> {
  const newest = new Map<string, number | null>();
  for (const stored of signed) {
    const { registryId, sequence } = stored;
    const counts = acceptedKeys(judgeSignersToday(storedSigner(stored), stored, trust)).has(hint);
    const before = newest.get(registryId) ?? null;
    newest.set(registryId, counts ? Math.max(sequence, before ?? 0) : before);
  }
  return newest;
}

/** Stored snapshots with fewer accepted signers under `after` than under `before`, by registry name and sequence. */
export const affectedSnapshots = (db: ReadableDb, before: TrustStore, after: TrustStore): Affected[] =>
  allSnapshots(db)
    .flatMap((stored) => affectedBy(db, stored, before, after))
    .sort((a, b) => a.registryName.localeCompare(b.registryName) || a.sequence - b.sequence);

function affectedBy(db: ReadableDb, stored: StoredSnapshot, before: TrustStore, after: TrustStore): Affected[] {
  const { registryId, registryName, sequence, snapshot } = stored;
  const line = storedSigner(stored);
  const acceptedBefore = acceptedKeys(judgeSignersToday(line, stored, before)).size;
  const accepted = acceptedKeys(judgeSignersToday(line, stored, after)).size;
  if (accepted >= acceptedBefore) return [];
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
