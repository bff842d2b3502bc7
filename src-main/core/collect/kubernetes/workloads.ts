/** Plain workloads that run a recognised model server, with their readiness; pods and their templates share one reader. */
import { type ConfigMaps, type PodSpec, readPodSpec } from './containers.ts';
import type { KubeObject } from './objects.ts';
import {
  condition,
  healthOfCondition,
  type Observed,
  observe,
  put,
  putContainer,
  type Readiness,
  replicaReadiness,
} from './observed.ts';
import { at, type Bag, bagAt, listAt, numberAt, pointer, textAt } from './read.ts';

interface Template {
  readonly spec: readonly string[];
  readonly meta: readonly string[];
}
const inTemplate: Template = { spec: ['spec', 'template', 'spec'], meta: ['spec', 'template', 'metadata'] };

/** Where each kind keeps its pod spec. */
const templates: ReadonlyMap<string, Template> = new Map([
  ...['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'ReplicationController', 'Job', 'Rollout', 'Service'].map(
    (kind): [string, Template] => [kind, inTemplate],
  ),
  ['Pod', { spec: ['spec'], meta: ['metadata'] }],
  [
    'CronJob',
    {
      spec: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
      meta: ['spec', 'jobTemplate', 'spec', 'template', 'metadata'],
    },
  ],
  [
    'LeaderWorkerSet',
    {
      spec: ['spec', 'leaderWorkerTemplate', 'workerTemplate', 'spec'],
      meta: ['spec', 'leaderWorkerTemplate', 'workerTemplate', 'metadata'],
    },
  ],
]);

const groups = new Set([
  '',
  'apps',
  'batch',
  'extensions',
  'argoproj.io',
  'serving.knative.dev',
  'leaderworkerset.x-k8s.io',
]);

/** True for kinds that run containers; a core `Service` only routes, a Knative one runs. */
export const isWorkload = (object: KubeObject): boolean =>
  groups.has(object.group) &&
  templates.has(object.kind) &&
  (object.kind !== 'Service' || object.group === 'serving.knative.dev');

/** The pod spec of a workload and the template's labels. */
export function podOf(
  object: KubeObject,
  configMaps: ConfigMaps,
): { readonly pod: PodSpec; readonly meta: Bag | undefined } {
  const leader = ['spec', 'leaderWorkerTemplate', 'leaderTemplate', 'spec'];
  const place =
    object.kind === 'LeaderWorkerSet' && at(object.body, ...leader) !== undefined
      ? { spec: leader, meta: ['spec', 'leaderWorkerTemplate', 'leaderTemplate', 'metadata'] }
      : (templates.get(object.kind) ?? inTemplate);
  const meta = bagAt(object.body, ...place.meta);
  return {
    pod: readPodSpec(at(object.body, ...place.spec), pointer(object.pointer, ...place.spec), configMaps, meta),
    meta,
  };
}

/** Readiness of one pod by phase and container states. */
export function podReadiness(object: KubeObject): Readiness {
  const phase = textAt(object.body, 'status', 'phase');
  if (phase === undefined) return { health: 'unknown', desired: 1, ready: undefined };
  const ready = condition(object.body, 'Ready') === 'True' && phase === 'Running';
  const waiting = listAt(object.body, 'status', 'containerStatuses').some((status) =>
    /BackOff|Err|Invalid/.test(textAt(status, 'state', 'waiting', 'reason') ?? ''),
  );
  if (phase === 'Succeeded') return { health: 'unknown', desired: 0, ready: 0 };
  if (phase === 'Failed' || waiting) return { health: 'failed', desired: 1, ready: 0 };
  return { health: ready ? 'ready' : 'pending', desired: 1, ready: ready ? 1 : 0 };
}

function readinessOf(object: KubeObject): Readiness {
  switch (object.kind) {
    case 'Pod':
      return podReadiness(object);
    case 'Job': {
      const active = numberAt(object.body, 'status', 'active') ?? 0;
      const over = condition(object.body, 'Complete') === 'True' || condition(object.body, 'Failed') === 'True';
      if (over)
        return { health: condition(object.body, 'Failed') === 'True' ? 'failed' : 'unknown', desired: 0, ready: 0 };
      const ready = numberAt(object.body, 'status', 'ready');
      return {
        health: ready !== undefined && ready > 0 ? 'ready' : active > 0 ? 'pending' : 'unknown',
        desired: numberAt(object.body, 'spec', 'parallelism'),
        ready,
      };
    }
    case 'CronJob':
      return { health: 'unknown', desired: undefined, ready: undefined };
    case 'Service':
      return { health: healthOfCondition(condition(object.body, 'Ready')), desired: undefined, ready: undefined };
    default:
      return replicaReadiness(object);
  }
}

/** One observation per container that is a model server. Empty: a workload without one. */
export function workload(object: KubeObject, configMaps: ConfigMaps): Observed[] {
  const { pod } = podOf(object, configMaps);
  const serving = pod.containers.filter((container) => container.server !== undefined);
  return serving.map((container) => {
    const observed = observe(object, {
      suffix: serving.length === 1 ? '' : container.name,
      readiness: readinessOf(object),
      container,
    });
    putContainer(observed, container, pod);
    put(observed, 'service_url', textAt(object.body, 'status', 'url'), pointer(object.pointer, 'status', 'url'));
    return observed;
  });
}
