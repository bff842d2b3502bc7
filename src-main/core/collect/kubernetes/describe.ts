/**
 * What every observation gets besides its model: identity, place, labels, state, and what its pods show.
 *
 * Environment, region, version and cost centre are taken only from labels (of the workload, its pods, its namespace or its
 * nodes): a namespace called `prod` states nothing.
 */
import type { JsonValue } from '../../../../src-shared/domain/record.ts';
import { type ConfigMaps, loadedModel } from './containers.ts';
import type { KubeObject } from './objects.ts';
import { type Health, healthOfReplicas, type Observed, put, type Readiness } from './observed.ts';
import { listAt, pointer, stringsAt, textAt } from './read.ts';
import { podOf, podReadiness } from './workloads.ts';

/** What the rest of the dump says about the place an object is in. */
export interface Surroundings {
  /** Name or id of the cluster, and the object that states it. */
  readonly cluster: { readonly name: string; readonly pointer: string; readonly object: KubeObject } | undefined;
  readonly nodes: ReadonlyMap<string, KubeObject>;
  readonly namespaces: ReadonlyMap<string, KubeObject>;
  readonly configMaps: (object: KubeObject) => ConfigMaps;
}

const environments: readonly (readonly [RegExp, string])[] = [
  [/^(prod|production|prd|live)$/, 'production'],
  [/^(stag|stage|staging|stg|uat|preprod|pre-prod|pre-production|acceptance)$/, 'staging'],
  [/^(test|testing|qa|integration|ci)$/, 'test'],
  [/^(dev|development|sandbox|experimental)$/, 'development'],
  [/^(dr|disaster[-_]recovery)$/, 'disaster_recovery'],
];
const environmentLabels = ['environment', 'env', 'app.kubernetes.io/environment', 'deployment-environment', 'stage'];
const regionLabels = ['topology.kubernetes.io/region', 'failure-domain.beta.kubernetes.io/region', 'region'];
const versionLabels = [
  'model-version',
  'model_version',
  'modelVersion',
  'mlflow-model-version',
  'modelregistry.kubeflow.org/model-version',
];
const costLabels = ['cost-centre', 'cost-center', 'costcenter', 'cost_center', 'costCenter', 'cost_centre'];
const segmentLabels = ['customer-segment', 'segment', 'tenant'];

/** Longest label list that a record carries; the raw object stays in the evidence. */
const maximumLabels = 60;

const labelled = (labels: Readonly<Record<string, string>>, names: readonly string[]): [string, string] | undefined => {
  for (const name of names) {
    const value = labels[name];
    if (value !== undefined && value !== '') return [name, value];
  }
  return undefined;
};

function environmentOf(labels: Readonly<Record<string, string>>): string | undefined {
  const found = labelled(labels, environmentLabels);
  return found && environments.find(([pattern]) => pattern.test(found[1].toLowerCase()))?.[1];
}

/** Digest of the image a container runs, out of `status.containerStatuses[].imageID`. A bare id is no manifest digest. */
export const digestOfImageId = (imageId: string | undefined): string | undefined =>
  /@(sha256:[0-9a-fA-F]{64})$/.exec(imageId ?? '')?.[1]?.toLowerCase();

interface PodFacts {
  readonly ready: number;
  readonly desired: number;
  readonly health: Health;
}

