/** A data asset, and the names under which model assets mention their training data. */
import { draft } from '../draft.ts';
import { spdxOf } from '../licence.ts';
import type { MapContext } from '../mapper.ts';
import { at, oneOrMany, pointerOf, tagsOf, textOf, uriOf } from '../values.ts';
import type { Part } from './template.ts';

export function mapData(asset: Part, spec: Part, context: MapContext): void {
  const name = textOf(at(spec.document, 'name')) ?? textOf(at(asset.document, 'name'));
  if (name === undefined) {
    context.note('data asset without a name');
    return;
  }
  const label = textOf(at(spec.document, 'version'));
  const from = (...path: string[]) => ({ pointer: pointerOf(...path), file: spec.file });
  const licence = textOf(at(spec.document, 'system_metadata', 'license') ?? at(spec.document, 'tags', 'license'));
  context.emit(
    draft('dataset', `azureml:data:${name}${label === undefined ? '' : `:${label}`}`, '')
      .set('dataset_name', name, from('name'))
      .set('dataset_version', label, from('version'))
      .set('dataset_source', at(spec.document, 'description'), from('description'))
      .set('dataset_uri', uriOf(at(spec.document, 'path')), from('path'))
      .set('dataset_licence', licence && (spdxOf(licence) ?? licence), from('tags', 'license'))
      .set('dataset_tags', tagsOf(at(spec.document, 'tags')), from('tags'))
      .keep('type', at(spec.document, 'type'), from('type'))
      .done(),
  );
}

/** Names in a list or in text with commas; a phrase such as "Publicly available sources" names no dataset. */
export const datasetNames = (value: unknown): string[] =>
  oneOrMany(value)
    .flatMap((item) => textOf(item)?.split(',') ?? [])
    .map((name) => name.trim())
    .filter((name) => /^[\w./-]+$/.test(name));
