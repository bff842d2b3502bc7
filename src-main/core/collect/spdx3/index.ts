/** SPDX 3.0 JSON-LD: AI packages become model + version, dataset packages datasets, relationships training and test data. */

import type { RecordRef } from '../../../../src-shared/domain/record.ts';
import { draft, refTo } from '../draft.ts';
import { spdxOf } from '../licence.ts';
import type { MapContext, Mapper } from '../mapper.ts';
import { metricKindOf } from '../metric-kind.ts';
import { at, countOf, digestOf, instantOf, listOf, numberOf, pointerOf, textOf, textsOf, uriOf } from '../values.ts';

export const spdx3: Mapper = {
  format: 'spdx3',
  title: 'SPDX 3 document',
  role: 'registry',
  supplied: {
    model: [
      'model_id',
      'model_name',
      'description',
      'technique',
      'task',
      'licence_id',
      'limitations',
      'processes_personal_data',
      'intended_purpose',
    ],
    model_version: [
      'version_id',
      'model_ref',
      'version_label',
      'artefact_digest',
      'artefact_uri',
      'training_data_refs',
      'test_data_refs',
      'version_created_at',
    ],
    dataset: [
      'dataset_id',
      'dataset_name',
      'dataset_version',
      'dataset_source',
      'dataset_uri',
      'dataset_digest',
      'dataset_licence',
      'contains_personal_data',
      'bias_statement',
      'collection_method',
      'preparation_steps',
    ],
    metric: ['metric_id', 'metric_version_ref', 'metric_name', 'metric_kind', 'metric_value'],
  },
  async recognise(file) {
    const head = await file.head();
    return /^\s*\{/.test(head) && /spdx\.org\/rdf\/3\.0/.test(head) && /"@graph"\s*:/.test(head) ? 'primary' : null;
  },
  async map(file, context) {
    const document = await file.json();
    const graph = listOf(at(document, '@graph'));
    const relations = graph.filter((item) => /Relationship$/.test(textOf(at(item, 'type')) ?? ''));
    const byId = new Map(graph.map((item) => [textOf(at(item, 'spdxId')) ?? textOf(at(item, '@id')), item]));
    const scene: Scene = { graph, relations, byId };
    let found = 0;
    for (const [index, item] of graph.entries()) {
      const type = textOf(at(item, 'type'));
      if (type === 'ai_AIPackage') mapAiPackage(item, pointerOf('@graph', index), scene, context);
      else if (type === 'dataset_DatasetPackage') mapDataset(item, pointerOf('@graph', index), scene, context);
      else continue;
      found += 1;
    }
    if (found === 0) context.note('SPDX document without AI or dataset packages');
  },
};

interface Scene {
  readonly graph: readonly unknown[];
  readonly relations: readonly unknown[];
  readonly byId: ReadonlyMap<string | undefined, unknown>;
}

const idOf = (item: unknown): string => textOf(at(item, 'spdxId')) ?? textOf(at(item, '@id')) ?? '';

const targets = (scene: Scene, from: string, type: string): readonly string[] =>
  scene.relations
    .filter((item) => at(item, 'from') === from && at(item, 'relationshipType') === type)
    .flatMap((item) => textsOf(at(item, 'to')));

function licenceOf(scene: Scene, id: string): string | undefined {
  const [target] = [...targets(scene, id, 'hasConcludedLicense'), ...targets(scene, id, 'hasDeclaredLicense')];
  const text = textOf(at(scene.byId.get(target), 'simplelicensing_licenseExpression')) ?? target;
  return text && (spdxOf(text) ?? text);
}

const digestOfItem = (item: unknown): string | undefined =>
  listOf(at(item, 'verifiedUsing'))
    .map((hash) => digestOf(textOf(at(hash, 'algorithm')) ?? '', at(hash, 'hashValue')))
    .find((digest) => digest !== undefined);

const presence = (value: unknown): boolean | undefined => (value === 'yes' ? true : value === 'no' ? false : undefined);

/** Files that a package contains, folders opened; a model is often related through the file that holds its weights. */
function contents(scene: Scene, id: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(id)) return seen;
  seen.add(id);
  for (const inner of targets(scene, id, 'contains')) contents(scene, inner, seen);
  return seen;
}

/** Datasets that the package or one of its files was trained or tested on; a file stands for the dataset that contains it. */
function dataRefs(scene: Scene, id: string, relation: string): readonly { dataset_ref: RecordRef }[] {
  const direct = [...contents(scene, id)].flatMap((part) => targets(scene, part, relation));
  const datasets = scene.graph.filter((item) => at(item, 'type') === 'dataset_DatasetPackage');
  return datasets
    .filter((item) => direct.some((target) => contents(scene, idOf(item)).has(target)))
    .map((item) => ({ dataset_ref: refTo('dataset', idOf(item)) }));
}

