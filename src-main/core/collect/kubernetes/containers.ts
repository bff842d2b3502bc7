/**
 * Pod specs: containers with their expanded command line and environment, resources, mounts, and the model they load.
 *
 * `$(VAR)` in command and args is expanded as the kubelet does; a script given to `sh -c` is split and its `$VAR` expanded
 * too, because that is how most model servers are started. A variable that comes from a Secret, or from a ConfigMap that the
 * dump does not hold, stays unexpanded and makes the reference unresolved.
 */
import { normaliseModelReference } from '../../model-reference.ts';
import { type ModelServer, recogniseServer } from './model-servers.ts';
import { at, type Bag, bagAt, isBag, listAt, pointer, quantity, stringsAt, textAt } from './read.ts';

/** Looks up a ConfigMap of the same namespace in the same dump. */
export type ConfigMaps = (name: string) => Readonly<Record<string, string>> | undefined;

export interface Container {
  readonly name: string;
  readonly image: string | undefined;
  readonly args: readonly string[];
  readonly commandLine: string;
  readonly env: ReadonlyMap<string, string>;
  readonly pointer: string;
  readonly server: ModelServer | undefined;
  readonly cpu: number | undefined;
  readonly memoryMib: number | undefined;
  readonly gpus: number | undefined;
  readonly mounts: readonly { readonly path: string; readonly volume: string }[];
}

export interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers: readonly Container[];
  /** Claims of volumes by volume name. */
  readonly claims: ReadonlyMap<string, string>;
  readonly nodeName: string | undefined;
  readonly nodeSelector: Readonly<Record<string, string>>;
}

const gpuResource =
  /^(nvidia\.com\/(gpu|mig-.*)|amd\.com\/gpu|gpu\.intel\.com\/.*|habana\.ai\/gaudi|google\.com\/tpu|aws\.amazon\.com\/neuron(core)?)$/;

