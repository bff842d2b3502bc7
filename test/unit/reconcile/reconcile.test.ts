import { describe, expect, it } from 'vitest';
import { jobContext, silentJob } from '../../../src-main/core/ports.ts';
import { reconcile } from '../../../src-main/core/reconcile/reconcile.ts';
import type { RecordSet } from '../../../src-main/core/record-set.ts';
import { reconcileTotalsSchema, type VerdictRow, verdictRowSchema } from '../../../src-shared/domain/verdict.ts';
import { observed, registered, setOf, sourceOf, weights } from './records.ts';

const run = (registry: RecordSet, discovery: RecordSet, baseline: RecordSet | null = null) =>
  reconcile({ registry, discovery, baseline, asOf: '2026-11-01T00:00:00Z', job: silentJob });

const only = (rows: readonly VerdictRow[]): VerdictRow => {
  const [row, ...more] = rows;
  if (!row || more.length > 0) throw new Error(`expected one row, got ${rows.map((r) => r.verdict).join(', ')}`);
  return row;
};

describe('when a claim and an observation are the same', () => {
  it.each([
    [
      'weight digest',
      'weight_digest',
      'high',
      { digest: weights('a') },
      { running_digest: weights('a').toUpperCase() },
    ],
    [
      'image digest',
      'image_digest',
      'high',
      { version: { image_digest: weights('b') } },
      { image_digest: weights('b') },
    ],
    [
      'model reference',
      'model_reference',
      'high',
      { uri: 'hf://org/credit' },
      { model_uri: 'https://huggingface.co/Org/Credit' },
    ],
    [
      'model reference without a revision',
      'model_reference',
      'medium',
      { uri: 'models:/credit/1' },
      { model_uri: 'models:/credit' },
    ],
    ['id label', 'id', 'medium', {}, { registered_model_id: 'credit' }],
    ['name', 'name', 'low', {}, { declared_model_name: 'Credit' }],
    ['name and version', 'name', 'medium', {}, { declared_model_name: 'Credit', declared_version_label: 'v1' }],
  ] as const)('it matches by %s and says so', async (_, key, confidence, claim, observation) => {
    const result = await run(
      setOf('registry', registered('credit', claim)),
      setOf('discovery', [observed('o1', observation)]),
    );
    const row = only(result.rows);
    expect([row.verdict, row.match?.key, row.match?.confidence]).toEqual(['matched', key, confidence]);
    expect(result.totals.byMatchKey[key]).toBe(1);
    expect(result.conclusion.state).toBe('certified');
    expect(() => verdictRowSchema.parse(row)).not.toThrow();
    expect(() => reconcileTotalsSchema.parse(result.totals)).not.toThrow();
  });

  it('it takes the strongest key even where a weaker one points elsewhere', async () => {
    const registry = setOf('registry', [
      ...registered('alpha', { digest: weights('a') }),
      ...registered('beta', { digest: weights('b') }),
    ]);
    const result = await run(
      registry,
      setOf('discovery', [observed('o1', { running_digest: weights('b'), declared_model_name: 'alpha' })]),
    );
    const matched = result.rows.find((row) => row.observation?.id === 'o1');
    expect(matched?.claim?.id).toBe('beta-prod');
  });

  it('it pairs by place where several claims share the model', async () => {
    const uri = 'hf://org/credit';
    const registry = setOf('registry', [
      ...registered('credit', { uri }),
      [
        'deployment',
        'credit-us',
        {
          version_ref: { kind: 'model_version', id: 'credit:1' },
          environment: 'production',
          deployment_status: 'active',
          region: 'us-east-1',
          location_ref: 'us/ml',
        },
      ],
    ]);
    const discovery = setOf('discovery', [
      observed('a-us', { model_uri: uri, region: 'us-east-1', location_ref: 'us/ml' }),
      observed('b-eu', { model_uri: uri }),
    ]);
    const { rows } = await run(registry, discovery);
    expect(rows.map((row) => [row.verdict, row.claim?.id, row.observation?.id, row.region]).sort()).toEqual([
      ['matched', 'credit-prod', 'b-eu', 'eu-west-1'],
      ['matched', 'credit-us', 'a-us', 'us-east-1'],
    ]);
  });

  it('it lets a manifest and the workload that came of it match one claim', async () => {
    const uri = 'hf://org/credit';
    const {
      rows,
      totals: { control },
    } = await run(
      setOf('registry', registered('credit', { uri })),
      setOf('discovery', [
        ['deployment', 'a-manifest', { model_uri: uri, observation_basis: 'manifest', deployment_status: 'planned' }],
        observed('b-running', { model_uri: uri, location_ref: 'eu-cluster/ml' }),
        [
          'deployment',
          'c-elsewhere',
          {
            model_uri: uri,
            observation_basis: 'api_dump',
            deployment_status: 'active',
            region: 'us-east-1',
            location_ref: 'us/ml',
          },
        ],
      ]),
    );
    expect(rows.map((row) => [row.observation?.id, row.verdict]).sort()).toEqual([
      ['a-manifest', 'matched'],
      ['b-running', 'metadata_drift'],
      ['c-elsewhere', 'unregistered'],
    ]);
    expect(control.claims).toMatchObject({ total: 1, matched: 1 });
    // What was seen running as well is not declared only.
    expect(control.declaredOnly).toEqual({ claimsMatched: 0, observationsMatched: 1, unregistered: 0 });
  });

  it('it gives every cell its snapshot, statement and locator', async () => {
    const { rows } = await run(
      setOf('registry', registered('credit', { digest: weights('a') })),
      setOf('discovery', [observed('o1', { running_digest: weights('a') })]),
    );
    const field = only(rows).fields.find((entry) => entry.field === 'artefact_digest');
    expect(field?.claim).toEqual({
      state: 'value',
      value: weights('a'),
      confidence: 'declared',
      snapshot: 1,
      statementSha256: '1'.repeat(64),
      ref: { kind: 'model_version', id: 'credit:1' },
      locator: 'evidence/test.json#/model_version/credit:1',
    });
    expect(field?.observed).toMatchObject({
      snapshot: 2,
      statementSha256: '2'.repeat(64),
      ref: { kind: 'deployment', id: 'o1' },
    });
    expect(field?.previous).toEqual({ state: 'missing', value: '' });
  });
});

