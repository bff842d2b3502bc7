import { describe, expect, it } from 'vitest';
import { collectFiles, live, ownedBy, rawList } from './collect.ts';

const digest = `sha256:${'d'.repeat(64)}`;
const other = `sha256:${'e'.repeat(64)}`;

const pod = (
  name: string,
  owner: readonly [string, string],
  options: {
    image?: string;
    digest?: string;
    node?: string;
    labels?: object;
    args?: string[];
    container?: string;
  } = {},
) =>
  live(
    'Pod',
    'v1',
    name,
    {
      spec: {
        nodeName: options.node ?? 'node-1',
        containers: [
          {
            name: options.container ?? 'main',
            image: options.image ?? 'vllm/vllm-openai:v0.9',
            args: options.args ?? ['--model=org/chat'],
          },
        ],
      },
      status: {
        phase: 'Running',
        conditions: [{ type: 'Ready', status: 'True' }],
        containerStatuses: [
          {
            name: options.container ?? 'main',
            ready: true,
            imageID: `docker-pullable://vllm/vllm-openai@${options.digest ?? digest}`,
          },
        ],
      },
    },
    { ...ownedBy(...owner), labels: options.labels ?? {} },
  );

const inferenceService = live(
  'InferenceService',
  'serving.kserve.io/v1beta1',
  'credit',
  {
    spec: {
      predictor: {
        minReplicas: 2,
        model: {
          modelFormat: { name: 'sklearn', version: '1' },
          storageUri: 'gs://bucket/credit/',
          runtime: 'kserve-sklearnserver',
          resources: { requests: { cpu: '100m', memory: '256Mi' }, limits: { 'nvidia.com/gpu': 1 } },
        },
      },
    },
    status: {
      url: 'http://credit.ml.example.com',
      conditions: [{ type: 'Ready', status: 'True' }],
      modelStatus: { states: { activeModelState: 'Loaded' } },
    },
  },
  {
    labels: { environment: 'prod', 'modelregistry.kubeflow.org/registered-model-id': '7', 'cost-center': 'CC1' },
    creationTimestamp: '2026-10-01T00:00:00Z',
  },
);

const nodes = rawList('Node', 'v1', [
  live(
    'Node',
    'v1',
    'node-1',
    {},
    { labels: { 'topology.kubernetes.io/region': 'eu-west-1', 'alpha.eksctl.io/cluster-name': 'eks-eu' } },
  ),
]);

