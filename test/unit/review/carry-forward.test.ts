import { describe, expect, it } from 'vitest';
import { stateAfterEvaluation } from '../../../src-main/core/review/carry-forward.ts';

const asOf = '2026-11-23T12:00:00Z';

describe('stateAfterEvaluation', () => {
  it.each(['open', 'not_applicable', 'false_positive'])('when a finding is %s it stays so, silently', (state) => {
    expect(stateAfterEvaluation({ state, expiresAt: null }, asOf)).toEqual({ state, reason: null });
  });

  it('when an accepted risk has not expired it stays accepted through its last day', () => {
    expect(stateAfterEvaluation({ state: 'accepted_risk', expiresAt: '2026-11-23' }, asOf).state).toBe('accepted_risk');
  });

  it('when an accepted risk has expired it opens again and says so', () => {
    const next = stateAfterEvaluation({ state: 'accepted_risk', expiresAt: '2026-11-22' }, asOf);
    expect(next.state).toBe('open');
    expect(next.reason).toContain('2026-11-22');
  });

  it.each(['remediated', 'closed'])('when a %s finding fires again it opens and says so', (state) => {
    const next = stateAfterEvaluation({ state, expiresAt: null }, asOf);
    expect(next.state).toBe('open');
    expect(next.reason).not.toBeNull();
  });
});