describe('when claim and observation differ', () => {
  it('it calls other weights under the same model a mutation', async () => {
    const { rows, conclusion } = await run(
      setOf('registry', registered('credit', { digest: weights('a'), uri: 'models:/credit/1' })),
      setOf('discovery', [observed('o1', { running_digest: weights('b'), model_uri: 'models:/credit/1' })]),
    );
    expect([only(rows).verdict, only(rows).severity]).toEqual(['mutated', 'critical']);
    expect(conclusion.state).toBe('certified_with_exceptions');
  });

  it('it does not call a namesake with other weights a mutation', async () => {
    const { rows } = await run(
      setOf('registry', registered('credit', { digest: weights('a') })),
      setOf('discovery', [observed('o1', { running_digest: weights('b'), declared_model_name: 'credit' })]),
    );
    expect(rows.map((row) => row.verdict).sort()).toEqual(['orphaned', 'unregistered']);
  });

  it('it cannot tell when the digests are of different algorithms', async () => {
    const { rows } = await run(
      setOf('registry', registered('credit', { digest: weights('a'), uri: 'models:/credit/1' })),
      setOf('discovery', [observed('o1', { running_digest: `md5:${'a'.repeat(32)}`, model_uri: 'models:/credit/1' })]),
    );
    expect(only(rows).verdict).toBe('cannot_determine');
    expect(only(rows).missingEvidence).toEqual(['A sha256 digest of what runs, or a md5 digest in the registry']);
  });

  it.each([
    ['region', { region: 'us-east-1' }, 'high'],
    ['location_ref', { location_ref: 'eu/other' }, 'medium'],
    ['input_schema_digest', { serving_input_schema_digest: weights('d') }, 'high'],
  ] as const)('it reports drift of %s', async (field, difference, severity) => {
    const { rows } = await run(
      setOf(
        'registry',
        registered('credit', { uri: 'hf://org/credit', version: { input_schema_digest: weights('c') } }),
      ),
      setOf('discovery', [observed('o1', { model_uri: 'hf://org/credit', ...difference })]),
    );
    expect([only(rows).verdict, only(rows).severity]).toEqual(['metadata_drift', severity]);
    expect(
      only(rows)
        .fields.filter((entry) => entry.agrees === false)
        .map((entry) => entry.field),
    ).toContain(field);
  });

  it.each([
    ['a retired deployment that runs', { deployment: { deployment_status: 'retired' } }, {}, 'high'],
    ['a rejected version that runs', { status: 'rejected' }, {}, 'critical'],
    ['production that is staging', {}, { environment: 'staging' }, 'high'],
    ['an approved version that runs without a deployment', { status: 'approved', deployment: null }, {}, 'medium'],
    ['a live claim that is scaled to zero', {}, { deployment_status: 'paused' }, 'medium'],
  ] as const)('it reports %s as a stage mismatch', async (_, claim, observation, severity) => {
    const { rows } = await run(
      setOf('registry', registered('credit', { uri: 'hf://org/credit', ...claim })),
      setOf('discovery', [observed('o1', { model_uri: 'hf://org/credit', ...observation })]),
    );
    expect([only(rows).verdict, only(rows).severity]).toEqual(['stage_mismatch', severity]);
  });

  it('it does not take two texts that are no addresses for different models', async () => {
    const { rows } = await run(
      setOf('registry', registered('credit', { uri: 'string' })),
      setOf('discovery', [observed('o1', { model_uri: 'other', registered_model_id: 'credit' })]),
    );
    expect(only(rows).verdict).toBe('matched');
    expect(only(rows).fields.find((field) => field.field === 'model_uri')?.agrees).toBeNull();
  });

  it('it takes a manifest for a wish, not for what runs', async () => {
    const { rows, totals } = await run(
      setOf('registry', registered('credit', { uri: 'hf://org/credit', deployment: { deployment_status: 'retired' } })),
      setOf('discovery', [
        observed('o1', { model_uri: 'hf://org/credit', observation_basis: 'manifest', deployment_status: 'planned' }),
      ]),
    );
    expect(only(rows).verdict).toBe('matched');
    expect(totals.observationBasis).toEqual({ manifest: 1 });
    expect(totals.control.declaredOnly).toEqual({ claimsMatched: 1, observationsMatched: 1, unregistered: 0 });
  });
});

