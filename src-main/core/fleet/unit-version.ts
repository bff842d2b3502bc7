/** Versions of a sample model: an archived first one and the one that is deployed or in the making. */
import type { JsonValue } from '../../../src-shared/domain/record.ts';
import type { Sketch } from './sketch.ts';
import { digest, put, ref } from './unit.ts';

/** Adds both versions; their data references carry the catalogue's digests, so data comes first. */
export function addVersions(sketch: Sketch): void {
  const {
    clock,
    random,
    registry,
    technique,
    lifecycle,
    live,
    name,
    modelId,
    versionId,
    firstVersionId,
    trainId,
    testId,
    developer,
    trained,
    deployed,
    pipelineId,
  } = sketch;
  const dataRef = (id: string, role: string): JsonValue => {
    const body = registry.get(`dataset/${id}`)?.body;
    return { dataset_ref: { kind: 'dataset', id }, digest: String(body?.['dataset_digest'] ?? ''), role };
  };

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
}
