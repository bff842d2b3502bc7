import { describe, expect, it } from 'vitest';
import { generateFleet } from '../../../src-main/core/fleet/generate-fleet.ts';
import type { Side } from '../../../src-main/core/fleet/unit.ts';
import { silentJob } from '../../../src-main/core/ports.ts';
import { reconcileReads } from '../../../src-main/core/reconcile/reads.ts';
import { reconcile } from '../../../src-main/core/reconcile/reconcile.ts';
import type { RecordSet, StoredRecord } from '../../../src-main/core/record-set.ts';
import type { RecordBody } from '../../../src-shared/domain/record.ts';
import { type Drafts, setOf } from './records.ts';

const fleet = generateFleet({ models: 120, seed: 5, now: new Date('2026-11-23T00:00:00Z') });
const units = [...fleet.units(() => {})];
const draftsOf = (sides: readonly Side[]): Drafts =>
  sides.flatMap((side) => [...side.values()].map(({ kind, id, body }) => [kind, id, body] as const));
const sets = {
  registry: setOf('registry', draftsOf([fleet.shared, ...units.map((unit) => unit.registry)])),
  discovery: setOf('discovery', draftsOf(units.map((unit) => unit.discovery))),
  baseline: setOf('registry', draftsOf([fleet.shared, ...units.map((unit) => unit.previous)]), { snapshot: 3 }),
};

/** The same set with every body replaced; kinds that are not held stay whole. */
function withBodies(set: RecordSet, change: (record: StoredRecord) => RecordBody): RecordSet {
  const changed = (record: StoredRecord): StoredRecord =>
    reconcileReads[record.kind] ? { ...record, body: change(record) } : record;
  return {
    ...set,
    get(ref) {
      const record = set.get(ref);
      return record && changed(record);
    },
    all: (kind) => [...set.all(kind)].map(changed),
  };
}

const run = (change: (record: StoredRecord) => RecordBody) =>
  reconcile({
    registry: withBodies(sets.registry, change),
    discovery: withBodies(sets.discovery, change),
    baseline: withBodies(sets.baseline, change),
    asOf: '',
    job: silentJob,
  });

describe('the fields that reconciliation says it reads', () => {
  it('when every read of a fleet with planted faults is watched it reads no other', async () => {
    const read = new Set<string>();
    await run(
      ({ kind, body }) =>
        new Proxy(body, {
          get(target, name) {
            read.add(`${kind}.${String(name)}`);
            return typeof name === 'string' ? target[name] : undefined;
          },
        }),
    );
    const stated = new Set(Object.entries(reconcileReads).flatMap(([kind, names]) => names.map((n) => `${kind}.${n}`)));
    expect(read.size).toBeGreaterThan(30);
    expect([...read].filter((path) => !stated.has(path))).toEqual([]);
  });

  it('when the records hold only those fields it gives the same rows', async () => {
    const whole = await run(({ body }) => body);
    const narrow = await run(({ kind, body }) =>
      Object.fromEntries(Object.entries(body).filter(([name]) => reconcileReads[kind]?.includes(name))),
    );
    expect(narrow.rows.length).toBeGreaterThan(80);
    expect(narrow).toEqual(whole);
  });
});
