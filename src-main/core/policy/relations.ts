/**
 * What can be reached from a record by name in a rule, e.g. `deployment.model.owner_party.party_active`.
 *
 * Each relation states its CEL type and the fields it reads beyond what the expression itself names, so that a finding can
 * show them and a run can plan for them. A relation that depends on something unsupplied is unknown, never empty.
 */
import type { Kind } from '../../../src-shared/domain/dictionary.ts';
import { compareDigests } from './digests.ts';
import { isBefore, type Moment, parseMoment } from './instants.ts';
import * as join from './joins.ts';
import { partyOf } from './parties.ts';
import { changedFields, concentration, sameDigest, sameId, sameLabel } from './shared-facts.ts';
import { orUndefined, some3 } from './unknown.ts';
import { DataRef } from './values.ts';
import { isBlank, known, text, texts, type View, values } from './view.ts';
import { oncePerView } from './world.ts';

export interface Relation {
  readonly type: string;
  readonly reads: readonly string[];
  readonly follow: (view: View) => unknown;
}

const relation = (type: string, reads: readonly string[], follow: (view: View) => unknown): Relation => ({
  type,
  reads,
  follow,
});

const liveReads = ['deployment.version_ref', 'deployment.environment', 'deployment.deployment_status'];
const modelDeploymentReads = ['model_version.model_ref', ...liveReads];
const regionReads = ['dataset.permitted_regions', 'organisation.permitted_regions_default'];

const party = (field: string, kind: Kind): Relation =>
  relation('Party', [`${kind}.${field}`], (view) => partyOf(partiesKnown(view), text(view, field)));

function partiesKnown(view: View) {
  if (!view.world.suppliesKind('party')) view.world.probe.miss('party.party_id');
  return view.world;
}

const around = (type: string, field: string, about: Parameters<typeof join.aroundModel>[1]): Relation =>
  relation(
    `list<${type}>`,
    [field, ...modelDeploymentReads],
    oncePerView((model) => join.aroundModel(model, about)),
  );

const dataRefs = (view: View, field: string): readonly DataRef[] => {
  const refs = values(view, field);
  return Array.isArray(refs) ? refs.filter((ref) => ref instanceof DataRef) : [];
};

const model: Readonly<Record<string, Relation>> = {
  versions: relation('list<ModelVersion>', ['model_version.model_ref'], (m) => join.versionsOf(m.world, m.key)),
  deployments: relation('list<Deployment>', modelDeploymentReads, oncePerView(join.modelDeployments)),
  live: relation('bool', modelDeploymentReads, (m) => some3(join.modelDeployments(m), join.inProduction)),
  running: relation('ModelVersion', [...modelDeploymentReads, 'deployment.deployed_at'], join.runningVersion),
  approvals: around('Approval', 'approval.subject_ref', join.approvalsOf),
  changes: around('ChangeRecord', 'change_record.change_subject_ref', join.changesOf),
  assessments: around('Assessment', 'assessment.assessment_subject_ref', join.assessmentsOf),
  validations: relation('list<Validation>', ['validation.validated_version_ref', 'model_version.model_ref'], (m) =>
    join.distinct(join.versionsOf(m.world, m.key).map((v) => join.validationsOf(v.world, v.key))),
  ),
  metrics: relation('list<Metric>', ['metric.metric_version_ref', 'model_version.model_ref'], (m) =>
    join.distinct(join.versionsOf(m.world, m.key).map((v) => join.metricsOf(v.world, v.key))),
  ),
  monitors: relation('list<Monitoring>', ['monitoring.monitor_deployment_ref', ...modelDeploymentReads], (m) =>
    join.distinct(join.modelDeployments(m).map((d) => join.monitorsOf(d.world, d.key))),
  ),
  third_parties: relation('list<ThirdParty>', ['model.external_dependencies'], (m) =>
    texts(m, 'external_dependencies')
      .map((key) => join.lookUp(m.world, 'third_party', key))
      .filter((record) => record.found),
  ),
  unknown_dependencies: relation('list<string>', ['model.external_dependencies'], (m) =>
    texts(m, 'external_dependencies').filter((key) => !join.lookUp(m.world, 'third_party', key).found),
  ),
  vendor: relation('ThirdParty', ['model.vendor_ref'], (m) => join.follow(m, 'vendor_ref', 'third_party')),
  eu_high_risk: relation('bool', ['model.eu_in_scope', 'model.eu_class'], join.euHighRisk),
  /** The organisation that the inventory belongs to. Unknown when no source supplies one. */
  organisation: relation('Organisation', [], (m) => {
    const [organisation] = m.world.all('organisation');
    if (organisation) return organisation;
    return m.world.suppliesKind('organisation')
      ? m.world.absent('organisation')
      : m.world.probe.miss('organisation.organisation_id');
  }),
  same_id: relation('list<Model>', [], sameId),
  most_shared: relation('double', concentration.reads, (m) => concentration.of(m).count),
  shared_dependency: relation('string', concentration.reads, (m) => concentration.of(m).dependency),
  owner_party: party('owner', 'model'),
  developer_party: party('developer', 'model'),
  validator_party: party('validator', 'model'),
};