/** Folds the pods of a workload into its observation: digest that runs, nodes, region, readiness, and the model if unknown. */
function foldPods(observed: Observed, pods: readonly KubeObject[], place: Surroundings): PodFacts | undefined {
  const digests = new Map<string, { count: number; pod: KubeObject; where: string }>();
  const nodes = new Set<string>();
  const regions = new Map<string, { object: KubeObject; where: string }>();
  let ready = 0;
  let desired = 0;
  let failed = 0;
  for (const pod of pods) {
    const state = podReadiness(pod);
    ready += state.ready ?? 0;
    desired += state.desired ?? 0;
    if (state.health === 'failed') failed += 1;
    const node = textAt(pod.body, 'spec', 'nodeName');
    if (node !== undefined) nodes.add(node);
    const nodeObject = node === undefined ? undefined : place.nodes.get(node);
    const region = nodeObject && labelled(nodeObject.labels, regionLabels.slice(0, 2));
    if (nodeObject && region) {
      regions.set(region[1], {
        object: nodeObject,
        where: pointer(nodeObject.pointer, 'metadata', 'labels', region[0]),
      });
    }
    const { pod: spec } = podOf(pod, place.configMaps(pod));
    const wanted = [observed.container?.name, 'kserve-container'];
    const serving =
      spec.containers.find((container) => wanted.includes(container.name)) ??
      spec.containers.find((container) => container.server !== undefined) ??
      spec.containers[0];
    if (serving === undefined) continue;
    const current = observed.fields.get('model_uri');
    if (current === undefined || current.confidence === 'unresolved') {
      const model = loadedModel(serving, spec);
      if (model?.resolved === true) {
        observed.fields.delete('model_uri');
        put(observed, 'model_uri', model.uri, serving.pointer, 'declared', pod.file);
      }
    }
    put(observed, 'image_ref', serving.image, pointer(serving.pointer, 'image'), 'declared', pod.file);
    listAt(pod.body, 'status', 'containerStatuses').forEach((status, index) => {
      if (textAt(status, 'name') !== serving.name) return;
      const digest = digestOfImageId(textAt(status, 'imageID'));
      if (digest === undefined) return;
      const where = pointer(pod.pointer, 'status', 'containerStatuses', index, 'imageID');
      const entry = digests.get(digest) ?? { count: 0, pod, where };
      digests.set(digest, { ...entry, count: entry.count + 1 });
    });
  }
  // Replicas that run different images: the most common one stands in the field, all of them in a field of their own.
  const ranked = [...digests].sort((a, b) => b[1].count - a[1].count || (a[0] < b[0] ? -1 : 1));
  const first = ranked[0];
  if (first) {
    observed.fields.delete('image_digest');
    put(observed, 'image_digest', first[0], first[1].where, 'declared', first[1].pod.file);
  }
  if (first && ranked.length > 1) {
    put(
      observed,
      'source_image_digests',
      ranked.map(([digest]) => digest).sort(),
      first[1].where,
      'declared',
      first[1].pod.file,
    );
  }
  const anyPod = pods[0];
  if (anyPod && nodes.size > 0) {
    put(
      observed,
      'node_names',
      [...nodes].sort(),
      pointer(anyPod.pointer, 'spec', 'nodeName'),
      'declared',
      anyPod.file,
    );
  }
  const [only, ...more] = [...regions].sort((a, b) => (a[0] < b[0] ? -1 : 1));
  if (only && more.length === 0) put(observed, 'region', only[0], only[1].where, 'inferred', only[1].object.file);
  else if (only) {
    put(
      observed,
      'processing_regions',
      [only, ...more].map(([name]) => name),
      only[1].where,
      'inferred',
      only[1].object.file,
    );
  }
  if (pods.length === 0) return undefined;
  return { ready, desired, health: failed > 0 && ready === 0 ? 'failed' : healthOfReplicas(desired, ready) };
}

function statusOf(observed: Observed, health: Health, desired: number | undefined, ready: number | undefined): string {
  const runs = health === 'ready' || health === 'degraded' || (ready ?? 0) > 0;
  if (observed.object.basis === 'manifest' && !runs) return 'planned';
  if (desired === 0 && !runs) return /^(Job|Pod|CronJob)$/.test(observed.object.kind) ? 'retired' : 'paused';
  if (observed.object.kind === 'CronJob') return 'planned';
  return observed.canary ? 'canary' : 'active';
}

/** What a workload is called: by its own object, or by the owner that its pods name when that was not dumped. */
export interface WorkloadName {
  readonly kind: string;
  readonly name: string;
  readonly stated: boolean;
}

