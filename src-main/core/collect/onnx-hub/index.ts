/**
 * The ONNX hub manifest: a JSON array of entries, each one file of one model (`onnx.hub` reads the same).
 *
 * Entries that share `model` are versions of one model; the label is the file's name, which tells opset and precision.
 */

import { toJcs } from '../../canonical-json.ts';
import { draft, refTo } from '../draft.ts';
import type { Mapper } from '../mapper.ts';
import { refuseFile } from '../parse-limits.ts';
import { at, countOf, digestOf, listOf, pointerOf, sha256Of, textOf, textsOf } from '../values.ts';

export const onnxHub: Mapper = {
  format: 'onnx-hub',
  title: 'ONNX hub manifest',
  role: 'registry',
  supplied: {
    model: ['model_id', 'model_name', 'task', 'tags'],
    model_version: [
      'version_id',
      'model_ref',
      'version_label',
      'artefact_digest',
      'artefact_size_bytes',
      'artefact_files',
      'framework',
      'input_schema_digest',
      'output_schema_digest',
      'version_tags',
    ],
  },
  async recognise(file) {
    const head = await file.head();
    return /^\s*\[/.test(head) && /"model_path"\s*:/.test(head) && /"model_sha"\s*:/.test(head) ? 'primary' : null;
  },
  async map(file, context) {
    const entries = await file.json();
    if (!Array.isArray(entries)) refuseFile(file.path, 'not a list of ONNX hub entries', '');
    const models = new Set<string>();
    const versions = new Set<string>();
    for (const [index, entry] of listOf(entries).entries()) {
      const from = (...path: string[]): string => pointerOf(index, ...path);
      const name = textOf(at(entry, 'model'));
      const path = textOf(at(entry, 'model_path'));
      if (name === undefined || path === undefined) {
        context.note('entry without model or model_path');
        continue;
      }
      const modelId = `onnx-hub:${name}`;
      const tags = textsOf(at(entry, 'metadata', 'tags'));
      if (!models.has(modelId)) {
        models.add(modelId);
        context.emit(
          draft('model', modelId, from())
            .set('model_name', name, from('model'))
            // The manifest's tags run from area to task to family.
            .set('task', tags[1], from('metadata', 'tags'), 'inferred')
            .set('tags', tags, from('metadata', 'tags'))
            .done(),
        );
      }
      const stem = (path.split('/').at(-1) ?? path).replace(/\.onnx$/, '');
      const label = [stem, `${stem}-opset${textOf(at(entry, 'opset_version')) ?? ''}`, `${stem}-${index}`].find(
        (candidate) => !versions.has(`${modelId}:${candidate}`),
      );
      const id = `${modelId}:${label}`;
      versions.add(id);
      const digest = digestOf('sha256', at(entry, 'metadata', 'model_sha'));
      const bytes = countOf(at(entry, 'metadata', 'model_bytes'));
      const ports = (side: string): string | undefined => {
        const list = at(entry, 'metadata', 'io_ports', side);
        return Array.isArray(list) ? sha256Of(toJcs(list)) : undefined;
      };
      context.emit(
        draft('model_version', id, from())
          .set('model_ref', refTo('model', modelId), from('model'))
          .set('version_label', label, from('model_path'), 'inferred')
          .set('artefact_digest', digest, from('metadata', 'model_sha'))
          .set('artefact_size_bytes', bytes, from('metadata', 'model_bytes'))
          .set('artefact_files', artefactFiles(entry, path, bytes, digest), from('metadata'))
          .set('framework', 'onnx', from('onnx_version'), 'inferred')
          .set('input_schema_digest', ports('inputs'), from('metadata', 'io_ports', 'inputs'), 'inferred')
          .set('output_schema_digest', ports('outputs'), from('metadata', 'io_ports', 'outputs'), 'inferred')
          .set('version_tags', tags, from('metadata', 'tags'))
          .keep('opset_version', at(entry, 'opset_version'), from('opset_version'))
          .keep('onnx_version', at(entry, 'onnx_version'), from('onnx_version'))
          .done(),
      );
    }
  },
};

function artefactFiles(
  entry: unknown,
  path: string,
  bytes: number | undefined,
  digest: string | undefined,
): readonly object[] {
  const withData = textOf(at(entry, 'metadata', 'model_with_data_path'));
  return [
    file(path, bytes, digest),
    ...(withData === undefined
      ? []
      : [
          file(
            withData,
            countOf(at(entry, 'metadata', 'model_with_data_bytes')),
            digestOf('sha256', at(entry, 'metadata', 'model_with_data_sha')),
          ),
        ]),
  ];
}

const file = (name: string, size: number | undefined, digest: string | undefined): object => ({
  name,
  ...(size === undefined ? {} : { size }),
  ...(digest === undefined ? {} : { digest }),
});