const modelVersion: Readonly<Record<string, Relation>> = {
  model: relation('Model', ['model_version.model_ref'], join.modelOfVersion),
  deployments: relation('list<Deployment>', ['deployment.version_ref'], (v) => join.deploymentsOf(v.world, v.key)),
  live: relation('bool', liveReads, join.isLiveVersion),
  previous: relation('ModelVersion', [], join.previousOf),
  /** When the snapshot was taken that the previous state comes from. */
  previous_taken_at: relation('string', [], (v) => {
    const before = join.previousOf(v);
    return before.world.snapshots.get(before.snapshot)?.takenAt ?? '';
  }),
  /** Training datasets that the inventory knows. */
  datasets: relation('list<Dataset>', ['model_version.training_data_refs'], (v) =>
    dataRefs(v, 'training_data_refs')
      .map((ref) => join.lookUp(v.world, 'dataset', ref.dataset))
      .filter((record) => record.found),
  ),
  changed_fields: relation('list<string>', [], changedFields),
  validations: relation('list<Validation>', ['validation.validated_version_ref'], (v) =>
    join.validationsOf(v.world, v.key),
  ),
  metrics: relation('list<Metric>', ['metric.metric_version_ref'], (v) => join.metricsOf(v.world, v.key)),
  approvals: relation('list<Approval>', ['approval.subject_ref'], (v) => join.approvalsOf(v.world, v.key)),
  events: relation('list<AccessEvent>', ['access_event.object_ref'], (v) => join.eventsOf(v.world, v.key)),
  twins: relation('list<ModelVersion>', ['model_version.artefact_digest', 'model_version.model_ref'], sameDigest),
  same_label: relation('list<ModelVersion>', ['model_version.version_label', 'model_version.model_ref'], sameLabel),
  training_datasets: relation('list<string>', ['model_version.training_data_refs'], (v) =>
    dataRefs(v, 'training_data_refs').map((ref) => ref.dataset),
  ),
  /** Training datasets whose catalogue digest is another one than the version was trained on. */
  other_bytes: relation('list<string>', ['model_version.training_data_refs', 'dataset.dataset_digest'], (v) => {
    const refs = dataRefs(v, 'training_data_refs').filter((ref) => ref.digest !== '');
    const differs = (ref: DataRef) => {
      const dataset = join.lookUp(v.world, 'dataset', ref.dataset);
      if (isBlank(dataset, 'dataset_digest')) return false;
      const verdict = compareDigests(ref.digest, text(dataset, 'dataset_digest'));
      return verdict === 'incomparable'
        ? v.world.probe.miss('dataset.dataset_digest (another algorithm)')
        : verdict === 'different';
    };
    return some3(refs, differs)
      ? refs.filter((ref) => orUndefined(() => differs(ref)) === true).map((ref) => ref.dataset)
      : [];
  }),
};

