/** Whole folders of published data through the collector: nothing crashes, everything is counted, every locator leads somewhere. */
import { describe, expect, test } from 'vitest';
import { toJcs } from '../../../src-main/core/canonical-json.ts';
import { mapperFault } from '../../../src-main/core/collect/recognise.ts';
import { entityOf } from '../../../src-shared/domain/dictionary.ts';
import { collect, contentsOf, failureOf, follow, realData } from './helpers.ts';

interface Expected {
  readonly name: string;
  readonly seen: number;
  readonly used: number;
  readonly refused: number;
  readonly counts: Readonly<Record<string, number>>;
}

const folders: readonly Expected[] = [
  {
    name: 'azureml-assets',
    seen: 477,
    used: 477,
    refused: 0,
    counts: { party: 13, model: 96, model_version: 96, dataset: 20 },
  },
  { name: 'onnx-models', seen: 1, used: 1, refused: 0, counts: { model: 116, model_version: 184 } },
  { name: 'open-model-zoo', seen: 153, used: 153, refused: 0, counts: { model: 153, model_version: 143 } },
  {
    name: 'mlflow-export-import',
    seen: 32,
    used: 15,
    refused: 1,
    counts: { party: 2, model: 2, model_version: 4, dataset: 2, pipeline: 6, metric: 16 },
  },
  {
    name: 'huggingface-cards',
    seen: 17,
    used: 5,
    refused: 7,
    counts: { model: 4, model_version: 4, dataset: 2, metric: 2 },
  },
  { name: 'croissant', seen: 46, used: 45, refused: 1, counts: { dataset: 30 } },
  {
    name: 'cyclonedx',
    seen: 76,
    used: 5,
    refused: 0,
    counts: { party: 2, model: 2, model_version: 1, dataset: 3, metric: 1 },
  },
  { name: 'openlineage', seen: 91, used: 5, refused: 0, counts: { dataset: 5, pipeline: 3 } },
  { name: 'spdx', seen: 2, used: 1, refused: 0, counts: { model: 1, dataset: 1 } },
  {
    name: 'sagemaker-moto-generated',
    seen: 9,
    used: 9,
    refused: 0,
    counts: { model: 4, model_version: 5, dataset: 1, feature: 3, deployment: 1 },
  },
  {
    name: 'azure-rest-api-specs',
    seen: 3,
    used: 3,
    refused: 0,
    counts: { party: 1, model: 1, model_version: 1, dataset: 1, deployment: 1 },
  },
];

describe.each(folders)('when the folder $name is collected', ({ name, ...expected }) => {
  const data = realData(name);

  test.skipIf(!data.present)('it counts every file once and makes the records that are in it', async () => {
    const { result, collection } = await collect(data.path);
    const { seen, used, skipped, refused, byReason, byFormat } = result.inputs;
    expect({ seen, used, refused }).toEqual({ seen: expected.seen, used: expected.used, refused: expected.refused });
    expect(used + skipped + refused).toBe(seen);
    expect(byReason.reduce((sum, reason) => sum + reason.files, 0)).toBe(skipped + refused);
    expect(byReason.map((reason) => reason.reason)).not.toContain(mapperFault);
    expect(result.counts).toEqual(expected.counts);
    expect(byFormat.reduce((sum, format) => sum + format.records, 0)).toBe(
      Object.values(expected.counts).reduce((a, b) => a + b),
    );
    for (const { coverage } of collection.sources) {
      expect(coverage.inputsUsed + coverage.inputsSkipped).toBe(coverage.inputsSeen);
      const byFile = Object.entries(coverage.reasons).filter(([reason]) => !reason.startsWith('in used files: '));
      expect(byFile.reduce((sum, [, count]) => sum + count, 0)).toBe(coverage.inputsSkipped);
    }
  });

  test.skipIf(!data.present)(
    'it writes sorted, unique, canonical lines whose locators lead into the evidence',
    async () => {
      const { out, lines, records } = await collect(data.path);
      const keys = records.map((record) => Buffer.from(`${record.kind}\0${record.id}`, 'utf8'));
      for (let index = 1; index < keys.length; index += 1) {
        expect(Buffer.compare(keys[index - 1] ?? Buffer.alloc(0), keys[index] ?? Buffer.alloc(0))).toBeLessThan(0);
      }
      const cache = new Map<string, unknown>();
      for (const [index, record] of records.entries()) {
        expect(lines[index]).toBe(toJcs(record));
        expect(record.body[entityOf(record.kind).idField]).toBe(record.id);
        follow(out, record.prov.default.locator, cache);
        for (const field of Object.values(record.prov.fields ?? {})) follow(out, field.locator, cache);
      }
    },
  );

  test.skipIf(!data.present)('it gives the same bytes when it runs again', async () => {
    const first = await collect(data.path);
    const second = await collect(data.path);
    expect(contentsOf(second.out)).toEqual(contentsOf(first.out));
  });
});

