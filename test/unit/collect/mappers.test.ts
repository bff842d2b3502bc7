/** What single mappers make of input for which no published sample is at hand, built to the formats' own documents. */
import { describe, expect, test } from 'vitest';
import { spdxOf } from '../../../src-main/core/collect/licence.ts';
import { metricKindOf } from '../../../src-main/core/collect/metric-kind.ts';
import { artefactDigest } from '../../../src-main/core/collect/open-model-zoo/index.ts';
import { allMappers } from '../../../src-main/core/collect/registry.ts';
import { digestOf, instantOf, startsAsYamlMap, uriOf } from '../../../src-main/core/collect/values.ts';
import { fieldOf, isKind } from '../../../src-shared/domain/dictionary.ts';
import { collect, inputFolder } from './helpers.ts';

const hex = (byte: string, bytes: number): string => byte.repeat(bytes);

describe('when mappers say what they can supply', () => {
  test.each(allMappers.map((mapper) => [mapper.format, mapper] as const))(
    'it names only dictionary fields (%s)',
    (_, mapper) => {
      for (const [kind, fields] of Object.entries(mapper.supplied)) {
        for (const field of fields)
          expect([kind, field, isKind(kind) && fieldOf(kind, field) !== undefined]).toEqual([kind, field, true]);
      }
    },
  );

  test('it gives every format its own name', () => {
    const formats = allMappers.map((mapper) => mapper.format);
    expect(new Set(formats).size).toBe(formats.length);
  });
});

describe('when an MLflow export holds the run of a version', () => {
  const system = {
    script: 'export_model.py',
    export_time: 1_700_000_000,
    mlflow_tracking_uri: 'http://mlflow.example',
  };
  const run = {
    system,
    mlflow: {
      info: {
        run_id: 'r1',
        user_id: 'ann',
        status: 'FINISHED',
        start_time: 1_699_999_000_000,
        end_time: 1_699_999_900_000,
      },
      params: { random_state: '7' },
      metrics: {
        auc: [
          { value: 0.7, timestamp: 1_699_999_100_000, step: 0 },
          { value: 0.8, timestamp: 1_699_999_200_000, step: 1 },
        ],
        psi: [{ value: 0.1, timestamp: 1_699_999_200_000, step: 0 }],
      },
      tags: {
        'mlflow.source.git.commit': 'c0ffee',
        'mlflow.log-model.history': '[{"flavors":{"python_function":{},"sklearn":{}}}]',
      },
      inputs: {
        dataset_inputs: [
          {
            dataset: {
              name: 'loans',
              digest: '1a2b3c4d',
              source_type: 'local',
              source: '{"uri":"s3://lake/loans.csv"}',
              profile: '{"num_rows":100}',
            },
            tags: [{ key: 'mlflow.data.context', value: 'training' }],
          },
          { dataset: { name: 'holdout', digest: '5e6f7a8b' }, tags: [{ key: 'mlflow.data.context', value: 'eval' }] },
        ],
      },
    },
  };
  const model = {
    system,
    info: { failed_versions: ['9'] },
    mlflow: {
      registered_model: {
        name: 'pd',
        versions: [
          { version: '4', run_id: 'r1', user_id: 'ann', current_stage: 'Archived', tags: [{ key: 'k', value: 'v' }] },
        ],
      },
    },
  };

  test('it joins metrics, data and commit to the version', async () => {
    const { find, collection } = await collect(inputFolder({ 'model.json': model, 'r1/run.json': run }));
    const version = find('model_version', 'mlflow:pd:4');
    expect(version.body).toMatchObject({
      version_status: 'archived',
      source_commit: 'c0ffee',
      framework: 'sklearn',
      random_seed: '7',
      version_tags: ['k=v'],
      training_completed_at: '2023-11-14T22:11:40Z',
      training_pipeline_ref: { kind: 'pipeline', id: 'mlflow:run:r1' },
      training_data_refs: [{ dataset_ref: { kind: 'dataset', id: 'mlflow:dataset:loans:1a2b3c4d' }, role: 'train' }],
      test_data_refs: [{ dataset_ref: { kind: 'dataset', id: 'mlflow:dataset:holdout:5e6f7a8b' }, role: 'test' }],
      version_created_by: { kind: 'party', id: 'mlflow:user:ann' },
    });
    expect(version.prov.fields?.['source_commit']?.locator).toBe(
      'evidence/source/r1/run.json#/mlflow/tags/mlflow.source.git.commit',
    );
    expect(find('metric', 'mlflow:run:r1:auc').body).toMatchObject({
      metric_value: 0.8,
      metric_version_ref: { kind: 'model_version', id: 'mlflow:pd:4' },
    });
    expect(find('metric', 'mlflow:run:r1:psi').body['metric_kind']).toBe('drift');
    expect(find('dataset', 'mlflow:dataset:loans:1a2b3c4d').body).toMatchObject({
      dataset_uri: 's3://lake/loans.csv',
      record_count: 100,
      dataset_roles: ['train'],
    });
    expect(collection.sources[0]).toMatchObject({
      collectedAt: '2023-11-14T22:13:20Z',
      complete: false,
      coverage: { denied: ['failed_versions: 9'], scope: ['http://mlflow.example'] },
    });
  });

  test('it leaves the version without a run that was not exported', async () => {
    const { find } = await collect(inputFolder({ 'model.json': model }));
    expect(find('model_version', 'mlflow:pd:4').body).toMatchObject({ training_run_id: 'r1' });
    expect(find('model_version', 'mlflow:pd:4').body['training_pipeline_ref']).toBeUndefined();
  });

  test('it reports a total that the files do not reach', async () => {
    const list = {
      system: { ...system, script: 'export_models.py' },
      info: { num_total_models: 3 },
      mlflow: { models: ['pd', 'x', 'y'] },
    };
    const { collection } = await collect(inputFolder({ 'm/model.json': model, 'models.json': list }));
    expect(collection.sources[0]?.coverage.reportedTotals).toEqual({ model: 3 });
    expect(collection.sources[0]?.coverage.errors).toContain(
      'The source reports 3 of kind model, 1 were found in its files.',
    );
  });
});

