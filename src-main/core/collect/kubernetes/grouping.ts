/**
 * Which objects of a dump belong together: by uid, by owner reference, and where the owner itself was not dumped by the
 * labels that KServe, Seldon, Ray and the Deployment controller set.
 */
import type { WorkloadName } from './describe.ts';
import type { KubeObject } from './objects.ts';
import { stringsAt } from './read.ts';
import { isWorkload } from './workloads.ts';

const modelKinds = new Set([
  'serving.kserve.io/InferenceService',
  // The group before KServe left Kubeflow.
  'serving.kubeflow.org/InferenceService',
  'serving.kserve.io/TrainedModel',
  'serving.kserve.io/LLMInferenceService',
  'mlops.seldon.io/Model',
  'machinelearning.seldon.io/SeldonDeployment',
  'ray.io/RayService',
]);
/** Custom resources that are a served model by themselves. */
export const isModelKind = (object: KubeObject): boolean => modelKinds.has(`${object.group}/${object.kind}`);

/** Workload kinds, controllers before what they make. */
export const rank = [
  'Deployment',
  'Rollout',
  'StatefulSet',
  'LeaderWorkerSet',
  'DaemonSet',
  'Service',
  'CronJob',
  'Job',
  'ReplicationController',
  'ReplicaSet',
  'Pod',
];
/** The lower, the nearer to what somebody deployed. */
export const rankOf = (object: KubeObject): number => (isModelKind(object) ? -1 : rank.indexOf(object.kind));

export const nameKey = (kind: string, namespace: string | undefined, name: string): string =>
  `${kind}\u0000${namespace ?? ''}\u0000${name}`;
/** Labels that name the custom resource a pod or Deployment was made for. */
const labelOwners: readonly (readonly [string, string])[] = [
  ['serving.kserve.io/inferenceservice', 'InferenceService'],
  ['seldon-deployment-id', 'SeldonDeployment'],
  ['ray.io/originated-from-cr-name', 'RayService'],
  ['leaderworkerset.sigs.k8s.io/name', 'LeaderWorkerSet'],
];

/** Folder that holds one cluster's dump: above `cluster-resources/`, or above a folder named after a resource. */
export function dumpRootOf(path: string): string {
  const bundle = /^(.*?)(?:^|\/)cluster-resources\//.exec(path);
  if (bundle) return bundle[1] ?? '';
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
  const last = folder.slice(folder.lastIndexOf('/') + 1);
  const resource =
    /^(pods|deployments|statefulsets|daemonsets|replicasets|jobs|cronjobs|nodes|namespaces|services|events|configmaps|inferenceservices|custom-resources)$/;
  if (!resource.test(last)) return folder;
  return folder.includes('/') ? folder.slice(0, folder.lastIndexOf('/')) : '';
}

export interface Index {
  readonly byUid: ReadonlyMap<string, KubeObject>;
  readonly byName: ReadonlyMap<string, KubeObject>;
}

/** Key of the group an object belongs to: that of its topmost known owner that is a model resource or a workload. */
export function groupKey(object: KubeObject, index: Index): string {
  if (object.basis === 'manifest') return `${object.file.path}\u0000${object.pointer}`;
  const keyOf = (target: KubeObject) => nameKey(target.kind, target.namespace, target.name);
  for (const [label, kind] of labelOwners) {
    const name = object.labels[label] ?? stringsAt(object.body, 'spec', 'template', 'metadata', 'labels')[label];
    if (name !== undefined && kind !== object.kind) return nameKey(kind, object.namespace, name);
  }
  let top = keyOf(object);
  let current: KubeObject | undefined = object;
  const seen = new Set<KubeObject>();
  while (current?.owner !== undefined && !seen.has(current)) {
    seen.add(current);
    const { owner, namespace }: KubeObject = current;
    const found: KubeObject | undefined =
      (owner.uid === undefined ? undefined : index.byUid.get(owner.uid)) ??
      index.byName.get(nameKey(owner.kind, namespace, owner.name));
    if (found === undefined) {
      // The owner was not dumped. Its kind may still say that several objects are one workload.
      const hash: string | undefined = current.labels['pod-template-hash'];
      if (owner.kind === 'ReplicaSet' && hash !== undefined && owner.name.endsWith(`-${hash}`)) {
        return nameKey('Deployment', namespace, owner.name.slice(0, -hash.length - 1));
      }
      return rank.includes(owner.kind) ||
        /^(InferenceService|LLMInferenceService|RayService|RayCluster|SeldonDeployment)$/.test(owner.kind)
        ? nameKey(owner.kind, namespace, owner.name)
        : top;
    }
    if (isModelKind(found) || isWorkload(found)) top = keyOf(found);
    for (const [label, kind] of labelOwners) {
      const name = found.labels[label];
      if (name !== undefined && kind !== found.kind) return nameKey(kind, found.namespace, name);
    }
    current = found;
  }
  return top;
}

/** The workload that a group stands for: its main object, or the owner that its key names. */
export function workloadOf(key: string, main: KubeObject): WorkloadName {
  const [kind = '', , name = ''] = main.basis === 'manifest' ? [main.kind, '', main.name] : key.split('\u0000');
  return { kind, name, stated: kind === main.kind && name === main.name };
}