describe('when nothing matches', () => {
  const live = setOf('registry', registered('credit', { uri: 'hf://org/credit' }));

  it('it calls an observation unregistered', async () => {
    const {
      rows,
      totals: { control },
    } = await run(setOf('registry', []), setOf('discovery', [observed('o1', { model_uri: 'hf://org/other' })]));
    expect([only(rows).verdict, only(rows).severity]).toEqual(['unregistered', 'critical']);
    expect(control.observations).toEqual({ total: 1, matched: 0, unregistered: 1, duplicate: 0, cannotDetermine: 0 });
  });

  it('it names the registry gap instead of being certain', async () => {
    const { rows } = await run(
      setOf('registry', [], { complete: false }),
      setOf('discovery', [observed('o1', { model_uri: 'hf://org/other' })]),
    );
    expect(only(rows).severity).toBe('high');
    expect(only(rows).missingEvidence).toEqual(['The part of test urn:test that could not be read']);
  });

  it('it calls a live claim inside a complete scope orphaned', async () => {
    for (const scope of [['*'], ['eu'], ['eu/ml'], ['cluster:EU'], ['eu-west-1']]) {
      const { rows } = await run(live, setOf('discovery', [], { scope }));
      expect([scope, only(rows).verdict]).toEqual([scope, 'orphaned']);
    }
  });

  it.each([
    ['the scope is elsewhere', { scope: ['us', 'eu/other'] }, 'A scan that covers eu/ml'],
    [
      'the scan is incomplete',
      { scope: ['eu'], complete: false },
      'A complete scan of eu/ml: test urn:test could not read all of its scope',
    ],
    ['only manifests were read', { scope: ['eu'], type: 'kubernetes-manifest' }, 'A scan that covers eu/ml'],
  ] as const)('it cannot determine absence when %s', async (_, options, missing) => {
    const { rows, conclusion } = await run(live, setOf('discovery', [], options));
    expect(only(rows).verdict).toBe('cannot_determine');
    expect(only(rows).missingEvidence).toEqual([missing]);
    expect(conclusion.state).toBe('cannot_certify');
  });

  it.each([
    [
      'a namespace of an unnamed cluster and a cluster of that name',
      { cluster: 'fraud', namespace: 'x' },
      'namespace:fraud',
    ],
    [
      'a namespace of an unnamed cluster and that of a named one',
      { cluster: 'eu', namespace: 'fraud' },
      'namespace:fraud',
    ],
    ['a namespace and a location of that name', { location_ref: 'fraud' }, 'namespace:fraud'],
    ['a cluster and a namespace of that name', { namespace: 'fraud', location_ref: 'fraud/credit' }, 'fraud'],
    ['a cluster and a region of that name', { region: 'fraud', cluster: 'eu' }, 'cluster:fraud'],
    ['a region and a cluster of that name', { cluster: 'fraud' }, 'region:fraud'],
    ['the name of the files and a cluster of that name', { cluster: 'fraud' }, 'urn:test'],
  ] as const)('it does not confuse %s', async (_, place, scope) => {
    const deployment = { location_ref: null, region: null, ...place };
    const uri = scope === 'urn:test' ? 'fraud' : 'urn:test';
    const source = sourceOf(['deployment'], { scope: [scope === 'urn:test' ? uri : scope] });
    const discovery = setOf('discovery', [], { sources: [{ ...source, uri }] });
    const { rows } = await run(setOf('registry', registered('credit', { deployment })), discovery);
    expect(only(rows).verdict).toBe('cannot_determine');
  });

  it('it does not take a dumped cluster for the region of that name', async () => {
    const { rows } = await run(live, setOf('discovery', [], { scope: ['eu-west-1'], type: 'kubernetes' }));
    expect(only(rows).verdict).toBe('cannot_determine');
  });

  it('it asks for the cluster where only an unnamed one was looked at', async () => {
    const deployment = { location_ref: null, region: null, namespace: 'fraud' };
    const { rows } = await run(
      setOf('registry', registered('credit', { deployment })),
      setOf('discovery', [], { scope: ['namespace:fraud'] }),
    );
    expect(only(rows).verdict).toBe('cannot_determine');
    expect(only(rows).missingEvidence).toEqual([
      'The cluster of the namespace fraud: the scan that looked at one of that name names no cluster',
    ]);
  });

  it('it cannot determine absence while something unknown runs at the same place', async () => {
    const { rows } = await run(live, setOf('discovery', [observed('o1', { serving_runtime: 'vLLM' })]));
    expect(rows.map((row) => row.verdict)).toEqual(['cannot_determine', 'cannot_determine']);
    expect(rows.flatMap((row) => row.missingEvidence).sort()).toEqual([
      'Which model it loads: no digest, and no reference that resolves',
      'Which model the unresolved workloads at eu/ml load; one of them may be this one',
    ]);
  });

  it('it cannot determine absence of what was deployed after the scan', async () => {
    const late = setOf('registry', registered('credit', { deployment: { deployed_at: '2026-11-02T00:00:00Z' } }));
    expect(only((await run(late, setOf('discovery', []))).rows).verdict).toBe('cannot_determine');
  });

  it('it never calls a claim of no live stage orphaned', async () => {
    const quiet = setOf('registry', [
      ...registered('a', { status: 'archived', deployment: null }),
      ...registered('b', { deployment: { deployment_status: 'retired' } }),
      ...registered('c', { deployment: { environment: 'staging' } }),
    ]);
    const {
      rows,
      totals: { control },
    } = await run(quiet, setOf('discovery', []));
    expect(rows).toEqual([]);
    expect(control.claims).toMatchObject({ total: 3, notLive: 3 });
  });

  it('it exposes a renamed copy of registered weights', async () => {
    const registry = setOf('registry', registered('credit', { digest: weights('a') }));
    const { rows } = await run(
      registry,
      setOf('discovery', [
        observed('o1', { running_digest: weights('a') }),
        observed('o2', {
          running_digest: weights('a'),
          declared_model_name: 'harmless-demo',
          location_ref: 'eu/lab',
          region: 'us-east-1',
        }),
      ]),
    );
    const copy = rows.find((row) => row.observation?.id === 'o2');
    expect([copy?.verdict, copy?.claim?.id, copy?.match?.key]).toEqual(['duplicate', 'credit-prod', 'weight_digest']);
  });
});

