/**
 * Hugging Face model and dataset cards: Markdown that begins with YAML between `---` lines (hub-docs `modelcard.md`,
 * `datasetcard.md`).
 *
 * A card does not name its repository. The hub's cache layout (`models--org--name/snapshots/<commit>/README.md`) and a checkout
 * (`org/name/README.md`) do, so the id comes from the path and is marked inferred; any other file is named after itself.
 */
import { frontMatterOf } from '../front-matter.ts';
import type { Mapper } from '../mapper.ts';
import { parseDocuments, refuseFile } from '../parse-limits.ts';
import { at, objectOf } from '../values.ts';
import { mapDatasetCard } from './dataset-card.ts';
import { mapModelCard } from './model-card.ts';
import { repositoryOf } from './repository.ts';

const datasetKeys = [
  'annotations_creators',
  'language_creators',
  'multilinguality',
  'size_categories',
  'source_datasets',
  'task_categories',
  'task_ids',
  'pretty_name',
  'dataset_info',
  'configs',
  'paperswithcode_id',
  'viewer',
];
const modelKeys = [
  'model-index',
  'base_model',
  'pipeline_tag',
  'library_name',
  'datasets',
  'metrics',
  'widget',
  'inference',
  'license_name',
];
const commonKeys = ['license', 'license_link', 'language', 'tags', 'thumbnail', 'language_details', 'license_details'];

const isCardKey = (key: string): boolean => [...datasetKeys, ...modelKeys, ...commonKeys].includes(key);

export const huggingfaceCards: Mapper = {
  format: 'huggingface-cards',
  title: 'Hugging Face cards',
  role: 'registry',
  supplied: {
    model: [
      'model_id',
      'model_name',
      'description',
      'task',
      'tags',
      'library_name',
      'languages',
      'licence_id',
      'base_model_ref',
      'registry_uri',
    ],
    model_version: [
      'version_id',
      'model_ref',
      'version_label',
      'model_uri',
      'source_commit',
      'training_data_refs',
      'framework',
    ],
    dataset: [
      'dataset_id',
      'dataset_name',
      'dataset_version',
      'dataset_source',
      'dataset_licence',
      'labelling_method',
      'lineage_upstream',
      'dataset_tags',
      'dataset_url',
      'record_count',
    ],
    metric: [
      'metric_id',
      'metric_version_ref',
      'metric_name',
      'metric_kind',
      'metric_value',
      'metric_dataset_ref',
      'metric_segment',
    ],
  },
  async recognise(file) {
    const head = await file.head();
    const matter = /^---\r?\n([\s\S]*?)\r?\n---[ \t]*(\r?\n|$)/.exec(head)?.[1];
    // Markdown follows the second line; a YAML stream of several documents has maps there, and is not a card.
    if (matter === undefined) return null;
    const keys = [...matter.matchAll(/^([\w-]+):/gm)].map((key) => key[1] ?? '');
    // Other Markdown has such a block too. Without any key it can only be a template or a broken card.
    if (keys.length > 0 && !keys.some((key) => isCardKey(key))) return null;
    const after = head.slice(head.indexOf('\n---', 3) + 4).trimStart();
    return /\.(md|markdown)$/i.test(file.path) || /^#|^</.test(after) ? 'primary' : null;
  },
  async map(file, context) {
    const { matter, body } =
      frontMatterOf(await file.text()) ?? refuseFile(file.path, 'card metadata without an end', '');
    const documents = parseDocuments(file.path, matter);
    const card = documents[0];
    const keys = objectOf(card);
    if (!keys) return refuseFile(file.path, 'invalid card metadata', 'the block between the --- lines is not a map');
    const has = (names: readonly string[]): boolean => names.some((name) => Object.hasOwn(keys, name));
    if (!has(datasetKeys) && !has(modelKeys) && !has(commonKeys)) {
      return refuseFile(file.path, 'card without known metadata', 'perhaps an unfilled template');
    }
    // `license: {license}` reads as a map: nobody has filled in this card.
    if (objectOf(at(card, 'license')) || objectOf(at(card, 'language', 0))) {
      return refuseFile(file.path, 'unfilled card template', '');
    }
    const repository = repositoryOf(file.path);
    if (repository.kind === 'space' || Object.hasOwn(keys, 'sdk'))
      return context.note('Hugging Face Space: neither a model nor a dataset');
    const isDataset =
      repository.kind === 'dataset' || (repository.kind === null && !has(modelKeys) && has(datasetKeys));
    if (isDataset) mapDatasetCard(card, body, repository, context);
    else mapModelCard(card, body, repository, context);
  },
};
