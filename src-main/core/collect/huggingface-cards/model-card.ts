/** A model card: model + version, its evaluation results as metrics, its training data as datasets. */

import type { RecordRef } from '../../../../src-shared/domain/record.ts';
import { normaliseModelReference } from '../../model-reference.ts';
import { draft, refTo } from '../draft.ts';
import { spdxOf } from '../licence.ts';
import type { MapContext } from '../mapper.ts';
import { metricKindOf } from '../metric-kind.ts';
import { at, listOf, numberOf, objectOf, pointerOf, textOf, textsOf } from '../values.ts';
import { datasetStub } from './dataset-card.ts';
import type { Repository } from './repository.ts';
import { summaryOf, titleOf } from './repository.ts';

export function mapModelCard(card: unknown, body: string, repository: Repository, context: MapContext): void {
  const modelId = `hf:${repository.name}`;
  const index = listOf(at(card, 'model-index'));
  const licence = textOf(at(card, 'license_name')) ?? textsOf(at(card, 'license'))[0];
  const bases = textsOf(at(card, 'base_model'));
  const hub = repository.isHub
    ? normaliseModelReference(`hf://${repository.name}${repository.revision ? `@${repository.revision}` : ''}`)
    : undefined;
  const model = draft('model', modelId, '', 'declared')
    .set('model_name', at(index, 0, 'name'), '/model-index/0/name')
    .set('model_name', repository.isHub ? repository.name : (titleOf(body) ?? repository.name), '', 'inferred')
    .set('description', summaryOf(body), '', 'inferred')
    .set('task', at(card, 'pipeline_tag'), '/pipeline_tag')
    .set('task', at(index, 0, 'results', 0, 'task', 'type'), '/model-index/0/results/0/task/type', 'inferred')
    .set('tags', textsOf(at(card, 'tags')), '/tags')
    .set('library_name', at(card, 'library_name'), '/library_name')
    .set('languages', textsOf(at(card, 'language')), '/language')
    .set('licence_id', licence && (spdxOf(licence) ?? licence), at(card, 'license_name') ? '/license_name' : '/license')
    .set(
      'base_model_ref',
      bases[0] && (baseReference(bases[0]) ?? bases[0]),
      Array.isArray(at(card, 'base_model')) ? '/base_model/0' : '/base_model',
    )
    .set('registry_uri', repository.isHub ? `https://huggingface.co/${repository.name}` : undefined, '', 'inferred')
    .keep('licence_link', at(card, 'license_link'), '/license_link')
    .keep('base_models', bases.length > 1 ? bases : undefined, '/base_model')
    .keep('base_model_relation', at(card, 'base_model_relation'), '/base_model_relation');
  const label = repository.revision ?? 'main';
  const version = draft('model_version', `${modelId}:${label}`, '', 'inferred')
    .set('model_ref', model.ref, '')
    .set('version_label', label, '')
    .set('model_uri', hub, '')
    .set('source_commit', repository.revision, '')
    .set('framework', at(card, 'library_name'), '/library_name')
    .set('training_data_refs', trainingData(card, context), '/datasets');
  context.emit(model.done());
  context.emit(version.done());
  for (const [entry, value] of index.entries()) mapResults(value, entry, version.ref, context);
  if (at(card, 'model-index') !== undefined && index.length === 0) context.note('model-index that is not a list');
}

const baseReference = (text: string): string | null =>
  /^[\w.-]+\/[\w.-]+$/.test(text) ? normaliseModelReference(`hf://${text}`) : normaliseModelReference(text);

function trainingData(card: unknown, context: MapContext): readonly object[] {
  return textsOf(at(card, 'datasets')).map((name, index) => ({
    dataset_ref: datasetStub(context, name, pointerOf('datasets', index)),
    role: 'train',
  }));
}

function mapResults(value: unknown, entry: number, version: RecordRef, context: MapContext): void {
  for (const [position, result] of listOf(at(value, 'results')).entries()) {
    const base = pointerOf('model-index', entry, 'results', position);
    const type = textOf(at(result, 'dataset', 'type'));
    // huggingface_hub leaves such results out as well: a figure without its data cannot be judged.
    if (type === undefined) {
      context.note('model-index result without a dataset', Math.max(1, listOf(at(result, 'metrics')).length));
      continue;
    }
    const dataset = datasetStub(context, type, `${base}/dataset`);
    const config = textOf(at(result, 'dataset', 'config'));
    const split = textOf(at(result, 'dataset', 'split'));
    for (const [number, metric] of listOf(at(result, 'metrics')).entries()) {
      const from = (key: string): string => `${base}${pointerOf('metrics', number, key)}`;
      const name = textOf(at(metric, 'type'));
      const measured = numberOf(at(metric, 'value'));
      if (name === undefined || measured === undefined) {
        context.note('model-index metric without a type or a number', 1);
        continue;
      }
      const task = textOf(at(result, 'task', 'type'));
      const id = [version.id, task, type, config, split, name].filter((part) => part !== undefined).join(':');
      context.emit(
        draft('metric', id, `${base}${pointerOf('metrics', number)}`)
          .set('metric_version_ref', version, '', 'inferred')
          .set('metric_name', name, from('type'))
          .set('metric_kind', metricKindOf(name), from('type'), 'inferred')
          .set('metric_value', measured, from('value'))
          .set('metric_dataset_ref', refTo('dataset', dataset.id), `${base}/dataset/type`)
          .set('metric_segment', [config, split].filter((part) => part !== undefined).join(' / '), `${base}/dataset`)
          .keep(
            'verified',
            textOf(at(metric, 'verifyToken')) === undefined ? undefined : 'signed by the hub, not checked here',
            from('verifyToken'),
          )
          .keep('dataset_revision', at(result, 'dataset', 'revision'), `${base}/dataset/revision`)
          .keep('source', objectOf(at(result, 'source')), `${base}/source`)
          .done(),
      );
    }
  }
}
