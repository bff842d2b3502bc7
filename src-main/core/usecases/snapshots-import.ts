import { basename } from 'node:path';
import { newestCreatedAt } from '../ingest/effective-clock.ts';
import { importSnapshot } from '../ingest/import-snapshot.ts';
import { recordRejection } from '../ingest/record-rejection.ts';
import { importAnswer } from '../request/import-answer.ts';
import type { GenuineStatement } from '../snapshot/genuine-statements.ts';
import { openVerified, type VerifiedSnapshot } from '../snapshot/verify.ts';
import { loadTrustStore } from '../store/trust-queries.ts';
import type { Handler } from './context.ts';
import { identityOf } from './read-identity.ts';

/** Verifies a bundle against the workspace's trust store and imports it, or previews the import; an answer goes to its request. */
export const snapshotsImport: Handler<'snapshots.import'> = async (context, input, job) => {
  const workspace = context.workspace();
  const path = context.grants.resolve(input.file);
  const file = basename(path);
  const now = context.clock.now();
  const newest = newestCreatedAt(workspace.reader);
  let verified: VerifiedSnapshot;
  let genuine: readonly GenuineStatement[] = [];
  const identity = await identityOf(context, input.identity);
  try {
    verified = await openVerified(path, {
      trust: loadTrustStore(workspace.reader),
      now,
      job,
      onRefused(statements) {
        genuine = statements;
      },
      ...identity,
      ...(newest === null ? {} : { newestCreatedAt: newest }),
    });
  } catch (error) {
    recordRejection(workspace, error, { genuine, dryRun: input.dryRun, now }, { file });
    throw error;
  }
  try {
    if (verified.statement.predicate.answers)
      return await importAnswer(workspace, verified, { dryRun: input.dryRun, now, job, file });
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
