import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { collectFolder } from './collect.ts';

const data = resolve(import.meta.dirname, '../../../../shared/data');
const present = existsSync(data);
if (!present) console.warn('../shared/data is not here: tests on real Kubernetes data are skipped');

describe.skipIf(!present)('when the real samples are collected', () => {
  it('it accounts for every file', async () => {
    const { inputs, sources } = (
      await collectFolder(...['kserve', 'kuberay', 'k8s-cluster-dumps'].map((folder) => resolve(data, folder)))
    ).output;
    expect(inputs.seen).toBe(74);
    expect(inputs.used + inputs.skipped + inputs.refused).toBe(inputs.seen);
    for (const { coverage } of sources) expect(coverage.inputsUsed + coverage.inputsSkipped).toBe(coverage.inputsSeen);
  });

  it('it finds every InferenceService and TrainedModel of the KServe samples', async () => {
    const { records, output } = await collectFolder(resolve(data, 'kserve'));
    const kinds = new Map<unknown, number>();
    for (const { body } of records) kinds.set(body['workload_kind'], (kinds.get(body['workload_kind']) ?? 0) + 1);
    // 38 InferenceServices are written in these files; 8 of them stand in files that are no YAML ("{username}/torchserve:latest").
    expect(Object.fromEntries(kinds)).toEqual({ InferenceService: 30, TrainedModel: 4 });
    expect(output.inputs).toMatchObject({ seen: 43, refused: 8 });
    expect(output.sources[0]?.complete).toBe(false);
    expect(
      records.every(({ body }) => body['deployment_status'] === 'planned' && body['observation_basis'] === 'manifest'),
    ).toBe(true);
    const uris = records.map(({ body }) => body['model_uri']);
    expect(uris).toContain('hf://meta-llama/Llama-2-7b-chat-hf');
    expect(uris).toContain('oci://ghcr.io/my-org/my-sklearn-model:v1');
    expect(uris.filter((uri) => uri === 'gs://kfserving-examples/models/sklearn/1.0/model')).toHaveLength(6);
  });

  it('it finds no model server in the cluster dumps, and says what it looked at', async () => {
    const { records, output } = await collectFolder(resolve(data, 'kserve'), resolve(data, 'k8s-cluster-dumps'));
    const number = output.sources.findIndex((source) => source.type === 'kubernetes');
    expect(records.filter((record) => record.prov.source === number)).toEqual([]);
    const coverage = output.sources[number]?.coverage;
    expect(coverage).toMatchObject({ inputsSeen: 24, inputsUsed: 16, inputsSkipped: 8 });
    expect(coverage?.reasons).toMatchObject({
      'in used files: Deployment without a model server': 8,
      'in used files: ReplicaSet without a model server': 2,
      'in used files: StatefulSet without a model server': 3,
    });
    expect(coverage?.scope).toHaveLength(12);
    expect(coverage?.scope).toContain('namespace:default');
    // Of this one only ReplicaSets were dumped: what runs there was not shown.
    expect(coverage?.scope).not.toContain('namespace:rook-ceph');
  });
});