function mapAiPackage(item: unknown, pointer: string, scene: Scene, context: MapContext): void {
  const id = idOf(item);
  const name = textOf(at(item, 'name'));
  if (id === '' || name === undefined) {
    context.note('AI package without id or name');
    return;
  }
  const from = (key: string): string => `${pointer}/${key}`;
  const model = draft('model', id, pointer)
    .set('model_name', name, from('name'))
    .set('description', at(item, 'description'), from('description'))
    .set('description', at(item, 'summary'), from('summary'))
    .set('technique', textsOf(at(item, 'ai_typeOfModel')).join(', '), from('ai_typeOfModel'))
    .set('task', textsOf(at(item, 'ai_domain')).join(', '), from('ai_domain'), 'inferred')
    .set('intended_purpose', at(item, 'ai_informationAboutApplication'), from('ai_informationAboutApplication'))
    .set('limitations', textsOf(at(item, 'ai_limitation')), from('ai_limitation'))
    .set(
      'processes_personal_data',
      presence(at(item, 'ai_useSensitivePersonalInformation')) === true ? true : undefined,
      from('ai_useSensitivePersonalInformation'),
      'inferred',
    )
    .set('licence_id', licenceOf(scene, id), '/@graph', 'inferred')
    .keep(
      'sensitive_personal_information',
      at(item, 'ai_useSensitivePersonalInformation'),
      from('ai_useSensitivePersonalInformation'),
    )
    .keep('safety_risk_assessment', at(item, 'ai_safetyRiskAssessment'), from('ai_safetyRiskAssessment'))
    .keep('autonomy', at(item, 'ai_autonomyType'), from('ai_autonomyType'))
    .keep('energy', at(item, 'ai_energyConsumption'), from('ai_energyConsumption'))
    .keep('hyperparameters', at(item, 'ai_hyperparameter'), from('ai_hyperparameter'));
  context.emit(model.done());
  const label = textOf(at(item, 'software_packageVersion'));
  if (label === undefined) {
    context.note('AI package without a version: no version to record');
    return;
  }
  const version = draft('model_version', `${id}:${label}`, pointer)
    .set('model_ref', model.ref, from('spdxId'))
    .set('version_label', label, from('software_packageVersion'))
    .set('artefact_digest', digestOfItem(item), from('verifiedUsing'))
    .set('artefact_uri', uriOf(at(item, 'software_downloadLocation')), from('software_downloadLocation'))
    .set('version_created_at', instantOf(at(item, 'releaseTime')), from('releaseTime'))
    .set('version_created_at', instantOf(at(item, 'builtTime')), from('builtTime'))
    .set('training_data_refs', dataRefs(scene, id, 'trainedOn'), '/@graph', 'inferred')
    .set('test_data_refs', dataRefs(scene, id, 'testedOn'), '/@graph', 'inferred');
  context.emit(version.done());
  for (const [index, metric] of listOf(at(item, 'ai_metric')).entries()) {
    const key = textOf(at(metric, 'key'));
    if (key === undefined) continue;
    context.emit(
      draft('metric', `${id}:${label}:${key}`, from(`ai_metric/${index}`))
        .set('metric_version_ref', version.ref, pointer)
        .set('metric_name', key, from(`ai_metric/${index}/key`))
        .set('metric_kind', metricKindOf(key), from(`ai_metric/${index}/key`), 'inferred')
        .set('metric_value', numberOf(at(metric, 'value')), from(`ai_metric/${index}/value`))
        .done(),
    );
  }
}

function mapDataset(item: unknown, pointer: string, scene: Scene, context: MapContext): void {
  const id = idOf(item);
  if (id === '') {
    context.note('dataset package without an id');
    return;
  }
  const from = (key: string): string => `${pointer}/${key}`;
  context.emit(
    draft('dataset', id, pointer)
      .set('dataset_name', at(item, 'name'), from('name'))
      .set('dataset_version', at(item, 'software_packageVersion'), from('software_packageVersion'))
      .set('dataset_source', at(item, 'description'), from('description'))
      .set('dataset_uri', uriOf(at(item, 'software_downloadLocation')), from('software_downloadLocation'))
      .set('dataset_digest', digestOfItem(item), from('verifiedUsing'))
      .set('dataset_licence', licenceOf(scene, id), '/@graph', 'inferred')
      .set(
        'contains_personal_data',
        presence(at(item, 'dataset_hasSensitivePersonalInformation')) === true ? true : undefined,
        from('dataset_hasSensitivePersonalInformation'),
        'inferred',
      )
      .set('bias_statement', textsOf(at(item, 'dataset_knownBias')).join('; '), from('dataset_knownBias'))
      .set('collection_method', at(item, 'dataset_dataCollectionProcess'), from('dataset_dataCollectionProcess'))
      .set(
        'preparation_steps',
        textsOf(at(item, 'dataset_dataPreprocessing')).join('; '),
        from('dataset_dataPreprocessing'),
      )
      .keep('size_bytes', countOf(at(item, 'dataset_datasetSize')), from('dataset_datasetSize'))
      .keep('confidentiality', at(item, 'dataset_confidentialityLevel'), from('dataset_confidentialityLevel'))
      .done(),
  );
}
