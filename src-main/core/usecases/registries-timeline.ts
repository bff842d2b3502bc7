import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import { conditionRules } from '../../../src-shared/domain/continuity.ts';
import { type ChainLink, chainOf, newestOf } from '../ingest/continuity.ts';
import { effectiveClock } from '../ingest/effective-clock.ts';
import { type PlacedSnapshot, registryLines } from '../ingest/registry-line.ts';
import { allEvents, type StoredEvent } from '../store/continuity-queries.ts';
import type { Handler } from './context.ts';

type Timeline = OutputOf<'registries.timeline'>['registries'][number];

/** Every registry that anything is known of, also one whose snapshots were all refused. */
export const registriesTimeline: Handler<'registries.timeline'> = (context, { registryId }) => {
  const db = context.workspace().reader;
  const { at, source, text } = effectiveClock(db, context.clock.now());
  const lines = registryLines(db);
  const events = Map.groupBy(allEvents(db), (event) => event.registryId);
  const ids = [...new Set([...lines.keys(), ...events.keys()])].filter(
    (id) => registryId === undefined || id === registryId,
  );
  return {
    registries: ids.map((id) => timelineOf(id, lines.get(id) ?? [], events.get(id) ?? [], at)),
    clock: { at, source, text },
  };
};

function timelineOf(
  registryId: string,
  line: readonly PlacedSnapshot[],
  events: readonly StoredEvent[],
  clock: string,
): Timeline {
  const chain = chainOf(line);
  const newest = newestOf(line);
  const [oldest] = chain;
  return {
    registryId,
    registryName: newest?.registryName ?? line.at(-1)?.registryName ?? events.at(-1)?.registryName ?? '',
    role: line.at(-1)?.role ?? null,
    lane: line.map((snapshot) => laneEntry(snapshot, chain, newest)),
    missing: chain.flatMap(({ link }) =>
      link.kind === 'gap' && link.missing ? [{ ...link.missing, named: link.named?.sequence ?? null }] : [],
    ),
    continuesUnseen: oldest?.link.kind === 'first' ? (oldest.link.named?.sequence ?? null) : null,
    events: events.map(({ registryId: _id, registryName: _name, ...event }) => ({
      ...event,
      severity: conditionRules[event.condition].severity,
    })),
    nextSequence: newest ? newest.sequence + 1 : null,
    freshness: freshnessOf(newest, clock),
  };
}

function laneEntry(
  place: PlacedSnapshot,
  chain: readonly ChainLink<PlacedSnapshot>[],
  newest: PlacedSnapshot | null,
): Timeline['lane'][number] {
  const { snapshot, sequence, statementSha256, createdAt, takenAt, expiresAt, importedAt, signer } = place;
  return {
    ...{ snapshot, sequence, statementSha256, createdAt, takenAt, expiresAt, importedAt, signer },
    chain: place.chain,
    link: chain.find((entry) => entry.snapshot === place)?.link.kind ?? 'disowned',
    newest: place === newest,
  };
}

function freshnessOf(newest: PlacedSnapshot | null, clock: string): Timeline['freshness'] {
  if (!newest) return { state: 'nothing_counts', expiresAt: null };
  const { expiresAt } = newest;
  if (expiresAt === null) return { state: 'no_expiry', expiresAt };
  return { state: Date.parse(expiresAt) < Date.parse(clock) ? 'stale' : 'current', expiresAt };
}
