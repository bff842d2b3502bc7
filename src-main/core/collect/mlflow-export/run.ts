/** One run: an execution of a pipeline, its metrics and the datasets it read. */
import { draft, refTo } from '../draft.ts';
import type { MapContext } from '../mapper.ts';
import { at, instantOf, textOf } from '../values.ts';
import { emitRunDataset, runDatasets } from './datasets.ts';
import { runMetrics } from './metrics.ts';
import { partyOf } from './party.ts';
import { runRef } from './version-run.ts';

const statuses: Readonly<Record<string, string>> = { FINISHED: 'succeeded', FAILED: 'failed', KILLED: 'cancelled' };

export function mapRun(context: MapContext, mlflow: unknown): void {
  const info = at(mlflow, 'info');
  const tags = at(mlflow, 'tags');
  const runId = textOf(at(info, 'run_id') ?? at(info, 'run_uuid')) ?? '';
  const status = textOf(at(info, 'status'));
  const user = textOf(at(info, 'user_id'));
  const datasets = runDatasets(mlflow);
  const metrics = runMetrics(mlflow, runId);
  for (const dataset of datasets) emitRunDataset(context, dataset);
  for (const metric of metrics) context.emit(metric.done());
  const pipeline = draft('pipeline', runRef(runId).id, '/mlflow/info')
    // A run with a logged model trained one; any other run stays without a kind.
    .set(
      'pipeline_kind',
      textOf(at(tags, 'mlflow.log-model.history')) ? 'training' : undefined,
      '/mlflow/tags/mlflow.log-model.history',
      'inferred',
    )
    .set('pipeline_commit', at(tags, 'mlflow.source.git.commit'), '/mlflow/tags/mlflow.source.git.commit')
    .set(
      'pipeline_inputs',
      datasets.map((item) => refTo('dataset', item.id)),
      '/mlflow/inputs',
    )
    .set('last_run_at', instantOf(at(info, 'end_time')), '/mlflow/info/end_time')
    .set('last_run_at', instantOf(at(info, 'start_time')), '/mlflow/info/start_time')
    .set('last_run_status', status === undefined ? undefined : statuses[status], '/mlflow/info/status')
    .keep('run_name', at(info, 'run_name'), '/mlflow/info/run_name')
    .keep('experiment_id', at(info, 'experiment_id'), '/mlflow/info/experiment_id')
    .keep('script', at(tags, 'mlflow.source.name'), '/mlflow/tags/mlflow.source.name')
    .keep('registered_model_name', at(tags, 'registered_model_name'), '/mlflow/tags/registered_model_name')
    .keep('params', at(mlflow, 'params'), '/mlflow/params');
  if (user) pipeline.set('run_identity', partyOf(context, user, '/mlflow/info/user_id'), '/mlflow/info/user_id');
  context.emit(pipeline.done());
}
