/**
 * Import of a verified snapshot: one transaction from the first line to the last check.
 *
 * Records are stored while their bytes are being verified; the commit comes only after `finish` has agreed that every digest,
 * count and the Merkle root are what was signed. Whatever fails or is cancelled leaves nothing but one `rejected` entry
 * in the activity log.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import { verificationSchema } from '../../../src-shared/domain/trust.ts';
import { AssayError } from '../../../src-shared/result.ts';
import { appendActivity } from '../ledger/activity.ts';
import { type JobContext, toInstant } from '../ports.ts';
import { overlaps, scopesOf } from '../scan-scope.ts';
import { isRecordFailure } from '../snapshot/record-lines.ts';
import type { VerifiedSnapshot } from '../snapshot/verify.ts';
import { storeEvidence } from '../store/evidence.ts';
import {
  allSnapshots,
  findSnapshot,
  insertSnapshot,
  knownSnapshots,
  nextSnapshotNumber,
} from '../store/snapshot-queries.ts';
import type { OpenWorkspace } from '../store/workspace.ts';
import { type Continuity, judgeContinuity } from './continuity.ts';
import { recordWriter } from './record-writer.ts';

export type ImportOutput = OutputOf<'snapshots.import'>;

export interface ImportOptions {
  readonly historical: boolean;
  /** Does everything and keeps nothing: the preview. */
  readonly dryRun: boolean;
  readonly now: Date;
  readonly job: JobContext;
  /** Name of the bundle in messages, without its folder. */
  readonly file?: string;
}

/** Lines between two looks at the clock and the cancel flag. */
const linesPerCheck = 500;
const turnMilliseconds = 40;

/** Imports, previews, or recognises a snapshot. The caller closes `verified`. */
export async function importSnapshot(
  workspace: OpenWorkspace,
  verified: VerifiedSnapshot,
  options: ImportOptions,
): Promise<ImportOutput> {
  const { predicate } = verified.statement;
  try {
    const output = await workspace.writer.transactionAsync(
      () => importInside(workspace, verified, options),
      options.dryRun ? 'rollback' : 'commit',
    );
    workspace.writer.checkpoint();
    return output;
  } catch (error) {
    const explained = isRecordFailure(error) ? await verified.explain(error) : error;
    if (!options.dryRun) {
      recordRejection(workspace, explained, options.now, {
        registry: predicate.registry.id,
        sequence: predicate.sequence,
        statementSha256: verified.statementSha256,
      });
    }
    throw explained;
  }
}

/** One `snapshot.rejected` entry for an expected failure that is not a cancellation. */
export function recordRejection(
  workspace: OpenWorkspace,
  error: unknown,
  now: Date,
  details: Readonly<Record<string, string | number>>,
): void {
  if (!(error instanceof AssayError) || error.failure.kind === 'cancelled' || workspace.readOnly) return;
  // A store that is full or busy cannot take the entry either; the failure itself still reaches the person.
  if (error.failure.code.startsWith('workspace.')) return;
  appendActivity(
    workspace,
    {
      action: 'snapshot.rejected',
      summary: `Refused a snapshot: ${error.failure.code}`,
      details: { code: error.failure.code, ...details },
    },
    now,
  );
}

