/**
 * KServe: InferenceService (model spec, per-framework spec, custom containers, v1alpha2), TrainedModel, LLMInferenceService.
 *
 * A canary is the object's own spec; the revision that still takes the rest of the traffic is only named in
 * `status.components.predictor.traffic`, so it becomes an observation of its own whose model is unresolved.
 */

import type { ConfigMaps } from './containers.ts';
import {
  type Container,
  flagValue,
  loadedModel,
  type PodSpec,
  readPodSpec,
  readSingle,
  resolveReference,
} from './containers.ts';
import type { KubeObject } from './objects.ts';
import {
  condition,
  decimal,
  healthOfCondition,
  type Observed,
  observe,
  put,
  putContainer,
  putModel,
  type Readiness,
} from './observed.ts';
import { at, type Bag, bagAt, isBag, listAt, numberAt, pointer, textAt } from './read.ts';

/** What a ServingRuntime of the same dump adds: its image and server. */
export interface Runtime {
  readonly object: KubeObject;
  readonly container: Container | undefined;
}
export type Runtimes = (name: string, namespace: string | undefined) => Runtime | undefined;

const frameworks = [
  'sklearn',
  'xgboost',
  'tensorflow',
  'pytorch',
  'triton',
  'onnx',
  'huggingface',
  'pmml',
  'lightgbm',
  'paddle',
  'mlflow',
  'tensorrt',
  'catboost',
  'spacy',
];

function readiness(object: KubeObject, component: Bag | undefined): Readiness {
  const { body } = object;
  const state = textAt(body, 'status', 'modelStatus', 'states', 'activeModelState');
  const transition = textAt(body, 'status', 'modelStatus', 'transitionStatus');
  const ready = condition(body, 'Ready');
  const byState =
    state === 'Loaded'
      ? 'ready'
      : state === 'FailedToLoad'
        ? 'failed'
        : state === undefined
          ? undefined
          : ('pending' as const);
  const byCondition = healthOfCondition(ready);
  const blocked = transition === 'BlockedByFailedLoad' || transition === 'InvalidSpec';
  const health =
    ready === 'True'
      ? blocked || byState === 'failed'
        ? 'degraded'
        : 'ready'
      : byState === 'ready'
        ? 'degraded'
        : (byState ?? byCondition);
  return {
    health,
    desired: numberAt(component, 'minReplicas') ?? numberAt(body, 'status', 'modelStatus', 'copies', 'totalCopies'),
    ready: undefined,
  };
}

/** Storage of a model spec: a URI, several URIs, or a key of the storage secret with a path. */
function storage(spec: Bag): { uri: string; path: string[]; resolved: boolean } | undefined {
  const direct = textAt(spec, 'storageUri');
  if (direct !== undefined) return { uri: direct, path: ['storageUri'], resolved: true };
  const several = textAt(spec, 'storageUris', 0, 'uri') ?? textAt(spec, 'storageUris', 0);
  if (several !== undefined) return { uri: several, path: ['storageUris', '0'], resolved: true };
  const held = bagAt(spec, 'storage');
  if (!held) return undefined;
  const uri = textAt(held, 'storageUri');
  if (uri !== undefined) return { uri, path: ['storage', 'storageUri'], resolved: true };
  const path = textAt(held, 'path') ?? '';
  const bucket = textAt(held, 'parameters', 'bucket');
  const type = textAt(held, 'parameters', 'type') ?? 's3';
  if (bucket !== undefined && (type === 's3' || type === 'gs')) {
    return { uri: `${type}://${bucket}/${path}`, path: ['storage'], resolved: true };
  }
  // The bucket is in a Secret that nobody collects.
  return { uri: `storage-key:${textAt(held, 'key') ?? 'default'}/${path}`, path: ['storage'], resolved: false };
}

function putStored(observed: Observed, spec: Bag, where: string, model: Container): void {
  const stored = storage(spec);
  if (!stored) return;
  const place = pointer(where, ...stored.path);
  if (stored.resolved) putModel(observed, resolveReference(stored.uri, model, undefined), place);
  else putModel(observed, { uri: stored.uri, resolved: false }, place);
}

