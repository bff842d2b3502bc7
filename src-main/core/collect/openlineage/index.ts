/** OpenLineage events (JSON, array or one per line): jobs become pipelines, datasets datasets with what they came from. */
import type { RecordRef } from '../../../../src-shared/domain/record.ts';
import type { DraftBuilder } from '../draft.ts';
import { draft, refTo } from '../draft.ts';
import type { InputFile, MapContext, Mapper } from '../mapper.ts';
import { parseJson } from '../parse-limits.ts';
import { at, instantOf, listOf, objectOf, pointerOf, textOf, uriOf } from '../values.ts';

export const openlineage: Mapper = {
  format: 'openlineage',
  title: 'OpenLineage events',
  role: 'registry',
  supplied: {
    pipeline: [
      'pipeline_id',
      'pipeline_commit',
      'pipeline_inputs',
      'pipeline_outputs',
      'last_run_at',
      'last_run_status',
    ],
    dataset: ['dataset_id', 'dataset_name', 'dataset_version', 'dataset_uri', 'dataset_source', 'lineage_upstream'],
  },
  async recognise(file) {
    const head = await file.head();
    if (!/^\s*[[{]/.test(head) || /"\$schema"\s*:/.test(head)) return null;
    return /"eventTime"\s*:/.test(head) && /"(job|dataset|inputs|outputs)"\s*:/.test(head) ? 'primary' : null;
  },
  async map(file, context) {
    const jobs = new Map<string, Job>();
    const datasets = new Map<string, Seen>();
    for (const { event, pointer } of await readEvents(file)) collectEvent(event, pointer, jobs, datasets, context);
    for (const [id, { value, pointer, upstream }] of datasets)
      context.emit(datasetRecord(id, value, pointer, upstream).done());
    for (const [id, job] of jobs) context.emit(jobRecord(id, job).done());
  },
};

interface Seen {
  value: unknown;
  pointer: string;
  readonly upstream: Map<string, RecordRef>;
}

interface Job {
  readonly inputs: Map<string, RecordRef>;
  readonly outputs: Map<string, RecordRef>;
  /** The latest event. */
  event: unknown;
  pointer: string;
  time: string;
}

/** Events with where they stand: `line=N` in a file of one event a line. */
async function readEvents(file: InputFile): Promise<readonly { readonly event: unknown; readonly pointer: string }[]> {
  const text = await file.text();
  const lines = text
    .split('\n')
    .map((line, index) => ({ line: line.trim(), number: index + 1 }))
    .filter(({ line }) => line !== '');
  if (lines.length > 1 && lines.every(({ line }) => line.startsWith('{') && line.endsWith('}'))) {
    return lines.map(({ line, number }) => ({
      event: parseJson(`${file.path} line ${number}`, line),
      pointer: `line=${number}`,
    }));
  }
  const document = await file.json();
  return Array.isArray(document)
    ? document.map((event: unknown, index) => ({ event, pointer: pointerOf(index) }))
    : [{ event: document, pointer: '' }];
}

const idOf = (value: unknown): string | undefined => {
  const name = textOf(at(value, 'name'));
  return name === undefined ? undefined : `openlineage:${textOf(at(value, 'namespace')) ?? 'default'}:${name}`;
};

function collectEvent(
  event: unknown,
  pointer: string,
  jobs: Map<string, Job>,
  datasets: Map<string, Seen>,
  context: MapContext,
): void {
  if (!objectOf(event)) {
    context.note('event that is not an object');
    return;
  }
  const sides = (key: 'inputs' | 'outputs'): readonly RecordRef[] =>
    listOf(at(event, key)).flatMap((value, index) => see(value, `${pointer}${pointerOf(key, index)}`, datasets) ?? []);
  const inputs = sides('inputs');
  const outputs = sides('outputs');
  for (const output of outputs)
    for (const input of inputs) if (input.id !== output.id) datasets.get(output.id)?.upstream.set(input.id, input);
  if (objectOf(at(event, 'dataset'))) see(at(event, 'dataset'), `${pointer}/dataset`, datasets);
  const jobId = idOf(at(event, 'job'));
  if (jobId === undefined) {
    if (!objectOf(at(event, 'dataset'))) context.note('event without a job or a dataset');
    return;
  }
  const time = instantOf(at(event, 'eventTime')) ?? '';
  const job = jobs.get(jobId) ?? { inputs: new Map(), outputs: new Map(), event, pointer, time };
  if (time >= job.time) Object.assign(job, { event, pointer, time });
  for (const ref of inputs) job.inputs.set(ref.id, ref);
  for (const ref of outputs) job.outputs.set(ref.id, ref);
  jobs.set(jobId, job);
}

function see(value: unknown, pointer: string, datasets: Map<string, Seen>): RecordRef | undefined {
  const id = idOf(value);
  if (id === undefined) return undefined;
  const known = datasets.get(id);
  // The event with the most facets says the most about a dataset.
  const facets = (item: unknown): number => Object.keys(objectOf(at(item, 'facets')) ?? {}).length;
  if (!known) datasets.set(id, { value, pointer, upstream: new Map() });
  else if (facets(value) > facets(known.value)) Object.assign(known, { value, pointer });
  return refTo('dataset', id);
}

const ordered = (refs: ReadonlyMap<string, RecordRef>): readonly RecordRef[] =>
  [...refs.keys()].sort().flatMap((id) => refs.get(id) ?? []);

function datasetRecord(
  id: string,
  value: unknown,
  pointer: string,
  upstream: ReadonlyMap<string, RecordRef>,
): DraftBuilder {
  const facet = (...path: string[]): unknown => at(value, 'facets', ...path);
  return draft('dataset', id, pointer)
    .set('dataset_name', at(value, 'name'), `${pointer}/name`)
    .set('dataset_version', facet('version', 'datasetVersion'), `${pointer}/facets/version/datasetVersion`)
    .set('dataset_uri', uriOf(facet('dataSource', 'uri')), `${pointer}/facets/dataSource/uri`)
    .set('dataset_source', facet('documentation', 'description'), `${pointer}/facets/documentation/description`)
    .set('lineage_upstream', ordered(upstream), pointer, 'inferred')
    .keep('dataset_type', facet('datasetType', 'datasetType'), `${pointer}/facets/datasetType/datasetType`)
    .keep('owners', facet('ownership', 'owners'), `${pointer}/facets/ownership/owners`)
    .keep(
      'lifecycle_state',
      facet('lifecycleStateChange', 'lifecycleStateChange'),
      `${pointer}/facets/lifecycleStateChange`,
    );
}

const statuses: Readonly<Record<string, string>> = { COMPLETE: 'succeeded', FAIL: 'failed', ABORT: 'cancelled' };

function jobRecord(id: string, { inputs, outputs, event, pointer, time }: Job): DraftBuilder {
  const facets = at(event, 'job', 'facets');
  return draft('pipeline', id, `${pointer}/job`)
    .set('pipeline_inputs', ordered(inputs), `${pointer}/inputs`)
    .set('pipeline_outputs', ordered(outputs), `${pointer}/outputs`)
    .set(
      'pipeline_commit',
      at(facets, 'sourceCodeLocation', 'version'),
      `${pointer}/job/facets/sourceCodeLocation/version`,
    )
    .set('last_run_at', time, `${pointer}/eventTime`)
    .set('last_run_status', statuses[textOf(at(event, 'eventType')) ?? ''], `${pointer}/eventType`)
    .keep('run_id', at(event, 'run', 'runId'), `${pointer}/run/runId`)
    .keep('producer', at(event, 'producer'), `${pointer}/producer`)
    .keep('owners', at(facets, 'ownership', 'owners'), `${pointer}/job/facets/ownership/owners`);
}