/** Words of a shell line, good enough for start commands: quotes, escapes, separators; no substitution. */
export function shellWords(line: string): string[] {
  const words: string[] = [];
  const token = /"((?:[^"\\]|\\.)*)"|'([^']*)'|((?:\\[\s\S]|[^\s"';&|])+)|([;&|]+)|(\s+)/g;
  let word: string | undefined;
  for (const match of line.replaceAll('\\\n', ' ').matchAll(token)) {
    const [, double, single, plain, separator, space] = match;
    if (space !== undefined || separator !== undefined) {
      if (word !== undefined) words.push(word);
      word = undefined;
      if (separator !== undefined) words.push(separator);
    } else {
      const piece = double?.replaceAll(/\\(["\\$`])/g, '$1') ?? single ?? plain?.replaceAll(/\\([\s\S])/g, '$1') ?? '';
      word = (word ?? '') + piece;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}

function expand(text: string, env: ReadonlyMap<string, string>, shell: boolean): string {
  const kubelet = text.replaceAll(/\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)/g, (whole, name: string) => env.get(name) ?? whole);
  if (!shell) return kubelet;
  return kubelet.replaceAll(
    /\$\{([A-Za-z_]\w*)(?::?-([^}]*))?\}|\$([A-Za-z_]\w*)/g,
    (_, braced: string | undefined, otherwise: string | undefined, bare: string | undefined) => {
      const name = braced ?? bare ?? '';
      return env.get(name) ?? otherwise ?? `\${${name}}`;
    },
  );
}

function environment(spec: Bag, configMaps: ConfigMaps, meta: Bag | undefined): Map<string, string> {
  const env = new Map<string, string>();
  for (const source of listAt(spec, 'envFrom')) {
    const map = textAt(source, 'configMapRef', 'name');
    const prefix = textAt(source, 'prefix') ?? '';
    for (const [key, value] of Object.entries((map === undefined ? undefined : configMaps(map)) ?? {})) {
      env.set(prefix + key, value);
    }
  }
  for (const entry of listAt(spec, 'env')) {
    const name = textAt(entry, 'name');
    if (name === undefined) continue;
    const map = textAt(entry, 'valueFrom', 'configMapKeyRef', 'name');
    const key = textAt(entry, 'valueFrom', 'configMapKeyRef', 'key');
    const field = textAt(entry, 'valueFrom', 'fieldRef', 'fieldPath');
    const label = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(field ?? '');
    const value =
      textAt(entry, 'value') ??
      (map !== undefined && key !== undefined ? configMaps(map)?.[key] : undefined) ??
      (label?.[1] && label[2] ? textAt(meta, label[1], label[2]) : undefined);
    // Earlier variables may be used by later ones; a variable that cannot be read stays undefined.
    if (value !== undefined) env.set(name, expand(value, env, false));
  }
  return env;
}

function readContainer(spec: Bag, where: string, configMaps: ConfigMaps, meta: Bag | undefined): Container {
  const env = environment(spec, configMaps, meta);
  const words: string[] = [];
  const raw = [...listAt(spec, 'command'), ...listAt(spec, 'args')]
    .filter((word) => typeof word !== 'object')
    .map(String);
  const script = raw.findIndex(
    (word, i) => i > 0 && /^-\w*c$/.test(word) && /(^|\/)(ba|da|z|a)?sh$/.test(raw[0] ?? ''),
  );
  raw.forEach((word, index) => {
    if (script !== -1 && index > script) words.push(...shellWords(word).map((part) => expand(part, env, true)));
    else words.push(expand(word, env, false));
  });
  for (const part of listAt(spec, 'lifecycle', 'postStart', 'exec', 'command')) {
    words.push(';', ...shellWords(String(part)).map((piece) => expand(piece, env, true)));
  }
  const commandLine = words.join(' ');
  const image = textAt(spec, 'image');
  // Limits stand in for requests that are not stated (Kubernetes: "requests default to limits").
  const resource = (name: string) => at(spec, 'resources', 'requests', name) ?? at(spec, 'resources', 'limits', name);
  const gpus = Object.keys({ ...bagAt(spec, 'resources', 'limits'), ...bagAt(spec, 'resources', 'requests') })
    .filter((name) => gpuResource.test(name))
    .map((name) => quantity(resource(name)) ?? 0);
  const memory = quantity(resource('memory'));
  return {
    name: textAt(spec, 'name') ?? '',
    image,
    args: words,
    commandLine,
    env,
    pointer: where,
    server: recogniseServer(image, commandLine),
    cpu: quantity(resource('cpu')),
    memoryMib: memory === undefined ? undefined : Math.round((memory / 2 ** 20) * 100) / 100,
    gpus: gpus.length === 0 ? undefined : gpus.reduce((sum, count) => sum + count, 0),
    mounts: listAt(spec, 'volumeMounts').flatMap((mount) => {
      const path = textAt(mount, 'mountPath');
      const volume = textAt(mount, 'name');
      return path === undefined || volume === undefined ? [] : [{ path, volume }];
    }),
  };
}

/** Reads a pod spec; `where` is its pointer, `meta` the pod's or template's metadata for the downward API. */
export function readPodSpec(spec: unknown, where: string, configMaps: ConfigMaps, meta: Bag | undefined): PodSpec {
  const containers = (list: string) =>
    listAt(spec, list).flatMap((entry, i) =>
      isBag(entry) ? [readContainer(entry, pointer(where, list, i), configMaps, meta)] : [],
    );
  const claims = new Map<string, string>();
  for (const volume of listAt(spec, 'volumes')) {
    const name = textAt(volume, 'name');
    const claim = textAt(volume, 'persistentVolumeClaim', 'claimName');
    if (name !== undefined && claim !== undefined) claims.set(name, claim);
  }
  return {
    containers: containers('containers'),
    initContainers: containers('initContainers'),
    claims,
    nodeName: textAt(spec, 'nodeName'),
    nodeSelector: stringsAt(spec, 'nodeSelector'),
  };
}

/** A single container object outside a pod spec, e.g. KServe's `predictor.model`. */
export const readSingle = (spec: Bag, where: string, configMaps: ConfigMaps): Container =>
  readContainer(spec, where, configMaps, undefined);

export interface LoadedModel {
  /** Normalised reference, or the text as it stands when it does not resolve. */
  readonly uri: string;
  readonly resolved: boolean;
}

const sharedFlags = [
  '--model-uri',
  '--model_uri',
  '--model-id',
  '--model_id',
  '--model',
  '--model-path',
  '--model_path',
  '--model-repository',
  '--model_base_path',
  '--model-name-or-path',
  '--hf-repo',
  '--model_dir',
];
const sharedVariables = [
  'STORAGE_URI',
  'MODEL_URI',
  'MLSERVER_MODEL_URI',
  'MODEL_ID',
  'HF_MODEL_ID',
  'OPTION_MODEL_ID',
  'HF_MODEL',
  'MODEL_REPO',
  'MODEL_NAME_OR_PATH',
  'LLAMA_ARG_HF_REPO',
  'LLAMA_ARG_MODEL_URL',
  'LLAMA_ARG_MODEL',
  'OLLAMA_MODEL',
  'SERVING_LOAD_MODELS',
  'MODEL_BASE_PATH',
  'MODEL_REPOSITORY',
  'MODEL_PATH',
  'MODEL_DIR',
  'MODEL',
];

/** Value of `--flag value` or `--flag=value`; underscores and dashes inside a long flag are the same flag. */
export function flagValue(args: readonly string[], flag: string): string | undefined {
  const wanted = flag.replaceAll('_', '-');
  for (const [index, arg] of args.entries()) {
    const equals = arg.indexOf('=');
    const name = (equals === -1 ? arg : arg.slice(0, equals)).replaceAll('_', '-');
    if (name !== wanted) continue;
    if (equals !== -1) return arg.slice(equals + 1).trim() || undefined;
    const next = args[index + 1];
    if (next !== undefined && next !== '' && !/^[;&|]+$/.test(next) && !next.startsWith('--')) return next;
  }
  return undefined;
}

function positional(container: Container): string | undefined {
  for (const word of container.server?.positional ?? []) {
    const index = container.args.findIndex((arg) => arg === word || arg.endsWith(`/${word}`));
    const next = index === -1 ? undefined : container.args[index + 1];
    if (next !== undefined && !next.startsWith('-') && !/^[;&|]+$/.test(next)) return next;
  }
  return undefined;
}

/** KServe's and Seldon's storage initialiser: `args: [source, target]`. */
function downloadedTo(pod: PodSpec | undefined, path: string): string | undefined {
  for (const init of pod?.initContainers ?? []) {
    if (!/storage-initializer|rclone/.test(`${init.image ?? ''} ${init.name}`)) continue;
    const [source, target] = init.args.filter((arg) => !arg.startsWith('-'));
    if (source !== undefined && target !== undefined && path.startsWith(target.replace(/\/+$/, ''))) return source;
  }
  return undefined;
}

/** The reference that a value given to a server stands for. */
export function resolveReference(
  value: string,
  container: Container | undefined,
  pod: PodSpec | undefined,
): LoadedModel {
  const server = container?.server;
  if (value.startsWith('/')) {
    const source = downloadedTo(pod, value);
    if (source !== undefined) return resolveReference(source, undefined, undefined);
    const mount = container?.mounts
      .filter((candidate) => value === candidate.path || value.startsWith(`${candidate.path.replace(/\/+$/, '')}/`))
      .sort((a, b) => b.path.length - a.path.length)[0];
    const claim = mount === undefined ? undefined : pod?.claims.get(mount.volume);
    if (mount !== undefined && claim !== undefined) {
      const inside = value.slice(mount.path.replace(/\/+$/, '').length);
      return { uri: normaliseModelReference(`pvc://${claim}${inside}`) ?? value, resolved: true };
    }
    return { uri: value, resolved: false };
  }
  const normal = normaliseModelReference(value);
  if (normal !== null) return { uri: normal, resolved: true };
  if (/[$<{]/.test(value)) return { uri: value, resolved: false };
  const hubId = /^[\w.-]+\/[\w.-]+(:[\w.-]+)?$/.test(value);
  if (hubId && (server?.hub === true || server?.id === 'llama.cpp')) {
    // llama.cpp writes the quantisation after a colon; it selects a file of the repository.
    const revision = container === undefined ? undefined : flagValue(container.args, '--revision');
    const id = value.replace(/:.*$/, '');
    return {
      uri: normaliseModelReference(`hf://${id}${revision === undefined ? '' : `@${revision}`}`) ?? value,
      resolved: true,
    };
  }
  if (server?.hub === true && /^[\w.-]+$/.test(value)) return { uri: `hf://${value}`, resolved: true };
  if (server?.id === 'Ollama' && /^[\w./-]+(:[\w.-]+)?$/.test(value))
    return { uri: `ollama://${value}`, resolved: true };
  return { uri: value, resolved: false };
}

/** The model that a container loads, by flag, by position, by environment, or the image itself. */
export function loadedModel(container: Container, pod: PodSpec | undefined): LoadedModel | undefined {
  const candidates = [
    ...(container.server?.flags ?? []).map((flag) => flagValue(container.args, flag)),
    positional(container),
    ...sharedFlags.map((flag) => flagValue(container.args, flag)),
    ...sharedVariables.map((name) => container.env.get(name)),
  ].filter((value) => value !== undefined);
  const found = candidates.map((value) => resolveReference(value, container, pod));
  const best = found.find((model) => model.resolved) ?? found[0];
  if (best?.resolved === true) return best;
  // Nothing points elsewhere: what the initialiser fetched is what is served.
  const fetched = pod === undefined ? undefined : downloadedTo(pod, '/mnt/models');
  if (fetched !== undefined) return resolveReference(fetched, undefined, undefined);
  if (container.server?.imageIsModel === true && container.image !== undefined) {
    const uri = normaliseModelReference(`oci://${container.image}`);
    if (uri !== null) return { uri, resolved: true };
  }
  return best;
}

/** Name under which the server offers the model. */
export function servedName(container: Container): string | undefined {
  for (const flag of ['--served-model-name', '--model-name', '--model_name', '--alias']) {
    const value = flagValue(container.args, flag);
    if (value !== undefined) return value;
  }
  for (const name of ['SERVED_MODEL_NAME', 'MODEL_NAME', 'MLSERVER_MODEL_NAME', 'PREDICTIVE_UNIT_ID']) {
    const value = container.env.get(name);
    if (value !== undefined && !/[$]/.test(value)) return value;
  }
  return undefined;
}
