/** `MLmodel`: MLflow's own description of a saved model (flavours, signature, size). */
import type { DraftBuilder, Origin } from '../draft.ts';
import type { InputFile, MapContext } from '../mapper.ts';
import { at, countOf, instantOf, objectOf, pointerOf, sha256Of, textOf } from '../values.ts';

export interface Mlmodel {
  readonly file: InputFile;
  readonly document: unknown;
}

export async function readMlmodel(context: MapContext): Promise<Mlmodel | undefined> {
  const file = context.sibling('MLmodel');
  if (!file) return undefined;
  context.use(file);
  return { file, document: (await file.documents())[0] };
}

export function withMlmodel(model: DraftBuilder, version: DraftBuilder, { file, document }: Mlmodel): void {
  const from = (...path: string[]): Origin => ({ pointer: pointerOf(...path), file });
  const flavours = objectOf(at(document, 'flavors')) ?? {};
  const names = Object.keys(flavours)
    .filter((name) => name !== 'python_function')
    .sort();
  const [main = ''] = names;
  const technique = ['pipeline_model_type', 'hf_pretrained_class'].find((key) => textOf(at(flavours, main, key)));
  model
    .set('library_name', main, from('flavors'), 'inferred')
    .set('technique', technique && at(flavours, main, technique), from('flavors', main, technique ?? ''), 'inferred')
    .set('task', at(document, 'metadata', 'base_model_task'), from('metadata', 'base_model_task'));
  version
    .set('framework', names.length > 0 ? names.join(', ') : Object.keys(flavours).join(', '), from('flavors'))
    .set('version_created_at', instantOf(at(document, 'utc_time_created')), from('utc_time_created'), 'inferred')
    .set('artefact_size_bytes', countOf(at(document, 'model_size_bytes')), from('model_size_bytes'))
    .set('training_run_id', at(document, 'run_id'), from('run_id'))
    .set(
      'input_schema_digest',
      signatureDigest(at(document, 'signature', 'inputs')),
      from('signature', 'inputs'),
      'inferred',
    )
    .set(
      'output_schema_digest',
      signatureDigest(at(document, 'signature', 'outputs')),
      from('signature', 'outputs'),
      'inferred',
    )
    .keep('model_uuid', at(document, 'model_uuid'), from('model_uuid'))
    .keep('base_model_name', at(document, 'metadata', 'base_model_name'), from('metadata', 'base_model_name'))
    .keep('base_image', at(document, 'metadata', 'azureml.base_image'), from('metadata', 'azureml.base_image'));
}

/** The signature is JSON kept as text; its digest is over exactly that text. */
const signatureDigest = (value: unknown): string | undefined => {
  const text = typeof value === 'string' ? value : undefined;
  return text === undefined || text === '' ? undefined : sha256Of(text);
};
