/** The history of each registry: a lane of its snapshots in order of sequence, and below it everything that was ever seen of it. */
import { Text, UnstyledButton } from '@mantine/core';
import { IconBan, IconCircleCheck, IconCircleDashed, IconGitFork, IconHistory, IconLinkOff } from '@tabler/icons-react';
import { type JSX, useState } from 'react';
import { conditionRules } from '../../../src-shared/domain/continuity.ts';
import { useAssayQuery } from '../../api/hooks.ts';
import { AppLink } from '../../ui/app-link.tsx';
import { severityTone, ToneBadge } from '../../ui/badges.tsx';
import { count, countOf } from '../../ui/numbers.ts';
import { Panel } from '../../ui/page.tsx';
import { ErrorPanel, Loading } from '../../ui/states.tsx';
import { ContinuityEvents, conditionIcons } from './continuity-events.tsx';
import {
  type ContinuityEvent,
  type LaneEntry,
  type LaneItem,
  laneItems,
  type RegistryTimeline,
  rangeWords,
} from './lane-items.ts';
import './timeline.css';

export function RegistryTimelines({ onShow }: { readonly onShow: (snapshot: number) => void }): JSX.Element | null {
  const timeline = useAssayQuery('registries.timeline', {});
  if (timeline.error)
    return <ErrorPanel error={timeline.error} what="registries.timeline" onRetry={() => void timeline.refetch()} />;
  if (timeline.isPending) return <Loading rows={3} />;
  const { registries, clock } = timeline.data;
  if (registries.length === 0) return null;
  return (
    <div className="assay-histories">
      <Panel
        title="History by registry"
        note={`What is here of each registry, what is missing between, and what was refused. ${clock.text}`}
      >
        {registries.map((registry) => (
          <RegistrySection key={registry.registryId} registry={registry} onShow={onShow} />
        ))}
      </Panel>
    </div>
  );
}

interface RegistryProps {
  readonly registry: RegistryTimeline;
  readonly onShow: (snapshot: number) => void;
}

function RegistrySection({ registry, onShow }: RegistryProps): JSX.Element {
  const [unfolded, setUnfolded] = useState(false);
  const name = registry.registryName || registry.registryId;
  return (
    <section className="assay-history" aria-label={`History of ${name}, ${registry.registryId}`}>
      <header>
        <h3>
          {name} {name === registry.registryId ? null : <code>{registry.registryId}</code>}
        </h3>
        <Text size="xs" c="dimmed" component="p">
          {summary(registry)}
        </Text>
      </header>
      {registry.lane.length > 0 || registry.events.length > 0 ? (
        <ol className="assay-lane" aria-label="In order of sequence">
          {laneItems(registry, unfolded).map((item) => (
            <LaneStep key={keyOf(item)} item={item} onShow={onShow} onUnfold={() => setUnfolded(true)} />
          ))}
        </ol>
      ) : null}
      <ContinuityEvents events={registry.events} />
    </section>
  );
}

