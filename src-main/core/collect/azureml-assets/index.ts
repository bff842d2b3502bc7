/**
 * Azure ML registry assets as kept in a repository: `asset.yaml` names the type and the `spec.yaml`; models add `model.yaml`
 * (where the artefact lies), `MLmodel` and `description.md`. A lone spec of the Azure ML schemas is read as well.
 *
 * Templates (`{{name}}`) are filled in by the publisher's tooling later: such values are kept and marked unresolved.
 */
import type { MapContext, Mapper } from '../mapper.ts';
import { refuseFile } from '../parse-limits.ts';
import { at, objectOf, startsAsYamlMap, textOf } from '../values.ts';
import { mapComponent } from './component.ts';
import { mapData } from './data.ts';
import { mapModel } from './model.ts';
import { type Part, readTemplate } from './template.ts';

export const azuremlAssets: Mapper = {
  format: 'azureml-assets',
  title: 'Azure ML registry assets',
  role: 'registry',
  supplied: {
    model: [
      'model_id',
      'model_name',
      'model_aliases',
      'description',
      'technique',
      'developer',
      'base_model_ref',
      'licence_id',
      'task',
      'tags',
      'library_name',
      'languages',
      'decommission_planned_at',
    ],
    model_version: [
      'version_id',
      'model_ref',
      'version_label',
      'version_status',
      'version_created_at',
      'artefact_uri',
      'artefact_size_bytes',
      'training_run_id',
      'training_data_refs',
      'base_model_version',
      'input_schema_digest',
      'output_schema_digest',
      'inference_requirements',
      'model_uri',
      'framework',
      'version_tags',
    ],
    dataset: [
      'dataset_id',
      'dataset_name',
      'dataset_version',
      'dataset_uri',
      'dataset_source',
      'dataset_licence',
      'dataset_tags',
    ],
    pipeline: ['pipeline_id'],
    party: ['party_id', 'party_name'],
  },
  async recognise(file) {
    const head = await file.head();
    if (!startsAsYamlMap(head)) return null;
    if (/^spec:\s*\S/m.test(head) && /^type:\s*\w+/m.test(head)) return 'primary';
    if (/^\$schema:\s*\S*azuremlschemas/m.test(head)) return 'primary';
    if (/^flavors:/m.test(head) && /^(mlflow_version|model_uuid|utc_time_created):/m.test(head)) return 'companion';
    return /^path:/m.test(head) && /^publish:/m.test(head) && /^\s+type:/m.test(head) ? 'companion' : null;
  },
  async map(file, context) {
    const document = await readTemplate(file);
    const specName = textOf(at(document, 'spec'));
    if (specName !== undefined && textOf(at(document, 'type'))) {
      const spec = context.sibling(specName);
      if (!spec) return refuseFile(file.path, 'asset without its spec file', specName);
      return mapSpec(
        textOf(at(document, 'type')) ?? '',
        { file, document },
        { file: spec, document: await readTemplate(spec) },
        context,
      );
    }
    // A spec with an asset file beside it is read through that one.
    const asset = context.sibling('asset.yaml');
    if (asset && (await asset.head()).includes(file.path.split('/').at(-1) ?? file.path)) {
      return context.note('spec of an asset file beside it');
    }
    const type = /azuremlschemas\S*\/(\w+?)(component|job)?\.schema\.json/i.exec(textOf(at(document, '$schema')) ?? '');
    const lone = { file, document };
    return mapSpec(type?.[2] ? 'component' : (type?.[1]?.toLowerCase() ?? ''), lone, lone, context);
  },
};

function mapSpec(type: string, asset: Part, spec: Part, context: MapContext): Promise<void> | void {
  if (!objectOf(spec.document)) return refuseFile(spec.file.path, 'not an asset specification', 'no map at the top');
  context.use(spec.file);
  switch (type) {
    case 'model':
      return mapModel(asset, spec, context);
    case 'data':
      return mapData(asset, spec, context);
    case 'component':
    case 'pipeline':
      return mapComponent(asset, spec, context);
    default:
      return context.note(`asset of type ${type || 'unknown'}: not part of the inventory`);
  }
}
