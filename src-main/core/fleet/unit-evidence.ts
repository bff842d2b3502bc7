/** The paper trail of a sample model: validation, approval, assessment, change, access event, metrics. */
import type { Sketch } from './sketch.ts';
import { digest, put, ref } from './unit.ts';

/** Adds the records that show who checked and decided what, and when. */
export function addEvidence(sketch: Sketch): void {
  const {
    clock,
    random,
    registry,
    segment,
    tier,
    number,
    modelId,
    versionId,
    testId,
    approvalId,
    validator,
    approver,
    operator,
    requester,
    trained,
    deployed,
  } = sketch;
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
}