function summary({ lane, role, nextSequence, freshness }: RegistryTimeline): string {
  if (lane.length === 0) return 'Nothing of this registry was ever imported.';
  return [
    role === 'registry' ? 'What is claimed' : 'What is observed',
    countOf(lane.length, 'snapshot'),
    nextSequence === null ? 'none of them counts any more' : `next expected: sequence ${count(nextSequence)}`,
    {
      current: `good until ${freshness.expiresAt?.slice(0, 10)}`,
      stale: `stale since ${freshness.expiresAt?.slice(0, 10)}`,
      no_expiry: 'no expiry was set',
      nothing_counts: '',
    }[freshness.state],
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

function keyOf(item: LaneItem): string {
  switch (item.kind) {
    case 'snapshot':
      return `s${item.entry.snapshot}`;
    case 'refused':
      return `e${item.event.id}`;
    case 'missing':
      return `m${item.range.from}`;
    case 'folded':
      return `f${item.entries[0]?.sequence}`;
    case 'earlier':
      return 'earlier';
  }
}

interface StepProps {
  readonly item: LaneItem;
  readonly onShow: (snapshot: number) => void;
  readonly onUnfold: () => void;
}

function LaneStep({ item, onShow, onUnfold }: StepProps): JSX.Element {
  switch (item.kind) {
    case 'snapshot':
      return <SnapshotStep entry={item.entry} events={item.events} onShow={onShow} />;
    case 'folded':
      return (
        <li className="assay-lane-folded">
          <UnstyledButton className="assay-lane-card" onClick={onUnfold}>
            <strong>{countOf(item.entries.length, 'snapshot')}</strong>
            <span>
              {rangeWords(item.entries[0]?.sequence ?? 0, item.entries.at(-1)?.sequence ?? 0)}, each linked. Show them
            </span>
          </UnstyledButton>
        </li>
      );
    case 'missing':
      return (
        <li className="assay-lane-missing">
          <div className="assay-lane-card">
            <strong>
              <IconCircleDashed size={14} aria-hidden /> Missing
            </strong>
            <span>
              {item.range.from === item.range.to ? 'Sequence' : 'Sequences'}{' '}
              {rangeWords(item.range.from, item.range.to)}
            </span>
          </div>
        </li>
      );
    case 'earlier':
      return (
        <li className="assay-lane-missing">
          <div className="assay-lane-card">
            <strong>
              <IconHistory size={14} aria-hidden /> Earlier
            </strong>
            <span>Up to sequence {item.sequence}, not here</span>
          </div>
        </li>
      );
    case 'refused':
      return (
        <li className="assay-lane-refused">
          <div className="assay-lane-card">
            <strong>
              <IconBan size={14} aria-hidden /> Refused
            </strong>
            <span>Sequence {item.event.sequence}</span>
            <Marker event={item.event} />
          </div>
        </li>
      );
  }
}

const linkLooks = {
  first: { icon: IconHistory, word: 'First here' },
  linked: { icon: IconCircleCheck, word: 'Linked' },
  gap: { icon: IconLinkOff, word: 'After a gap' },
  fork: { icon: IconGitFork, word: 'Fork' },
  disowned: { icon: IconBan, word: 'Key revoked' },
} as const;

interface SnapshotStepProps {
  readonly entry: LaneEntry;
  readonly events: readonly ContinuityEvent[];
  readonly onShow: (snapshot: number) => void;
}

function SnapshotStep({ entry, events, onShow }: SnapshotStepProps): JSX.Element {
  const { icon: Glyph, word } = linkLooks[entry.link];
  return (
    <li className="assay-lane-snapshot" data-link={entry.link} data-newest={entry.newest}>
      <div className="assay-lane-card">
        <UnstyledButton className="assay-lane-open" onClick={() => onShow(entry.snapshot)}>
          <strong>Sequence {entry.sequence}</strong>
          <span>
            Snapshot {entry.snapshot} · {entry.takenAt.slice(0, 10)}
          </span>
        </UnstyledButton>
        <span className="assay-lane-link">
          <Glyph size={14} aria-hidden /> {word}
          {entry.chain === 'historical' ? ', historical' : ''}
          {entry.newest ? <b>Newest</b> : null}
        </span>
        {events.map((event) => (
          <Marker key={event.id} event={event} />
        ))}
      </div>
    </li>
  );
}

/** A named marker that leads to the finding. */
function Marker({ event }: { readonly event: ContinuityEvent }): JSX.Element {
  const { label } = conditionRules[event.condition];
  return (
    <AppLink link={`/findings?id=${event.finding.id}`} className="assay-lane-marker">
      <ToneBadge
        tone={severityTone(event.severity)}
        icon={conditionIcons[event.condition]}
        word={label}
        title={event.sentence}
      />
    </AppLink>
  );
}
