/** What becomes of a finding that fires again: decisions stay, unless their time has passed. */
import type { KnownFinding } from '../store/check-queries.ts';

export interface NextState {
  readonly state: string;
  /** Set when the state changes by itself, for the thread. */
  readonly reason: string | null;
}

/** `asOf` is the evaluation's time, RFC 3339; an acceptance holds through the whole of its expiry day (UTC). */
export function stateAfterEvaluation(finding: Pick<KnownFinding, 'state' | 'expiresAt'>, asOf: string): NextState {
  switch (finding.state) {
    case 'accepted_risk':
      return finding.expiresAt !== null && finding.expiresAt < asOf.slice(0, 10)
        ? { state: 'open', reason: `The acceptance expired on ${finding.expiresAt}; open again.` }
        : { state: finding.state, reason: null };
    case 'remediated':
      return { state: 'open', reason: 'Said to be remediated, but it still fires; open again.' };
    case 'closed':
      return { state: 'open', reason: 'Fires again; open again.' };
    default:
      return { state: finding.state, reason: null };
  }
}