describe('when a cluster was dumped', () => {
  it('it sees a pod of a Deployment of an InferenceService once, with what each of them knows', async () => {
    const { records, output, one } = await collectFiles({
      'dump/isvc.json': {
        kind: 'List',
        apiVersion: 'v1',
        metadata: { resourceVersion: '' },
        items: [inferenceService],
      },
      'dump/deployments.json': rawList('Deployment', 'apps/v1', [
        live(
          'Deployment',
          'apps/v1',
          'credit-predictor',
          {
            spec: {
              replicas: 2,
              template: { spec: { containers: [{ name: 'kserve-container', image: 'kserve/sklearnserver:v0.13' }] } },
            },
            status: { readyReplicas: 2 },
          },
          ownedBy('InferenceService', 'credit'),
        ),
      ]),
      'dump/replicasets.json': rawList('ReplicaSet', 'apps/v1', [
        live('ReplicaSet', 'apps/v1', 'credit-predictor-1', {}, ownedBy('Deployment', 'credit-predictor')),
      ]),
      'dump/pods.json': rawList(
        'Pod',
        'v1',
        ['a', 'b'].map((n) =>
          pod(`credit-predictor-1-${n}`, ['ReplicaSet', 'credit-predictor-1'], {
            container: 'kserve-container',
            image: 'kserve/sklearnserver:v0.13',
            args: [],
          }),
        ),
      ),
      'dump/nodes.json': nodes,
    });
    expect(records.map((record) => record.id)).toEqual(['k8s:eks-eu/ml/InferenceService/credit']);
    expect(one('credit').body).toMatchObject({
      model_uri: 'gs://bucket/credit',
      serving_framework: 'sklearn 1',
      serving_runtime: 'kserve-sklearnserver',
      workload_kind: 'InferenceService',
      deployment_status: 'active',
      health: 'ready',
      replicas_desired: 2,
      replicas_ready: 2,
      image_digest: digest,
      node_names: ['node-1'],
      region: 'eu-west-1',
      cluster: 'eks-eu',
      namespace: 'ml',
      location_ref: 'eks-eu/ml',
      environment: 'production',
      registered_model_id: '7',
      deployment_cost_centre: 'CC1',
      cpu_request: 0.1,
      memory_request_mib: 256,
      gpu_count: 1,
      observation_basis: 'api_dump',
      service_url: 'http://credit.ml.example.com',
      deployed_at: '2026-10-01T00:00:00Z',
    });
    const { fields } = one('credit').prov;
    expect(fields?.['image_digest']?.locator).toBe(
      'evidence/cluster/dump/pods.json#/items/0/status/containerStatuses/0/imageID',
    );
    expect(fields?.['model_uri']).toEqual({
      confidence: 'declared',
      locator: 'evidence/cluster/dump/isvc.json#/items/0/spec/predictor/model/storageUri',
    });
    expect(output.sources[0]?.coverage.scope).toEqual(['eks-eu/ml']);
    expect(output.sources[0]?.coverage.reasons).toMatchObject({
      'in used files: Pod of a InferenceService that is counted once': 2,
    });
    expect(output.sources[0]?.complete).toBe(true);
  });

  it('it groups pods whose controllers were not dumped', async () => {
    const labels = { 'pod-template-hash': 'abc' };
    const { records } = await collectFiles({
      'pods.json': rawList(
        'Pod',
        'v1',
        ['1', '2', '3'].map((n) => pod(`chat-abc-${n}`, ['ReplicaSet', 'chat-abc'], { labels })),
      ),
    });
    expect(records).toHaveLength(1);
    expect(records[0]?.body).toMatchObject({
      model_uri: 'hf://org/chat',
      serving_runtime: 'vLLM',
      replicas_ready: 3,
      workload_kind: 'Deployment',
      workload_name: 'chat',
    });
    expect(records[0]?.prov.fields?.['workload_name']?.confidence).toBe('inferred');
  });

  it('it says so when replicas run different images', async () => {
    const { records } = await collectFiles({
      'pods.json': rawList('Pod', 'v1', [
        pod('c-1', ['StatefulSet', 'c']),
        pod('c-2', ['StatefulSet', 'c'], { digest: other }),
        pod('c-3', ['StatefulSet', 'c'], { digest: other }),
      ]),
    });
    expect(records[0]?.body).toMatchObject({ image_digest: other, source_image_digests: [digest, other] });
  });

  it('it finds the model that a storage initialiser fetched', async () => {
    const fetched = live('Pod', 'v1', 'p', {
      spec: {
        initContainers: [
          {
            name: 'storage-initializer',
            image: 'kserve/storage-initializer:v1',
            args: ['s3://bucket/model', '/mnt/models'],
          },
        ],
        containers: [
          {
            name: 'kserve-container',
            image: 'kserve/sklearnserver:v1',
            args: ['--model_dir=/mnt/models', '--model_name=credit'],
          },
        ],
      },
      status: { phase: 'Running' },
    });
    const { one } = await collectFiles({ 'pods.json': rawList('Pod', 'v1', [fetched]) });
    expect(one('p').body).toMatchObject({
      model_uri: 's3://bucket/model',
      declared_model_name: 'credit',
      serving_runtime: 'sklearn server',
    });
  });

  it('it reads the bare arrays and the refusals of a support bundle', async () => {
    const { records, output } = await collectFiles({
      'bundle/cluster-resources/pods/ml.json': rawList('Pod', 'v1', [pod('chat', ['StatefulSet', 'chat'])]),
      'bundle/cluster-resources/pods/empty.json': {
        kind: 'PodList',
        apiVersion: 'v1',
        metadata: { resourceVersion: '1' },
        items: [],
      },
      'bundle/cluster-resources/custom-resources/inferenceservices.serving.kserve.io/ml.yaml': `- apiVersion: serving.kserve.io/v1beta1\n  kind: InferenceService\n  metadata:\n    name: credit\n    namespace: ml\n    uid: u1\n  spec:\n    predictor:\n      sklearn:\n        storageUri: gs://bucket/credit\n`,
      'bundle/cluster-resources/deployments-errors.json': { secret: 'deployments.apps is forbidden' },
      'bundle/cluster-resources/nodes-errors.json': ['nodes is forbidden'],
    });
    expect(records.map((record) => record.body['deployment_name']).sort()).toEqual(['chat', 'credit']);
    const [source] = output.sources;
    expect(source?.complete).toBe(false);
    expect([...(source?.coverage.denied ?? [])].sort()).toEqual([
      'deployments in secret: deployments.apps is forbidden',
      'nodes: nodes is forbidden',
    ]);
    expect(source?.coverage.scope).toEqual(['namespace:empty', 'namespace:ml']);
  });

  it('it knows that a list with a continue token is not all of it', async () => {
    const { output } = await collectFiles({
      'pods.json': rawList('Pod', 'v1', [pod('chat', ['StatefulSet', 'chat'])], {
        resourceVersion: '1',
        continue: 'next',
      }),
    });
    expect(output.sources[0]?.complete).toBe(false);
    expect(output.sources[0]?.coverage.denied).toEqual([
      'pods.json: the list ends with a continue token, later pages are missing',
    ]);
  });

  it('it counts a workload without a model server, and a second copy of an object', async () => {
    const nginx = live('Deployment', 'apps/v1', 'web', {
      spec: { replicas: 1, template: { spec: { containers: [{ name: 'web', image: 'nginx' }] } } },
      status: {},
    });
    const chat = rawList('Pod', 'v1', [pod('chat', ['StatefulSet', 'chat'])]);
    const { records, output } = await collectFiles({
      'a.json': rawList('Deployment', 'apps/v1', [nginx]),
      'b.json': rawList('Deployment', 'apps/v1', [nginx]),
      'c.json': chat,
    });
    expect(records).toHaveLength(1);
    expect(output.sources[0]?.coverage.reasons).toEqual({
      'in used files: Deployment without a model server': 1,
      'in used files: Deployment: seen before under the same identity': 1,
    });
  });

  it('it lets one malformed file fail alone', async () => {
    const { records, output } = await collectFiles({
      'good.json': rawList('Pod', 'v1', [pod('chat', ['StatefulSet', 'chat'])]),
      'bad.json': '{"kind":"PodList","apiVersion":"v1","items":[{',
    });
    expect(records).toHaveLength(1);
    expect(output.inputs).toMatchObject({ seen: 2, used: 1, refused: 1 });
  });

  it('it keeps two clusters apart', async () => {
    const list = rawList('Pod', 'v1', [pod('chat', ['StatefulSet', 'chat'])]);
    const { records } = await collectFiles({
      'east/cluster-resources/pods/ml.json': list,
      'west/cluster-resources/pods/ml.json': list,
    });
    expect(records.map((record) => record.id)).toEqual([
      'k8s:east/ml/StatefulSet/chat#uid-StatefulSet-chat',
      'k8s:west/ml/StatefulSet/chat#uid-StatefulSet-chat',
    ]);
  });

  it.each([
    ['scaled to zero', { replicas: 0 }, {}, 'paused', 'unknown'],
    ['not ready', { replicas: 2 }, {}, 'active', 'pending'],
    ['half ready', { replicas: 2 }, { readyReplicas: 1 }, 'active', 'degraded'],
    ['ready', { replicas: 1 }, { readyReplicas: 1 }, 'active', 'ready'],
  ])('it reads the state of a Deployment that is %s', async (_, spec, status, deploymentStatus, health) => {
    const deployment = live('Deployment', 'apps/v1', 'chat', {
      spec: {
        ...spec,
        template: { spec: { containers: [{ name: 'c', image: 'vllm/vllm-openai', args: ['--model', 'org/chat'] }] } },
      },
      status,
    });
    const { one } = await collectFiles({ 'd.json': rawList('Deployment', 'apps/v1', [deployment]) });
    expect(one('chat').body).toMatchObject({ deployment_status: deploymentStatus, health });
  });
});
