/** Imports one bundle in a process of its own, to be killed while it does. */

import { importSnapshot } from '../../../src-main/core/ingest/import-snapshot.ts';
import { silentJob } from '../../../src-main/core/ports.ts';
import { openVerified } from '../../../src-main/core/snapshot/verify.ts';
import { loadTrustStore } from '../../../src-main/core/store/trust-queries.ts';
import { openWithKeys, type WorkspaceKeys } from '../../../src-main/core/store/workspace.ts';

export interface Order {
  readonly folder: string;
  readonly keys: WorkspaceKeys;
  readonly bundle: string;
  readonly now: Date;
}

process.on('message', async (message) => {
  // Sent by the test beside this file, over a channel that keeps types.
  const { folder, keys, bundle, now } = message as Order;
  const workspace = openWithKeys(folder, keys);
  const verified = await openVerified(bundle, { trust: loadTrustStore(workspace.reader), now, job: silentJob });
  process.send?.('started');
  await importSnapshot(workspace, verified, { historical: false, dryRun: false, now, job: silentJob });
  process.send?.('done');
  await verified.close();
  workspace.close();
  process.disconnect();
});
