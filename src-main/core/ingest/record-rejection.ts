/**
 * What a refused bundle leaves: one entry in the activity log, and an event with a finding for what trusted keys really signed.
 *
 * A stranger's bundle leaves the entry alone. A preview keeps nothing of a bundle, so it leaves no entry either; but a publisher's
 * own signature that contradicts itself is evidence whether or not anybody meant to import it, and is kept.
 */
import { AssayError } from '../../../src-shared/result.ts';
import { appendActivity } from '../ledger/activity.ts';
import { toInstant } from '../ports.ts';
import type { GenuineStatement } from '../snapshot/genuine-statements.ts';
import { firstRefusedRival, saveRefusedStatement } from '../store/continuity-queries.ts';
import type { ReadableDb } from '../store/database.ts';
import type { OpenWorkspace } from '../store/workspace.ts';
import { type Rival, rivalOf } from './continuity.ts';
import { type RefusedStatement, refusedFacts, speaksForRegistry } from './continuity-facts.ts';
import { recordPresented } from './record-continuity.ts';
import { registryLine } from './registry-line.ts';

export interface Refusal {
  /** What trusted keys really signed of the bundle; empty for a stranger's. */
  readonly genuine: readonly GenuineStatement[];
  readonly dryRun: boolean;
  readonly now: Date;
}

/** For an expected failure that is not a cancellation. `details` for the entry: names, numbers and digests. */
export function recordRejection(
  workspace: OpenWorkspace,
  error: unknown,
  { genuine, dryRun, now }: Refusal,
  details: Readonly<Record<string, string | number>>,
): void {
  if (!(error instanceof AssayError) || error.failure.kind === 'cancelled' || workspace.readOnly) return;
  const { code } = error.failure;
  // A store that is full or busy cannot take the entry either; the failure itself still reaches the person.
  if (code.startsWith('workspace.')) return;
  const db = workspace.writer;
  const facts = refusedFacts(withRivals(db, genuine), error);
  if (dryRun && facts.length === 0) return;
  db.transaction(() => {
    recordPresented(db, facts, toInstant(now));
    for (const one of genuine.filter(speaksForRegistry)) saveRefusedStatement(db, placed(one), toInstant(now));
    appendActivity(
      workspace,
      {
        action: 'snapshot.rejected',
        summary: `Refused a snapshot: ${code}`,
        details: {
          code,
          ...details,
          ...(facts.length === 0 ? {} : { conditions: facts.map((fact) => fact.condition) }),
        },
      },
      now,
    );
  });
}

/** Each statement with what contradicts it: stored, refused before, or in the same bundle. */
const withRivals = (db: ReadableDb, genuine: readonly GenuineStatement[]): readonly RefusedStatement[] =>
  genuine.map((one, index) => ({ ...one, rival: rivalIn(db, one, genuine.slice(0, index)) }));

function rivalIn(db: ReadableDb, one: GenuineStatement, before: readonly GenuineStatement[]): Rival | null {
  if (!speaksForRegistry(one)) return null;
  const place = placed(one);
  const line = registryLine(db, place.registryId);
  // What is stored was compared when it was imported; a damaged copy of it contradicts nothing.
  if (line.some(({ statementSha256 }) => statementSha256 === place.statementSha256)) return null;
  const beside = before
    .filter(speaksForRegistry)
    .map(placed)
    .find(({ registryId, sequence }) => registryId === place.registryId && sequence === place.sequence);
  return (
    rivalOf(place, line) ??
    refusedRival(db, place) ??
    (beside ? { ...beside, known: 'came in the same bundle', counts: false } : null)
  );
}

/** Another statement for the sequence that was refused here before. */
export function refusedRival(
  db: ReadableDb,
  place: { readonly registryId: string; readonly sequence: number; readonly statementSha256: string },
): Rival | null {
  const statementSha256 = firstRefusedRival(db, place);
  return statementSha256 === null ? null : { statementSha256, known: 'was refused before', counts: false };
}

const placed = ({ statement, statementSha256 }: GenuineStatement) => ({
  registryId: statement.predicate.registry.id,
  sequence: statement.predicate.sequence,
  statementSha256,
});