/** Completes an observation from its object, its pods and its surroundings. */
export function completeObservation(
  observed: Observed,
  workload: WorkloadName,
  pods: readonly KubeObject[],
  place: Surroundings,
): void {
  const { object } = observed;
  const base = object.pointer;
  const facts = foldPods(observed, pods, place);
  const template = stringsAt(object.body, 'spec', 'template', 'metadata', 'labels');
  const labels: Readonly<Record<string, string>> = {
    ...pods[0]?.labels,
    ...template,
    ...object.annotations,
    ...object.labels,
  };
  const own: Readonly<Record<string, string>> = { ...template, ...object.labels };
  const labelPointer = pointer(base, 'metadata', 'labels');
  const fromLabel = (
    field: string,
    names: readonly string[],
    as: (text: string) => JsonValue | undefined = (text) => text,
  ) => {
    const found = labelled(labels, names);
    const confidence = found && object.labels[found[0]] === undefined ? 'inferred' : 'declared';
    if (found) put(observed, field, as(found[1]), pointer(labelPointer, found[0]), confidence);
  };

  const owner = pointer(base, 'metadata', workload.stated ? 'name' : 'ownerReferences');
  const sure = workload.stated ? 'declared' : 'inferred';
  put(observed, 'deployment_name', workload.name, owner, sure);
  put(observed, 'workload_kind', workload.kind, workload.stated ? pointer(base, 'kind') : owner, sure);
  put(observed, 'workload_name', workload.name, owner, sure);
  put(observed, 'namespace', object.namespace, pointer(base, 'metadata', 'namespace'));
  put(observed, 'observation_basis', object.basis, base);
  const cluster = place.cluster;
  if (cluster) put(observed, 'cluster', cluster.name, cluster.pointer, 'inferred', cluster.object.file);
  const location = [cluster?.name, object.namespace].filter((part) => part !== undefined).join('/');
  put(observed, 'location_ref', location, pointer(base, 'metadata', 'namespace'), cluster ? 'inferred' : 'declared');
  const created = textAt(object.body, 'metadata', 'creationTimestamp');
  if (created !== undefined && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(created)) {
    put(observed, 'deployed_at', created, pointer(base, 'metadata', 'creationTimestamp'), 'inferred');
  }

  fromLabel('registered_model_id', ['modelregistry.kubeflow.org/registered-model-id', 'registered-model-id']);
  fromLabel('source_registered_version_id', ['modelregistry.kubeflow.org/model-version-id', 'registered-version-id']);
  fromLabel('declared_version_label', versionLabels);
  fromLabel('declared_model_name', ['model-name', 'model_name', 'modelregistry.kubeflow.org/registered-model-name']);
  fromLabel('deployment_cost_centre', costLabels);
  fromLabel('customer_segments', segmentLabels, (text) => [text]);
  fromLabel('region', regionLabels);
  if (
    /cluster-?local/.test(
      labels['networking.knative.dev/visibility'] ?? labels['networking.kserve.io/visibility'] ?? '',
    )
  ) {
    put(observed, 'exposure', 'internal', labelPointer);
  }
  put(observed, 'environment', environmentOf(labels), labelPointer);
  const namespace = object.namespace === undefined ? undefined : place.namespaces.get(object.namespace);
  if (namespace) {
    const where = pointer(namespace.pointer, 'metadata', 'labels');
    put(observed, 'environment', environmentOf(namespace.labels), where, 'inferred', namespace.file);
  }
  const tags = Object.entries(own).map(([name, value]) => `${name}=${value}`);
  if (tags.length > 0) put(observed, 'deployment_tags', tags.sort().slice(0, maximumLabels), labelPointer);

  // One pod's readiness is not that of the workload it is one of.
  const readiness: Readiness = object.kind === 'Pod' && facts ? facts : observed.readiness;
  const health = readiness.health === 'unknown' ? (facts?.health ?? 'unknown') : readiness.health;
  const desired = readiness.desired ?? facts?.desired;
  const ready = readiness.ready ?? facts?.ready;
  put(observed, 'replicas_desired', desired, pointer(base, 'spec'));
  put(observed, 'replicas_ready', ready, pointer(base, 'status'));
  put(observed, 'health', health, pointer(base, 'status'), health === 'unknown' ? 'inferred' : 'declared');
  put(observed, 'deployment_status', statusOf(observed, health, desired, ready), pointer(base, 'status'), 'inferred');
}
