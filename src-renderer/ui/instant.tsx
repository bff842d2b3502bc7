/** Points in time: UTC first, because that is what is stored and signed, then what a clock on the wall here shows. */
import { Tooltip } from '@mantine/core';
import type { JSX } from 'react';

const local = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  hour12: false,
  timeZoneName: 'short',
});
const localDay = new Intl.DateTimeFormat('en-CA', { year: 'numeric', month: '2-digit', day: '2-digit' });

/** `2026-03-29 01:30:00Z`. */
export const utcText = (iso: string): string => iso.replace('T', ' ').replace(/\.\d+/, '');

/** `03:30 CEST`, with the date in front when it is another day there. */
export function localText(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return '';
  // Where this computer's zone is UTC there is nothing to add.
  if (date.getTimezoneOffset() === 0) return '';
  const day = localDay.format(date);
  return day === iso.slice(0, 10) ? local.format(date) : `${day} ${local.format(date)}`;
}

interface InstantProps {
  /** RFC 3339 UTC. */
  readonly at: string;
  /** Which clock: "Time at the source", "This computer's clock". */
  readonly clock?: string;
  /** `full` shows the local time beside it; `short` leaves it to the tooltip; `date` shows the day only. */
  readonly style?: 'full' | 'short' | 'date';
}

export function Instant({ at, clock, style = 'short' }: InstantProps): JSX.Element {
  const here = localText(at);
  const shown = style === 'date' ? at.slice(0, 10) : utcText(at);
  const time = (
    <time dateTime={at} className="assay-instant">
      {shown}
      {style === 'full' && here ? <span className="assay-instant-local"> ({here})</span> : null}
    </time>
  );
  if (style === 'full' && !clock) return time;
  return (
    <Tooltip label={[clock, here ? `${utcText(at)} (${here})` : utcText(at)].filter(Boolean).join(': ')}>
      {time}
    </Tooltip>
  );
}
