/** CycloneDX 1.5 to 1.7 bills of materials: components of type machine-learning-model and data. */
import type { Mapper } from '../mapper.ts';
import { refuseFile } from '../parse-limits.ts';
import { at, instantOf, listOf, textOf } from '../values.ts';
import { mapDataComponent } from './data-component.ts';
import { mapModelComponent } from './model-component.ts';

export const cyclonedx: Mapper = {
  format: 'cyclonedx',
  title: 'CycloneDX bill of materials',
  role: 'registry',
  supplied: {
    model: [
      'model_id',
      'model_name',
      'description',
      'technique',
      'task',
      'developer',
      'licence_id',
      'base_model_ref',
      'intended_users',
      'intended_purpose',
      'limitations',
      'tags',
    ],
    model_version: [
      'version_id',
      'model_ref',
      'version_label',
      'artefact_digest',
      'training_data_refs',
      'model_uri',
      'source_repo',
      'base_model_version',
    ],
    dataset: [
      'dataset_id',
      'dataset_name',
      'dataset_version',
      'dataset_source',
      'dataset_uri',
      'dataset_digest',
      'dataset_licence',
      'classification',
      'dataset_owner',
      'dataset_steward',
    ],
    metric: ['metric_id', 'metric_version_ref', 'metric_name', 'metric_kind', 'metric_value', 'metric_segment'],
    party: ['party_id', 'party_name'],
  },
  async recognise(file) {
    const head = await file.head();
    return /^\s*\{/.test(head) && /"bomFormat"\s*:\s*"CycloneDX"/.test(head) ? 'primary' : null;
  },
  async map(file, context) {
    const bom = await file.json();
    if (at(bom, 'bomFormat') !== 'CycloneDX') return refuseFile(file.path, 'not a CycloneDX document', '');
    const made = instantOf(at(bom, 'metadata', 'timestamp'));
    let found = 0;
    const visit = (component: unknown, pointer: string): void => {
      const type = textOf(at(component, 'type'));
      if (type === 'machine-learning-model' || type === 'data') {
        found += 1;
        (type === 'data' ? mapDataComponent : mapModelComponent)(component, pointer, context, bom);
      }
      for (const [index, part] of listOf(at(component, 'components')).entries())
        visit(part, `${pointer}/components/${index}`);
    };
    visit(at(bom, 'metadata', 'component'), '/metadata/component');
    for (const [index, component] of listOf(at(bom, 'components')).entries()) visit(component, `/components/${index}`);
    if (found === 0) context.note('bill of materials without models or data');
    else if (made) context.statedAt?.(made);
  },
};
