/** What a registry's lane shows: order, what is missing, what was refused, and which runs are folded. */
import { describe, expect, it } from 'vitest';
import {
  type ContinuityEvent,
  type LaneEntry,
  type LaneItem,
  laneItems,
  type RegistryTimeline,
} from '../../../src-renderer/features/import/lane-items.ts';

const entry = (sequence: number, more: Partial<LaneEntry> = {}): LaneEntry => ({
  snapshot: sequence,
  sequence,
  statementSha256: 'a'.repeat(64),
  createdAt: '2026-11-20T08:00:00Z',
  takenAt: '2026-11-20T08:00:00Z',
  expiresAt: null,
  importedAt: '2026-11-20T08:00:00Z',
  signer: 'Publisher',
  chain: 'continues',
  link: sequence === 1 ? 'first' : 'linked',
  newest: false,
  ...more,
});
const event = (id: number, sequence: number, more: Partial<ContinuityEvent> = {}): ContinuityEvent => ({
  id,
  condition: 'equivocation',
  severity: 'critical',
  sequence,
  statementSha256: 'b'.repeat(64),
  otherSha256: null,
  snapshot: null,
  sentence: 'Two were signed.',
  firstSeenAt: '2026-11-20T08:00:00Z',
  lastSeenAt: '2026-11-20T08:00:00Z',
  times: 1,
  settledAt: null,
  settledWhy: null,
  finding: { id, state: 'open' },
  ...more,
});
const registry = (lane: readonly LaneEntry[], more: Partial<RegistryTimeline> = {}): RegistryTimeline => ({
  registryId: 'urn:r',
  registryName: 'R',
  role: 'registry',
  lane: [...lane],
  missing: [],
  continuesUnseen: null,
  events: [],
  nextSequence: null,
  freshness: { state: 'no_expiry', expiresAt: null },
  ...more,
});

const word = (item: LaneItem): string => {
  switch (item.kind) {
    case 'snapshot':
      return `${item.entry.sequence}${item.events.map((e) => `+${e.condition}`).join('')}`;
    case 'folded':
      return `(${item.entries.map((e) => e.sequence).join(' ')})`;
    case 'missing':
      return `missing ${item.range.from}-${item.range.to}`;
    case 'refused':
      return `refused ${item.event.sequence}`;
    case 'earlier':
      return `earlier ${item.sequence}`;
  }
};
const words = (timeline: RegistryTimeline, unfolded = false): string[] => laneItems(timeline, unfolded).map(word);

describe('the lane of a registry', () => {
  it('is in order of sequence, a refused bundle after the stored one that it rivals', () => {
    const lane = [entry(1), entry(5, { link: 'gap' })];
    const missing = [{ from: 2, to: 4, named: 4 }];
    const events = [event(1, 5), event(2, 3), event(3, 5, { condition: 'gap', snapshot: 5 })];
    expect(words(registry(lane, { missing, events, continuesUnseen: 0 }))).toEqual([
      ...['earlier 0', '1', 'missing 2-4', 'refused 3', '5+gap', 'refused 5'],
    ]);
  });

  it('marks only what still stands', () => {
    const settled = { settledAt: '2026-11-21T08:00:00Z', settledWhy: 'It was imported.' };
    const events = [event(1, 2, { ...settled }), event(2, 1, { condition: 'gap', snapshot: 1, ...settled })];
    expect(words(registry([entry(1)], { events }))).toEqual(['1']);
  });

  it('folds long uneventful runs, never the first, the newest or one with a marker, until it is opened', () => {
    const lane = Array.from({ length: 12 }, (_, index) => entry(index + 1, { newest: index === 11 }));
    const events = [event(1, 6, { condition: 'future_dated', snapshot: 6 })];
    expect(words(registry(lane, { events }))).toEqual(['1', '(2 3 4 5)', '6+future_dated', '(7 8 9 10 11)', '12']);
    expect(words(registry(lane, { events }), true)).toHaveLength(12);
    expect(words(registry(lane.slice(0, 8)))).toHaveLength(8);
  });
});
