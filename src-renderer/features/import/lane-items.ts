/** What stands on a registry's lane, from left to right: snapshots, what is missing between them, and what was refused. Pure. */
import type { OutputOf } from '../../../src-shared/contract/contract.ts';

export type RegistryTimeline = OutputOf<'registries.timeline'>['registries'][number];
export type LaneEntry = RegistryTimeline['lane'][number];
export type ContinuityEvent = RegistryTimeline['events'][number];
export type MissingRange = RegistryTimeline['missing'][number];

export type LaneItem =
  | { readonly kind: 'earlier'; readonly sequence: number }
  | { readonly kind: 'snapshot'; readonly entry: LaneEntry; readonly events: readonly ContinuityEvent[] }
  /** A run of whole links between two that are worth seeing. */
  | { readonly kind: 'folded'; readonly entries: readonly LaneEntry[] }
  | { readonly kind: 'missing'; readonly range: MissingRange }
  | { readonly kind: 'refused'; readonly event: ContinuityEvent };

/** Shorter lanes are shown whole; longer ones fold runs of at least this many uneventful snapshots. */
const longLane = 8;
const shortestRun = 3;

type Placed = { readonly at: readonly [sequence: number, rank: number]; readonly item: LaneItem };

/** Only what still stands has a marker; the list below the lane has everything. */
export function laneItems(registry: RegistryTimeline, unfolded: boolean): readonly LaneItem[] {
  const standing = registry.events.filter((event) => event.settledAt === null);
  const placed: Placed[] = [
    ...registry.lane.map((entry): Placed => {
      const events = standing.filter((event) => event.snapshot === entry.snapshot);
      return { at: [entry.sequence, 0], item: { kind: 'snapshot', entry, events } };
    }),
    ...registry.missing.map((range): Placed => ({ at: [range.from, -1], item: { kind: 'missing', range } })),
    ...standing
      .filter((event) => event.snapshot === null)
      .map((event): Placed => ({ at: [event.sequence, 1], item: { kind: 'refused', event } })),
  ];
  placed.sort((a, b) => a.at[0] - b.at[0] || a.at[1] - b.at[1]);
  const items = placed.map(({ item }) => item);
  if (registry.continuesUnseen !== null) items.unshift({ kind: 'earlier', sequence: registry.continuesUnseen });
  return unfolded || items.length <= longLane ? items : folded(items);
}

const isUneventful = (item: LaneItem): boolean =>
  item.kind === 'snapshot' && item.entry.link === 'linked' && !item.entry.newest && item.events.length === 0;

function folded(items: readonly LaneItem[]): readonly LaneItem[] {
  const out: LaneItem[] = [];
  let run: LaneEntry[] = [];
  const flush = (): void => {
    if (run.length >= shortestRun) out.push({ kind: 'folded', entries: run });
    else out.push(...run.map((entry): LaneItem => ({ kind: 'snapshot', entry, events: [] })));
    run = [];
  };
  for (const item of items) {
    if (item.kind === 'snapshot' && isUneventful(item)) run.push(item.entry);
    else {
      flush();
      out.push(item);
    }
  }
  flush();
  return out;
}

/** `4`, or `4 to 7`. */
export const rangeWords = (from: number, to: number): string => (from === to ? String(from) : `${from} to ${to}`);
