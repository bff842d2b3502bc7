/** CNCF ModelPack model configs (`application/vnd.cncf.model.config.v1+json`). */
import { draft } from '../draft.ts';
import { spdxOf } from '../licence.ts';
import type { Mapper } from '../mapper.ts';
import { refuseFile } from '../parse-limits.ts';
import { at, instantOf, textOf, textsOf, uriOf } from '../values.ts';

export const modelpack: Mapper = {
  format: 'modelpack',
  title: 'CNCF ModelPack config',
  role: 'registry',
  supplied: {
    model: [
      'model_id',
      'model_name',
      'description',
      'technique',
      'developer',
      'licence_id',
      'languages',
      'documentation_ref',
    ],
    model_version: [
      'version_id',
      'model_ref',
      'version_label',
      'version_created_at',
      'framework',
      'source_repo',
      'source_commit',
      'artefact_files',
      'training_data_refs',
    ],
    dataset: ['dataset_id', 'dataset_url'],
    party: ['party_id', 'party_name'],
  },
  async recognise(file) {
    const head = await file.head();
    if (!/^\s*\{/.test(head) || /"\$schema"\s*:/.test(head)) return null;
    return /"descriptor"\s*:\s*\{/.test(head) && /"(modelfs|config)"\s*:\s*\{/.test(head) ? 'primary' : null;
  },
  async map(file, context) {
    const config = await file.json();
    const descriptor = at(config, 'descriptor');
    const name = textOf(at(descriptor, 'name'));
    if (name === undefined) return refuseFile(file.path, 'ModelPack config without a model name', '');
    const from = (key: string): string => `/descriptor/${key}`;
    const modelId = `modelpack:${name}`;
    const licences = textsOf(at(descriptor, 'licenses')).map((text) => spdxOf(text) ?? text);
    const vendor = textOf(at(descriptor, 'vendor'));
    const model = draft('model', modelId, '/descriptor')
      .set('model_name', name, from('name'))
      .set('description', at(descriptor, 'description'), from('description'))
      .set('description', at(descriptor, 'title'), from('title'))
      .set('technique', at(config, 'config', 'architecture'), '/config/architecture')
      .set('licence_id', licences.join(' AND '), from('licenses'))
      .set('languages', textsOf(at(config, 'config', 'capabilities', 'languages')), '/config/capabilities/languages')
      .set('documentation_ref', uriOf(at(descriptor, 'docURL')), from('docURL'))
      .keep('family', at(descriptor, 'family'), from('family'))
      .keep('authors', textsOf(at(descriptor, 'authors')), from('authors'))
      .keep('param_size', at(config, 'config', 'paramSize'), '/config/paramSize');
    if (vendor !== undefined) {
      const party = draft('party', `modelpack:vendor:${vendor}`, from('vendor')).set(
        'party_name',
        vendor,
        from('vendor'),
      );
      context.emit(party.done());
      model.set('developer', party.ref, from('vendor'), 'inferred');
    }
    context.emit(model.done());
    const label = textOf(at(descriptor, 'version')) ?? textOf(at(descriptor, 'revision'));
    if (label === undefined) return context.note('model without a version: no version to record');
    const datasets = textsOf(at(descriptor, 'datasetsURL')).map((url) => {
      const dataset = draft('dataset', `modelpack:dataset:${url}`, from('datasetsURL')).set(
        'dataset_url',
        uriOf(url),
        from('datasetsURL'),
      );
      context.emit(dataset.done());
      return { dataset_ref: dataset.ref };
    });
    const layers = textsOf(at(config, 'modelfs', 'diffIds'));
    context.emit(
      draft('model_version', `${modelId}:${label}`, '/descriptor')
        .set('model_ref', model.ref, from('name'))
        .set('version_label', label, from('version'))
        .set('version_created_at', instantOf(at(descriptor, 'createdAt')), from('createdAt'))
        .set('framework', at(config, 'config', 'format'), '/config/format')
        .set('source_repo', uriOf(at(descriptor, 'sourceURL')), from('sourceURL'))
        .set('source_commit', at(descriptor, 'revision'), from('revision'))
        .set(
          'artefact_files',
          layers.map((digest, index) => ({ name: `layer ${index + 1}`, digest })),
          '/modelfs/diffIds',
        )
        .set('training_data_refs', datasets, from('datasetsURL'), 'inferred')
        .keep('precision', at(config, 'config', 'precision'), '/config/precision')
        .keep('quantization', at(config, 'config', 'quantization'), '/config/quantization')
        .done(),
    );
  },
};
