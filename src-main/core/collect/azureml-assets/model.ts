/** A model asset: one row of the registry, so one model and one version of it. */
import { normaliseModelReference } from '../../model-reference.ts';
import type { Origin } from '../draft.ts';
import { draft } from '../draft.ts';
import { spdxOf } from '../licence.ts';
import type { InputFile, MapContext } from '../mapper.ts';
import { at, dateOf, isPlaceholder, objectOf, pointerOf, tagsOf, textOf, textsOf } from '../values.ts';
import { datasetNames } from './data.ts';
import { readMlmodel, withMlmodel } from './mlmodel.ts';
import { type Part, readTemplate } from './template.ts';

export async function mapModel(asset: Part, spec: Part, context: MapContext): Promise<void> {
  const name = textOf(at(spec.document, 'name')) ?? textOf(at(asset.document, 'name'));
  if (name === undefined) return context.note('model asset without a name');
  const modelId = `azureml:${name}`;
  const system = at(spec.document, 'system_metadata');
  const inSpec = (...path: (string | number)[]): Origin => ({ pointer: pointerOf(...path), file: spec.file });
  const inSystem = (...path: string[]): Origin => inSpec('system_metadata', ...path);
  const mlmodel = await readMlmodel(context);
  const description = await readDescription(asset, context);
  const publisher = textOf(at(system, 'publisher'));
  const licence = textOf(at(system, 'license'));
  const hub = textOf(at(system, 'huggingFaceModelId'));
  const extra = await readExtra(asset, context);
  const aliases = [textOf(at(system, 'displayName')), hub].filter((alias) => alias !== undefined && alias !== name);
  const baseRef = hub && /^[\w.-]+(\/[\w.-]+)?$/.test(hub) ? normaliseModelReference(`hf://${hub}`) : undefined;
  const specTags = tagsOf(at(spec.document, 'tags'));
  const categories = textsOf(at(asset.document, 'categories'));

  const model = draft('model', modelId, '')
    .set('model_name', name, inSpec('name'))
    .set('model_aliases', [...new Set(aliases)], inSystem())
    .set('description', at(spec.document, 'description'), inSpec('description'))
    .set('description', at(system, 'summary'), inSystem('summary'))
    .set('task', textsOf(at(system, 'tasks', 'inferenceTasks')).join(', '), inSystem('tasks', 'inferenceTasks'))
    .set('languages', textsOf(at(system, 'languages')), inSystem('languages'))
    .set('licence_id', licence && (spdxOf(licence) ?? licence), inSystem('license'))
    .set('base_model_ref', baseRef ?? hub, inSystem('huggingFaceModelId'))
    .set('tags', [...specTags, ...categories], specTags.length > 0 ? inSpec('tags') : { pointer: '/categories' })
    .set(
      'decommission_planned_at',
      dateOf(at(system, 'deprecation', 'inferenceRetirementDate')),
      inSystem('deprecation', 'inferenceRetirementDate'),
    )
    .keep('licence_description', at(system, 'licenseDescription'), inSystem('licenseDescription'))
    .keep('industry', at(system, 'industry'), inSystem('industry'))
    .keep('domain', at(system, 'domain'), inSystem('domain'));
  if (description) model.set('description', description.text, { pointer: '', file: description.file });
  if (publisher !== undefined) {
    const party = draft('party', `azureml:publisher:${publisher}`, '').set(
      'party_name',
      publisher,
      inSystem('publisher'),
    );
    context.emit(party.done());
    model.set('developer', party.ref, inSystem('publisher'), 'inferred');
  }

  const label = textOf(at(spec.document, 'version')) ?? textOf(at(asset.document, 'version'));
  const version = draft('model_version', `${modelId}:${label}`, '')
    .set('model_ref', model.ref, inSpec('name'))
    .set('version_label', label, inSpec('version'))
    .set(
      'version_status',
      isDeprecated(spec.document) ? 'deprecated' : undefined,
      inSpec('tags', 'Deprecated'),
      'inferred',
    )
    // The repository publishes to the system registry, which has one name in every cloud region.
    .set(
      'model_uri',
      label && normaliseModelReference(`azureml://registries/azureml/models/${name}/versions/${label}`),
      inSpec('name'),
      'inferred',
    )
    .set('artefact_uri', extra && blobUri(extra.document), {
      pointer: '/path',
      file: extra?.file,
      confidence: 'inferred',
    })
    .set('base_model_version', at(spec.document, 'properties', 'SHA'), inSpec('properties', 'SHA'), 'inferred')
    .set(
      'inference_requirements',
      skuText(at(system, 'SKU', 'inferenceMinSkuSpec')),
      inSystem('SKU', 'inferenceMinSkuSpec'),
    )
    .set('version_tags', tagsOf(at(spec.document, 'tags')), inSpec('tags'))
    .set('training_data_refs', trainingData(spec, context), inSpec(), 'inferred')
    .keep('training_datasets', at(spec.document, 'tags', 'training_datasets'), inSpec('tags', 'training_datasets'));
  if (mlmodel) withMlmodel(model, version, mlmodel);
  context.emit(model.done());
  if (label === undefined) context.note('model asset without a version');
  else context.emit(version.done());
}

/** `storage_name`, `container_name`, `container_path` of an Azure blob, as the address they stand for. */
function blobUri(extra: unknown): string | undefined {
  const [account, container, path] = ['storage_name', 'container_name', 'container_path'].map((key) =>
    textOf(at(extra, 'path', key)),
  );
  if (textOf(at(extra, 'path', 'type')) !== 'azureblob' || !account || !container || !path)
    return textOf(at(extra, 'path', 'uri'));
  return [account, container, path].some(isPlaceholder)
    ? undefined
    : encodeURI(`https://${account}.blob.core.windows.net/${container}/${path}`);
}

/** `cores|GPUs|memory|disk`, as Azure ML orders its smallest machine. */
function skuText(value: unknown): string | undefined {
  const parts = textOf(value)?.split('|');
  return parts?.length === 4
    ? `At least ${parts[0]} cores, ${parts[1]} GPU, ${parts[2]} GiB memory, ${parts[3]} GiB disk`
    : textOf(value);
}

const isDeprecated = (spec: unknown): boolean => Object.hasOwn(objectOf(at(spec, 'tags')) ?? {}, 'Deprecated');

function trainingData(spec: Part, context: MapContext): readonly object[] {
  const places = [
    ['system_metadata', 'datasets'],
    ['tags', 'training_dataset'],
  ];
  const named = new Map<string, string>();
  for (const place of places) {
    for (const name of datasetNames(at(spec.document, ...place)))
      if (!named.has(name)) named.set(name, pointerOf(...place));
  }
  return [...named].map(([name, pointer]) => {
    const dataset = draft('dataset', `azureml:dataset-name:${name}`, '', 'inferred').set('dataset_name', name, {
      pointer,
      file: spec.file,
    });
    context.emit(dataset.done());
    return { dataset_ref: dataset.ref, role: 'train' };
  });
}

async function readExtra(asset: Part, context: MapContext): Promise<Part | undefined> {
  const file = context.sibling(textOf(at(asset.document, 'extra_config')) ?? 'model.yaml');
  if (!file) return undefined;
  context.use(file);
  return { file, document: await readTemplate(file) };
}

async function readDescription(
  asset: Part,
  context: MapContext,
): Promise<{ file: InputFile; text: string } | undefined> {
  const extra = await readExtra(asset, context);
  const named = textOf(at(extra?.document, 'publish', 'description')) ?? 'description.md';
  const file = context.sibling(named);
  if (!file) return undefined;
  context.use(file);
  return { file, text: await file.text() };
}
