import { describe, expect, it } from 'vitest';
import { collectFiles, live, rawList } from './collect.ts';

const service = (name: string, meta: Readonly<Record<string, unknown>> = {}) =>
  live(
    'InferenceService',
    'serving.kserve.io/v1beta1',
    name,
    {
      spec: { predictor: { model: { modelFormat: { name: 'sklearn' }, storageUri: `gs://bucket/${name}` } } },
      status: {},
    },
    meta,
  );
const server = { name: 'main', image: 'vllm/vllm-openai:v0.9', args: ['--model=org/chat'] };
const pod = (namespace: string) =>
  live('Pod', 'v1', `web-${namespace}`, { spec: { containers: [server] } }, { namespace });
const namespace = (name: string) =>
  live('Namespace', 'v1', name, {}, { namespace: undefined, labels: { 'kubernetes.azure.com/cluster': 'prod' } });
const empty = (kind: string) => rawList(kind, 'apps/v1', []);

const scopeOf = async (files: Readonly<Record<string, unknown>>) => {
  const { output, records } = await collectFiles(files);
  const [source] = output.sources;
  return { scope: source?.coverage.scope.filter((scope) => scope !== source.uri), records };
};

describe('when it is said what a dump looked at', () => {
  it('it takes one object alone for no look at its namespace', async () => {
    const { scope, records } = await scopeOf({ 'one.json': service('credit', { namespace: 'fraud' }) });
    expect(records).toHaveLength(1);
    expect(scope).toEqual([]);
    expect((await scopeOf({ 'pod.json': pod('fraud') })).scope).toEqual([]);
  });

  it('it takes a list of model resources for no look at what else runs there', async () => {
    const { scope, records } = await scopeOf({
      'list.json': rawList('InferenceService', 'serving.kserve.io/v1beta1', [
        service('credit', { namespace: 'fraud' }),
        service('churn', { namespace: 'retail' }),
      ]),
    });
    expect(records).toHaveLength(2);
    expect(scope).toEqual([]);
  });

  it('it wants the pods, or both controllers of pods', async () => {
    const deployment = live('Deployment', 'apps/v1', 'web', { spec: { template: { spec: { containers: [server] } } } });
    const deployments = rawList('Deployment', 'apps/v1', [deployment]);
    expect((await scopeOf({ 'deployments.json': deployments })).scope).toEqual([]);
    expect(
      (
        await scopeOf({
          'cluster-resources/deployments/ml.json': deployments,
          'cluster-resources/statefulsets/ml.json': empty('StatefulSet'),
        })
      ).scope,
    ).toEqual(['namespace:ml']);
    expect((await scopeOf({ 'pods.json': rawList('Pod', 'v1', [pod('ml')]) })).scope).toEqual(['namespace:ml']);
    expect((await scopeOf({ 'pods.json': { kind: 'List', apiVersion: 'v1', items: [pod('ml')] } })).scope).toEqual([
      'namespace:ml',
    ]);
  });

  it.each([
    ['all of its listed namespaces were', ['a', 'b'], ['a', 'b'], ['prod', 'prod/a', 'prod/b']],
    ['one of them was not', ['a', 'b', 'c'], ['a', 'b'], ['prod/a', 'prod/b']],
  ])('it takes a named cluster as looked at when %s', async (_, names, seen, expected) => {
    const { scope } = await scopeOf({
      'namespaces.json': rawList('Namespace', 'v1', names.map(namespace)),
      'pods.json': rawList('Pod', 'v1', seen.map(pod)),
    });
    expect(scope).toEqual(expected);
  });

  it('it takes no cluster as looked at of which only one namespace object is known, or no name', async () => {
    const pods = rawList('Pod', 'v1', [pod('a'), pod('b')]);
    expect((await scopeOf({ 'namespace.json': namespace('a'), 'pods.json': pods })).scope).toEqual([
      'prod/a',
      'prod/b',
    ]);
    expect((await scopeOf({ 'pods.json': pods })).scope).toEqual(['namespace:a', 'namespace:b']);
  });
});

describe('when two clusters without a name are collected apart', () => {
  it('it gives their namesakes different ids, and each the same one again', async () => {
    const idOf = async (uid: string | undefined, replicas = 1) => {
      const spec = { predictor: { minReplicas: replicas, sklearn: { storageUri: 'gs://bucket/credit' } } };
      const object = live('InferenceService', 'serving.kserve.io/v1beta1', 'credit', { spec }, { uid });
      return (await collectFiles({ 'list.json': rawList('InferenceService', 'serving.kserve.io/v1beta1', [object]) }))
        .records[0]?.id;
    };
    expect(await idOf('uid-1')).toBe('k8s:/ml/InferenceService/credit#uid-1');
    expect(await idOf('uid-1', 3)).toBe(await idOf('uid-1'));
    expect(await idOf('uid-2')).not.toBe(await idOf('uid-1'));
    expect(await idOf(undefined)).toMatch(/#[0-9a-f]{32}$/);
    expect(await idOf(undefined, 3)).not.toBe(await idOf(undefined));
  });
});