function predictor(
  object: KubeObject,
  spec: Bag,
  where: string,
  configMaps: ConfigMaps,
  runtimes: Runtimes,
  suffix: string,
  canary: boolean,
): Observed {
  const single = bagAt(spec, 'model');
  const legacy = single ? undefined : frameworks.find((name) => isBag(at(spec, name)));
  const modelSpec = single ?? (legacy === undefined ? undefined : bagAt(spec, legacy));
  const modelPointer = pointer(where, single ? 'model' : (legacy ?? ''));
  const pod: PodSpec = readPodSpec(spec, where, configMaps, bagAt(object.body, 'metadata'));
  const custom =
    pod.containers.find((entry) => entry.server !== undefined) ??
    pod.containers.find((entry) => entry.name === 'kserve-container') ??
    pod.containers[0];
  const model = modelSpec === undefined ? undefined : readSingle(modelSpec, modelPointer, configMaps);
  const runtimeName = textAt(modelSpec, 'runtime');
  const runtime = runtimeName === undefined ? undefined : runtimes(runtimeName, object.namespace);
  const observed = observe(object, {
    suffix,
    canary,
    readiness: readiness(object, spec),
    container: model?.image === undefined ? (runtime?.container ?? custom) : model,
  });

  if (modelSpec !== undefined && model !== undefined) {
    const format = textAt(modelSpec, 'modelFormat', 'name') ?? legacy;
    const version = textAt(modelSpec, 'modelFormat', 'version');
    put(
      observed,
      'serving_framework',
      format === undefined ? undefined : [format, version].filter(Boolean).join(' '),
      single ? pointer(modelPointer, 'modelFormat') : modelPointer,
    );
    put(observed, 'serving_runtime', runtimeName, pointer(modelPointer, 'runtime'));
    putStored(observed, modelSpec, modelPointer, model);
    const hub = flagValue(model.args, '--model_id') ?? model.env.get('MODEL_ID');
    if (hub !== undefined && format === 'huggingface' && /^[\w.-]+(\/[\w.-]+)?$/.test(hub)) {
      const revision = flagValue(model.args, '--model_revision');
      putModel(
        observed,
        { uri: `hf://${hub}${revision === undefined ? '' : `@${revision}`}`, resolved: true },
        pointer(modelPointer, 'args'),
      );
    }
    putContainer(observed, model, undefined);
    if (runtime?.container) {
      put(
        observed,
        'image_ref',
        runtime.container.image,
        pointer(runtime.container.pointer, 'image'),
        'inferred',
        runtime.object.file,
      );
    }
    put(observed, 'serving_runtime', legacy === undefined ? undefined : `KServe ${legacy}`, modelPointer, 'inferred');
  }
  if (custom) {
    if (custom.env.has('STORAGE_URI')) putModel(observed, loadedModel(custom, pod), custom.pointer);
    putContainer(observed, custom, pod);
    put(
      observed,
      'serving_runtime',
      modelSpec === undefined ? 'KServe custom predictor' : undefined,
      custom.pointer,
      'inferred',
    );
  }
  return observed;
}

/** InferenceService: one observation, plus one for every other revision that takes traffic. */
export function inferenceService(object: KubeObject, configMaps: ConfigMaps, runtimes: Runtimes): Observed[] {
  const { body, pointer: base } = object;
  const url = textAt(body, 'status', 'url');
  const out: Observed[] = [];
  const legacy = bagAt(body, 'spec', 'default', 'predictor');
  if (legacy) {
    const percent = numberAt(body, 'spec', 'canaryTrafficPercent');
    out.push(predictor(object, legacy, pointer(base, 'spec', 'default', 'predictor'), configMaps, runtimes, '', false));
    const canary = bagAt(body, 'spec', 'canary', 'predictor');
    if (canary) {
      const observed = predictor(
        object,
        canary,
        pointer(base, 'spec', 'canary', 'predictor'),
        configMaps,
        runtimes,
        'canary',
        true,
      );
      put(observed, 'traffic_percent', decimal(percent), pointer(base, 'spec', 'canaryTrafficPercent'));
      out.push(observed);
    }
  } else {
    const spec = bagAt(body, 'spec', 'predictor') ?? {};
    const where = pointer(base, 'spec', 'predictor');
    const percent = numberAt(spec, 'canaryTrafficPercent');
    const canary = percent !== undefined && percent < 100;
    const observed = predictor(object, spec, where, configMaps, runtimes, '', canary);
    put(observed, 'traffic_percent', decimal(percent), pointer(where, 'canaryTrafficPercent'));
    out.push(observed);
    const traffic = ['status', 'components', 'predictor', 'traffic'];
    listAt(body, ...traffic).forEach((entry, index) => {
      const share = numberAt(entry, 'percent');
      const revision = textAt(entry, 'revisionName');
      if (share === undefined || share === 0) return;
      if (at(entry, 'latestRevision') === true || revision === undefined) {
        put(observed, 'traffic_percent', decimal(share), pointer(base, ...traffic, index, 'percent'));
        return;
      }
      const previous = observe(object, {
        suffix: revision,
        readiness: { health: 'unknown', desired: undefined, ready: undefined },
      });
      put(previous, 'traffic_percent', decimal(share), pointer(base, ...traffic, index, 'percent'));
      put(previous, 'declared_model_name', object.name, pointer(base, 'metadata', 'name'), 'inferred');
      putModel(
        previous,
        { uri: `revision:${revision}`, resolved: false },
        pointer(base, ...traffic, index, 'revisionName'),
      );
      out.push(previous);
    });
  }
  for (const observed of out) put(observed, 'service_url', url, pointer(base, 'status', 'url'));
  return out;
}

