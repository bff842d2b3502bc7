import { raise } from '../../../src-shared/result.ts';
import { effectiveClock } from '../ingest/effective-clock.ts';
import { toInstant } from '../ports.ts';
import { affectedSnapshots, newestSignedBy, snapshotsSignedBy } from '../report/trust-impact.ts';
import { loadTrustStore } from '../store/trust-queries.ts';
import { loosenedBy, planRevocation, revokedBy } from '../trust/revocation.ts';
import { thresholdFor, usableKeys, usableKeysFor } from '../trust/trust-store.ts';
import type { Handler } from './context.ts';

/** What a revocation would change, and what stays good in each registry unless somebody says otherwise; it changes nothing. */
export const trustRevokePreview: Handler<'trust.revokePreview'> = (context, { hint, accepted }) => {
  const { reader } = context.workspace();
  const now = context.clock.now();
  const clock = new Date(effectiveClock(reader, now).at);
  const trust = loadTrustStore(reader);
  const key =
    trust.keys.find((candidate) => candidate.hint === hint) ??
    raise('usage', 'trust.unknown_key', 'There is no such key in the trust store.');
  const signed = snapshotsSignedBy(reader, hint);
  const newest = newestSignedBy(signed, hint, trust);
  const plan = planRevocation(key, newest, accepted);
  // A loosening is refused, so its preview shows that nothing changes.
  const revoked = loosenedBy(key, plan) ? key : revokedBy(key, plan, toInstant(now), 'preview');
  const after = { ...trust, keys: trust.keys.map((other) => (other.hint === hint ? revoked : other)) };
  const names = new Map(signed.map(({ registryId, registryName }) => [registryId, registryName]));
  return {
    hint,
    label: key.label,
    accepted: plan.map((entry) => ({
      ...entry,
      registryName: names.get(entry.registryId) ?? '',
      newestStored: newest.get(entry.registryId) ?? null,
    })),
    signed: signed.length,
    affected: affectedSnapshots(reader, trust, after),
    usableKeys: usableKeys(after, clock).length,
    registriesWithoutQuorum: plan
      .map(({ registryId }) => registryId)
      .filter((registryId) => usableKeysFor(after, registryId, clock).length < thresholdFor(after, registryId)),
  };
};
