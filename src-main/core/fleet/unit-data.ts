/** What a sample model was made from: source extract, training and hold-out sets, a feature, the training pipeline. */
import type { JsonValue } from '../../../src-shared/domain/record.ts';
import { archiveId } from './people.ts';
import type { Sketch } from './sketch.ts';
import { digest, put, ref } from './unit.ts';

/** Adds datasets, feature and pipeline. */
export function addData(sketch: Sketch): void {
  const {
    vocabulary,
    clock,
    random,
    registry,
    region,
    number,
    name,
    versionId,
    trainId,
    testId,
    rawId,
    owner,
    developer,
    steward,
    operator,
    trained,
    pipelineId,
  } = sketch;
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
}
