/** A well-governed sample model: every record and field that the rules ask for, consistent with one another. */
import type { JsonValue, RecordRef } from '../../../src-shared/domain/record.ts';
import type { FleetClock } from './clock.ts';
import { archiveId, type People } from './people.ts';
import type { Random } from './random.ts';
import { copySide, put, type Side, type Unit } from './unit.ts';
import type { Vocabulary } from './vocabulary.ts';

const lifecycles = [
  'in_use',
  'in_use',
  'in_use',
  'in_use',
  'in_use',
  'in_use',
  'in_use',
  'in_validation',
  'in_development',
  'decommissioned',
] as const;

const ref = (r: RecordRef): JsonValue => ({ kind: r.kind, id: r.id });
const slug = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]+/g, '-');
const digest = (random: Random): string => `sha256:${random.hex(64)}`;

export interface CleanContext {
  readonly vocabulary: Vocabulary;
  readonly people: People;
  readonly clock: FleetClock;
  readonly random: Random;
}

export function cleanUnit(index: number, context: CleanContext): Unit {
  const { vocabulary, people, clock, random } = context;
  const line = random.pick(vocabulary.businessLines);
  const technique = random.pick(vocabulary.techniques);
  const use = random.pick(line.uses);
  const segment = random.pick(line.segments);
  const place = random.int(0, vocabulary.regions.length - 1);
  const region = vocabulary.regions[place] ?? 'eu-central-1';
  const cluster = vocabulary.clusters[place] ?? 'prod-fra';
  const lifecycle = random.pick(lifecycles);
  const live = lifecycle === 'in_use';
  const tier = random.pick([1, 2, 2, 3, 3, 3, 4]);
  const number = String(index + 1).padStart(5, '0');
  const name = `${line.id}-${slug(use)}-${number}`;
  const modelId = `mdl-${number}`;
  const versionId = `${modelId}-v2`;
  const firstVersionId = `${modelId}-v1`;
  const trainId = `ds-${number}-train`;
  const testId = `ds-${number}-test`;
  const rawId = `ds-${number}-source`;
  const deploymentId = `dep-${number}`;
  const monitorId = `mon-${number}`;
  const approvalId = `apr-${number}-use`;
  const pick = (from: readonly RecordRef[]): RecordRef => random.pick(from);
  const owner = pick(people.owners);
  const developer = pick(people.developers);
  const validator = pick(people.validators);
  const approver = pick(people.approvers);
  const steward = pick(people.stewards);
  const operator = pick(people.operators);
  const overseer = pick(people.overseers);
  const requester = pick(people.sponsors);
  const trained = random.int(120, 200);
  const deployed = random.int(40, 80);
  const registry: Side = new Map();

  put(registry, 'model', modelId, {
    model_id: modelId,
    model_name: name,
    description: `${use[0]?.toUpperCase()}${use.slice(1)} for ${line.id.replaceAll('-', ' ')}, ${technique.technique}.`,
    model_type: technique.type,
    technique: technique.technique,
    task: use,
    lifecycle_status: lifecycle,
    business_line: line.id,
    legal_entity: vocabulary.legalEntity,
    decision_domain: line.domain,
    inventory_created_at: clock.date(400),
    last_inventory_review_at: clock.date(random.int(5, 60)),
    scope_decision: 'model',
    scope_rationale: 'Estimates an outcome from data with a fitted quantitative method.',
    scope_decision_approved_by: ref(approver),
    intended_purpose: `Support the ${use} process of ${line.id.replaceAll('-', ' ')}.`,
    approved_uses: [use],
    actual_uses: [use],
    prohibited_uses: ['individual performance rating'],
    restrictions_on_use: 'Not for customers outside the approved segments.',
    operating_boundaries: 'Inputs inside the training ranges; otherwise manual handling.',
    intended_users: [`${line.id} analysts`],
    affected_persons: line.people ? ['applicants and customers'] : [],
    decision_role: 'decision_support',
    customer_facing: line.people,
    owner: ref(owner),
    business_sponsor: ref(requester),
    developer: ref(developer),
    validator: ref(validator),
    approver: ref(approver),
    steward: ref(steward),
    technical_custodian: ref(operator),
    risk_tier: String(tier),
    risk_tier_rationale: `Materiality ${tier <= 2 ? 'high' : 'limited'}: exposure and purpose of the ${use} process.`,
    risk_tier_assigned_at: clock.date(200),
    risk_tier_assigned_by: ref(validator),
    risk_tier_next_review_at: clock.date(-165),
    inherent_risk_rating: ['very_high', 'high', 'medium', 'low'][tier - 1] ?? 'medium',
    residual_risk_rating: ['high', 'medium', 'low', 'low'][tier - 1] ?? 'low',
    exposure_band: tier <= 2 ? 'high' : 'low',
    purpose_class: tier <= 2 ? 'material_financial_risk' : 'business_decision',
    complexity_band: 'medium',
    origin: 'internal',
    licence_id: 'LicenseRef-internal',
    licence_restrictions: ['none'],
    redistributed: false,
    ip_owner: vocabulary.organisation,
    cost_centre: `CC-${4000 + (index % 40)}`,
    accounting_classification: 'expensed',
    eu_in_scope: true,
    eu_roles: ['deployer', 'provider'],
    eu_class: 'minimal',
    eu_class_rationale: 'Screened against Annex III; no point applies to decision support of this kind.',
    eu_class_assessed_at: clock.date(200),
    eu_class_assessed_by: ref(validator),
    processes_personal_data: false,
    special_categories: ['none'],
    retention_class: 'model-10y',
    retention_until: clock.date(-3000),
    assumptions: ['Past behaviour is informative for the horizon.'],
    limitations: ['Not calibrated for a shock outside the training period.'],
    known_biases: ['None material in the last test.'],
    human_oversight_measures: 'An analyst confirms every decision.',
    stop_mechanism: 'Feature flag; the rule-based fallback takes over within a minute.',
    fallback_plan_ref: `https://docs.example/${modelId}/fallback`,
    next_review_at: clock.date(-120),
    review_frequency_days: 180,
    upstream_models: [],
    downstream_consumers: [`${line.id}-workbench`],
    external_dependencies: [],
    documentation_ref: `https://docs.example/${modelId}`,
    documentation_updated_at: clock.date(50),
    incident_playbook_ref: `https://docs.example/${modelId}/incident`,
    icfr_relevant: false,
    tags: [line.id, technique.framework],
  });

  put(
    registry,
    'dataset',
    rawId,
    dataset(rawId, `${name} source extract`, 'reference', 'Monthly delivery of the data provider.', 'purchased', [
      archiveId,
    ]),
  );
  put(
    registry,
    'dataset',
    trainId,
    dataset(trainId, `${name} training set`, 'train', 'Derived from the source extract.', 'internal', [rawId]),
  );
  put(
    registry,
    'dataset',
    testId,
    dataset(testId, `${name} hold-out set`, 'test', 'Derived from the source extract, later period.', 'internal', [
      rawId,
    ]),
  );

  function dataset(
    id: string,
    title: string,
    role: string,
    source: string,
    sourceKind: string,
    upstream: readonly string[],
  ) {
    return {
      dataset_id: id,
      dataset_name: title,
      dataset_version: '2026.1',
      dataset_roles: [role],
      dataset_owner: ref(owner),
      dataset_steward: ref(steward),
      dataset_source: source,
      source_kind: sourceKind,
      collection_method: 'Contractual data feed, reconciled to the ledger.',
      original_collection_purpose: 'Running the customer relationship.',
      storage_mode: 'stored',
      dataset_uri: `s3://warehouse/${id}/2026.1`,
      dataset_digest: digest(random),
      record_count: random.int(20_000, 900_000),
      dataset_licence: sourceKind === 'purchased' ? 'LicenseRef-data-contract' : 'LicenseRef-internal',
      dataset_licence_restrictions: ['attribution'],
      lineage_upstream: upstream.map((up) => ({ kind: 'dataset', id: up })),
      preparation_steps: 'Deduplicated, typed, outliers winsorised.',
      labelling_method: 'Observed outcome after twelve months.',
      quality_report_ref: `https://quality.example/${id}`,
      quality_checked_at: clock.date(90),
      representativeness_statement: 'Covers all approved segments and regions.',
      known_gaps: 'None above the house limit.',
      bias_statement: 'Compared across the monitored groups; differences inside house limits.',
      bias_examined_at: clock.date(100),
      contains_personal_data: false,
      dataset_special_categories: ['none'],
      classification: 'confidential',
      storage_region: region,
      permitted_regions: [...vocabulary.regions],
      dataset_transfer_mechanism: 'none_needed',
      dataset_retention_class: 'data-7y',
      dataset_retention_until: clock.date(-2000),
      authorised_roles: ['data_science', 'validation'],
      dataset_encrypted_at_rest: true,
    } satisfies Record<string, JsonValue>;
  }

  const dataRef = (id: string, role: string): JsonValue => {
    const body = registry.get(`dataset/${id}`)?.body;
    return { dataset_ref: { kind: 'dataset', id }, digest: String(body?.['dataset_digest'] ?? ''), role };
  };

  const pipelineId = `pipe-${number}`;
  put(registry, 'pipeline', pipelineId, {
    pipeline_id: pipelineId,
    pipeline_kind: 'training',
    pipeline_owner: ref(developer),
    pipeline_commit: random.hex(40),
    pipeline_definition_digest: digest(random),
    pipeline_inputs: [
      { kind: 'dataset', id: trainId },
      { kind: 'dataset', id: testId },
    ],
    pipeline_outputs: [{ kind: 'model_version', id: versionId }],
    last_run_at: clock.ago(trained),
    last_run_status: 'succeeded',
    run_identity: ref(operator),
    pre_registration_checks: true,
  });

  const version = (id: string, label: string, status: string, trainedDaysAgo: number, parent: string | null) =>
    put(registry, 'model_version', id, {
      version_id: id,
      model_ref: { kind: 'model', id: modelId },
      version_label: label,
      ...(parent ? { parent_version: { kind: 'model_version', id: parent } } : {}),
      version_status: status,
      version_created_at: clock.ago(trainedDaysAgo - 2),
      version_created_by: ref(developer),
      frozen_at: clock.ago(trainedDaysAgo - 5),
      artefact_uri: `s3://models/${id}/model.bin`,
      model_uri: `models:/${name}/${label}`,
      artefact_digest: digest(random),
      image_digest: digest(random),
      artefact_size_bytes: random.int(40_000, 90_000_000),
      signature_ref: `s3://models/${id}/model.sig`,
      signature_verified_at: clock.ago(Math.min(trainedDaysAgo - 6, deployed + 1)),
      artefact_encrypted_at_rest: true,
      source_repo: `https://git.example/models/${name}`,
      source_commit: random.hex(40),
      source_commit_signed: true,
      environment_lock_digest: digest(random),
      training_started_at: clock.ago(trainedDaysAgo + 1),
      training_completed_at: clock.ago(trainedDaysAgo),
      training_pipeline_ref: { kind: 'pipeline', id: pipelineId },
      training_run_id: random.hex(32),
      training_environment: 'Kubernetes batch, CPU, pinned image.',
      training_data_refs: [dataRef(trainId, 'train')],
      test_data_refs: [dataRef(testId, 'test')],
      hyperparameters_ref: `s3://models/${id}/params.json`,
      random_seed: String(random.int(1, 9999)),
      input_schema_ref: `s3://models/${id}/input.schema.json`,
      output_schema_ref: `s3://models/${id}/output.schema.json`,
      input_schema_digest: digest(random),
      output_schema_digest: digest(random),
      inference_requirements: '2 CPU, 1 GiB',
      change_type: parent ? 'minor' : 'initial',
      change_summary: parent ? 'Refreshed on newer data.' : 'First release.',
      substantial_modification: false,
      framework: technique.framework,
      registry_stage: status === 'deployed' ? 'Production' : status === 'archived' ? 'Archived' : 'Staging',
    });
  const statusOfSecond = live ? 'deployed' : lifecycle === 'decommissioned' ? 'archived' : 'candidate';
  version(firstVersionId, '1', 'archived', trained + 200, null);
  version(versionId, '2', statusOfSecond, trained, firstVersionId);

  put(registry, 'validation', `val-${number}`, {
    validation_id: `val-${number}`,
    validated_version_ref: { kind: 'model_version', id: versionId },
    validation_kind: 'initial',
    validated_by: ref(validator),
    independence_basis: 'Second line, other reporting line.',
    conceptual_soundness: 'satisfactory',
    outcomes_analysis: 'satisfactory',
    process_verification: 'satisfactory',
    validation_completed_at: clock.date(trained - 15),
    outcome: 'satisfactory',
    report_ref: `https://docs.example/${modelId}/validation`,
    report_digest: digest(random),
    next_validation_due_at: clock.date(trained - 380),
  });

  put(registry, 'approval', approvalId, {
    approval_id: approvalId,
    subject_ref: { kind: 'model_version', id: versionId },
    approval_kind: 'use_approval',
    decision: 'approved',
    requested_by: ref(requester),
    requested_at: clock.ago(deployed + 10),
    decided_by: ref(approver),
    decided_at: clock.ago(deployed + 4),
    approver_authority:
      tier === 1 ? 'board_risk_committee' : tier === 2 ? 'model_risk_committee' : 'head_of_model_risk',
    approval_expires_at: clock.date(-300),
    tier_at_decision: String(tier),
    evidence_ref: `https://docs.example/${modelId}/approval`,
    evidence_digest: digest(random),
  });

  put(registry, 'feature', `feat-${number}`, {
    feature_id: `feat-${number}`,
    feature_name: 'months_on_book',
    feature_definition: 'Whole months since the first contract.',
    feature_owner: ref(steward),
    feature_dataset_ref: { kind: 'dataset', id: trainId },
    feature_lineage: 'Computed in preparation from the contract date.',
    feature_version: '3',
    is_personal: false,
    is_special_category: false,
    is_proxy_suspect: false,
    necessity_rationale: 'Among the strongest predictors of the outcome.',
  });
  put(registry, 'assessment', `asm-${number}`, {
    assessment_id: `asm-${number}`,
    assessment_kind: 'ai_risk',
    assessment_subject_ref: { kind: 'model', id: modelId },
    assessment_completed_at: clock.date(trained - 20),
    assessment_approved_by: ref(approver),
    assessment_approved_at: clock.date(trained - 22),
    assessment_next_review_at: clock.date(-150),
    residual_risk: 'low',
    assessment_ref: `https://docs.example/${modelId}/risk`,
  });
  put(registry, 'access_event', `evt-${number}`, {
    event_id: `evt-${number}`,
    event_at: clock.ago(deployed + 4),
    actor: ref(approver),
    action: 'approve',
    object_ref: { kind: 'model_version', id: versionId },
    event_result: 'allowed',
    ticket_ref: `CHG-${number}`,
    prev_event_digest: digest(random),
    event_digest: digest(random),
  });
  put(registry, 'change_record', `chg-${number}`, {
    change_id: `chg-${number}`,
    change_subject_ref: { kind: 'model_version', id: versionId },
    change_requested_by: ref(requester),
    change_materiality: 'minor',
    change_purpose: 'Refresh on newer data.',
    change_risk_assessment_ref: `https://docs.example/${modelId}/change`,
    change_test_ref: `https://docs.example/${modelId}/tests`,
    cab_decision: 'not_required',
    change_approved_by: ref(validator),
    change_approved_at: clock.ago(deployed + 3),
    implemented_by: ref(operator),
    implemented_at: clock.ago(deployed),
    rollback_plan_ref: `https://docs.example/${modelId}/rollback`,
    post_review_at: clock.date(deployed - 10),
    reassessments_triggered: ['none'],
  });

  const metric = (
    suffix: string,
    kind: string,
    title: string,
    value: number,
    threshold: number,
    direction: string,
    part: string,
  ) =>
    put(registry, 'metric', `met-${number}-${suffix}`, {
      metric_id: `met-${number}-${suffix}`,
      metric_version_ref: { kind: 'model_version', id: versionId },
      metric_name: title,
      metric_kind: kind,
      metric_value: value,
      metric_threshold: threshold,
      threshold_direction: direction,
      metric_segment: part,
      metric_dataset_ref: { kind: 'dataset', id: testId },
      measured_at: clock.ago(20),
      measured_by: ref(validator),
      metric_rationale: 'Standard measure of the process.',
    });
  metric('auc', 'performance', 'AUC', Math.round((0.74 + random.next() * 0.2) * 1000) / 1000, 0.7, 'min', 'all');
  metric(
    'gap',
    'fairness',
    'Selection-rate ratio',
    Math.round((0.88 + random.next() * 0.1) * 1000) / 1000,
    0.8,
    'min',
    segment,
  );

  const discovery: Side = new Map();
  const observationId = `obs-${number}`;
  const location = `${cluster}/${line.id}/${name}`;
  if (live) {
    const served = registry.get(`model_version/${versionId}`)?.body ?? {};
    put(registry, 'deployment', deploymentId, {
      deployment_id: deploymentId,
      deployment_name: name,
      version_ref: { kind: 'model_version', id: versionId },
      environment: 'production',
      deployment_status: 'active',
      deployed_at: clock.ago(deployed),
      deployed_by: ref(operator),
      running_digest: served['artefact_digest'] ?? null,
      image_digest: served['image_digest'] ?? null,
      image_ref: `${technique.image}:2`,
      model_uri: served['model_uri'] ?? null,
      exposure: 'internal',
      region,
      processing_regions: [region],
      transfer_mechanism: 'none_needed',
      hosting_provider: ref(people.hosting),
      location_ref: location,
      cluster,
      namespace: line.id,
      customer_segments: [segment],
      decisions_per_month: random.int(500, 90_000),
      business_function: use,
      critical_or_important: tier === 1,
      rto_hours: 4,
      rpo_hours: 1,
      rollback_version_ref: { kind: 'model_version', id: firstVersionId },
      rollback_tested_at: clock.date(60),
      change_ref: { kind: 'change_record', id: `chg-${number}` },
      encrypted_in_transit: true,
      authn_method: 'service_identity',
      network_reviewed_at: clock.date(90),
      logging_enabled: true,
      log_retention_days: 400,
      serving_input_schema_digest: served['input_schema_digest'] ?? null,
      serving_output_schema_digest: served['output_schema_digest'] ?? null,
      oversight_assignees: [ref(overseer)],
      deployment_cost_centre: `CC-${4000 + (index % 40)}`,
      monthly_cost: random.int(200, 4000),
      latency_p95_ms: random.int(8, 220),
      support_ends_at: clock.date(-700),
    });
    put(registry, 'monitoring', monitorId, {
      monitor_id: monitorId,
      monitor_deployment_ref: { kind: 'deployment', id: deploymentId },
      monitor_link: `https://monitoring.example/${monitorId}`,
      monitor_kinds: ['performance', 'drift', 'fairness'],
      monitor_owner: ref(operator),
      monitor_status: 'healthy',
      last_seen_at: clock.ago(1),
      last_report_ref: `https://monitoring.example/${monitorId}/latest`,
      thresholds_ref: `https://monitoring.example/${monitorId}/thresholds`,
      override_rate: 0.02,
    });
    put(discovery, 'deployment', observationId, {
      deployment_id: observationId,
      deployment_name: name,
      environment: 'production',
      deployment_status: 'active',
      running_digest: served['artefact_digest'] ?? null,
      image_digest: served['image_digest'] ?? null,
      image_ref: `${technique.image}:2`,
      model_uri: served['model_uri'] ?? null,
      declared_model_name: name,
      declared_version_label: '2',
      exposure: 'internal',
      region,
      location_ref: location,
      workload_kind: 'InferenceService',
      workload_name: name,
      cluster,
      namespace: line.id,
      serving_runtime: technique.image,
      serving_framework: technique.framework,
      replicas_ready: 2,
      replicas_desired: 2,
      traffic_percent: 100,
      cpu_request: 2,
      memory_request_mib: 1024,
      health: 'ready',
      observation_basis: 'api_dump',
    });
  }

  return {
    index,
    modelId,
    live,
    tier,
    parts: {
      version: versionId,
      deployment: deploymentId,
      train: trainId,
      test: testId,
      approval: approvalId,
      monitor: monitorId,
      observation: observationId,
    },
    registry,
    previous: copySide(registry),
    discovery,
  };
}
