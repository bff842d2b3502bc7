/**
 * Import of a verified snapshot: one transaction from the first line to the last check.
 *
 * Records are stored while their bytes are being verified; the commit comes only after `finish` has agreed that every digest,
 * count and the Merkle root are what was signed. Whatever fails or is cancelled leaves nothing but one `rejected` entry
 * in the activity log.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import { appendActivity } from '../ledger/activity.ts';
import { earliest, type JobContext, toInstant } from '../ports.ts';
import { scopesOf, scopeTest } from '../scan-scope.ts';
import { isRecordFailure } from '../snapshot/record-lines.ts';
import type { VerifiedSnapshot } from '../snapshot/verify.ts';
import { storeEvidence } from '../store/evidence.ts';
import { allSnapshots, findSnapshot, insertSnapshot, nextSnapshotNumber } from '../store/snapshot-queries.ts';
import { loadTrustStore } from '../store/trust-queries.ts';
import type { OpenWorkspace } from '../store/workspace.ts';
import { addCoSignatures } from './add-co-signatures.ts';
import { type ChainState, type Continuity, judgeContinuity, type Rival, refuseOtherRole } from './continuity.ts';
import { acceptedFacts, aheadSentence, backwardsSentence } from './continuity-facts.ts';
import { effectiveClock, newestCreatedAt } from './effective-clock.ts';
import { recordPresented, refreshRegistry, settleRollback } from './record-continuity.ts';
import { recordRejection, refusedRival } from './record-rejection.ts';
import { recordWriter } from './record-writer.ts';
import { registryLine } from './registry-line.ts';

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
    const { statement, statementSha256, genuineKeys } = verified;
    recordRejection(
      workspace,
      explained,
      { genuine: [{ statement, statementSha256, keys: genuineKeys }], dryRun: options.dryRun, now: options.now },
      { registry: predicate.registry.id, sequence: predicate.sequence, statementSha256 },
    );
    throw explained;
  }
}

async function importInside(
  workspace: OpenWorkspace,
  verified: VerifiedSnapshot,
  options: ImportOptions,
): Promise<ImportOutput> {
  const db = workspace.writer;
  const { predicate } = verified.statement;
  // What an answer lacks was not asked for: as a snapshot it would say that everything else is gone.
  if (predicate.answers) throw new Error('an answer to a request is never stored as a snapshot');
  // The trust store may have changed since the bundle was opened; inside the transaction it cannot.
  await verified.judgeAgain(loadTrustStore(db), newestCreatedAt(db));
  const line = registryLine(db, predicate.registry.id);
  const continuity = judgeContinuity(predicate, verified.statementSha256, line, options.historical);
  if (continuity.state === 'already_imported')
    return alreadyImported(workspace, verified, continuity.snapshot, options.now);
  refuseOtherRole(predicate, line);

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
  const warnings = [
    ...warningsOf(continuity, verified, workspace, options.now),
    ...twinWarnings(written.spellingTwins),
  ];
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
  recordContinuity(workspace, verified, { snapshot, ...continuity }, options.now);
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

/** What the import shows about the registry's chain, in its transaction. */
function recordContinuity(
  { writer, user }: OpenWorkspace,
  { statement: { predicate }, statementSha256, genuineKeys }: VerifiedSnapshot,
  imported: { readonly snapshot: number; readonly chain: ChainState; readonly rival: Rival | null },
  now: Date,
): void {
  const { snapshot } = imported;
  const registryId = predicate.registry.id;
  const { sequence } = predicate;
  const at = toInstant(now);
  const stored = { snapshot, sequence, statementSha256, registryName: predicate.registry.name };
  const rival = imported.rival ?? refusedRival(writer, { registryId, sequence, statementSha256 });
  const clock = effectiveClock(writer, now).at;
  recordPresented(writer, acceptedFacts(stored, predicate, { genuineKeys, rival, clock }), at);
  if (imported.chain === 'historical')
    settleRollback(writer, registryId, { snapshot, statementSha256, by: user.name }, at);
  refreshRegistry(writer, registryId, clock, at);
}

function warningsOf(
  continuity: Extract<Continuity, { state: 'new' }>,
  verified: VerifiedSnapshot,
  workspace: OpenWorkspace,
  now: Date,
): readonly string[] {
  const { predicate } = verified.statement;
  const gaps = predicate.sources
    .filter((source) => !source.complete)
    .map(
      (source) =>
        `The ${source.type} source was not read completely: what it lacks cannot be told from what does not exist.`,
    );
  const below = continuity.comparedTo === null ? null : findSnapshot(workspace.writer, continuity.comparedTo);
  const backwards = below && backwardsSentence(predicate, below);
  const ahead = aheadSentence(predicate, effectiveClock(workspace.writer, now).at);
  return [
    ...continuity.warnings,
    ...[backwards, ahead].filter((sentence) => sentence !== null),
    ...gaps,
    ...overlapWarnings(verified, workspace),
  ];
}

function twinWarnings(twins: readonly string[]): string[] {
  if (twins.length === 0) return [];
  const more = twins.length > 3 ? ` and ${twins.length - 3} more` : '';
  return [
    `${twins.slice(0, 3).join(', ')}${more}: records whose ids differ in Unicode spelling only. They are kept apart; ask the registry whether they are the same.`,
  ];
}

/** Other registries of the role that cover the same: one source under two ids counts twice, once out of date. */
function overlapWarnings(verified: VerifiedSnapshot, workspace: OpenWorkspace): string[] {
  const { predicate } = verified.statement;
  const isMine = scopeTest(predicate.sources.flatMap(scopesOf));
  const seen = new Set([predicate.registry.id]);
  return allSnapshots(workspace.writer).flatMap((stored) => {
    if (stored.role !== predicate.role || seen.has(stored.registryId)) return [];
    seen.add(stored.registryId);
    const common = stored.statement.predicate.sources.flatMap(scopesOf).filter(isMine);
    if (common.length === 0) return [];
    const more = common.length > 3 ? ` and ${common.length - 3} more` : '';
    return [
      `Snapshot ${stored.snapshot} of another registry (${stored.registryName || stored.registryId}) covers ${common.slice(0, 3).join(', ')}${more} too: if it is the same source, collect it under the same registry id, or both count as current.`,
    ];
  });
}

/**
 * No record is stored again; the file is read to its end all the same, because it may be another one under the same statement.
 * Signatures that are not stored yet are added: a co-signed copy is how a snapshot that lost a signer counts again.
 */
async function alreadyImported(
  workspace: OpenWorkspace,
  verified: VerifiedSnapshot,
  snapshot: number,
  now: Date,
): Promise<ImportOutput> {
  const { predicate } = verified.statement;
  const verification = await verified.finish();
  const added = await addCoSignatures(workspace, verified, snapshot, now);
  const stored = findSnapshot(workspace.writer, snapshot);
  return {
    outcome: 'already_imported',
    snapshot,
    verification,
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
    warnings: [
      added === 0
        ? 'This snapshot is already in the workspace; nothing was changed.'
        : `This snapshot is already in the workspace; signatures that were added to it: ${added}.`,
    ],
  };
}
