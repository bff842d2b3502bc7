import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { silentJob } from '../../../src-main/core/ports.ts';
import { type ReconcileResult, reconcile } from '../../../src-main/core/reconcile/reconcile.ts';
import { type RecordSet, recordSetOf } from '../../../src-main/core/record-set.ts';
import type { RecordBody } from '../../../src-shared/domain/record.ts';
import { type Drafts, observed, registered, setOf, sourceOf, weights } from './records.ts';

const run = (registry: RecordSet, discovery: RecordSet, baseline: RecordSet | null = null): Promise<ReconcileResult> =>
  reconcile({ registry, discovery, baseline, asOf: '', job: silentJob });

const pick = <T>(...values: T[]) => fc.constantFrom(...values);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const given = (body: Readonly<Record<string, string | undefined>>): RecordBody =>
  Object.fromEntries(Object.entries(body).filter((entry): entry is [string, string] => entry[1] !== undefined));

const digest = pick('a', 'b', 'c').map(weights);
const uri = pick('hf://org/one', 'hf://org/two@abc1234', 'models:/one/1', 'models:/one', 's3://bucket/x');
const place = pick('eu/ml', 'eu/lab', 'us/ml');

const registryDrafts: fc.Arbitrary<Drafts> = fc
  .array(
    fc.record({
      digest: maybe(digest),
      uri: maybe(uri),
      status: pick('deployed', 'approved', 'archived'),
      bare: fc.boolean(),
      location_ref: maybe(place),
      region: maybe(pick('eu-west-1', 'us-east-1')),
      environment: pick('production', 'staging'),
      deployment_status: pick('active', 'retired', 'planned'),
    }),
    { maxLength: 12 },
  )
  .map((models) =>
    models.flatMap(({ digest, uri, status, bare, ...deployment }, index) => [
      ...registered(`m${index}`, {
        status,
        ...(digest === undefined ? {} : { digest }),
        ...(uri === undefined ? {} : { uri }),
        deployment: bare
          ? null
          : {
              ...deployment,
              region: deployment.region ?? null,
              location_ref: deployment.location_ref ?? null,
            },
      }),
    ]),
  );

const discoveryDrafts: fc.Arbitrary<Drafts> = fc
  .array(
    fc.record({
      running_digest: maybe(digest),
      model_uri: maybe(uri),
      declared_model_name: maybe(pick('m0', 'm1', 'other')),
      location_ref: maybe(place),
      environment: maybe(pick('production', 'staging')),
      serving_runtime: maybe(pick('vLLM')),
      observation_basis: pick('api_dump', 'manifest'),
    }),
    { maxLength: 12 },
  )
  .map((list) => list.map((body, index) => observed(`o${index}`, given(body))));

