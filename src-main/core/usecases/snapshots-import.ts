import { basename } from 'node:path';
import { importSnapshot, recordRejection } from '../ingest/import-snapshot.ts';
import { openVerified, type VerifiedSnapshot } from '../snapshot/verify.ts';
import { newestCreatedAt } from '../store/snapshot-queries.ts';
import { loadTrustStore } from '../store/trust-queries.ts';
import type { Handler } from './context.ts';

/** Verifies a bundle against the workspace's trust store and imports it, or previews the import. */
export const snapshotsImport: Handler<'snapshots.import'> = async (context, input, job) => {
  const workspace = context.workspace();
  const path = context.grants.resolve(input.file);
  const file = basename(path);
  const now = context.clock.now();
  const newest = newestCreatedAt(workspace.reader);
  let verified: VerifiedSnapshot;
  try {
    verified = await openVerified(path, {
      trust: loadTrustStore(workspace.reader),
      now,
      job,
      ...(newest === null ? {} : { newestCreatedAt: newest }),
    });
  } catch (error) {
    if (!input.dryRun) recordRejection(workspace, error, now, { file });
    throw error;
  }
  try {
    return await importSnapshot(workspace, verified, {
      historical: input.historical,
      dryRun: input.dryRun,
      now,
      job,
      file,
    });
  } finally {
    await verified.close();
  }
};
