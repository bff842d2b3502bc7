/** A component of type machine-learning-model with its model card. */
import { normaliseModelReference } from '../../model-reference.ts';
import { draft, refTo } from '../draft.ts';
import type { MapContext } from '../mapper.ts';
import { metricKindOf } from '../metric-kind.ts';
import { at, listOf, numberOf, textOf, textsOf, uriOf } from '../values.ts';
import { componentDigest, componentLicence, componentName, cyclonedxParty } from './component.ts';
import { cardDataset } from './data-component.ts';

export function mapModelComponent(component: unknown, pointer: string, context: MapContext, bom: unknown): void {
  const name = componentName(component);
  if (name === undefined) {
    context.note('model component without a name');
    return;
  }
  const from = (path: string): string => `${pointer}/${path}`;
  const modelId = `cyclonedx:${name}`;
  const card = at(component, 'modelCard');
  const considerations = at(card, 'considerations');
  const ancestor = at(component, 'pedigree', 'ancestors', 0);
  const purl = textOf(at(component, 'purl'));
  const maker =
    ['manufacturer', 'supplier'].map((key) => textOf(at(component, key, 'name'))).find((text) => text !== undefined) ??
    textOf(at(component, 'publisher'));
  const model = draft('model', modelId, pointer)
    .set('model_name', name, from('name'))
    .set('description', at(component, 'description'), from('description'))
    .set(
      'technique',
      at(card, 'modelParameters', 'modelArchitecture') ?? at(card, 'modelParameters', 'architectureFamily'),
      from('modelCard/modelParameters'),
    )
    .set('task', at(card, 'modelParameters', 'task'), from('modelCard/modelParameters/task'))
    .set('licence_id', componentLicence(component), from('licenses'))
    .set('developer', cyclonedxParty(context, maker, pointer), pointer, 'inferred')
    .set('base_model_ref', reference(ancestor), from('pedigree/ancestors/0'))
    .set('intended_users', textsOf(at(considerations, 'users')), from('modelCard/considerations/users'))
    .set(
      'intended_purpose',
      textsOf(at(considerations, 'useCases')).join('; '),
      from('modelCard/considerations/useCases'),
      'inferred',
    )
    .set(
      'limitations',
      textsOf(at(considerations, 'technicalLimitations')),
      from('modelCard/considerations/technicalLimitations'),
    )
    .set('tags', textsOf(at(component, 'tags')), from('tags'))
    .keep('approach', at(card, 'modelParameters', 'approach', 'type'), from('modelCard/modelParameters/approach/type'))
    .keep(
      'ethical_considerations',
      at(considerations, 'ethicalConsiderations'),
      from('modelCard/considerations/ethicalConsiderations'),
    )
    .keep(
      'fairness_assessments',
      at(considerations, 'fairnessAssessments'),
      from('modelCard/considerations/fairnessAssessments'),
    )
    .keep(
      'environmental',
      at(considerations, 'environmentalConsiderations'),
      from('modelCard/considerations/environmentalConsiderations'),
    );
  context.emit(model.done());
  const digest = componentDigest(component);
  const label = textOf(at(component, 'version')) ?? digest?.replace(':', '-').slice(0, 19);
  if (label === undefined) {
    context.note('model component without version or hash: no version to record');
    return;
  }
  const datasets = listOf(at(card, 'modelParameters', 'datasets')).flatMap((value, index) => {
    const ref = cardDataset(value, from(`modelCard/modelParameters/datasets/${index}`), context, bom);
    return ref ? [{ dataset_ref: ref }] : [];
  });
  const vcs = listOf(at(component, 'externalReferences')).find((reference) => at(reference, 'type') === 'vcs');
  const version = draft('model_version', `${modelId}:${label}`, pointer)
    .set('model_ref', refTo('model', modelId), from('name'))
    .set('version_label', label, from('version'))
    .set('artefact_digest', digest, from('hashes'))
    .set('model_uri', purl && normaliseModelReference(purl), from('purl'))
    .set('training_data_refs', datasets, from('modelCard/modelParameters/datasets'), 'inferred')
    .set('base_model_version', at(ancestor, 'version'), from('pedigree/ancestors/0/version'))
    .set('source_repo', uriOf(at(vcs, 'url')), from('externalReferences'))
    .keep('purl', purl, from('purl'))
    .keep('bom_ref', at(component, 'bom-ref'), from('bom-ref'));
  context.emit(version.done());
  for (const [index, metric] of listOf(at(card, 'quantitativeAnalysis', 'performanceMetrics')).entries()) {
    const place = from(`modelCard/quantitativeAnalysis/performanceMetrics/${index}`);
    const type = textOf(at(metric, 'type'));
    if (type === undefined) {
      context.note('performance metric without a type');
      continue;
    }
    context.emit(
      draft('metric', `${modelId}:${label}:${index}:${type}`, place)
        .set('metric_version_ref', version.ref, pointer)
        .set('metric_name', type, `${place}/type`)
        .set('metric_kind', metricKindOf(type), `${place}/type`, 'inferred')
        // The format keeps values as text; what is not a number is kept as it is.
        .set('metric_value', numberOf(at(metric, 'value')), `${place}/value`)
        .set('metric_segment', at(metric, 'slice'), `${place}/slice`)
        .keep('value', numberOf(at(metric, 'value')) === undefined ? at(metric, 'value') : undefined, `${place}/value`)
        .keep('confidence_interval', at(metric, 'confidenceInterval'), `${place}/confidenceInterval`)
        .done(),
    );
  }
}

function reference(ancestor: unknown): string | undefined {
  const purl = textOf(at(ancestor, 'purl'));
  const name = componentName(ancestor);
  const version = textOf(at(ancestor, 'version'));
  return (purl && (normaliseModelReference(purl) ?? purl)) ?? (name && (version ? `${name}@${version}` : name));
}
