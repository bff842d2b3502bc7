/**
 * MLflow export-import files (`mlflow-export-import`, OSS and Databricks): JSON with `system` and `mlflow`.
 *
 * Registered models become model + model_version, runs become pipeline + metrics, datasets of runs become datasets. A run is
 * joined to a version by its run id when both were exported. Stages: MLflow's four fixed stages map to `version_status`;
 * aliases are kept as they are, since their meaning is the user's own.
 */
import type { Mapper } from '../mapper.ts';
import { refuseFile } from '../parse-limits.ts';
import { at, countOf, instantOf, listOf, objectOf, textOf } from '../values.ts';
import { mapEvaluationDataset } from './datasets.ts';
import { mapRegisteredModel } from './registered-model.ts';
import { mapRun } from './run.ts';

export const mlflowExport: Mapper = {
  format: 'mlflow-export',
  title: 'MLflow export',
  role: 'registry',
  supplied: {
    model: ['model_id', 'model_name', 'description', 'tags', 'inventory_created_at'],
    model_version: [
      'version_id',
      'model_ref',
      'version_label',
      'version_status',
      'version_created_at',
      'version_created_by',
      'artefact_uri',
      'training_run_id',
      'model_uri',
      'registry_stage',
      'registry_aliases',
      'version_tags',
      'framework',
      'source_commit',
      'training_started_at',
      'training_completed_at',
      'training_pipeline_ref',
      'random_seed',
      'training_data_refs',
      'test_data_refs',
    ],
    dataset: [
      'dataset_id',
      'dataset_name',
      'dataset_version',
      'dataset_roles',
      'dataset_source',
      'dataset_uri',
      'record_count',
      'dataset_tags',
    ],
    pipeline: [
      'pipeline_id',
      'pipeline_kind',
      'pipeline_commit',
      'pipeline_inputs',
      'last_run_at',
      'last_run_status',
      'run_identity',
    ],
    metric: ['metric_id', 'metric_version_ref', 'metric_name', 'metric_kind', 'metric_value', 'measured_at'],
    party: ['party_id', 'party_name'],
  },
  async recognise(file) {
    const head = await file.head();
    return /^\s*\{/.test(head) &&
      /"system"\s*:/.test(head) &&
      /"mlflow"\s*:/.test(head) &&
      /export|tracking_uri/.test(head)
      ? 'primary'
      : null;
  },
  async map(file, context) {
    const document = await file.json();
    const mlflow = objectOf(at(document, 'mlflow'));
    if (!mlflow) refuseFile(file.path, 'not an MLflow export', 'no "mlflow" object');
    const exported = instantOf(at(document, 'system', 'export_time'));
    const stated = (): void => {
      if (exported) context.statedAt?.(exported);
      const uri = textOf(at(document, 'system', 'mlflow_tracking_uri'));
      if (uri) context.addScope(uri);
    };
    const failed = (key: string): void => {
      for (const name of listOf(at(document, 'info', key)))
        context.deny(`${key}: ${textOf(name) ?? JSON.stringify(name).slice(0, 200)}`);
    };
    if (objectOf(mlflow['registered_model'])) {
      stated();
      await mapRegisteredModel(file, context, mlflow['registered_model']);
      failed('failed_versions');
    } else if (objectOf(mlflow['info']) && textOf(at(mlflow, 'info', 'run_id') ?? at(mlflow, 'info', 'run_uuid'))) {
      stated();
      mapRun(context, mlflow);
    } else if (objectOf(mlflow['evaluation_dataset'])) {
      stated();
      mapEvaluationDataset(context, mlflow['evaluation_dataset']);
    } else if (Array.isArray(mlflow['models'])) {
      const total = countOf(at(document, 'info', 'num_total_models'));
      if (total !== undefined) context.reportTotal('model', total);
      failed('failed_models');
    } else if (objectOf(mlflow['experiment'])) {
      failed('failed_runs');
      context.note('MLflow experiment: a grouping of runs, no record of its own');
    } else if (objectOf(mlflow['prompt'])) context.note('MLflow prompt: neither a model nor a dataset');
    else if (loggedModels(mlflow) > 0)
      context.note('MLflow logged model that no registry row names', loggedModels(mlflow));
    else context.note('MLflow export summary, no records in it');
  },
};

const loggedModels = (mlflow: unknown): number =>
  listOf(at(mlflow, 'experiments')).reduce<number>((sum, item) => sum + listOf(at(item, 'logged_models')).length, 0);
