/** Croissant dataset descriptions (JSON-LD, MLCommons 0.8 to 1.1): one dataset each. */
import { draft, refTo } from '../draft.ts';
import { spdxOf } from '../licence.ts';
import type { MapContext, Mapper } from '../mapper.ts';
import { refuseFile } from '../parse-limits.ts';
import { at, dateOf, digestOf, listOf, objectOf, oneOrMany, pointerOf, textOf, textsOf, uriOf } from '../values.ts';

export const croissant: Mapper = {
  format: 'croissant',
  title: 'Croissant dataset',
  role: 'registry',
  supplied: {
    dataset: [
      'dataset_id',
      'dataset_name',
      'dataset_version',
      'dataset_source',
      'dataset_uri',
      'dataset_digest',
      'dataset_licence',
      'dataset_url',
      'dataset_tags',
      'lineage_upstream',
      'collection_method',
      'labelling_method',
      'bias_statement',
      'known_gaps',
    ],
  },
  async recognise(file) {
    const head = await file.head();
    if (!/^\s*\{/.test(head)) return null;
    const isCroissant = /mlcommons\.org\/croissant/.test(head) || /"(cr|ml):(RecordSet|FileObject)"/.test(head);
    return isCroissant && /"@type"\s*:\s*"(sc:|https?:\/\/schema\.org\/)?Dataset"/.test(head) ? 'primary' : null;
  },
  async map(file, context) {
    const document = await file.json();
    const name = textOf(at(document, 'name'));
    if (name === undefined) return refuseFile(file.path, 'Croissant dataset without a name', '');
    const version = textOf(at(document, 'version'));
    const licence = textOf(licenceOf(at(document, 'license')));
    const upstream = oneOrMany(at(document, 'prov:wasDerivedFrom')).flatMap(
      (item) => textOf(item) ?? textOf(at(item, '@id')) ?? textOf(at(item, 'name')) ?? [],
    );
    const files = listOf(at(document, 'distribution'));
    context.emit(
      draft('dataset', `croissant:${name}${version === undefined ? '' : `:${version}`}`, '')
        .set('dataset_name', name, '/name')
        .set('dataset_version', version, '/version')
        .set('dataset_source', at(document, 'description'), '/description')
        .set('dataset_licence', licence && (spdxOf(licence) ?? licence), '/license')
        .set('dataset_url', uriOf(at(document, 'url')), '/url')
        .set('dataset_tags', textsOf(at(document, 'keywords')), '/keywords')
        .set(
          'dataset_uri',
          files.length === 1 ? uriOf(at(files[0], 'contentUrl')) : undefined,
          '/distribution/0/contentUrl',
        )
        .set('dataset_digest', onlyDigest(files, context), '/distribution/0/sha256')
        .set(
          'lineage_upstream',
          upstream.map((source) => refTo('dataset', `croissant:${source}`)),
          '/prov:wasDerivedFrom',
        )
        .set('collection_method', textsOf(at(document, 'rai:dataCollection')).join('; '), '/rai:dataCollection')
        .set(
          'labelling_method',
          textsOf(at(document, 'rai:dataAnnotationProtocol')).join('; '),
          '/rai:dataAnnotationProtocol',
        )
        .set('bias_statement', textsOf(at(document, 'rai:dataBiases')).join('; '), '/rai:dataBiases')
        .set('known_gaps', textsOf(at(document, 'rai:dataLimitations')).join('; '), '/rai:dataLimitations')
        .keep('creators', creators(document), '/creator')
        .keep('date_published', dateOf(at(document, 'datePublished')), '/datePublished')
        .keep(
          'files',
          files
            .map((entry) => textOf(at(entry, 'contentUrl')) ?? textOf(at(entry, 'name')))
            .filter((entry) => entry !== undefined),
          '/distribution',
        )
        .done(),
    );
    for (const [index, source] of upstream.entries()) {
      context.emit(
        draft('dataset', `croissant:${source}`, pointerOf('prov:wasDerivedFrom', index), 'inferred')
          .set('dataset_url', uriOf(source), '/prov:wasDerivedFrom')
          .done(),
      );
    }
  },
};

const licenceOf = (value: unknown): unknown => {
  const [first] = oneOrMany(value);
  return objectOf(first) ? (at(first, 'url') ?? at(first, '@id') ?? at(first, 'name')) : first;
};

const creators = (document: unknown): readonly string[] =>
  oneOrMany(at(document, 'creator')).flatMap(
    (item) => textOf(item) ?? textOf(at(item, 'name')) ?? textOf(at(item, 'sc:name')) ?? [],
  );

/** The digest of a dataset that is one file. Of several files no digest is stated, and a `sha256` may hold an address. */
function onlyDigest(files: readonly unknown[], context: MapContext): string | undefined {
  const stated = files.filter((file) => at(file, 'sha256') !== undefined);
  const digests = stated.map((file) => digestOf('sha256', at(file, 'sha256')));
  const wrong = digests.filter((digest) => digest === undefined).length;
  if (wrong > 0) context.note('sha256 that is not a digest', wrong);
  return files.length === 1 ? digests[0] : undefined;
}
