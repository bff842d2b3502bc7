/**
 * One view over the files of one dump: which objects there are, which belong together, and what each group is.
 *
 * Pods, ReplicaSets and Deployments that a controller created are folded into what they belong to, so that a Pod of a
 * Deployment of an InferenceService is one observation.
 */
import { createHash } from 'node:crypto';
import type { DraftRecord, InputFile } from '../mapper.ts';
import type { ConfigMaps } from './containers.ts';
import { completeObservation, type Surroundings, type WorkloadName } from './describe.ts';
import { groupKey, isModelKind, nameKey, rankOf, workloadOf } from './grouping.ts';
import { inferenceService, llmInferenceService, type Runtime, type Runtimes, trainedModel } from './kserve.ts';
import { type KubeObject, type ParsedFile, parseObjects } from './objects.ts';
import { type Observed, put } from './observed.ts';
import { at, listAt, pointer, stringsAt, textAt } from './read.ts';
import { addScopes } from './scopes.ts';
import { rayService, seldonDeployment, seldonModel } from './seldon-ray.ts';
import { isWorkload, podOf, workload } from './workloads.ts';

/** What one file contributes. */
export interface FileView {
  readonly records: DraftRecord[];
  readonly notes: Map<string, number>;
  readonly scopes: string[];
  readonly denied: string[];
}

export interface ClusterView {
  readonly files: ReadonlyMap<InputFile, FileView>;
  /** What reading a file threw; only that file's own mapping raises it. */
  readonly failures: ReadonlyMap<InputFile, unknown>;
}

/** Why an object that is neither is left out. */
const companions: Readonly<Record<string, string>> = {
  ServingRuntime: 'ServingRuntime: describes a server, not a deployment',
  ClusterServingRuntime: 'ClusterServingRuntime: describes a server, not a deployment',
  InferenceGraph: 'InferenceGraph: routes between services that are observed themselves',
  RayJob: 'RayJob: batch work, serves no model',
  RayCluster: 'RayCluster: compute, serves no model by itself',
};

const bump = (notes: Map<string, number>, reason: string, count = 1) =>
  notes.set(reason, (notes.get(reason) ?? 0) + count);

function clusterName(objects: readonly KubeObject[]): Surroundings['cluster'] {
  const labels = [
    'alpha.eksctl.io/cluster-name',
    'cluster.x-k8s.io/cluster-name',
    'kops.k8s.io/cluster',
    'kubernetes.azure.com/cluster',
    'topology.istio.io/cluster',
  ];
  for (const object of objects) {
    if (object.kind !== 'Node' && object.kind !== 'Namespace') continue;
    for (const label of labels) {
      const name = object.labels[label];
      if (name) return { name, object, pointer: pointer(object.pointer, 'metadata', 'labels', label) };
      const noted = object.annotations[label];
      if (noted) return { name: noted, object, pointer: pointer(object.pointer, 'metadata', 'annotations', label) };
    }
  }
  // The uid of kube-system is the accepted identity of a cluster that has no name.
  const system = objects.find(
    (object) => object.kind === 'Namespace' && object.name === 'kube-system' && object.uid !== undefined,
  );
  return system?.uid === undefined
    ? undefined
    : { name: system.uid, object: system, pointer: pointer(system.pointer, 'metadata', 'uid') };
}

function observeGroup(main: KubeObject, configMaps: ConfigMaps, runtimes: Runtimes): Observed[] {
  switch (`${main.group}/${main.kind}`) {
    case 'serving.kserve.io/InferenceService':
    case 'serving.kubeflow.org/InferenceService':
      return inferenceService(main, configMaps, runtimes);
    case 'serving.kserve.io/TrainedModel':
      return trainedModel(main);
    case 'serving.kserve.io/LLMInferenceService':
      return llmInferenceService(main, configMaps);
    case 'mlops.seldon.io/Model':
      return seldonModel(main);
    case 'machinelearning.seldon.io/SeldonDeployment':
      return seldonDeployment(main, configMaps);
    case 'ray.io/RayService':
      return rayService(main);
    default:
      return workload(main, configMaps);
  }
}

/**
 * What tells an object of a cluster without a name from its namesake in another such cluster: the uid of the workload, or
 * failing that a digest of what was read.
 */
function identityOf(object: KubeObject, workload: WorkloadName): string {
  const { owner } = object;
  const owned = !workload.stated && owner?.kind === workload.kind && owner.name === workload.name;
  return (
    (owned ? owner.uid : undefined) ??
    object.uid ??
    createHash('sha256').update(JSON.stringify(object.body)).digest('hex').slice(0, 32)
  );
}

function observationId(object: KubeObject, workload: WorkloadName, name: string, root: string, cluster?: string) {
  if (object.basis === 'manifest') return `manifest:${object.file.path}#${name}`;
  return cluster === undefined ? `k8s:${root}/${name}#${identityOf(object, workload)}` : `k8s:${cluster}/${name}`;
}

function toDraft(observed: Observed, workload: WorkloadName, root: string, cluster: string | undefined): DraftRecord {
  const { object, suffix } = observed;
  const name = [object.namespace ?? '', workload.kind, workload.name, ...(suffix === '' ? [] : [suffix])].join('/');
  const id = observationId(object, workload, name, root, cluster);
  const body: Record<string, DraftRecord['body'][string]> = {};
  const fields: Record<string, NonNullable<DraftRecord['fields']>[string]> = {};
  for (const [field, value] of observed.fields) {
    body[field] = value.value;
    fields[field] = {
      pointer: value.pointer,
      ...(value.file === undefined ? {} : { file: value.file }),
      ...(value.confidence === undefined ? {} : { confidence: value.confidence }),
    };
  }
  return { kind: 'deployment', id, body, pointer: object.pointer, fields };
}