const deployment: Readonly<Record<string, Relation>> = {
  version: relation('ModelVersion', ['deployment.version_ref'], join.versionOf),
  model: relation('Model', ['deployment.version_ref', 'model_version.model_ref'], join.modelOfDeployment),
  in_production: relation('bool', ['deployment.environment', 'deployment.deployment_status'], join.inProduction),
  /** Approvals about the deployed version or about the deployment itself. */
  approvals: relation('list<Approval>', ['approval.subject_ref', 'deployment.version_ref'], (d) => {
    const version = text(d, 'version_ref');
    return join.distinct([d.key, ...(version === '' ? [] : [version])].map((key) => join.approvalsOf(d.world, key)));
  }),
  monitors: relation('list<Monitoring>', ['monitoring.monitor_deployment_ref'], (d) => join.monitorsOf(d.world, d.key)),
  changes: relation(
    'list<ChangeRecord>',
    ['change_record.change_subject_ref', 'deployment.version_ref', 'deployment.change_ref'],
    (d) => {
      const version = text(d, 'version_ref');
      const named = join.follow(d, 'change_ref', 'change_record');
      const about = [d.key, ...(version === '' ? [] : [version])].map((key) => join.changesOf(d.world, key));
      return join.distinct([...about, named.found ? [named] : []]);
    },
  ),
  overseers: relation('list<Party>', ['deployment.oversight_assignees'], (d) =>
    texts(d, 'oversight_assignees').map((key) => partyOf(partiesKnown(d), key)),
  ),
  /** The same deployment as a scan saw it or a manifest declares it. Unknown when nothing was reconciled. */
  observed: relation('list<Deployment>', [], (d) => d.world.observedOf(d.key)),
  verdicts: relation('list<string>', [], (d) => d.world.verdictsOf(d.key)),
  /** In no baseline record, or in another region or for other customers than there. */
  is_new: relation('bool', ['deployment.region', 'deployment.customer_segments'], (d) => {
    const before = join.previousOf(d);
    if (!before.found) return true;
    return (
      text(before, 'region') !== text(d, 'region') ||
      texts(d, 'customer_segments').some((segment) => !texts(before, 'customer_segments').includes(segment))
    );
  }),
  /** Regions allowed by every training dataset of the running version, else the organisation's default. */
  permitted: relation('list<string>', [...regionReads, 'model_version.training_data_refs'], (d) => {
    const version = join.versionOf(d);
    const sets = (version.found ? dataRefs(version, 'training_data_refs') : [])
      .map((ref) => join.lookUp(d.world, 'dataset', ref.dataset))
      .filter((dataset) => dataset.found)
      .map((dataset) => texts(dataset, 'permitted_regions'))
      .filter((regions) => regions.length > 0);
    const [first, ...rest] = sets;
    return first ? first.filter((region) => rest.every((set) => set.includes(region))) : join.defaultRegions(d.world);
  }),
  restricted: relation('bool', [...regionReads, 'model_version.training_data_refs'], (d) => {
    const version = join.versionOf(d);
    const stated = (version.found ? dataRefs(version, 'training_data_refs') : []).some((ref) => {
      const dataset = join.lookUp(d.world, 'dataset', ref.dataset);
      return dataset.found && !isBlank(dataset, 'permitted_regions');
    });
    return stated || join.defaultRegions(d.world).length > 0;
  }),
};

