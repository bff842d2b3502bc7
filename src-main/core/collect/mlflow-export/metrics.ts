/** Metrics of a run: an object of histories by name (export), or a list of `{key, value, timestamp, step}` (REST). */
import type { DraftBuilder } from '../draft.ts';
import { draft } from '../draft.ts';
import { metricKindOf } from '../metric-kind.ts';
import { at, instantOf, listOf, numberOf, objectOf, pointerOf, textOf } from '../values.ts';

/** The last value of each metric, by step and then time. */
export function runMetrics(run: unknown, runId: string): readonly DraftBuilder[] {
  const points = new Map<string, { point: unknown; pointer: string }>();
  const later = (name: string, point: unknown, pointer: string): void => {
    const known = points.get(name);
    const rank = (item: unknown): readonly number[] => [
      numberOf(at(item, 'step')) ?? 0,
      numberOf(at(item, 'timestamp')) ?? 0,
    ];
    const [step = 0, time = 0] = rank(point);
    const [knownStep = 0, knownTime = 0] = known ? rank(known.point) : [-1, -1];
    if (!known || step > knownStep || (step === knownStep && time >= knownTime)) points.set(name, { point, pointer });
  };
  const metrics = at(run, 'metrics');
  for (const [name, history] of Object.entries(objectOf(metrics) ?? {})) {
    for (const [index, point] of listOf(history).entries())
      later(name, point, `/mlflow${pointerOf('metrics', name, index)}`);
    if (numberOf(history) !== undefined) later(name, { value: history }, `/mlflow${pointerOf('metrics', name)}`);
  }
  for (const [index, point] of listOf(metrics).entries()) {
    const name = textOf(at(point, 'key'));
    if (name) later(name, point, `/mlflow${pointerOf('metrics', index)}`);
  }
  return [...points].map(([name, { point, pointer }]) =>
    draft('metric', `mlflow:run:${runId}:${name}`, pointer)
      .set('metric_name', name, pointer)
      .set('metric_kind', metricKindOf(name), pointer, 'inferred')
      .set('metric_value', numberOf(at(point, 'value')), `${pointer}/value`)
      .set('measured_at', instantOf(at(point, 'timestamp')), `${pointer}/timestamp`),
  );
}
