import { loadTrustStore, snapshotsByKey } from '../store/trust-queries.ts';
import { publisherKeyFromRaw } from '../trust/keys.ts';
import type { Handler } from './context.ts';

export const trustList: Handler<'trust.list'> = (context) => {
  const { reader } = context.workspace();
  const { threshold, keys } = loadTrustStore(reader);
  const counts = snapshotsByKey(reader);
  return {
    threshold,
    keys: keys.map((key) => ({
      ...key,
      fingerprint: publisherKeyFromRaw(key.rawBytes).fingerprint,
      snapshots: counts.get(key.hint) ?? 0,
    })),
  };
};