/** TrainedModel: one model loaded into a multi-model InferenceService. */
export function trainedModel(object: KubeObject): Observed[] {
  const { body, pointer: base } = object;
  const observed = observe(object, {
    readiness: { health: healthOfCondition(condition(body, 'Ready')), desired: undefined, ready: undefined },
  });
  const uri = textAt(body, 'spec', 'model', 'storageUri');
  const where = pointer(base, 'spec', 'model');
  if (uri !== undefined) putModel(observed, resolveReference(uri, undefined, undefined), pointer(where, 'storageUri'));
  put(observed, 'serving_framework', textAt(body, 'spec', 'model', 'framework'), pointer(where, 'framework'));
  put(observed, 'serving_runtime', textAt(body, 'spec', 'inferenceService'), pointer(base, 'spec', 'inferenceService'));
  put(observed, 'declared_model_name', object.name, pointer(base, 'metadata', 'name'));
  put(observed, 'service_url', textAt(body, 'status', 'url'), pointer(base, 'status', 'url'));
  return [observed];
}

/** LLMInferenceService: `spec.model{uri,name,lora}` and, in `spec.template`, the serving containers. */
export function llmInferenceService(object: KubeObject, configMaps: ConfigMaps): Observed[] {
  const { body, pointer: base } = object;
  const pod = readPodSpec(at(body, 'spec', 'template'), pointer(base, 'spec', 'template'), configMaps, undefined);
  const container = pod.containers.find((entry) => entry.server !== undefined) ?? pod.containers[0];
  const readinessOf: Readiness = {
    health: healthOfCondition(condition(body, 'Ready')),
    desired: numberAt(body, 'spec', 'replicas'),
    ready: undefined,
  };
  const main = observe(object, { readiness: readinessOf, container });
  const uri = textAt(body, 'spec', 'model', 'uri');
  if (uri !== undefined)
    putModel(main, resolveReference(uri, undefined, undefined), pointer(base, 'spec', 'model', 'uri'));
  put(main, 'declared_model_name', textAt(body, 'spec', 'model', 'name'), pointer(base, 'spec', 'model', 'name'));
  if (container) putContainer(main, container, pod);
  put(main, 'serving_runtime', 'vLLM', base, 'inferred');
  const adapters = listAt(body, 'spec', 'model', 'lora', 'adapters').map((entry, index) => {
    const name = textAt(entry, 'name') ?? String(index);
    const observed = observe(object, { suffix: `lora-${name}`, readiness: readinessOf, container });
    const where = pointer(base, 'spec', 'model', 'lora', 'adapters', index);
    const adapter = textAt(entry, 'uri');
    if (adapter !== undefined)
      putModel(observed, resolveReference(adapter, undefined, undefined), pointer(where, 'uri'));
    put(observed, 'declared_model_name', name, pointer(where, 'name'));
    put(observed, 'serving_runtime', 'vLLM', where, 'inferred');
    return observed;
  });
  const all = [main, ...adapters];
  for (const observed of all)
    put(observed, 'service_url', textAt(body, 'status', 'url'), pointer(base, 'status', 'url'));
  return all;
}
