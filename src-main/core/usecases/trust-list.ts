import { loadTrustStore, snapshotsByKey } from '../store/trust-queries.ts';
import { publisherKeyFromRaw } from '../trust/keys.ts';
import { usableKeys } from '../trust/trust-store.ts';
import type { Handler } from './context.ts';

export const trustList: Handler<'trust.list'> = (context) => {
  const { reader } = context.workspace();
  const trust = loadTrustStore(reader);
  const { threshold, keys } = trust;
  const counts = snapshotsByKey(reader);
  return {
    threshold,
    usableKeys: usableKeys(trust, context.clock.now()).length,
    keys: keys.map((key) => ({
      ...key,
      fingerprint: publisherKeyFromRaw(key.rawBytes).fingerprint,
      snapshots: counts.get(key.hint) ?? 0,
    })),
  };
};
