/** Datasets that a run read (MLflow 2.4+), and evaluation datasets (MLflow 3). */
import { draft } from '../draft.ts';
import type { MapContext } from '../mapper.ts';
import { at, countOf, dateOf, listOf, pointerOf, tagsOf, textOf, uriOf } from '../values.ts';

export interface RunDataset {
  readonly id: string;
  readonly value: unknown;
  readonly pointer: string;
  readonly role: string | undefined;
  readonly isTest: boolean;
}

const roles: Readonly<Record<string, string>> = {
  training: 'train',
  train: 'train',
  validation: 'validation',
  eval: 'test',
  evaluation: 'test',
  test: 'test',
  testing: 'test',
};

export function runDatasets(run: unknown): readonly RunDataset[] {
  const nested = at(run, 'inputs', 'dataset_inputs');
  const [list, base] = Array.isArray(nested)
    ? [nested, '/inputs/dataset_inputs']
    : [listOf(at(run, 'inputs')), '/inputs'];
  return list.flatMap((item: unknown, index: number) => {
    const value = at(item, 'dataset') ?? item;
    const name = textOf(at(value, 'name'));
    if (name === undefined) return [];
    const digest = textOf(at(value, 'digest'));
    const label = listOf(at(item, 'tags')).find((tag) => textOf(at(tag, 'key')) === 'mlflow.data.context');
    const role = roles[textOf(at(label, 'value'))?.toLowerCase() ?? ''];
    return [
      {
        id: `mlflow:dataset:${name}${digest ? `:${digest}` : ''}`,
        value,
        pointer: `/mlflow${base}${pointerOf(index)}`,
        role,
        isTest: role === 'test' || role === 'validation',
      },
    ];
  });
}

export function emitRunDataset(context: MapContext, { id, value, pointer, role }: RunDataset): void {
  const from = `${pointer}/dataset`;
  context.emit(
    draft('dataset', id, pointer)
      .set('dataset_name', at(value, 'name'), `${from}/name`)
      // MLflow's digest is eight characters of a hash: a version, not proof of content.
      .set('dataset_version', at(value, 'digest'), `${from}/digest`)
      .set('dataset_roles', role ? [role] : undefined, `${pointer}/tags`)
      .set('dataset_source', at(value, 'source_type'), `${from}/source_type`)
      .set('dataset_uri', sourceUri(at(value, 'source')), `${from}/source`)
      .set('record_count', profileRows(at(value, 'profile')), `${from}/profile`)
      .done(),
  );
}

export function mapEvaluationDataset(context: MapContext, value: unknown): void {
  const base = '/mlflow/evaluation_dataset';
  const key = textOf(at(value, 'dataset_id')) ?? textOf(at(value, 'name'));
  if (key === undefined) {
    context.note('evaluation dataset without id or name');
    return;
  }
  context.emit(
    draft('dataset', `mlflow:evaluation-dataset:${key}`, base)
      .set('dataset_name', at(value, 'name'), `${base}/name`)
      .set('dataset_version', at(value, 'digest'), `${base}/digest`)
      .set('dataset_roles', ['test'], base, 'inferred')
      .set('dataset_tags', tagsOf(at(value, 'tags')), `${base}/tags`)
      .set('dataset_uri', uriOf(at(value, 'source', 'uri')), `${base}/source/uri`)
      .set('record_count', profileRows(at(value, 'profile')) ?? recordTotal(value), `${base}/records`, 'inferred')
      .keep('created_on', dateOf(at(value, 'created_time') ?? at(value, 'creation_time')), base)
      .done(),
  );
}

const recordTotal = (value: unknown): number | undefined => {
  const records = at(value, 'records');
  return Array.isArray(records) ? records.length : undefined;
};

function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

const profileRows = (value: unknown): number | undefined => countOf(at(parsed(value), 'num_rows'));

function sourceUri(value: unknown): string | undefined {
  const source = parsed(value);
  return (
    uriOf(at(source, 'uri')) ??
    uriOf(at(source, 'url')) ??
    uriOf(at(source, 'path')) ??
    (typeof value === 'string' ? uriOf(value) : undefined)
  );
}
