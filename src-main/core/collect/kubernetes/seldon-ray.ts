/** Seldon Core v1 (SeldonDeployment graphs), Seldon Core 2 (Model) and Ray Serve (RayService with its YAML in a string). */
import { parseDocument } from 'yaml';
import { type ConfigMaps, readPodSpec, resolveReference } from './containers.ts';
import { modelServers } from './model-servers.ts';
import type { KubeObject } from './objects.ts';
import {
  condition,
  decimal,
  healthOfCondition,
  healthOfReplicas,
  type Observed,
  observe,
  put,
  putContainer,
  putModel,
  type Readiness,
} from './observed.ts';
import { at, isBag, listAt, numberAt, pointer, textAt } from './read.ts';

const vllm = modelServers.find((server) => server.id === 'vLLM');

/** Seldon Core 2 `Model`: storageUri, requirements, server, replicas. */
export function seldonModel(object: KubeObject): Observed[] {
  const { body, pointer: base } = object;
  const desired = numberAt(body, 'spec', 'replicas');
  const ready = numberAt(body, 'status', 'availableReplicas') ?? numberAt(body, 'status', 'replicas');
  const byCondition = healthOfCondition(condition(body, 'Ready') ?? condition(body, 'ModelReady'));
  const observed = observe(object, {
    readiness: { health: byCondition === 'unknown' ? healthOfReplicas(desired, ready) : byCondition, desired, ready },
  });
  const uri = textAt(body, 'spec', 'storageUri');
  if (uri !== undefined)
    putModel(observed, resolveReference(uri, undefined, undefined), pointer(base, 'spec', 'storageUri'));
  const requirements = listAt(body, 'spec', 'requirements').filter((entry) => typeof entry === 'string');
  put(
    observed,
    'serving_framework',
    requirements.join(', ') || textAt(body, 'spec', 'modelType'),
    pointer(base, 'spec', 'requirements'),
  );
  put(observed, 'serving_runtime', textAt(body, 'spec', 'server') ?? 'Seldon Core 2', pointer(base, 'spec', 'server'));
  put(observed, 'declared_model_name', object.name, pointer(base, 'metadata', 'name'));
  return [observed];
}

/** Seldon Core v1: every node of a predictor's graph that loads a model. */
export function seldonDeployment(object: KubeObject, configMaps: ConfigMaps): Observed[] {
  const { body, pointer: base } = object;
  const state = textAt(body, 'status', 'state');
  const out: Observed[] = [];
  listAt(body, 'spec', 'predictors').forEach((entry, index) => {
    const where = pointer(base, 'spec', 'predictors', index);
    const name = textAt(entry, 'name') ?? String(index);
    const traffic = numberAt(entry, 'traffic');
    const desired = numberAt(entry, 'replicas') ?? numberAt(body, 'spec', 'replicas');
    const readiness: Readiness = {
      health:
        state === 'Available' ? 'ready' : state === 'Failed' ? 'failed' : state === undefined ? 'unknown' : 'pending',
      desired,
      ready: undefined,
    };
    const pods = listAt(entry, 'componentSpecs').map((spec, i) =>
      readPodSpec(at(spec, 'spec'), pointer(where, 'componentSpecs', i, 'spec'), configMaps, undefined),
    );
    const visit = (node: unknown, place: string): void => {
      if (!isBag(node)) return;
      const unit = textAt(node, 'name') ?? 'model';
      const uri = textAt(node, 'modelUri');
      const pod = pods.find((candidate) => candidate.containers.some((container) => container.name === unit));
      const container = pod?.containers.find((candidate) => candidate.name === unit);
      const router = /^(ROUTER|COMBINER|TRANSFORMER|OUTPUT_TRANSFORMER)$/.test(textAt(node, 'type') ?? '');
      if (uri !== undefined || (!router && (container !== undefined || textAt(node, 'implementation') !== undefined))) {
        const canary = traffic !== undefined && traffic > 0 && traffic < 50;
        const observed = observe(object, { suffix: `${name}/${unit}`, readiness, container, canary });
        if (uri !== undefined)
          putModel(observed, resolveReference(uri, undefined, undefined), pointer(place, 'modelUri'));
        put(observed, 'serving_runtime', textAt(node, 'implementation'), pointer(place, 'implementation'));
        put(observed, 'declared_model_name', unit, pointer(place, 'name'));
        put(observed, 'traffic_percent', decimal(traffic), pointer(where, 'traffic'));
        if (container) putContainer(observed, container, pod);
        put(observed, 'serving_runtime', 'Seldon Core', place, 'inferred');
        out.push(observed);
      }
      for (const [i, child] of listAt(node, 'children').entries()) visit(child, pointer(place, 'children', i));
    };
    visit(at(entry, 'graph'), pointer(where, 'graph'));
  });
  return out;
}