describe('when Azure ML assets are templates, data or components', () => {
  test('it marks an unfilled template as unresolved', async () => {
    const { find } = await collect(
      inputFolder({
        'a/asset.yaml': 'type: model\nspec: spec.yaml\nextra_config: model.yaml\n',
        'a/spec.yaml':
          '$schema: https://azuremlschemas.azureedge.net/latest/model.schema.json\nname: m\nversion: {{asset.version}}\nsystem_metadata:\n  license: {{licence}}\n',
      }),
    );
    expect(find('model', 'azureml:m').prov.fields?.['licence_id']).toMatchObject({ confidence: 'unresolved' });
    expect(find('model_version', 'azureml:m:{{asset.version}}').prov.fields?.['version_label']).toMatchObject({
      confidence: 'unresolved',
    });
  });

  test('it makes datasets and pipelines, and counts what is neither', async () => {
    const asset = (type: string) => `type: ${type}\nspec: spec.yaml\n`;
    const spec = (schema: string, name: string) =>
      `$schema: https://azuremlschemas.azureedge.net/latest/${schema}.schema.json\nname: ${name}\nversion: 1\n`;
    const { records, result } = await collect(
      inputFolder({
        'd/asset.yaml': asset('data'),
        'd/spec.yaml': `${spec('data', 'squad')}path: https://example.org/squad\n`,
        'c/asset.yaml': asset('component'),
        'c/spec.yaml': spec('commandComponent', 'finetune'),
        'e/asset.yaml': asset('environment'),
        'e/spec.yaml': spec('environment', 'env'),
        'lone/spec.yaml': spec('commandComponent', 'alone'),
      }),
    );
    expect(records.map((record) => record.id)).toEqual([
      'azureml:data:squad:1',
      'azureml:component:alone:1',
      'azureml:component:finetune:1',
    ]);
    expect(result.inputs).toMatchObject({ seen: 7, used: 5, skipped: 2, refused: 0 });
  });
});

describe('when a card lies in the cache of the hub', () => {
  test('it knows the repository and the commit from the path', async () => {
    const { find } = await collect(
      inputFolder({
        [`models--org--net/snapshots/${hex('a1', 20)}/README.md`]:
          '---\nlicense: other\nlicense_name: my-licence\nbase_model:\n- org/base\n- org/other\ndatasets: squad\npipeline_tag: text-generation\n---\n# Net\n\nIt writes.\n',
      }),
    );
    expect(find('model', 'hf:org/net').body).toMatchObject({
      model_name: 'org/net',
      licence_id: 'my-licence',
      base_model_ref: 'hf://org/base',
      source_base_models: ['org/base', 'org/other'],
      description: 'It writes.',
      registry_uri: 'https://huggingface.co/org/net',
    });
    expect(find('model_version', `hf:org/net:${hex('a1', 20)}`).body).toMatchObject({
      model_uri: `hf://org/net@${hex('a1', 20)}`,
      training_data_refs: [{ dataset_ref: { kind: 'dataset', id: 'hf:datasets/squad' }, role: 'train' }],
    });
  });

  test('it skips Spaces and other Markdown with a metadata block', async () => {
    const { result } = await collect(
      inputFolder({
        'x/README.md': '---\nlicense: mit\nsdk: gradio\n---\n# App\n',
        'post.md': '---\ntitle: News\n---\n# News\n',
        'ok.md': '---\nlicense: mit\n---\n# Ok\n',
      }),
    );
    expect(result.inputs).toMatchObject({ used: 1, skipped: 2, refused: 0 });
  });
});

