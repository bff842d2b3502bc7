/** A component or pipeline asset: something that runs. Azure ML does not say which step of a model's life it serves. */
import { draft } from '../draft.ts';
import type { MapContext } from '../mapper.ts';
import { at, pointerOf, tagsOf, textOf } from '../values.ts';
import type { Part } from './template.ts';

export function mapComponent(asset: Part, spec: Part, context: MapContext): void {
  const name = textOf(at(spec.document, 'name')) ?? textOf(at(asset.document, 'name'));
  if (name === undefined) {
    context.note('component asset without a name');
    return;
  }
  const label = textOf(at(spec.document, 'version'));
  const from = (...path: string[]) => ({ pointer: pointerOf(...path), file: spec.file });
  context.emit(
    draft('pipeline', `azureml:component:${name}${label === undefined ? '' : `:${label}`}`, '')
      .keep('display_name', at(spec.document, 'display_name'), from('display_name'))
      .keep('description', at(spec.document, 'description'), from('description'))
      .keep('environment', at(spec.document, 'environment'), from('environment'))
      .keep('component_type', at(spec.document, 'type'), from('type'))
      .keep('tags', tagsOf(at(spec.document, 'tags')), from('tags'))
      .done(),
  );
}
