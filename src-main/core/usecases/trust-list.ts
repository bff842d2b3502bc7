import { effectiveClock } from '../ingest/effective-clock.ts';
import { findTrustIssuer, loadTrustStore, snapshotsByKey } from '../store/trust-queries.ts';
import { trustAge } from '../trust/decide-freshness.ts';
import { publisherKeyFromRaw } from '../trust/keys.ts';
import { lastChange, revocationKnownAt, usableKeys } from '../trust/trust-store.ts';
import type { Handler } from './context.ts';

export const trustList: Handler<'trust.list'> = (context) => {
  const { reader } = context.workspace();
  const now = new Date(effectiveClock(reader, context.clock.now()).at);
  const trust = loadTrustStore(reader);
  const counts = snapshotsByKey(reader);
  const issuer = findTrustIssuer(reader);
  return {
    threshold: trust.threshold,
    thresholds: trust.thresholds ?? {},
    usableKeys: usableKeys(trust, now).length,
    changedAt: lastChange(trust),
    issuer: issuer && {
      name: issuer.name,
      keyId: issuer.keyId,
      fingerprint: publisherKeyFromRaw(issuer.rawBytes).fingerprint,
      serial: issuer.serial,
      issuedAt: issuer.issuedAt,
      pinnedAt: issuer.pinnedAt,
    },
    keys: trust.keys.map((key) => ({
      ...key,
      fingerprint: publisherKeyFromRaw(key.rawBytes).fingerprint,
      snapshots: counts.get(key.hint) ?? 0,
      revocationUnknownSince: revocationKnownAt(key),
      stale: !key.revoked && trustAge(trust, [key], now.getTime()).revocation.state === 'warn',
    })),
  };
};
