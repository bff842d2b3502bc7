/**
 * Kubernetes: what clusters run (dumps of their API) and what manifests declare.
 *
 * Two mappers over one reader, because they are different evidence: a dump that covers a namespace can show that something is
 * *not* there, a folder of manifests never can. Sources: Kubernetes API conventions, KServe v1beta1/v1alpha1/v1alpha2,
 * Seldon Core v1 and v2, KubeRay, kubeflow model registry labels, the support-bundle layout of troubleshoot.sh.
 */
import type { InputFile, MapContext, Mapper } from '../mapper.ts';
import { type ClusterView, viewCluster } from './cluster.ts';
import { dumpRootOf } from './grouping.ts';
import { recogniseHead } from './objects.ts';
import { isBag } from './read.ts';

const declared = [
  'deployment_id',
  'deployment_name',
  'deployment_status',
  'location_ref',
  'namespace',
  'workload_kind',
  'workload_name',
  'model_uri',
  'image_ref',
  'serving_runtime',
  'serving_framework',
  'declared_model_name',
  'declared_version_label',
  'registered_model_id',
  'replicas_desired',
  'traffic_percent',
  'gpu_count',
  'cpu_request',
  'memory_request_mib',
  'observation_basis',
  'deployment_tags',
  'environment',
  'region',
  'deployment_cost_centre',
  'customer_segments',
];
const running = [
  ...declared,
  'cluster',
  'deployed_at',
  'image_digest',
  'node_names',
  'replicas_ready',
  'health',
  'service_url',
  'processing_regions',
];

/** Views by the files they were built from: one dump is read once, however many of its files are mapped. */
type Views = WeakMap<InputFile, Promise<ClusterView>>;

const kindOf = async (file: InputFile) => recogniseHead(file.path, await file.head());

function viewOf(
  views: Views,
  file: InputFile,
  context: MapContext,
  basis: 'api_dump' | 'manifest',
): Promise<ClusterView> {
  const known = views.get(file);
  if (known) return known;
  const root = dumpRootOf(file.path);
  const folder = file.path.includes('/') ? file.path.slice(0, file.path.lastIndexOf('/')) : '';
  const depth = folder === root ? 0 : folder.slice(root === '' ? 0 : root.length + 1).split('/').length;
  const around = context.below(depth === 0 ? '.' : Array(depth).fill('..').join('/'));
  const candidates = around.filter((other) => other !== file && dumpRootOf(other.path) === root);
  const build = async (): Promise<ClusterView> => {
    const mine = [file];
    for (const other of candidates) {
      // A file that cannot even be opened fails on its own turn.
      const kind = await kindOf(other).catch(() => null);
      if (kind === basis) mine.push(other);
    }
    for (const other of mine) views.set(other, view);
    return viewCluster(root, mine);
  };
  const view = Promise.resolve().then(build);
  views.set(file, view);
  return view;
}

/** `*-errors.json` of a support bundle: what the collector was refused. */
async function mapErrors(file: InputFile, context: MapContext): Promise<void> {
  const resource = file.path.slice(file.path.lastIndexOf('/') + 1).replace(/-errors\.json$/, '');
  const content = await file.json();
  const entries: readonly (readonly [string, unknown])[] = Array.isArray(content)
    ? content.map((text): readonly [string, unknown] => ['', text])
    : isBag(content)
      ? Object.entries(content)
      : [];
  for (const [namespace, text] of entries) {
    context.deny(
      `${resource}${namespace === '' ? '' : ` in ${namespace}`}: ${typeof text === 'string' ? text : JSON.stringify(text)}`,
    );
  }
  context.note('list of refused requests', entries.length);
}

function mapper(basis: 'api_dump' | 'manifest', format: string, title: string): Mapper {
  const views: Views = new WeakMap();
  return {
    format,
    title,
    role: 'discovery',
    supplied: { deployment: basis === 'api_dump' ? running : declared },
    async recognise(file) {
      const kind = await kindOf(file);
      return kind === basis || (kind === 'errors' && basis === 'api_dump') ? 'primary' : null;
    },
    async map(file, context) {
      if ((await kindOf(file)) === 'errors') return mapErrors(file, context);
      const view = await viewOf(views, file, context, basis);
      if (view.failures.has(file)) throw view.failures.get(file);
      const mine = view.files.get(file);
      if (!mine) return;
      for (const scope of mine.scopes) context.addScope(scope);
      for (const what of mine.denied) context.deny(what);
      for (const [reason, count] of mine.notes) context.note(reason, count);
      for (const record of mine.records) context.emit(record);
    },
  };
}

export const kubernetesMappers: readonly Mapper[] = [
  mapper('api_dump', 'kubernetes', 'Kubernetes API dump (kubectl, raw lists, support bundle; KServe, Seldon, Ray)'),
  mapper('manifest', 'kubernetes-manifest', 'Kubernetes manifests (KServe, Seldon, Ray, plain workloads)'),
];