describe('when there is a baseline', () => {
  const discovery = setOf('discovery', [observed('o1', { model_uri: 'hf://org/credit' })]);
  const now = registered('credit', { uri: 'hf://org/credit', digest: weights('b') });
  const before = registered('credit', { uri: 'hf://org/credit', digest: weights('a') });

  it('it reports a digest that changed under the same version', async () => {
    const { rows } = await run(setOf('registry', now), discovery, setOf('registry', before, { snapshot: 3 }));
    const row = rows.find((entry) => entry.verdict === 'mutated');
    expect([row?.claim?.id, row?.previous?.id, row?.severity]).toEqual(['credit:1', 'credit:1', 'critical']);
    expect(row?.fields.find((field) => field.field === 'artefact_digest')).toMatchObject({
      claim: { value: weights('b'), snapshot: 1 },
      previous: { value: weights('a'), snapshot: 3 },
      agrees: false,
    });
  });

  it('it reports a dataset that changed under the same version, and not one with a new version', async () => {
    const data = (digest: string, version: string) =>
      [['dataset', 'd', { dataset_name: 'd', dataset_version: version, dataset_digest: digest }]] as const;
    const mutated = async (version: string) =>
      (
        await run(
          setOf('registry', data(weights('b'), version)),
          setOf('discovery', []),
          setOf('registry', data(weights('a'), '1'), { snapshot: 3 }),
        )
      ).rows.map((row) => row.verdict);
    expect(await mutated('1')).toEqual(['mutated']);
    expect(await mutated('2')).toEqual([]);
  });

  it('it reports what is gone, unless an approved decommissioning covers it or the snapshot is incomplete', async () => {
    const baseline = setOf('registry', before, { snapshot: 3 });
    const gone = await run(setOf('registry', []), setOf('discovery', []), setOf('registry', before, { snapshot: 3 }));
    expect(gone.rows.map((row) => row.verdict)).toEqual(['vanished', 'vanished', 'vanished']);
    const approval = (decision: string) =>
      setOf('registry', [
        ['approval', 'x', { approval_kind: 'decommission', decision, subject_ref: { kind: 'model', id: 'credit' } }],
      ]);
    expect((await run(approval('approved'), setOf('discovery', []), baseline)).rows).toEqual([]);
    expect((await run(approval('rejected'), setOf('discovery', []), baseline)).totals.byVerdict.vanished).toBe(3);
    const partial = await run(setOf('registry', [], { complete: false }), setOf('discovery', []), baseline);
    expect(partial.totals.byVerdict).toMatchObject({ vanished: 0, cannot_determine: 3 });
    const other = await run(setOf('registry', [], { registryId: 'another' }), setOf('discovery', []), baseline);
    expect(other.totals.byVerdict).toMatchObject({ vanished: 0, cannot_determine: 3 });
  });

  it('it lists one artefact under two models', async () => {
    const two = setOf('registry', [
      ...registered('a', { digest: weights('a'), deployment: null, status: 'approved' }),
      ...registered('b', { digest: weights('a'), deployment: null, status: 'approved' }),
    ]);
    const row = only((await run(two, setOf('discovery', []))).rows);
    expect([row.verdict, row.claim?.id, row.severity, row.previous]).toEqual(['duplicate', 'b:1', 'medium', undefined]);
    expect(row.fields[0]?.observed.ref).toEqual({ kind: 'model_version', id: 'a:1' });
  });
});

