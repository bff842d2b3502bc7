/** Joins a registered version to the run that made it, when that run's export lies in the same input. */
import type { RecordRef } from '../../../../src-shared/domain/record.ts';
import type { DraftBuilder, Origin } from '../draft.ts';
import { refTo } from '../draft.ts';
import type { InputFile, MapContext } from '../mapper.ts';
import { at, instantOf, objectOf, textOf } from '../values.ts';
import { runDatasets } from './datasets.ts';
import { runMetrics } from './metrics.ts';

/** Run files by run id, built once per input. */
const runFiles = new WeakMap<readonly InputFile[], ReadonlyMap<string, InputFile>>();

function runFile(context: MapContext, runId: string): InputFile | undefined {
  const all = context.below('/');
  let byRun = runFiles.get(all);
  if (!byRun) {
    byRun = new Map(
      all.flatMap((file) => {
        const folder = /(?:^|\/)([^/]+)\/run\.json$/.exec(file.path)?.[1];
        return folder === undefined ? [] : [[folder, file] as const];
      }),
    );
    runFiles.set(all, byRun);
  }
  return byRun.get(runId);
}

export const runRef = (runId: string): RecordRef => refTo('pipeline', `mlflow:run:${runId}`);

const flavourNames = (history: string): readonly string[] => {
  try {
    const entries: unknown = JSON.parse(history);
    const flavours = objectOf(at(entries, 0, 'flavors'));
    return flavours
      ? Object.keys(flavours)
          .filter((name) => name !== 'python_function')
          .sort()
      : [];
  } catch {
    return [];
  }
};

export async function enrichFromRun(context: MapContext, version: DraftBuilder, runId: string): Promise<void> {
  const file = runFile(context, runId);
  if (!file) return;
  let run: unknown;
  try {
    run = at(await file.json(), 'mlflow');
  } catch {
    // The run file is refused on its own account; the version stands without it.
    context.note('run of a version could not be read');
    return;
  }
  const info = at(run, 'info');
  if (textOf(at(info, 'run_id') ?? at(info, 'run_uuid')) !== runId) return;
  const from = (pointer: string, confidence?: Origin['confidence']): Origin => ({
    pointer: `/mlflow${pointer}`,
    file,
    confidence,
  });
  const tags = at(run, 'tags');
  const history = textOf(at(tags, 'mlflow.log-model.history'));
  const seed = textOf(
    at(run, 'params', 'random_state') ?? at(run, 'params', 'seed') ?? at(run, 'params', 'random_seed'),
  );
  version
    .set('training_pipeline_ref', runRef(runId), from('/info/run_id'))
    .set('training_started_at', instantOf(at(info, 'start_time')), from('/info/start_time'))
    .set('training_completed_at', instantOf(at(info, 'end_time')), from('/info/end_time'))
    .set('source_commit', at(tags, 'mlflow.source.git.commit'), from('/tags/mlflow.source.git.commit'))
    .set(
      'framework',
      history ? flavourNames(history).join(', ') : undefined,
      from('/tags/mlflow.log-model.history', 'inferred'),
    )
    .set('random_seed', seed, from('/params', 'inferred'));
  const datasets = runDatasets(run);
  const refs = (test: boolean) =>
    datasets
      .filter((item) => item.isTest === test)
      .map((item) => ({ dataset_ref: refTo('dataset', item.id), ...(item.role ? { role: item.role } : {}) }));
  version.set('training_data_refs', refs(false), from('/inputs')).set('test_data_refs', refs(true), from('/inputs'));
  for (const metric of runMetrics(run, runId)) {
    context.emit(metric.set('metric_version_ref', version.ref, { pointer: '/mlflow/info/run_id', file }).done());
  }
}