async function importInside(
  workspace: OpenWorkspace,
  verified: VerifiedSnapshot,
  options: ImportOptions,
): Promise<ImportOutput> {
  const db = workspace.writer;
  const { predicate } = verified.statement;
  const continuity = judgeContinuity(
    predicate,
    verified.statementSha256,
    knownSnapshots(db, predicate.registry.id),
    options.historical,
  );
  if (continuity.state === 'already_imported') return alreadyImported(workspace, verified, continuity.snapshot);

  const snapshot = nextSnapshotNumber(db);
  const file = options.file ?? 'the bundle';
  const writer = recordWriter(db, snapshot, continuity.comparedTo, predicate.sources, file);
  const total = predicate.merkle.leaves;
  let done = 0;
  let turnedAt = performance.now();
  for await (const batch of verified.recordLines(options.job)) {
    for (const line of batch) {
      writer.write(line);
      done += 1;
      if (done % linesPerCheck !== 0) continue;
      options.job.throwIfCancelled();
      if (performance.now() - turnedAt < turnMilliseconds) continue;
      options.job.report({ phase: 'records', done, total, unit: 'records' });
      // Messages (cancel, queries) are only seen when the event loop turns.
      await nextTurn();
      turnedAt = performance.now();
    }
  }
  options.job.report({ phase: 'indexes', done, total, unit: 'records' });
  const written = writer.finish();
  options.job.throwIfCancelled();
  const warnings = warningsOf(continuity, verified, workspace);
  const takenAt = earliest(predicate.sources.map((source) => source.collectedAt));
  for await (const evidence of verified.evidence()) {
    options.job.throwIfCancelled();
    storeEvidence(db, snapshot, evidence);
  }
  const verification = await verified.finish();
  options.job.throwIfCancelled();
  insertSnapshot(db, {
    snapshot,
    verified,
    verification,
    chain: continuity.chain,
    comparedTo: continuity.comparedTo,
    takenAt,
    importedAt: toInstant(options.now),
    importedBy: workspace.user.name,
    warnings,
    written,
  });
  appendActivity(
    workspace,
    {
      action: 'snapshot.imported',
      summary: `Imported snapshot ${snapshot}: ${predicate.registry.name || predicate.registry.id}, sequence ${predicate.sequence}, ${written.records} records`,
      details: {
        snapshot,
        registry: predicate.registry.id,
        role: predicate.role,
        sequence: predicate.sequence,
        statementSha256: verified.statementSha256,
        chain: continuity.chain,
        records: written.records,
        incomplete: written.incomplete,
      },
    },
    options.now,
  );
  return {
    outcome: options.dryRun ? 'preview' : 'imported',
    snapshot: options.dryRun ? null : snapshot,
    verification,
    registry: predicate.registry,
    role: predicate.role,
    sequence: predicate.sequence,
    takenAt,
    comparedTo: continuity.comparedTo,
    kinds: [...written.deltas],
    records: written.records,
    bodiesReused: written.bodiesReused,
    incomplete: written.incomplete,
    unknownFields: { ...written.unknownFields },
    warnings: [...warnings],
  };
}

const earliest = (instants: readonly string[]): string =>
  instants.reduce((first, instant) => (Date.parse(instant) < Date.parse(first) ? instant : first));

function warningsOf(
  continuity: Extract<Continuity, { state: 'new' }>,
  verified: VerifiedSnapshot,
  workspace: OpenWorkspace,
): readonly string[] {
  const { predicate } = verified.statement;
  const gaps = predicate.sources
    .filter((source) => !source.complete)
    .map(
      (source) =>
        `The ${source.type} source was not read completely: what it lacks cannot be told from what does not exist.`,
    );
  const before = continuity.comparedTo === null ? null : findSnapshot(workspace.writer, continuity.comparedTo);
  const role =
    before && before.role !== predicate.role
      ? [`The registry's earlier snapshots have the role ${before.role}, this one is ${predicate.role}.`]
      : [];
  return [...continuity.warnings, ...gaps, ...role, ...overlapWarnings(verified, workspace)];
}

/** Other registries of the role that cover the same: one source under two ids counts twice, once out of date. */
function overlapWarnings(verified: VerifiedSnapshot, workspace: OpenWorkspace): string[] {
  const { predicate } = verified.statement;
  const mine = predicate.sources.flatMap(scopesOf);
  const seen = new Set([predicate.registry.id]);
  return allSnapshots(workspace.writer).flatMap((stored) => {
    if (stored.role !== predicate.role || seen.has(stored.registryId)) return [];
    seen.add(stored.registryId);
    const common = stored.statement.predicate.sources
      .flatMap(scopesOf)
      .filter((scope) => mine.some((own) => overlaps(own, scope)));
    if (common.length === 0) return [];
    const more = common.length > 3 ? ` and ${common.length - 3} more` : '';
    return [
      `Snapshot ${stored.snapshot} of another registry (${stored.registryName || stored.registryId}) covers ${common.slice(0, 3).join(', ')}${more} too: if it is the same source, collect it under the same registry id, or both count as current.`,
    ];
  });
}

function alreadyImported(workspace: OpenWorkspace, verified: VerifiedSnapshot, snapshot: number): ImportOutput {
  const stored = findSnapshot(workspace.writer, snapshot);
  const { predicate } = verified.statement;
  return {
    outcome: 'already_imported',
    snapshot,
    verification: verificationSchema.parse(JSON.parse(stored.verification)),
    registry: predicate.registry,
    role: predicate.role,
    sequence: predicate.sequence,
    takenAt: stored.takenAt,
    comparedTo: stored.comparedTo,
    kinds: stored.deltas,
    records: stored.records,
    bodiesReused: stored.records,
    incomplete: stored.incomplete,
    unknownFields: stored.unknownFields,
    warnings: ['This snapshot is already in the workspace; nothing was changed.'],
  };
}
