/**
 * Open Model Zoo: `model.yml` (files with SHA-384 checksums) and `composite-model.yml` (stages of other models).
 *
 * The files do not name the model: the zoo's rule is that the folder does. They do not number versions either; the label is
 * the release in the download addresses where all agree, otherwise the start of the artefact digest.
 *
 * Artefact digest rule: one file - its own digest; several - SHA-256 over the lines `<alg:hex>  <name>\n`, sorted by name as
 * UTF-8 bytes, as `sha256sum` would list them. It is marked inferred, since no one publishes it.
 */

import { toJcs } from '../../canonical-json.ts';
import { draft, refTo } from '../draft.ts';
import { byUtf8 } from '../input-files.ts';
import { spdxOf } from '../licence.ts';
import type { InputFile, MapContext, Mapper } from '../mapper.ts';
import { refuseFile } from '../parse-limits.ts';
import { at, countOf, digestOf, listOf, objectOf, sha256Of, startsAsYamlMap, textOf, textsOf } from '../values.ts';

export const openModelZoo: Mapper = {
  format: 'open-model-zoo',
  title: 'Open Model Zoo',
  role: 'registry',
  supplied: {
    model: ['model_id', 'model_name', 'description', 'task', 'licence_id', 'upstream_models'],
    model_version: [
      'version_id',
      'model_ref',
      'version_label',
      'artefact_uri',
      'artefact_digest',
      'artefact_size_bytes',
      'artefact_files',
      'framework',
      'input_schema_digest',
    ],
  },
  async recognise(file) {
    const head = await file.head();
    const isZoo = /^task_type:\s*\S/m.test(head) && /^(files|stages_order|input_info|framework):/m.test(head);
    return isZoo && startsAsYamlMap(head) && /^description:/m.test(head) ? 'primary' : null;
  },
  async map(file, context) {
    const [document] = await file.documents();
    if (!objectOf(document)) refuseFile(file.path, 'not a model description', 'no map at the top');
    const name = nameFromPath(file);
    const modelId = `omz:${name}`;
    const licence = textOf(at(document, 'license'));
    context.emit(
      draft('model', modelId, '')
        .set('model_name', name, '', 'inferred')
        .set('description', at(document, 'description'), '/description')
        .set('task', at(document, 'task_type'), '/task_type')
        .set('licence_id', licence && (spdxOf(licence) ?? licence), '/license', 'inferred')
        .set('upstream_models', stages(document, context, name), '/stages_order')
        .keep('licence', licence, '/license')
        .done(),
    );
    if (Array.isArray(at(document, 'files'))) mapVersion(document, modelId, context);
    else if (!Array.isArray(at(document, 'stages_order'))) context.note('model without files');
  },
};

/** Folder of `model.yml`; the file's own name where it lies at the root. */
function nameFromPath(file: InputFile): string {
  const parts = file.path.split('/');
  return parts.at(-2) ?? (parts.at(-1) ?? file.path).replace(/\.ya?ml$/, '');
}

/** Parts of a composite model: as listed, or every model in the folders below it. */
function stages(document: unknown, context: MapContext, name: string): readonly object[] {
  const listed = textsOf(at(document, 'stages_order'));
  if (listed.length > 0) return listed.map((stage) => refTo('model', `omz:${stage}`));
  if (Array.isArray(at(document, 'files'))) return [];
  return context
    .below('.')
    .filter((file) => file.path.endsWith('/model.yml'))
    .map(nameFromPath)
    .filter((part) => part !== name)
    .map((part) => refTo('model', `omz:${part}`));
}

interface ZooFile {
  readonly name: string;
  readonly size: number | undefined;
  readonly digest: string | undefined;
  readonly uri: string | undefined;
}

function zooFile(value: unknown): ZooFile | undefined {
  const name = textOf(at(value, 'name'));
  if (name === undefined) return undefined;
  const source = at(value, 'source');
  return {
    name,
    size: countOf(at(value, 'size')),
    // Older descriptions carry SHA-256 under its own name.
    digest: digestOf('sha384', at(value, 'checksum')) ?? digestOf('sha256', at(value, 'sha256')),
    uri: textOf(source) ?? textOf(at(source, 'url')),
  };
}

function mapVersion(document: unknown, modelId: string, context: MapContext): void {
  const files = listOf(at(document, 'files')).flatMap((item) => zooFile(item) ?? []);
  if (files.length < listOf(at(document, 'files')).length) context.note('file without a name');
  const digest = artefactDigest(files);
  const releases = new Set(files.map((file) => /\/open_model_zoo\/(\d{4}\.\d+)\//.exec(file.uri ?? '')?.[1]));
  const [release] = releases;
  const label = releases.size === 1 && release ? release : digest?.replace(':', '-').slice(0, 19);
  if (label === undefined) {
    context.note('model without a release or digests: no version to record');
    return;
  }
  const sizes = files.map((file) => file.size);
  const inputs = at(document, 'input_info');
  context.emit(
    draft('model_version', `${modelId}:${label}`, '')
      .set('model_ref', refTo('model', modelId), '', 'inferred')
      .set('version_label', label, '/files', 'inferred')
      .set(
        'artefact_digest',
        digest,
        files.length === 1 ? '/files/0/checksum' : '/files',
        files.length === 1 ? 'declared' : 'inferred',
      )
      .set(
        'artefact_size_bytes',
        sizes.reduce<number | undefined>(
          (sum, size) => (sum === undefined || size === undefined ? undefined : sum + size),
          0,
        ),
        '/files',
        'inferred',
      )
      .set('artefact_uri', files.length === 1 ? files[0]?.uri : undefined, '/files/0/source')
      .set(
        'artefact_files',
        files.map(({ name, size, digest: own, uri }) => ({
          name,
          ...(size === undefined ? {} : { size }),
          ...(own ? { digest: own } : {}),
          ...(uri ? { uri } : {}),
        })),
        '/files',
      )
      .set('framework', at(document, 'framework'), '/framework')
      .set('input_schema_digest', Array.isArray(inputs) ? schemaDigest(inputs) : undefined, '/input_info', 'inferred')
      .done(),
  );
}

function schemaDigest(inputs: readonly unknown[]): string | undefined {
  try {
    return sha256Of(toJcs(inputs));
  } catch {
    // Infinity and the like have no JSON form, so there is nothing to take a digest of.
    return undefined;
  }
}

export function artefactDigest(files: readonly Pick<ZooFile, 'name' | 'digest'>[]): string | undefined {
  if (files.length === 0 || files.some((file) => file.digest === undefined)) return undefined;
  if (files.length === 1) return files[0]?.digest;
  const lines = [...files].sort((a, b) => byUtf8(a.name, b.name)).map((file) => `${file.digest}  ${file.name}\n`);
  return sha256Of(lines.join(''));
}
