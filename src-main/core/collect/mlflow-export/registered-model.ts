/** One registered model with its versions (MLflow REST `RegisteredModel`, `ModelVersion`; tags are arrays or objects). */
import { normaliseModelReference } from '../../model-reference.ts';
import { draft, refTo } from '../draft.ts';
import type { InputFile, MapContext } from '../mapper.ts';
import { refuseFile } from '../parse-limits.ts';
import { at, dateOf, instantOf, listOf, pointerOf, tagsOf, textOf, textsOf, uriOf } from '../values.ts';
import { partyOf } from './party.ts';
import { enrichFromRun } from './version-run.ts';

/** MLflow's fixed stages; `None` means registered and nothing more. */
const statusOfStage: Readonly<Record<string, string>> = {
  Production: 'deployed',
  Staging: 'candidate',
  Archived: 'archived',
  None: 'draft',
};

export async function mapRegisteredModel(file: InputFile, context: MapContext, model: unknown): Promise<void> {
  const base = '/mlflow/registered_model';
  const name = textOf(at(model, 'name'));
  if (name === undefined) return refuseFile(file.path, 'registered model without a name', '');
  const modelId = `mlflow:${name}`;
  context.emit(
    draft('model', modelId, base)
      .set('model_name', name, `${base}/name`)
      .set('description', at(model, 'description'), `${base}/description`)
      .set('tags', tagsOf(at(model, 'tags')), `${base}/tags`)
      .set('inventory_created_at', dateOf(at(model, 'creation_timestamp')), `${base}/creation_timestamp`, 'inferred')
      .keep('deployment_job_id', at(model, 'deployment_job_id'), `${base}/deployment_job_id`)
      .done(),
  );
  // Older exports list versions under latest_versions only.
  const key = Array.isArray(at(model, 'versions')) ? 'versions' : 'latest_versions';
  const aliases = new Map<string, string[]>();
  for (const alias of listOf(at(model, 'aliases'))) {
    const label = textOf(at(alias, 'version'));
    const text = textOf(at(alias, 'alias'));
    if (label && text) aliases.set(label, [...(aliases.get(label) ?? []), text]);
  }
  for (const [index, version] of listOf(at(model, key)).entries()) {
    const from = (field: string): string => `${base}${pointerOf(key, index, field)}`;
    const label = textOf(at(version, 'version'));
    if (label === undefined) {
      context.note('registered model version without a number');
      continue;
    }
    const stage = textOf(at(version, 'current_stage'));
    const runId = textOf(at(version, 'run_id'));
    const named = [...new Set([...textsOf(at(version, 'aliases')), ...(aliases.get(label) ?? [])])].sort();
    const builder = draft('model_version', `${modelId}:${label}`, `${base}${pointerOf(key, index)}`)
      .set('model_ref', refTo('model', modelId), `${base}/name`)
      .set('version_label', label, from('version'))
      .set('version_status', stage === undefined ? undefined : statusOfStage[stage], from('current_stage'), 'inferred')
      .set('registry_stage', stage === 'None' ? undefined : stage, from('current_stage'))
      .set('registry_aliases', named, aliases.has(label) ? `${base}/aliases` : from('aliases'))
      .set('version_created_at', instantOf(at(version, 'creation_timestamp')), from('creation_timestamp'))
      .set('artefact_uri', uriOf(at(version, 'source')), from('source'))
      .set('training_run_id', runId, from('run_id'))
      .set('version_tags', tagsOf(at(version, 'tags')), from('tags'))
      .set('model_uri', normaliseModelReference(`models:/${name}/${label}`), from('version'), 'inferred')
      .keep('description', at(version, 'description'), from('description'))
      .keep('status', at(version, 'status'), from('status'))
      .keep('run_link', at(version, 'run_link'), from('run_link'))
      .keep('model_id', at(version, 'model_id'), from('model_id'));
    const user = textOf(at(version, 'user_id'));
    if (user) builder.set('version_created_by', partyOf(context, user, from('user_id')), from('user_id'));
    if (runId) await enrichFromRun(context, builder, runId);
    context.emit(builder.done());
  }
}
