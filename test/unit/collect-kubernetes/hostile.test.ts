import fc from 'fast-check';
import { expect, it } from 'vitest';
import { viewCluster } from '../../../src-main/core/collect/kubernetes/cluster.ts';
import type { InputFile } from '../../../src-main/core/collect/mapper.ts';

/** A file that is already parsed: here the content is under test, not the reading. */
const fileOf = (path: string, document: unknown): InputFile => ({
  path,
  bytes: 1,
  evidence: path,
  head: async () => '',
  text: async () => '',
  json: async () => document,
  documents: async () => [document],
});

const kinds = fc.constantFrom(
  ['InferenceService', 'serving.kserve.io/v1beta1'],
  ['TrainedModel', 'serving.kserve.io/v1alpha1'],
  ['LLMInferenceService', 'serving.kserve.io/v1alpha1'],
  ['Model', 'mlops.seldon.io/v1alpha1'],
  ['SeldonDeployment', 'machinelearning.seldon.io/v1'],
  ['RayService', 'ray.io/v1'],
  ['Deployment', 'apps/v1'],
  ['Pod', 'v1'],
  ['Job', 'batch/v1'],
  ['ReplicaSet', 'apps/v1'],
  ['Node', 'v1'],
  ['Namespace', 'v1'],
  ['ConfigMap', 'v1'],
  ['ServingRuntime', 'serving.kserve.io/v1alpha1'],
  ['InferenceGraph', 'serving.kserve.io/v1alpha1'],
);
const keys = fc.constantFrom(
  'predictor',
  'model',
  'storageUri',
  'containers',
  'initContainers',
  'image',
  'args',
  'command',
  'env',
  'name',
  'value',
  'valueFrom',
  'template',
  'spec',
  'default',
  'canary',
  'predictors',
  'graph',
  'children',
  'modelUri',
  'serveConfigV2',
  'phase',
  'conditions',
  'containerStatuses',
  'imageID',
  'traffic',
  'components',
  'percent',
  'resources',
  'requests',
  'cpu',
  'sklearn',
  '__proto__',
  'constructor',
);
const leaf = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.constantFrom('vllm/vllm-openai', '--model=$(A)', 'sh', '-c', 'gs://b/k', 'a: [', '${'),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(keys, tie('tree'), { maxKeys: 4 }),
  ),
}));
const object = fc
  .record({
    kind: kinds,
    spec: tree,
    status: tree,
    labels: tree,
    owner: fc.nat(4),
    name: fc.nat(4),
    live: fc.boolean(),
  })
  .map(({ kind: [kind, apiVersion], spec, status, labels, owner, name, live }) => ({
    kind,
    apiVersion,
    spec,
    status,
    metadata: {
      name: `n${name}`,
      namespace: 'ml',
      labels,
      ...(live ? { uid: `u-${kind}-${name}` } : {}),
      ownerReferences: [
        {
          kind: ['ReplicaSet', 'Deployment', 'Pod', 'InferenceService', 'Model'][owner],
          name: `n${owner}`,
          uid: `u-ReplicaSet-${owner}`,
        },
      ],
    },
  }));

it('when objects hold anything anywhere, it neither fails nor loses one', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(object, { maxLength: 8 }), async (items) => {
      const file = fileOf('d/a.json', { kind: 'List', apiVersion: 'v1', items });
      const { files, failures } = await viewCluster('d', [file]);
      expect([...failures.values()]).toEqual([]);
      const view = files.get(file);
      const counted = [...(view?.notes.values() ?? [])].reduce((sum, count) => sum + count, 0);
      // One object may hold several models, so records and notes together are at least the objects.
      expect(counted + (view?.records.length ?? 0)).toBeGreaterThanOrEqual(items.length);
      expect(new Set(view?.records.map((record) => record.id)).size).toBe(view?.records.length);
      for (const record of view?.records ?? []) expect(record.pointer).toMatch(/^\/items\/\d+$/);
    }),
    { numRuns: 600 },
  );
});