describe('when a folder holds only documentation of a format', () => {
  test.each(['kitops', 'modelpack'])('it says that %s held nothing, with every file counted', async (name) => {
    const data = realData(name);
    if (!data.present) return;
    const failure = await failureOf(collect(data.path));
    expect(failure.code).toBe('collect.nothing');
    expect(failure.details['files']).toBe(name === 'kitops' ? 6 : 4);
  });
});

describe('when cluster dumps are collected as a registry', () => {
  const data = realData('kserve');
  test.skipIf(!data.present)('it leaves them to a discovery snapshot and says so', async () => {
    const failure = await failureOf(collect(data.path));
    expect(failure.code).toBe('collect.nothing');
    expect(JSON.stringify(failure.details['reasons'])).toContain('belongs to a discovery snapshot');
  });
  test.skipIf(!data.present)('it takes them as discovery', async () => {
    const { result } = await collect(data.path, { as: 'discovery' });
    expect(result.counts['deployment']).toBeGreaterThan(0);
    expect(result.inputs.used + result.inputs.skipped + result.inputs.refused).toBe(43);
  });
});

describe('when facts of the published data are compared', () => {
  test.skipIf(!realData('azureml-assets').present)(
    'it finds the model, version and companions of bert-base-uncased',
    async () => {
      const { find } = await collect(realData('azureml-assets').path, {
        sources: [{ path: realData('azureml-assets').path, label: 'azureml-assets' }],
      });
      const model = find('model', 'azureml:bert-base-uncased');
      expect(model.body).toMatchObject({
        licence_id: 'Apache-2.0',
        task: 'fill-mask',
        languages: ['en'],
        technique: 'BertForMaskedLM',
      });
      expect(model.body['owner']).toBeUndefined();
      expect(model.prov.fields?.['description']?.locator).toBe(
        'evidence/azureml-assets/assets/models/system/bert-base-uncased/description.md#',
      );
      const version = find('model_version', 'azureml:bert-base-uncased:19');
      expect(version.body).toMatchObject({
        artefact_size_bytes: 439025970,
        base_model_version: '1dbc166cf8765166998eff31ade2eb64c8a40076',
        training_data_refs: [
          { dataset_ref: { kind: 'dataset', id: 'azureml:dataset-name:bookcorpus' }, role: 'train' },
          { dataset_ref: { kind: 'dataset', id: 'azureml:dataset-name:wikipedia' }, role: 'train' },
        ],
      });
      expect(version.prov.fields?.['training_data_refs']?.confidence).toBe('inferred');
    },
  );

  test.skipIf(!realData('onnx-models').present)('it keeps the digest of an ONNX file', async () => {
    const { find } = await collect(realData('onnx-models').path);
    const version = find('model_version', 'onnx-hub:BERT-Squad:bertsquad-10');
    expect(version.body['artefact_digest']).toBe(
      'sha256:5945dee6478abdab2d5e4ce3868b4d969741e3dad2134cc669da65a4f092755b',
    );
    expect(version.prov.fields?.['artefact_digest']).toEqual({
      confidence: 'declared',
      locator: 'evidence/source/ONNX_HUB_MANIFEST.json#/0/metadata/model_sha',
    });
  });

  test.skipIf(!realData('open-model-zoo').present)(
    'it lists the files of a zoo model and the stages of a composite one',
    async () => {
      const { records, find } = await collect(realData('open-model-zoo').path);
      const version = find('model_version', 'omz:vehicle-detection-0200:2023.0');
      expect(version.body['artefact_files']).toHaveLength(6);
      expect(version.body['artefact_size_bytes']).toBe(185195 + 7269196 + 254617 + 3634654 + 448977 + 1942118);
      expect(version.body['artefact_digest']).toMatch(/^sha256:/);
      const files = records.filter((r) => r.kind === 'model_version').flatMap((r) => r.body['artefact_files'] ?? []);
      expect(files).toHaveLength(803);
      expect(find('model', 'omz:text-to-speech-en-multi-0001').body['upstream_models']).toEqual([
        { kind: 'model', id: 'omz:text-to-speech-en-multi-0001-duration-prediction' },
        { kind: 'model', id: 'omz:text-to-speech-en-multi-0001-regression' },
        { kind: 'model', id: 'omz:text-to-speech-en-multi-0001-generation' },
      ]);
      expect(find('model', 'omz:vehicle-detection-0200').body['licence_id']).toBe('Apache-2.0');
    },
  );

  test.skipIf(!realData('mlflow-export-import').present)(
    'it maps stages and aliases, and refuses the malformed sample only',
    async () => {
      const { find, result, collection } = await collect(realData('mlflow-export-import').path);
      expect(find('model_version', 'mlflow:sklearn_wine:2').body).toMatchObject({
        version_status: 'candidate',
        registry_stage: 'Staging',
        registry_aliases: ['about-ready'],
        model_uri: 'models:/sklearn_wine/2',
        artefact_uri: 'file:///opt/mlflow/server/mlruns/1/af9e86e62bc44e7d805c03554965a27c/artifacts/model',
      });
      expect(find('model_version', 'mlflow:sklearn_wine:3').body).toMatchObject({ version_status: 'draft' });
      expect(result.inputs.byReason).toContainEqual({
        reason: 'malformed JSON',
        files: 1,
        examples: ['oss_mlflow/bulk/experiments/2/experiment.json'],
      });
      const source = collection.sources.find((item) => item.type === 'mlflow-export');
      expect(source).toMatchObject({ complete: false, collectedAt: '2022-12-06T05:10:42Z' });
      expect(source?.coverage.reasons['in used files: stated twice with contradicting values']).toBe(12);
    },
  );

  test.skipIf(!realData('huggingface-cards').present)(
    'it reads metrics with their data, CRLF cards, and refuses templates',
    async () => {
      const { find, records } = await collect(realData('huggingface-cards').path);
      const metric = find('metric', 'hf:sample_simple_model_index:main:image-classification:beans:accuracy');
      expect(metric.body).toMatchObject({
        metric_value: 0.9,
        metric_kind: 'performance',
        metric_dataset_ref: { kind: 'dataset', id: 'hf:datasets/beans' },
      });
      expect(find('model', 'hf:sample_windows_line_breaks').body).toMatchObject({
        licence_id: 'MIT',
        languages: ['eo'],
      });
      expect(find('dataset', 'hf:datasets/sample_datasetcard_simple').body['dataset_licence']).toBe('BSD-3-Clause');
      expect(records.filter((record) => record.id.includes('template'))).toEqual([]);
    },
  );

  test.skipIf(!realData('sagemaker-moto-generated').present)(
    'it joins an endpoint to its model through the configuration',
    async () => {
      const { find } = await collect(realData('sagemaker-moto-generated').path);
      expect(find('deployment', 'sagemaker:endpoint/fraud-prod').body).toMatchObject({
        declared_model_name: 'fraud-scorer-v2',
        version_ref: { kind: 'model_version', id: 'sagemaker:model/fraud-scorer-v2:unversioned' },
        health: 'ready',
        region: 'us-east-1',
      });
      expect(find('model_version', 'sagemaker:fraud-scorer:1').body['version_status']).toBe('approved');
    },
  );
});
