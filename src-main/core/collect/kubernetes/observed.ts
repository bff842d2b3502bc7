/** One observation under construction: a deployment's fields, each with where in which file it was read. */
import type { Confidence, JsonValue } from '../../../../src-shared/domain/record.ts';
import type { InputFile } from '../mapper.ts';
import { type Container, type LoadedModel, loadedModel, type PodSpec, servedName } from './containers.ts';
import type { KubeObject } from './objects.ts';
import { at, listAt, numberAt, textAt } from './read.ts';

export interface Value {
  readonly value: JsonValue;
  readonly pointer: string;
  readonly file?: InputFile;
  readonly confidence?: Confidence;
}

export type Health = 'ready' | 'degraded' | 'failed' | 'pending' | 'unknown';

/** What the platform says of the workload as a whole, before pods are folded in. */
export interface Readiness {
  readonly health: Health;
  readonly desired: number | undefined;
  readonly ready: number | undefined;
}

export interface Observed {
  readonly object: KubeObject;
  /** Tells several models of one object apart; empty for the only one. */
  readonly suffix: string;
  readonly fields: Map<string, Value>;
  readonly readiness: Readiness;
  /** Share of traffic that a canary gets; undefined outside canaries. */
  readonly canary: boolean;
  /** Container that serves, to pick its image digest out of the pods. */
  readonly container: Container | undefined;
}

export function observe(
  object: KubeObject,
  options: { suffix?: string; readiness?: Readiness; canary?: boolean; container?: Container | undefined } = {},
): Observed {
  return {
    object,
    suffix: options.suffix ?? '',
    fields: new Map(),
    readiness: options.readiness ?? { health: 'unknown', desired: undefined, ready: undefined },
    canary: options.canary ?? false,
    container: options.container,
  };
}

/** Sets a field unless there is nothing to say or somebody more telling said it before. */
export function put(
  observed: Observed,
  field: string,
  value: JsonValue | undefined,
  where: string,
  confidence?: Confidence,
  file?: InputFile,
): void {
  if (value === undefined || value === '' || observed.fields.has(field)) return;
  observed.fields.set(field, {
    value,
    pointer: where,
    ...(confidence === undefined ? {} : { confidence }),
    ...(file === undefined || file === observed.object.file ? {} : { file }),
  });
}

export function putModel(observed: Observed, model: LoadedModel | undefined, where: string): void {
  if (model) put(observed, 'model_uri', model.uri, where, model.resolved ? 'declared' : 'unresolved');
}

/** Everything a serving container says: server, image, model, name, resources. */
export function putContainer(observed: Observed, container: Container, pod: PodSpec | undefined): void {
  putModel(observed, loadedModel(container, pod), container.pointer);
  put(observed, 'serving_runtime', container.server?.id, container.pointer, 'inferred');
  put(observed, 'declared_model_name', servedName(container), container.pointer);
  if (container.image !== undefined) {
    const unresolved = /[{}$<>]/.test(container.image);
    put(observed, 'image_ref', container.image, `${container.pointer}/image`, unresolved ? 'unresolved' : 'declared');
    const pinned = /@([a-z0-9]+:[0-9a-fA-F]{32,})$/.exec(container.image)?.[1];
    put(observed, 'image_digest', pinned?.toLowerCase(), `${container.pointer}/image`);
  }
  put(observed, 'cpu_request', decimal(container.cpu), container.pointer);
  put(observed, 'memory_request_mib', decimal(container.memoryMib), container.pointer);
  put(observed, 'gpu_count', decimal(container.gpus), container.pointer);
}

/** Six decimals: enough for a thousandth of a core, and free of the noise of binary fractions. */
export const decimal = (value: number | undefined): number | undefined =>
  value === undefined ? undefined : Math.round(value * 1e6) / 1e6;

/** `True`, `False`, `Unknown` of a condition; undefined when it is not there. */
export function condition(body: unknown, type: string): string | undefined {
  const found = listAt(body, 'status', 'conditions').find((entry) => textAt(entry, 'type') === type);
  return textAt(found, 'status');
}

export function healthOfCondition(status: string | undefined): Health {
  if (status === 'True') return 'ready';
  if (status === 'False') return 'failed';
  return status === undefined ? 'unknown' : 'pending';
}

/** Health of a workload that counts replicas. */
export function healthOfReplicas(desired: number | undefined, ready: number | undefined): Health {
  if (desired === undefined || ready === undefined) return 'unknown';
  if (ready >= desired && desired > 0) return 'ready';
  return ready > 0 ? 'degraded' : desired === 0 ? 'unknown' : 'pending';
}

/** Replicas of Deployments, StatefulSets, ReplicaSets and whatever follows their fields. A dump's absent count is zero. */
export function replicaReadiness(object: KubeObject): Readiness {
  const { body } = object;
  const desired =
    numberAt(body, 'spec', 'replicas') ??
    numberAt(body, 'status', 'desiredNumberScheduled') ??
    numberAt(body, 'status', 'replicas');
  const stated = numberAt(body, 'status', 'readyReplicas') ?? numberAt(body, 'status', 'numberReady');
  const ready = stated ?? (object.basis === 'api_dump' && at(body, 'status') !== undefined ? 0 : undefined);
  return { health: healthOfReplicas(desired, ready), desired, ready };
}
