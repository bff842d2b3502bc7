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
import type { OpenWorkspace } from '../store/workspace.ts';
import { refusedFacts } from './continuity-facts.ts';
import { recordPresented } from './record-continuity.ts';

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
  const facts = refusedFacts(genuine, error);
  if (dryRun && facts.length === 0) return;
  workspace.writer.transaction(() => {
    recordPresented(workspace.writer, facts, toInstant(now));
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
