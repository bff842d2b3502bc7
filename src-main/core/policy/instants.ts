/**
 * Time as rules see it: instants in UTC and whole days, never the machine's clock.
 *
 * regulation reference 0.2: `days(a, b)` is the number of whole UTC days from a to b; instants are compared in UTC. A date
 * without a time means the whole day: it is compared with anything else by day, so that what expires today has not expired
 * yet. A time without a zone cannot be placed and is unreadable (REC-006 reports it).
 */
const datePattern = /^\d{4}-\d{2}-\d{2}$/;
const instantPattern = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|z|[+-]\d{2}:?\d{2})$/;
const dayMs = 86_400_000;

/** Milliseconds since the epoch and whether only a day is known; null when the text is neither a date nor an instant. */
export interface Moment {
  readonly ms: number;
  readonly dateOnly: boolean;
}

/** Dates repeat over an inventory; parsing one costs more than evaluating a rule. Emptied when full, so memory stays bounded. */
const parsed = new Map<string, Moment | null>();
const parsedLimit = 20_000;

export function parseMoment(text: string): Moment | null {
  const found = parsed.get(text);
  if (found !== undefined) return found;
  const moment = parseUncached(text);
  if (parsed.size >= parsedLimit) parsed.clear();
  parsed.set(text, moment);
  return moment;
}

function parseUncached(text: string): Moment | null {
  const dateOnly = datePattern.test(text);
  if (!dateOnly && !instantPattern.test(text)) return null;
  const ms = Date.parse(dateOnly ? `${text}T00:00:00Z` : text.replace(' ', 'T'));
  if (Number.isNaN(ms)) return null;
  // Date.parse rolls 30 February over into March; a calendar day that does not exist is unreadable.
  if (dateOnly && new Date(ms).toISOString().slice(0, 10) !== text) return null;
  return { ms, dateOnly };
}

const dayOf = (moment: Moment): number => Math.floor(moment.ms / dayMs);

/** Whole UTC days from a to b, negative when b is earlier. Both carrying a time: full 24-hour spans, else calendar days. */
export function daysBetween(a: Moment, b: Moment): number {
  if (a.dateOnly || b.dateOnly) return dayOf(b) - dayOf(a);
  return Math.trunc((b.ms - a.ms) / dayMs);
}

/** True when a is strictly earlier than b; where one side is only a date, strictly earlier by day. */
export function isBefore(a: Moment, b: Moment): boolean {
  return a.dateOnly || b.dateOnly ? dayOf(a) < dayOf(b) : a.ms < b.ms;
}

/** The day `n` days after `text`, as a date. */
export function plusDays(moment: Moment, n: number): string {
  return new Date((dayOf(moment) + n) * dayMs).toISOString().slice(0, 10);
}