/** RayService: one observation per entry of `llm_configs`, and one per application that has none. */
export function rayService(object: KubeObject): Observed[] {
  const { body, pointer: base } = object;
  const text = textAt(body, 'spec', 'serveConfigV2');
  const where = pointer(base, 'spec', 'serveConfigV2');
  const serviceStatus = textAt(body, 'status', 'serviceStatus');
  const applied = condition(body, 'Ready');
  const health =
    applied !== undefined
      ? healthOfCondition(applied)
      : serviceStatus === 'Running'
        ? ('ready' as const)
        : serviceStatus === undefined
          ? ('unknown' as const)
          : ('pending' as const);
  const pod = readPodSpec(
    at(body, 'spec', 'rayClusterConfig', 'headGroupSpec', 'template', 'spec'),
    pointer(base, 'spec', 'rayClusterConfig', 'headGroupSpec', 'template', 'spec'),
    () => undefined,
    undefined,
  );
  const container = pod.containers[0];
  const make = (suffix: string, desired: number | undefined): Observed => {
    const observed = observe(object, { suffix, container, readiness: { health, desired, ready: undefined } });
    put(observed, 'serving_runtime', 'Ray Serve', where, 'inferred');
    put(observed, 'image_ref', container?.image, pointer(container?.pointer ?? base, 'image'));
    return observed;
  };
  let config: unknown;
  if (text !== undefined) {
    const document = parseDocument(text);
    config = document.errors.length === 0 ? (document.toJS({ maxAliasCount: 100 }) as unknown) : undefined;
  }
  const out: Observed[] = [];
  listAt(config, 'applications').forEach((application, index) => {
    const name = textAt(application, 'name') ?? `app-${index}`;
    const configs = listAt(application, 'args', 'llm_configs');
    configs.forEach((entry, i) => {
      const loading = at(entry, 'model_loading_config');
      const id = textAt(loading, 'model_id');
      const source = textAt(loading, 'model_source', 'bucket_uri') ?? textAt(loading, 'model_source') ?? id;
      const observed = make(
        `${name}/${id ?? i}`,
        numberAt(entry, 'deployment_config', 'autoscaling_config', 'min_replicas') ??
          numberAt(entry, 'deployment_config', 'num_replicas'),
      );
      // A source that is an address is one; anything else is what vLLM would look up on the Hub.
      if (source !== undefined) {
        const model = resolveReference(source, undefined, undefined);
        const hub = /^[\w.-]+\/[\w.-]+$/.test(source) && vllm !== undefined;
        putModel(observed, model.resolved || !hub ? model : { uri: `hf://${source}`, resolved: true }, where);
      } else {
        putModel(observed, { uri: typeof entry === 'string' ? entry : `llm_configs/${i}`, resolved: false }, where);
      }
      put(observed, 'declared_model_name', id, where);
      put(observed, 'serving_framework', textAt(entry, 'llm_engine') ?? 'vLLM', where, 'inferred');
      out.push(observed);
    });
    if (configs.length > 0) return;
    const observed = make(name, undefined);
    const variables = at(application, 'runtime_env', 'env_vars');
    const source =
      textAt(variables, 'MODEL_URI') ??
      textAt(variables, 'MODEL_ID') ??
      textAt(application, 'args', 'model') ??
      textAt(application, 'args', 'model_id');
    if (source !== undefined) {
      const model = resolveReference(source, undefined, undefined);
      putModel(
        observed,
        !model.resolved && /^[\w.-]+\/[\w.-]+$/.test(source) ? { uri: `hf://${source}`, resolved: true } : model,
        where,
      );
    } else {
      putModel(observed, { uri: `import:${textAt(application, 'import_path') ?? name}`, resolved: false }, where);
    }
    put(observed, 'declared_model_name', name, where);
    out.push(observed);
  });
  if (out.length === 0) {
    const observed = make('', undefined);
    putModel(
      observed,
      { uri: text === undefined ? 'serveConfigV2 missing' : 'serveConfigV2 without applications', resolved: false },
      where,
    );
    out.push(observed);
  }
  return out;
}
