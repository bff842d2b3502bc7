/** A dataset card, and the stub that stands for a dataset which a model card only names. */
import type { RecordRef } from '../../../../src-shared/domain/record.ts';
import { draft, refTo } from '../draft.ts';
import { spdxOf } from '../licence.ts';
import type { MapContext } from '../mapper.ts';
import { at, countOf, listOf, oneOrMany, pointerOf, textsOf } from '../values.ts';
import type { Repository } from './repository.ts';
import { summaryOf } from './repository.ts';

const idOf = (name: string): string => `hf:datasets/${name}`;

export function datasetStub(context: MapContext, name: string, pointer: string): RecordRef {
  const dataset = draft('dataset', idOf(name), pointer, 'inferred');
  context.emit(dataset.done());
  return dataset.ref;
}

export function mapDatasetCard(card: unknown, body: string, repository: Repository, context: MapContext): void {
  const licence = textsOf(at(card, 'license'))[0];
  const sources = textsOf(at(card, 'source_datasets')).filter(
    (name) => name !== 'original' && !name.startsWith('extended'),
  );
  context.emit(
    draft('dataset', idOf(repository.name), '')
      .set('dataset_name', at(card, 'pretty_name'), '/pretty_name')
      .set('dataset_name', repository.name, '', 'inferred')
      .set('dataset_version', repository.revision, '', 'inferred')
      .set('dataset_source', summaryOf(body), '', 'inferred')
      .set('dataset_licence', licence && (spdxOf(licence) ?? licence), '/license')
      .set(
        'lineage_upstream',
        sources.map((name) => refTo('dataset', idOf(name))),
        '/source_datasets',
      )
      .set('labelling_method', textsOf(at(card, 'annotations_creators')).join(', '), '/annotations_creators')
      .set(
        'dataset_tags',
        [...textsOf(at(card, 'tags')), ...textsOf(at(card, 'task_categories')), ...textsOf(at(card, 'task_ids'))],
        '/task_categories',
      )
      .set('record_count', examples(card), '/dataset_info')
      .set(
        'dataset_url',
        repository.isHub ? `https://huggingface.co/datasets/${repository.name}` : undefined,
        '',
        'inferred',
      )
      .keep('size_categories', at(card, 'size_categories'), '/size_categories')
      .keep('languages', textsOf(at(card, 'language')), '/language')
      .done(),
  );
  for (const [index, name] of sources.entries()) datasetStub(context, name, pointerOf('source_datasets', index));
}

/** Sum over the splits of one configuration; several configurations may hold the same rows, so they give no total. */
function examples(card: unknown): number | undefined {
  const infos = oneOrMany(at(card, 'dataset_info'));
  if (infos.length !== 1) return undefined;
  const counts = listOf(at(infos[0], 'splits')).map((split) => countOf(at(split, 'num_examples')));
  if (counts.length === 0 || counts.some((count) => count === undefined)) return undefined;
  return counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
}
