/** The joins that relations are made of: following a reference, and what points at a record. */
import { entityOf, type Kind } from '../../../src-shared/domain/dictionary.ts';
import { and3, some3 } from './unknown.ts';
import { known, text, texts, type View } from './view.ts';
import { pointingAt, type World } from './world.ts';

export const versionsOf = pointingAt('model_version', 'model_ref');
export const deploymentsOf = pointingAt('deployment', 'version_ref');
export const approvalsOf = pointingAt('approval', 'subject_ref');
export const validationsOf = pointingAt('validation', 'validated_version_ref');
export const metricsOf = pointingAt('metric', 'metric_version_ref');
export const monitorsOf = pointingAt('monitoring', 'monitor_deployment_ref');
export const changesOf = pointingAt('change_record', 'change_subject_ref');
export const assessmentsOf = pointingAt('assessment', 'assessment_subject_ref');
export const eventsOf = pointingAt('access_event', 'object_ref');
export const trainedOn = pointingAt('model_version', 'training_data_refs');
export const testedOn = pointingAt('model_version', 'test_data_refs');
export const featuresOf = pointingAt('feature', 'feature_dataset_ref');
export const derivedFrom = pointingAt('dataset', 'lineage_upstream');
export const producersOf = pointingAt('pipeline', 'pipeline_outputs');

/** The kind before the first slash of `kind/id`. */
export const kindOfKey = (key: string): string => key.slice(0, key.indexOf('/'));

/** The record behind `kind/id`. Unknown when no source supplies records of that kind; the stand-in when it is not there. */
export function lookUp(world: World, kind: Kind, key: string): View {
  if (key === '') return world.absent(kind);
  const found = world.find(kind, key);
  if (!found.found && !world.suppliesKind(kind)) world.probe.miss(`${kind}.${entityOf(kind).idField}`);
  return found;
}

/** The record that a reference field names. */
export const follow = (view: View, field: string, kind: Kind): View => lookUp(view.world, kind, text(view, field));

/** The same record in the baseline. Unknown without a baseline; the stand-in when it is new. */
export function previousOf(view: View): View {
  const { baseline, probe } = view.world;
  return baseline ? baseline.find(view.kind, view.key) : probe.miss('baseline');
}

/** A list from several sources of records, each record once. */
export function distinct(lists: readonly (readonly View[])[]): readonly View[] {
  const [first] = lists;
  return lists.length === 1 && first ? first : [...new Set(lists.flat())];
}

export const modelOfVersion = (version: View): View => follow(version, 'model_ref', 'model');
export const versionOf = (deployment: View): View => follow(deployment, 'version_ref', 'model_version');

/** A model behind a deployment; the stand-in when the version is not there. */
export function modelOfDeployment(deployment: View): View {
  const version = versionOf(deployment);
  return version.found ? modelOfVersion(version) : deployment.world.absent('model');
}

/** "Production deployment" of regulation reference 0.2. */
export const inProduction = (deployment: View): boolean =>
  and3(
    () => known(deployment, 'environment') === 'production',
    () => ['active', 'canary'].includes(known(deployment, 'deployment_status')),
  );

export const modelDeployments = (model: View): readonly View[] =>
  distinct(versionsOf(model.world, model.key).map((version) => deploymentsOf(version.world, version.key)));

export const isLiveVersion = (version: View): boolean => some3(deploymentsOf(version.world, version.key), inProduction);

/** "Running version": version of the newest production deployment (regulation reference 0.2). */
export function runningVersion(model: View): View {
  let newest: View | undefined;
  let at = '';
  for (const deployment of modelDeployments(model)) {
    if (!inProduction(deployment)) continue;
    const deployedAt = text(deployment, 'deployed_at');
    if (newest === undefined || deployedAt > at) {
      newest = deployment;
      at = deployedAt;
    }
  }
  return newest ? versionOf(newest) : model.world.absent('model_version');
}

/** "EU high-risk" of regulation reference 0.2. */
export const euHighRisk = (model: View): boolean =>
  and3(
    () => known(model, 'eu_in_scope') === 'true',
    () => ['high_risk_annex_iii', 'high_risk_annex_i'].includes(known(model, 'eu_class')),
  );

/** What an approval, change or assessment about a model can be attached to: itself, its versions, their deployments. */
export function aroundModel(model: View, about: (world: World, key: string) => readonly View[]): readonly View[] {
  const versions = versionsOf(model.world, model.key);
  return distinct([model, ...versions, ...modelDeployments(model)].map((subject) => about(subject.world, subject.key)));
}

/** The governed model that a subject belongs to; the stand-in for subjects that are no part of a model. */
export function modelOfKey(world: World, key: string): View {
  switch (kindOfKey(key)) {
    case 'model':
      return lookUp(world, 'model', key);
    case 'model_version': {
      const version = lookUp(world, 'model_version', key);
      return version.found ? modelOfVersion(version) : world.absent('model');
    }
    case 'deployment': {
      const deployment = lookUp(world, 'deployment', key);
      return deployment.found ? modelOfDeployment(deployment) : world.absent('model');
    }
    default:
      return world.absent('model');
  }
}

/** Regions in which a dataset may lie: its own set, else the organisation's default. Empty when nobody set any. */
export function permittedRegions(dataset: View): readonly string[] {
  const own = texts(dataset, 'permitted_regions');
  return own.length > 0 ? own : defaultRegions(dataset.world);
}

export function defaultRegions(world: World): readonly string[] {
  const [organisation] = world.all('organisation');
  if (!organisation)
    return world.suppliesKind('organisation') ? [] : world.probe.miss('organisation.permitted_regions_default');
  return texts(organisation, 'permitted_regions_default');
}
