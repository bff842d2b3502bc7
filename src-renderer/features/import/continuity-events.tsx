/** Everything that was seen of a registry's chain, in words: what stands first, what is settled folded away. */
import {
  type Icon,
  IconArrowBackUp,
  IconCalendarTime,
  IconClockX,
  IconGitFork,
  IconHourglassEmpty,
  IconKeyOff,
  IconLinkOff,
  IconPlayerTrackNext,
  IconPuzzle,
  IconReplace,
  IconTargetOff,
  IconUserOff,
  IconVersions,
} from '@tabler/icons-react';
import type { JSX } from 'react';
import { type ContinuityCondition, conditionRules } from '../../../src-shared/domain/continuity.ts';
import { findingStateLabels } from '../../../src-shared/domain/finding.ts';
import { AppLink } from '../../ui/app-link.tsx';
import { severityTone, severityWord, ToneBadge } from '../../ui/badges.tsx';
import { Hash } from '../../ui/hash.tsx';
import { Instant } from '../../ui/instant.tsx';
import { count, countOf } from '../../ui/numbers.ts';
import { withShortDigests } from '../../ui/record-name.ts';
import type { ContinuityEvent } from './lane-items.ts';

export const conditionIcons: Readonly<Record<ContinuityCondition, Icon>> = {
  gap: IconLinkOff,
  fork: IconGitFork,
  equivocation: IconVersions,
  rollback: IconArrowBackUp,
  fast_forward: IconPlayerTrackNext,
  stale: IconHourglassEmpty,
  future_dated: IconCalendarTime,
  mixed_members: IconPuzzle,
  wrong_registry: IconTargetOff,
  key_used_after_revocation: IconKeyOff,
  disowned: IconUserOff,
  time_backwards: IconClockX,
  role_changed: IconReplace,
};

export function ContinuityEvents({ events }: { readonly events: readonly ContinuityEvent[] }): JSX.Element | null {
  const standing = events.filter((event) => event.settledAt === null);
  const settled = events.filter((event) => event.settledAt !== null);
  if (events.length === 0) return null;
  return (
    <>
      {standing.length > 0 ? <EventList events={standing} /> : null}
      {settled.length > 0 ? (
        <details className="assay-events-settled">
          <summary>{countOf(settled.length, 'event')} settled since</summary>
          <EventList events={settled} />
        </details>
      ) : null}
    </>
  );
}

const EventList = ({ events }: { readonly events: readonly ContinuityEvent[] }): JSX.Element => (
  <ul className="assay-events">
    {events.map((event) => (
      <EventRow key={event.id} event={event} />
    ))}
  </ul>
);

function EventRow({ event }: { readonly event: ContinuityEvent }): JSX.Element {
  const { label } = conditionRules[event.condition];
  return (
    <li>
      <div className="assay-event-head">
        <ToneBadge
          tone={severityTone(event.severity)}
          icon={conditionIcons[event.condition]}
          word={`${label} · ${severityWord(event.severity)}`}
        />
        <AppLink link={`/findings?id=${event.finding.id}`}>
          Finding {event.finding.id}: {findingStateLabels[event.finding.state]}
        </AppLink>
        <span className="assay-event-when">
          {event.times === 1 ? (
            <>
              Seen <Instant at={event.firstSeenAt} />
            </>
          ) : (
            <>
              Presented {count(event.times)} times, last <Instant at={event.lastSeenAt} />
            </>
          )}
        </span>
      </div>
      <p>{withShortDigests(event.sentence)}</p>
      {event.settledWhy === null ? null : <p className="assay-event-settled">Settled: {event.settledWhy}</p>}
      <div className="assay-event-digests">
        {event.snapshot === null ? 'Refused statement' : `Statement of snapshot ${event.snapshot}`}{' '}
        <Hash value={event.statementSha256} label="Statement digest" />
        {event.otherSha256 === null ? null : (
          <>
            {' '}
            against <Hash value={event.otherSha256} label="Digest of the statement it contradicts" />
          </>
        )}
      </div>
    </li>
  );
}