describe('when anything is reconciled with anything', () => {
  it('it loses no claim and no observation, and every total adds up', async () => {
    await fc.assert(
      fc.asyncProperty(
        registryDrafts,
        discoveryDrafts,
        fc.boolean(),
        pick(['*'], ['eu'], ['us/ml']),
        async (claims, seen, complete, scope) => {
          const { totals, rows } = await run(setOf('registry', claims), setOf('discovery', seen, { complete, scope }));
          const { claims: a, observations: b } = totals.control;
          expect(a.matched + a.orphaned + a.cannotDetermine + a.notLive).toBe(a.total);
          expect(b.matched + b.unregistered + b.duplicate + b.cannotDetermine).toBe(b.total);
          const tierSum = (part: 'matched' | 'claimsUnmatched' | 'observationsUnmatched') =>
            totals.byTier.reduce((sum, tier) => sum + tier[part], 0);
          expect([tierSum('matched'), tierSum('claimsUnmatched'), tierSum('observationsUnmatched')]).toEqual([
            a.matched,
            a.orphaned + a.cannotDetermine,
            b.total - b.matched,
          ]);
          const { declaredOnly } = totals.control;
          expect(declaredOnly.claimsMatched).toBeLessThanOrEqual(a.matched);
          expect(declaredOnly.observationsMatched + declaredOnly.unregistered).toBeLessThanOrEqual(
            totals.observationBasis['manifest'] ?? 0,
          );
          expect([totals.claimsTotal, totals.observations]).toEqual([a.total, seen.length]);
          expect(totals.matchedObservations).toBe(
            Object.values(totals.byMatchKey).reduce((sum, count) => sum + count, 0),
          );
          expect(Object.values(totals.byVerdict).reduce((sum, count) => sum + count, 0)).toBe(rows.length);
          // Each observation has exactly one row, each live claim at least one.
          expect(rows.flatMap((row) => row.observation?.id ?? []).sort()).toEqual(seen.map(([, id]) => id).sort());
          expect(new Set(rows.map((row) => row.rowId)).size).toBe(rows.length);
          for (const row of rows) if (row.verdict === 'cannot_determine') expect(row.missingEvidence).not.toEqual([]);
          for (const row of rows) if (row.verdict === 'orphaned') expect(complete).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('it does not depend on the order in which records come', async () => {
    await fc.assert(
      fc.asyncProperty(registryDrafts, discoveryDrafts, async (claims, seen) => {
        const forwards = await run(setOf('registry', claims), setOf('discovery', seen));
        const backwards = await run(setOf('registry', [...claims].reverse()), setOf('discovery', [...seen].reverse()));
        expect(backwards).toEqual(forwards);
      }),
      { numRuns: 100 },
    );
  });

  it('it never turns "cannot determine" into "orphaned" because an incomplete source joined', async () => {
    await fc.assert(
      fc.asyncProperty(
        registryDrafts,
        discoveryDrafts,
        pick(['eu'], ['us/ml']),
        pick(['*'], ['eu', 'us']),
        async (claims, more, scope, wider) => {
          const registry = setOf('registry', claims);
          const first = sourceOf(['deployment'], { scope });
          const second = sourceOf(['deployment'], { scope: wider, complete: false });
          const orphans = async (discovery: RecordSet) =>
            new Set(
              (await run(registry, discovery)).rows
                .filter((row) => row.verdict === 'orphaned')
                .map((row) => row.claim?.id),
            );
          const before = await orphans(setOf('discovery', [], { sources: [first] }));
          const after = await orphans(setOf('discovery', more, { sources: [first, second] }));
          expect([...after].filter((id) => !before.has(id))).toEqual([]);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('it finds nothing changed and nothing gone when the baseline is the registry itself', async () => {
    await fc.assert(
      fc.asyncProperty(registryDrafts, async (claims) => {
        const { totals } = await run(
          setOf('registry', claims),
          setOf('discovery', []),
          setOf('registry', claims, { snapshot: 3 }),
        );
        expect([totals.byVerdict.mutated, totals.byVerdict.vanished]).toEqual([0, 0]);
      }),
      { numRuns: 50 },
    );
  });
});

describe('when there are 20,000 claims and 20,000 observations', () => {
  it.each([
    ['all different', (i: number) => `hf://org/model-${i}`],
    ['all of one model', () => 'hf://org/one'],
  ])('it takes time linear in them, %s', async (_, uriOf) => {
    const count = 20_000;
    const claims: Drafts[number][] = [];
    const seen: Drafts[number][] = [];
    for (let i = 0; i < count; i += 1) {
      claims.push(...registered(`m${i}`, { uri: uriOf(i), deployment: { location_ref: `c${i}/ml` } }));
      seen.push(observed(`o${count - i}`, { model_uri: uriOf(i), location_ref: `c${i + 1}/ml` }));
    }
    const [registry, discovery] = [setOf('registry', claims), setOf('discovery', seen)];
    // Processor time, since the machine is shared.
    const started = process.cpuUsage();
    const { totals } = await run(registry, discovery);
    const { user, system } = process.cpuUsage(started);
    const took = (user + system) / 1000;
    expect(totals.control.observations.total).toBe(count);
    expect(totals.matchedObservations).toBe(count);
    // Generous; quadratic work would take minutes.
    expect(took).toBeLessThan(15_000);
    console.info(`20,000 x 20,000 reconciled in ${Math.round(took)} ms of processor time`);
  });
});

it('when there is nothing at all, it still concludes', async () => {
  const empty = recordSetOf([], []);
  expect((await run(empty, empty)).conclusion).toEqual({
    state: 'cannot_certify',
    reasons: ['There is no registry snapshot.', 'There is no discovery snapshot.'],
  });
});