const dataset: Readonly<Record<string, Relation>> = {
  trained: relation('list<ModelVersion>', ['model_version.training_data_refs'], (d) => join.trainedOn(d.world, d.key)),
  users: relation('list<ModelVersion>', ['model_version.training_data_refs', 'model_version.test_data_refs'], (d) =>
    join.distinct([join.trainedOn(d.world, d.key), join.testedOn(d.world, d.key)]),
  ),
  features: relation('list<Feature>', ['feature.feature_dataset_ref'], (d) => join.featuresOf(d.world, d.key)),
  producers: relation('list<Pipeline>', ['pipeline.pipeline_outputs'], (d) => join.producersOf(d.world, d.key)),
  previous: relation('Dataset', [], join.previousOf),
  permitted: relation('list<string>', regionReads, join.permittedRegions),
  unknown_upstream: relation('list<string>', ['dataset.lineage_upstream'], (d) =>
    texts(d, 'lineage_upstream').filter((key) => !join.lookUp(d.world, 'dataset', key).found),
  ),
  /** A dataset next to it in the lineage is still there. */
  kept_elsewhere: relation('bool', ['dataset.lineage_upstream', 'dataset.dataset_deleted_at'], (d) => {
    const upstream = texts(d, 'lineage_upstream').map((key) => join.lookUp(d.world, 'dataset', key));
    const kin = [...upstream, ...join.derivedFrom(d.world, d.key)].filter((other) => other.found && other !== d);
    return some3(kin, (other) => isBlank(other, 'dataset_deleted_at'));
  }),
  owner_party: party('dataset_owner', 'dataset'),
  steward_party: party('dataset_steward', 'dataset'),
};

const approval: Readonly<Record<string, Relation>> = {
  model: relation('Model', ['approval.subject_ref'], (a) => join.modelOfKey(a.world, text(a, 'subject_ref'))),
  same_subject: relation('list<Approval>', ['approval.subject_ref'], (a) =>
    join.approvalsOf(a.world, text(a, 'subject_ref')).filter((other) => other !== a),
  ),
};

const monitoring: Readonly<Record<string, Relation>> = {
  deployment: relation('Deployment', ['monitoring.monitor_deployment_ref'], (m) =>
    join.follow(m, 'monitor_deployment_ref', 'deployment'),
  ),
  metrics: relation('list<Metric>', ['metric.metric_version_ref', 'deployment.version_ref'], (m) => {
    const watched = join.follow(m, 'monitor_deployment_ref', 'deployment');
    return watched.found ? join.metricsOf(m.world, text(watched, 'version_ref')) : [];
  }),
  approvals: relation('list<Approval>', ['approval.subject_ref'], (m) =>
    join.distinct([m.key, text(m, 'monitor_deployment_ref')].map((key) => join.approvalsOf(m.world, key))),
  ),
  changes: relation('list<ChangeRecord>', ['change_record.change_subject_ref'], (m) =>
    join.distinct([m.key, text(m, 'monitor_deployment_ref')].map((key) => join.changesOf(m.world, key))),
  ),
  events: relation('list<AccessEvent>', ['access_event.object_ref'], (m) =>
    join.distinct([m.key, text(m, 'monitor_deployment_ref')].map((key) => join.eventsOf(m.world, key))),
  ),
};

const metric: Readonly<Record<string, Relation>> = {
  dataset: relation('Dataset', ['metric.metric_dataset_ref'], (m) => join.follow(m, 'metric_dataset_ref', 'dataset')),
  /** No later measurement of the same name and segment on its version. */
  latest: relation('bool', ['metric.measured_at', 'metric.metric_name', 'metric.metric_segment'], (m) => {
    const at = momentOf(m, 'measured_at');
    return !join
      .metricsOf(m.world, text(m, 'metric_version_ref'))
      .some((other) => other !== m && sameMeasure(m, other) && isBefore(at, momentOf(other, 'measured_at')));
  }),
};

const sameMeasure = (a: View, b: View): boolean =>
  known(a, 'metric_name') === known(b, 'metric_name') && text(a, 'metric_segment') === text(b, 'metric_segment');

function momentOf(view: View, field: string): Moment {
  return parseMoment(known(view, field)) ?? view.world.probe.miss(`${view.kind}.${field} (not a date)`);
}

const reporting: Readonly<Record<string, Relation>> = { reports_to: party('party_reports_to', 'party') };

export const relations: Partial<Readonly<Record<Kind, Readonly<Record<string, Relation>>>>> = {
  model,
  model_version: modelVersion,
  deployment,
  dataset,
  approval,
  monitoring,
  metric,
  party: reporting,
};