/** Reads all files of one dump and says what each of them contributes. */
export async function viewCluster(root: string, inputs: readonly InputFile[]): Promise<ClusterView> {
  const files = new Map<InputFile, FileView>();
  const failures = new Map<InputFile, unknown>();
  const parsed = new Map<InputFile, ParsedFile>();
  for (const file of [...inputs].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    try {
      const content = await parseObjects(file);
      parsed.set(file, content);
      files.set(file, { records: [], notes: new Map(content.notes), scopes: [], denied: [] });
    } catch (error) {
      failures.set(file, error);
    }
  }
  const notesOf = (object: KubeObject) => files.get(object.file)?.notes ?? new Map<string, number>();

  // The same object may be in several files of a dump; the first by path stands for it.
  const byUid = new Map<string, KubeObject>();
  const byName = new Map<string, KubeObject>();
  const objects: KubeObject[] = [];
  for (const { objects: list } of parsed.values()) {
    for (const object of list) {
      const key =
        nameKey(object.kind, object.namespace, object.name) +
        (object.basis === 'manifest' ? `\u0000${object.file.path}` : '');
      if ((object.uid !== undefined && byUid.has(`${object.kind}\u0000${object.uid}`)) || byName.has(key)) {
        bump(notesOf(object), `${object.kind}: seen before under the same identity`);
        continue;
      }
      if (object.uid !== undefined) {
        byUid.set(`${object.kind}\u0000${object.uid}`, object);
        byUid.set(object.uid, object);
      }
      byName.set(key, object);
      objects.push(object);
    }
  }

  const place: Surroundings = {
    cluster: clusterName(objects),
    nodes: new Map(objects.filter((object) => object.kind === 'Node').map((object) => [object.name, object])),
    namespaces: new Map(objects.filter((object) => object.kind === 'Namespace').map((object) => [object.name, object])),
    configMaps: (object) => (name) => {
      const key = nameKey('ConfigMap', object.namespace, name);
      const found = byName.get(object.basis === 'manifest' ? `${key}\u0000${object.file.path}` : key);
      return found && stringsAt(found.body, 'data');
    },
  };
  const runtimeObjects = new Map<string, KubeObject>();
  for (const object of objects) {
    if (object.kind === 'ServingRuntime' || object.kind === 'ClusterServingRuntime')
      runtimeObjects.set(object.name, object);
  }
  const runtimes: Runtimes = (name): Runtime | undefined => {
    const object = runtimeObjects.get(name);
    if (!object) return undefined;
    const { containers } = podOf(
      { ...object, body: { spec: { template: { spec: at(object.body, 'spec') } } } },
      () => undefined,
    ).pod;
    const container = containers.find((entry) => entry.name === 'kserve-container') ?? containers[0];
    return {
      object,
      container: container && { ...container, pointer: container.pointer.replace('/spec/template/spec', '/spec') },
    };
  };

  const groups = new Map<string, KubeObject[]>();
  for (const object of objects) {
    if (!isModelKind(object) && !isWorkload(object)) {
      bump(notesOf(object), companions[object.kind] ?? `${object.kind}: not a workload`);
      continue;
    }
    const key = groupKey(object, { byUid, byName });
    const members = groups.get(key);
    if (members) members.push(object);
    else groups.set(key, [object]);
  }

  const graphs = objects.filter((object) => object.kind === 'InferenceGraph');
  for (const [key, members] of groups) {
    const main = members.reduce((best, object) => (rankOf(object) < rankOf(best) ? object : best));
    const observations = observeGroup(main, place.configMaps(main), runtimes);
    const workloadName = workloadOf(key, main);
    if (observations.length === 0) {
      for (const member of members) bump(notesOf(member), `${member.kind} without a model server`);
      continue;
    }
    for (const member of members) {
      if (member !== main) bump(notesOf(member), `${member.kind} of a ${main.kind} that is counted once`);
    }
    const pods = members.filter(
      (member) => member.kind === 'Pod' && textAt(member.body, 'status', 'phase') !== undefined,
    );
    const revisions = new Set(observations.map((observed) => observed.suffix).filter((suffix) => suffix !== ''));
    for (const observed of observations) {
      const mine = pods.filter((pod) => {
        const revision = pod.labels['serving.knative.dev/revision'] ?? '';
        return observations.length === 1 || (revisions.has(revision) ? revision === observed.suffix : true);
      });
      completeObservation(observed, workloadName, mine, place);
      const routed = graphs.filter(
        (graph) => graph.namespace === main.namespace && graph.file === main.file && routesTo(graph, main.name),
      );
      if (routed.length > 0)
        put(observed, 'source_inference_graphs', routed.map((graph) => graph.name).sort(), main.pointer, 'inferred');
      files.get(main.file)?.records.push(toDraft(observed, workloadName, root, place.cluster?.name));
    }
  }
  addScopes(parsed, files, place);
  return { files, failures };
}

const routesTo = (graph: KubeObject, service: string): boolean =>
  Object.values(stringKeyed(at(graph.body, 'spec', 'nodes'))).some((node) =>
    listAt(node, 'steps').some((step) => textAt(step, 'serviceName') === service),
  );

const stringKeyed = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