describe('when the certificate is concluded', () => {
  const registry = setOf('registry', registered('credit', { uri: 'hf://org/credit' }));
  const matching = [observed('o1', { model_uri: 'hf://org/credit' })];

  it('it certifies a clean match', async () => {
    const {
      conclusion,
      totals: { matchRate },
    } = await run(registry, setOf('discovery', matching));
    expect([conclusion, matchRate]).toEqual([{ state: 'certified', reasons: [] }, 1]);
  });

  it('it certifies nothing when the two sides are more than seven days apart', async () => {
    const { conclusion } = await run(registry, setOf('discovery', matching, { takenAt: '2026-11-09T00:00:00Z' }));
    expect(conclusion).toEqual({
      state: 'cannot_certify',
      reasons: ['Registry and discovery were taken 8 days apart; at most 7 are allowed.'],
    });
    expect(
      (await run(registry, setOf('discovery', matching, { takenAt: '2026-11-08T00:00:00Z' }))).conclusion.state,
    ).toBe('certified');
  });

  it('it certifies nothing when a source reports more than the snapshot holds', async () => {
    const short = setOf('registry', registered('credit', { uri: 'hf://org/credit' }), { reportedTotals: { model: 2 } });
    expect((await run(short, setOf('discovery', matching))).conclusion.reasons).toEqual([
      'Snapshot 1 holds 1 model records; its sources report 2.',
    ]);
  });

  it('it certifies nothing from manifests alone', async () => {
    const { conclusion } = await run(
      registry,
      setOf('discovery', [observed('o1', { model_uri: 'hf://org/credit', observation_basis: 'manifest' })], {
        type: 'kubernetes-manifest',
      }),
    );
    expect(conclusion.state).toBe('cannot_certify');
    expect(conclusion.reasons).toContain('Discovery holds manifests only: nothing running was looked at.');
  });

  it('it names the gaps of discovery', async () => {
    const source = sourceOf(['deployment'], { complete: false, scope: ['eu'] });
    const discovery = setOf('discovery', matching, {
      sources: [{ ...source, coverage: { ...source.coverage, denied: ['pods in lab: forbidden'] } }],
    });
    expect((await run(registry, discovery)).totals.coverage).toMatchObject({
      complete: false,
      scope: ['eu'],
      gaps: ['test: denied pods in lab: forbidden'],
    });
  });

  it('it stops when it is cancelled', async () => {
    const job = jobContext(
      () => true,
      () => {},
    );
    await expect(
      reconcile({ registry, discovery: setOf('discovery', matching), baseline: null, asOf: '', job }),
    ).rejects.toThrow('Cancelled');
  });
});
