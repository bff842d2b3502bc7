/** A report speaks of a snapshot's place as it is today: filled gaps are whole, and what broke since is not. */
import { describe, expect, it } from 'vitest';
import type { SnapshotHistory } from '../../../src-main/core/ingest/continuity.ts';
import { reportGate } from '../../../src-main/core/report/gate.ts';
import { historyLine } from '../../../src-main/core/report/snapshot-history.ts';
import { reportInputs } from './fixtures.ts';

const codeOf = (chain: SnapshotHistory['chain'], link: SnapshotHistory['link']): string => {
  const { state, code } = historyLine({ ...whole, chain, link });
  return `${state} ${code}`;
};
const whole = { unseen: null, disownedBelow: 0 };

describe('the history of a snapshot in a report', () => {
  it.each([
    ['first', 'first', 'pass chain.first'],
    ['continues', 'linked', 'pass chain.continues'],
    ['gap', 'linked', 'pass chain.gap_filled'],
    ['historical', 'linked', 'pass chain.continues'],
    ['gap', 'gap', 'warn chain.gap'],
    ['continues', 'fork', 'warn chain.fork'],
    ['historical', 'gap', 'warn chain.gap'],
    ['continues', 'disowned', 'warn chain.disowned'],
  ] as const)('imported as %s and %s today is "%s"', (chain, link, expected) => {
    expect(codeOf(chain, link)).toBe(expected);
  });

  it('is not called the first where something older is known of', () => {
    const first = { chain: 'first', link: 'first' } as const;
    expect(historyLine({ ...first, unseen: 6, disownedBelow: 0 })).toMatchObject({
      state: 'warn',
      code: 'chain.first_seen',
      text: expect.stringContaining('sequence 6'),
    });
    expect(historyLine({ ...first, unseen: null, disownedBelow: 2 })).toMatchObject({
      state: 'warn',
      code: 'chain.first_counting',
    });
  });

  it('says of a historical import that it came later', () => {
    expect(historyLine({ ...whole, chain: 'historical', link: 'linked' }).text).toContain('as historical');
    expect(historyLine({ ...whole, chain: 'continues', link: 'linked' }).text).not.toContain('historical');
  });
});

describe('a refused second truth for one sequence', () => {
  const [finding] = reportInputs().findings;
  const found = (ruleId: string) => {
    if (!finding) throw new Error('the fixture has no finding');
    const subject = { kind: 'snapshot' as const, id: 'a'.repeat(64), name: 'Registry One #5' };
    return reportGate(reportInputs({ findings: [{ ...finding, ruleId, subject }] })).filter(({ text }) =>
      text.startsWith('INT-'),
    );
  };

  it('qualifies the report and names the registry; an old file that was handed in does not', () => {
    expect(found('INT-003')).toEqual([
      expect.objectContaining({ level: 'qualify', text: expect.stringContaining('Registry One #5') }),
    ]);
    expect(found('INT-010')).toHaveLength(1);
    expect(found('INT-004')).toEqual([]);
  });
});