describe('when packages describe models', () => {
  test('it reads a Kitfile', async () => {
    const { find } = await collect(
      inputFolder({
        Kitfile:
          'manifestVersion: 1.0\npackage:\n  name: proj\n  version: 1.2.3\n  authors: [A]\ndatasets:\n  - name: rows\n    path: data.csv\n    license: CC-BY-4.0\nmodel:\n  name: net\n  path: net.h5\n  framework: TensorFlow\n  license: Apache-2.0\n  parts:\n    - path: lora.bin\n',
      }),
    );
    expect(find('model_version', 'kitops:proj/net:1.2.3').body).toMatchObject({
      framework: 'TensorFlow',
      artefact_files: [{ name: 'net.h5' }, { name: 'lora.bin' }],
      training_data_refs: [{ dataset_ref: { kind: 'dataset', id: 'kitops:dataset:proj/rows' } }],
    });
    expect(find('dataset', 'kitops:dataset:proj/rows').body['dataset_licence']).toBe('CC-BY-4.0');
  });

  test('it reads a ModelPack config', async () => {
    const { find } = await collect(
      inputFolder({
        'config.json': {
          descriptor: {
            name: 'xyz-8B',
            version: '3.1',
            vendor: 'XYZ',
            licenses: ['apache-2.0'],
            createdAt: '2025-01-01T00:00:00Z',
            revision: '123',
          },
          config: { architecture: 'transformer', format: 'pt' },
          modelfs: { type: 'layers', diffIds: [`sha256:${hex('ab', 32)}`] },
        },
      }),
    );
    expect(find('model', 'modelpack:xyz-8B').body).toMatchObject({
      licence_id: 'Apache-2.0',
      developer: { kind: 'party', id: 'modelpack:vendor:XYZ' },
    });
    expect(find('model_version', 'modelpack:xyz-8B:3.1').body['artefact_files']).toEqual([
      { name: 'layer 1', digest: `sha256:${hex('ab', 32)}` },
    ]);
  });

  test('it follows the reference from a CycloneDX model card to a data component', async () => {
    const { find } = await collect(
      inputFolder({
        'bom.json': {
          bomFormat: 'CycloneDX',
          specVersion: '1.7',
          metadata: { timestamp: '2026-01-02T03:04:05Z' },
          components: [
            {
              type: 'machine-learning-model',
              name: 'net',
              version: '2',
              hashes: [
                { alg: 'SHA-512', content: hex('cd', 64) },
                { alg: 'SHA-256', content: hex('ab', 32) },
              ],
              licenses: [{ license: { id: 'MIT' } }],
              pedigree: {
                ancestors: [
                  {
                    type: 'machine-learning-model',
                    name: 'base',
                    version: '1',
                    purl: 'pkg:huggingface/org/base@0123456789abcdef0123456789abcdef01234567',
                  },
                ],
              },
              modelCard: {
                modelParameters: { datasets: [{ ref: 'd1' }] },
                quantitativeAnalysis: {
                  performanceMetrics: [
                    { type: 'accuracy', value: '0.93', slice: 'women' },
                    { type: 'f1', value: 'high' },
                  ],
                },
              },
            },
            {
              'bom-ref': 'd1',
              type: 'data',
              name: 'rows',
              data: [
                {
                  type: 'dataset',
                  classification: 'confidential',
                  governance: { owners: [{ organization: { name: 'Data office' } }] },
                },
              ],
            },
          ],
        },
      }),
    );
    expect(find('model_version', 'cyclonedx:net:2').body).toMatchObject({
      artefact_digest: `sha256:${hex('ab', 32)}`,
      training_data_refs: [{ dataset_ref: { kind: 'dataset', id: 'cyclonedx:data:rows' } }],
    });
    expect(find('model', 'cyclonedx:net').body['base_model_ref']).toMatch(/^hf:\/\/org\/base/);
    expect(find('metric', 'cyclonedx:net:2:0:accuracy').body).toMatchObject({
      metric_value: 0.93,
      metric_segment: 'women',
    });
    expect(find('metric', 'cyclonedx:net:2:1:f1').body).toMatchObject({ source_value: 'high' });
    expect(find('dataset', 'cyclonedx:data:rows').body).toMatchObject({
      classification: 'confidential',
      dataset_owner: { kind: 'party', id: 'cyclonedx:party:Data office' },
    });
  });

  test('it reads OpenLineage events from lines and joins what they say about a job', async () => {
    const event = (time: string, type: string, inputs: string[], outputs: string[]) =>
      JSON.stringify({
        eventTime: time,
        eventType: type,
        run: { runId: 'r' },
        job: { namespace: 'n', name: 'train' },
        inputs: inputs.map((name) => ({ namespace: 'n', name })),
        outputs: outputs.map((name) => ({ namespace: 'n', name })),
        producer: 'p',
      });
    const { find } = await collect(
      inputFolder({
        'events.ndjson': `${event('2026-01-01T00:00:00Z', 'START', ['a'], [])}\n${event('2026-01-01T00:05:00.5Z', 'COMPLETE', ['b'], ['c'])}\n`,
      }),
    );
    const job = find('pipeline', 'openlineage:n:train');
    expect(job.body).toMatchObject({
      last_run_status: 'succeeded',
      last_run_at: '2026-01-01T00:05:00Z',
      pipeline_inputs: [
        { kind: 'dataset', id: 'openlineage:n:a' },
        { kind: 'dataset', id: 'openlineage:n:b' },
      ],
    });
    expect(job.prov.default.locator).toMatch(/^evidence\/source\/events\.ndjson#line=2/);
    expect(find('dataset', 'openlineage:n:c').body['lineage_upstream']).toEqual([
      { kind: 'dataset', id: 'openlineage:n:b' },
    ]);
  });
});

describe('when single values are read', () => {
  test.each([
    ['https://raw.githubusercontent.com/openvinotoolkit/open_model_zoo/master/LICENSE', 'Apache-2.0'],
    ['http://www.apache.org/licenses/LICENSE-2.0', 'Apache-2.0'],
    ['https://creativecommons.org/licenses/by-nc/4.0/legalcode', 'CC-BY-NC-4.0'],
    ['https://spdx.org/licenses/MIT.html', 'MIT'],
    ['apache-2.0', 'Apache-2.0'],
    ['custom', undefined],
    ['https://example.org/licence', undefined],
  ])('it reads the licence %s', (text, id) => expect(spdxOf(text)).toBe(id));

  test.each([
    ['accuracy', 'performance'],
    ['inference_latency', 'latency'],
    ['demographicParity', 'fairness'],
    ['ECE', 'calibration'],
    ['Training loss', 'performance'],
    ['something', undefined],
  ])('it tells the kind of the metric %s', (name, kind) => expect(metricKindOf(name)).toBe(kind));

  test.each([
    [1_672_601_581_580, '2023-01-01T19:33:01Z'],
    ['1672601581580', '2023-01-01T19:33:01Z'],
    [1_672_601_766, '2023-01-01T19:36:06Z'],
    ['2023-12-08 12:29:22.941318', '2023-12-08T12:29:22Z'],
    ['2020-01-01T12:34:56.999+00:48', '2020-01-01T11:46:56Z'],
    ['2026-02-30', undefined],
    ['2026-13-45', undefined],
    ['yesterday', undefined],
    [Number.NaN, undefined],
    [1e300, undefined],
  ])('it reads the instant %s', (value, instant) => {
    expect(instantOf(value)).toBe(instant);
  });

  test('it takes digests only for what they are', () => {
    expect(digestOf('SHA-256', hex('AB', 32))).toBe(`sha256:${hex('ab', 32)}`);
    expect(digestOf('sha256', 'https://github.com/mlcommons/croissant/issues/80')).toBeUndefined();
    expect(digestOf('sha256', hex('ab', 20))).toBeUndefined();
  });

  test('it takes the digest of several files over their sorted list', () => {
    const files = [
      { name: 'b', digest: 'sha384:01' },
      { name: 'a', digest: 'sha384:02' },
    ];
    // printf 'sha384:02  a\nsha384:01  b\n' | sha256sum
    expect(artefactDigest(files)).toBe('sha256:32d3f9786cedea6c4fc7774820fe61f22fd455a78ef756190c129247ab2a3ed6');
    expect(artefactDigest([...files].reverse())).toBe(artefactDigest(files));
    expect(artefactDigest([{ name: 'a', digest: 'sha384:02' }])).toBe('sha384:02');
    expect(artefactDigest([...files, { name: 'c', digest: undefined }])).toBeUndefined();
  });

  test('it tells YAML from Markdown that quotes it, and paths from addresses', () => {
    expect(startsAsYamlMap('# comment\n\nkey: 1\n')).toBe(true);
    expect(startsAsYamlMap('# Heading\n\nSome prose.\n\n```yaml\nkey: 1\n```\n')).toBe(false);
    expect(uriOf('/opt/a b')).toBe('file:///opt/a%20b');
    expect(uriOf('s3://b/k')).toBe('s3://b/k');
    expect(uriOf('models/net')).toBeUndefined();
  });
});
