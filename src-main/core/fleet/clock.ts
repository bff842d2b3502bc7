/** Dates of the sample fleet, counted back from the moment of collection so that the demo is always about today. */

export interface FleetClock {
  readonly takenAt: string;
  /** When the earlier snapshot was taken. */
  readonly previousTakenAt: string;
  /** RFC 3339 instant, n days before collection. */
  ago(days: number): string;
  /** RFC 3339 date, n days before (negative: after) collection. */
  date(days: number): string;
}

const day = 86_400_000;
const instant = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`;

export function fleetClock(now: Date): FleetClock {
  const taken = Math.floor(now.getTime() / 1000) * 1000;
  return {
    takenAt: instant(taken),
    previousTakenAt: instant(taken - 30 * day),
    ago: (days) => instant(taken - days * day),
    date: (days) => instant(taken - days * day).slice(0, 10),
  };
}
