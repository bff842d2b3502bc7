/** Time: nothing expired passes, and setting a clock back makes nothing fresh. */
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { chooseClock, decideFreshness } from '../../../src-main/core/trust/decide-freshness.ts';
import { coverageSchema, sourceSchema } from '../../../src-shared/domain/snapshot.ts';
import type { TrustStore } from '../../../src-shared/domain/trust.ts';
import { holds } from './property.ts';

const day = 24 * 60 * 60_000;
const instant = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`;
const time = fc
  .integer({ min: Date.parse('2026-01-01') / 1000, max: Date.parse('2027-01-01') / 1000 })
  .map((s) => s * 1000);

const noTrust: TrustStore = { schemaVersion: 1, threshold: 1, keys: [] };
const nobody = { attempts: [], genuine: false };
const decide = (snapshot: { createdAt: number; expiresAt?: number }, now: number, newest?: number) =>
  decideFreshness(
    {
      createdAt: instant(snapshot.createdAt),
      ...(snapshot.expiresAt === undefined ? {} : { expiresAt: instant(snapshot.expiresAt) }),
    },
    nobody,
    { trust: noTrust, now: new Date(now), ...(newest === undefined ? {} : { newestCreatedAt: instant(newest) }) },
  );

describe('freshness', () => {
  holds(
    'never passes what had expired by the clock or by the newest snapshot seen',
    1000,
    [time, time, time, time],
    (createdAt, expiresAt, now, newest) => {
      const { state, code } = decide({ createdAt, expiresAt }, now, newest);
      if (expiresAt < Math.max(now, newest)) expect(state).toBe('warn');
      if (expiresAt < Math.max(now, newest) && createdAt <= Math.max(now, newest))
        expect(code).toBe('freshness.expired');
    },
  );

  holds(
    'never passes what was created later than now by more than five minutes',
    500,
    [time, time, time],
    (createdAt, now, newest) => {
      const { state } = decide({ createdAt }, now, newest);
      if (createdAt > Math.max(now, newest) + 5 * 60_000) expect(state).toBe('warn');
    },
  );

  holds(
    'is not improved by setting the clock back once a newer snapshot was seen',
    1000,
    [time, time, time, fc.integer({ min: 1, max: 3650 })],
    (createdAt, expiresAt, now, days) => {
      const newest = Math.max(createdAt, now);
      const honest = decide({ createdAt, expiresAt }, now, newest);
      const back = decide({ createdAt, expiresAt }, now - days * day, newest);
      expect(back.state).toBe('warn');
      if (honest.state === 'warn' && newest === now) expect(back.code).toBe(honest.code);
    },
  );

  holds(
    'is judged by a clock that never runs behind the computer or the newest snapshot',
    500,
    [time, time],
    (now, newest) => {
      const clock = chooseClock({ now: new Date(now), newestCreatedAt: instant(newest) });
      expect(Date.parse(clock.at)).toBe(Math.max(now, newest));
      expect(clock.state === 'warn').toBe(newest > now + 5 * 60_000);
    },
  );

  holds(
    'warns by one code at most, and never fails: evidence is imported and said to be stale',
    500,
    [time, fc.option(time, { nil: undefined }), time, fc.option(time, { nil: undefined })],
    (createdAt, expiresAt, now, newest) => {
      const { state, code } = decide({ createdAt, ...(expiresAt === undefined ? {} : { expiresAt }) }, now, newest);
      expect(['pass', 'warn']).toContain(state);
      expect(state === 'pass').toBe(code === 'freshness.current');
    },
  );

  /** Dates that are almost right: months of 0 to 13, 29 February, leap seconds, offsets. */
  const nearInstant = fc
    .tuple(
      fc.integer({ min: 0, max: 9999 }),
      fc.nat(13),
      fc.nat(32),
      fc.nat(25),
      fc.nat(61),
      fc.nat(61),
      fc.constantFrom('', '.5', '.123456789'),
      fc.constantFrom('Z', '', '+01:00', 'z'),
    )
    .map(
      ([y, mo, d, h, mi, s, fraction, zone]) =>
        `${String(y).padStart(4, '0')}-${[mo, d].map((n) => String(n).padStart(2, '0')).join('-')}T${[h, mi, s].map((n) => String(n).padStart(2, '0')).join(':')}${fraction}${zone}`,
    );
  holds('can be computed for every time that a statement may hold', 1000, [nearInstant], (text) => {
    const coverage: unknown = {
      inputsSeen: 0,
      inputsUsed: 0,
      inputsSkipped: 0,
      reasons: {},
      denied: [],
      errors: [],
      scope: [],
    };
    const source = {
      type: 't',
      uri: '',
      collectedAt: text,
      complete: true,
      coverage: coverageSchema.parse(coverage),
      suppliedFields: {},
    };
    if (sourceSchema.safeParse(source).success) expect(Date.parse(text)).not.toBeNaN();
  });
});
