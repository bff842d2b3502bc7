/** KitOps Kitfiles (YAML, or JSON as `vnd.kitops.modelkit.config.v1+json`). */
import { draft, refTo } from '../draft.ts';
import { spdxOf } from '../licence.ts';
import type { MapContext, Mapper } from '../mapper.ts';
import { refuseFile } from '../parse-limits.ts';
import { at, listOf, objectOf, startsAsYamlMap, textOf, textsOf } from '../values.ts';

export const kitops: Mapper = {
  format: 'kitops',
  title: 'KitOps Kitfile',
  role: 'registry',
  supplied: {
    model: ['model_id', 'model_name', 'description', 'licence_id', 'library_name'],
    model_version: ['version_id', 'model_ref', 'version_label', 'framework', 'training_data_refs', 'artefact_files'],
    dataset: ['dataset_id', 'dataset_name', 'dataset_source', 'dataset_licence'],
  },
  async recognise(file) {
    const head = await file.head();
    if (/^\s*\{/.test(head))
      return /"manifestVersion"\s*:/.test(head) && /"(package|model|datasets)"\s*:/.test(head) ? 'primary' : null;
    return startsAsYamlMap(head) && /^manifestVersion:/m.test(head) && /^(package|model|datasets|code):/m.test(head)
      ? 'primary'
      : null;
  },
  async map(file, context) {
    const [kit] = await file.documents();
    if (!objectOf(kit)) return refuseFile(file.path, 'not a Kitfile', 'no map at the top');
    const packageName = textOf(at(kit, 'package', 'name'));
    const name = textOf(at(kit, 'model', 'name')) ?? packageName;
    const datasets = listOf(at(kit, 'datasets')).flatMap((value, index) =>
      kitDataset(value, index, packageName, context),
    );
    if (!objectOf(at(kit, 'model')) || name === undefined) {
      if (datasets.length === 0) context.note('Kitfile without a named model or dataset');
      return;
    }
    const modelId = `kitops:${packageName && packageName !== name ? `${packageName}/` : ''}${name}`;
    const licence = textOf(at(kit, 'model', 'license')) ?? textOf(at(kit, 'package', 'license'));
    context.emit(
      draft('model', modelId, '/model')
        .set('model_name', name, '/model/name')
        .set('description', at(kit, 'model', 'description'), '/model/description')
        .set('description', at(kit, 'package', 'description'), '/package/description')
        .set('licence_id', licence && (spdxOf(licence) ?? licence), '/model/license')
        .set('library_name', at(kit, 'model', 'framework'), '/model/framework')
        .keep('authors', textsOf(at(kit, 'package', 'authors')), '/package/authors')
        .keep('parameters', at(kit, 'model', 'parameters'), '/model/parameters')
        .done(),
    );
    const label = textOf(at(kit, 'model', 'version')) ?? textOf(at(kit, 'package', 'version'));
    if (label === undefined) return context.note('model without a version: no version to record');
    const paths = [at(kit, 'model'), ...listOf(at(kit, 'model', 'parts'))].flatMap(
      (part) => textOf(at(part, 'path')) ?? [],
    );
    context.emit(
      draft('model_version', `${modelId}:${label}`, '/model')
        .set('model_ref', refTo('model', modelId), '/model/name')
        .set('version_label', label, at(kit, 'model', 'version') === undefined ? '/package/version' : '/model/version')
        .set('framework', at(kit, 'model', 'framework'), '/model/framework')
        .set(
          'artefact_files',
          paths.map((path) => ({ name: path })),
          '/model/path',
        )
        .set(
          'training_data_refs',
          datasets.map((id) => ({ dataset_ref: refTo('dataset', id) })),
          '/datasets',
          'inferred',
        )
        .done(),
    );
  },
};

function kitDataset(
  value: unknown,
  index: number,
  packageName: string | undefined,
  context: MapContext,
): readonly string[] {
  const name = textOf(at(value, 'name')) ?? textOf(at(value, 'path'));
  if (name === undefined) return [];
  const id = `kitops:dataset:${packageName ? `${packageName}/` : ''}${name}`;
  const licence = textOf(at(value, 'license'));
  context.emit(
    draft('dataset', id, `/datasets/${index}`)
      .set('dataset_name', name, `/datasets/${index}/name`)
      .set('dataset_source', at(value, 'description'), `/datasets/${index}/description`)
      .set('dataset_licence', licence && (spdxOf(licence) ?? licence), `/datasets/${index}/license`)
      .keep('path', at(value, 'path'), `/datasets/${index}/path`)
      .done(),
  );
  return [id];
}
