/**
 * The catalogue of faults that can be planted in a sample fleet.
 *
 * Each says what it breaks and everything that an honest audit must then report: verdicts of the reconciliation and rules
 * that fire, with their subject. Nothing outside this folder reads it; the demo compares it with what the product found.
 */
import type { Kind } from '../../../src-shared/domain/dictionary.ts';
import type { JsonValue } from '../../../src-shared/domain/record.ts';
import type { FleetClock } from './clock.ts';
import type { People } from './people.ts';
import type { Random } from './random.ts';
import { bodyOf, digest, put, type Unit } from './unit.ts';
import type { Vocabulary } from './vocabulary.ts';

/** `DEP-002` or `verdict:unregistered`, about `deployment/…`. */
export interface Expectation {
  readonly check: string;
  readonly subject: string;
}

export interface FaultContext {
  readonly vocabulary: Vocabulary;
  readonly people: People;
  readonly clock: FleetClock;
  readonly random: Random;
}

export interface Fault {
  readonly id: string;
  readonly title: string;
  /** Which units it can be planted in; the default is any live one. */
  readonly fits?: (unit: Unit) => boolean;
  readonly plant: (unit: Unit, context: FaultContext) => readonly Expectation[];
}

const rule = (check: string, kind: Kind | 'snapshot', id: string): Expectation => ({ check, subject: `${kind}/${id}` });
const verdict = (name: string, kind: Kind, id: string): Expectation => ({
  check: `verdict:${name}`,
  subject: `${kind}/${id}`,
});
const blank = (unit: Unit, kind: Kind, id: string, ...fields: string[]): void => {
  for (const field of fields) {
    delete bodyOf(unit.registry, kind, id)[field];
    const before = unit.previous.get(`${kind}/${id}`);
    if (before) delete before.body[field];
  }
};
/** Sets a field on both registry sides, so that the fault is old and no difference between snapshots. */
const set = (unit: Unit, kind: Kind, id: string, field: string, value: JsonValue): void => {
  bodyOf(unit.registry, kind, id)[field] = value;
  const before = unit.previous.get(`${kind}/${id}`);
  if (before) before.body[field] = structuredClone(value);
};

export const faults: readonly Fault[] = [
  {
    id: 'shadow-model',
    title: 'A model runs that the registry does not know',
    plant(unit, { random }) {
      const { observation } = unit.parts;
      const source = bodyOf(unit.discovery, 'deployment', observation);
      const id = `${observation}-shadow`;
      put(unit.discovery, 'deployment', id, {
        ...source,
        deployment_id: id,
        deployment_name: `${source['workload_name']}-shadow`,
        workload_name: `${source['workload_name']}-shadow`,
        declared_model_name: `unlisted-${random.hex(8)}`,
        model_uri: `s3://scratch/${random.hex(12)}/model.bin`,
        running_digest: digest(random),
        image_digest: digest(random),
        location_ref: `${source['location_ref']}-shadow`,
      });
      return [verdict('unregistered', 'deployment', id), rule('DEP-002', 'deployment', id)];
    },
  },
  {
    id: 'ghost-deployment',
    title: 'The registry lists a live deployment that is not there',
    plant(unit) {
      unit.discovery.delete(`deployment/${unit.parts.observation}`);
      return [
        verdict('orphaned', 'deployment', unit.parts.deployment),
        rule('DEP-003', 'deployment', unit.parts.deployment),
      ];
    },
  },
  {
    id: 'swapped-weights',
    title: 'Other weights run than were registered',
    plant(unit, { random }) {
      const other = digest(random);
      bodyOf(unit.discovery, 'deployment', unit.parts.observation)['running_digest'] = other;
      set(unit, 'deployment', unit.parts.deployment, 'running_digest', other);
      return [
        verdict('mutated', 'deployment', unit.parts.deployment),
        rule('VER-004', 'deployment', unit.parts.deployment),
      ];
    },
  },
  {
    id: 'rewritten-version',
    title: 'A registered version has another digest than in the snapshot before',
    plant(unit, { random }) {
      const before = bodyOf(unit.previous, 'model_version', unit.parts.version);
      before['artefact_digest'] = digest(random);
      const dep = bodyOf(unit.previous, 'deployment', unit.parts.deployment);
      dep['running_digest'] = before['artefact_digest'];
      return [
        verdict('mutated', 'model_version', unit.parts.version),
        rule('VER-002', 'model_version', unit.parts.version),
        rule('VER-006', 'model_version', unit.parts.version),
      ];
    },
  },
  {
    id: 'vanished-dataset',
    title: 'A dataset of the earlier snapshot is gone without a decommission approval',
    plant(unit, { clock }) {
      const id = `${unit.parts.train}-2024`;
      put(unit.previous, 'dataset', id, {
        ...structuredClone(bodyOf(unit.previous, 'dataset', unit.parts.train)),
        dataset_id: id,
        dataset_name: 'Superseded training set',
        quality_checked_at: clock.date(100),
      });
      return [verdict('vanished', 'dataset', id), rule('REC-001', 'dataset', id)];
    },
  },
  {
    id: 'retired-still-runs',
    title: 'The model is retired and its deployment still active',
    plant(unit) {
      set(unit, 'model', unit.modelId, 'lifecycle_status', 'decommissioned');
      return [rule('INV-005', 'model', unit.modelId)];
    },
  },
  {
    id: 'retired-still-found',
    title: 'The registry says retired throughout, and discovery found it running',
    plant(unit) {
      set(unit, 'model', unit.modelId, 'lifecycle_status', 'decommissioned');
      set(unit, 'model_version', unit.parts.version, 'version_status', 'archived');
      set(unit, 'deployment', unit.parts.deployment, 'deployment_status', 'retired');
      return [verdict('stage_mismatch', 'deployment', unit.parts.deployment)];
    },
  },
  {
    id: 'moved-region',
    title: 'It runs in another region than registered',
    plant(unit, { vocabulary }) {
      const body = bodyOf(unit.discovery, 'deployment', unit.parts.observation);
      body['region'] = vocabulary.regions.find((region) => region !== body['region']) ?? null;
      return [verdict('metadata_drift', 'deployment', unit.parts.deployment)];
    },
  },
  {
    id: 'renamed-copy',
    title: 'One artefact is registered under two models',
    fits: (unit) =>
      !unit.live && unit.registry.get(`model/${unit.modelId}`)?.body['lifecycle_status'] === 'in_development',
    plant(unit, { random }) {
      const first = digest(random);
      set(unit, 'model_version', unit.parts.version, 'artefact_digest', first);
      const copy = `${unit.modelId}-copy`;
      for (const side of [unit.registry, unit.previous]) {
        const model = structuredClone(bodyOf(side, 'model', unit.modelId));
        put(side, 'model', copy, {
          ...model,
          model_id: copy,
          model_name: `${model['model_name']}-copy`,
          residual_risk_rating: model['inherent_risk_rating'] ?? null,
        });
        const version = structuredClone(bodyOf(side, 'model_version', unit.parts.version));
        delete version['parent_version'];
        put(side, 'model_version', `${copy}-v1`, {
          ...version,
          version_id: `${copy}-v1`,
          model_ref: { kind: 'model', id: copy },
          version_label: '1',
          model_uri: `models:/${model['model_name']}-copy/1`,
        });
      }
      return [
        verdict('duplicate', 'model_version', unit.parts.version),
        rule('VER-012', 'model_version', unit.parts.version),
        rule('VER-012', 'model_version', `${copy}-v1`),
      ];
    },
  },
  {
    id: 'no-owner',
    title: 'A model without an owner',
    plant(unit) {
      blank(unit, 'model', unit.modelId, 'owner');
      return [rule('OWN-001', 'model', unit.modelId), rule('INV-002', 'model', unit.modelId)];
    },
  },
  {
    id: 'owner-left',
    title: 'The owner has left',
    plant(unit, { people }) {
      set(unit, 'model', unit.modelId, 'owner', { ...people.leaver });
      return [rule('OWN-001', 'model', unit.modelId)];
    },
  },
  {
    id: 'marks-own-homework',
    title: 'The validator is also the developer',
    plant(unit) {
      set(
        unit,
        'model',
        unit.modelId,
        'validator',
        structuredClone(bodyOf(unit.registry, 'model', unit.modelId)['developer'] ?? null),
      );
      return [rule('OWN-003', 'model', unit.modelId), rule('OWN-004', 'model', unit.modelId)];
    },
  },
  {
    id: 'no-tier',
    title: 'No risk tier',
    fits: (unit) => unit.live,
    plant(unit) {
      blank(unit, 'model', unit.modelId, 'inherent_risk_rating');
      return [rule('TIER-001', 'model', unit.modelId)];
    },
  },
  {
    id: 'tier-too-low',
    title: 'Tier too low for the facts',
    fits: (unit) => unit.live && unit.tier >= 3,
    plant(unit) {
      set(unit, 'model', unit.modelId, 'exposure_band', 'very_high');
      return [rule('TIER-003', 'model', unit.modelId)];
    },
  },
  {
    id: 'unapproved-use',
    title: 'Used for something that was not approved',
    plant(unit) {
      set(unit, 'model', unit.modelId, 'actual_uses', ['collections prioritisation']);
      return [rule('INV-007', 'model', unit.modelId)];
    },
  },
  {
    id: 'odd-name',
    title: 'Name breaks the house convention',
    fits: (unit) => !unit.live,
    plant(unit) {
      set(unit, 'model', unit.modelId, 'model_name', `New Model FINAL ${unit.index}`);
      return [rule('INV-012', 'model', unit.modelId)];
    },
  },
  {
    id: 'dangling-link',
    title: 'A link points to nothing',
    plant(unit) {
      set(unit, 'model', unit.modelId, 'upstream_models', [{ kind: 'model', id: 'mdl-gone' }]);
      return [rule('INV-009', 'model', unit.modelId)];
    },
  },
  {
    id: 'stale-record',
    title: 'Nobody confirmed the record in time',
    plant(unit, { clock }) {
      set(unit, 'model', unit.modelId, 'last_inventory_review_at', clock.date(398));
      return [rule('INV-004', 'model', unit.modelId)];
    },
  },
  {
    id: 'no-digest',
    title: 'An approved version without an artefact digest',
    fits: (unit) =>
      !unit.live && unit.registry.get(`model/${unit.modelId}`)?.body['lifecycle_status'] === 'in_validation',
    plant(unit) {
      set(unit, 'model_version', unit.parts.version, 'version_status', 'approved');
      blank(unit, 'model_version', unit.parts.version, 'artefact_digest');
      return [rule('VER-001', 'model_version', unit.parts.version)];
    },
  },
  {
    id: 'weak-digest',
    title: 'Integrity rests on MD5',
    fits: (unit) => !unit.live,
    plant(unit, { random }) {
      set(unit, 'model_version', unit.parts.version, 'artefact_digest', `md5:${random.hex(32)}`);
      return [rule('VER-003', 'model_version', unit.parts.version)];
    },
  },
  {
    id: 'unsigned-artefact',
    title: 'An unsigned artefact in production',
    fits: (unit) => unit.live && unit.tier <= 2,
    plant(unit) {
      blank(unit, 'model_version', unit.parts.version, 'signature_ref', 'signature_verified_at');
      return [rule('VER-005', 'model_version', unit.parts.version)];
    },
  },
  {
    id: 'trained-on-other-bytes',
    title: 'Trained on other bytes than the catalogue holds',
    plant(unit, { random }) {
      const value = [{ dataset_ref: { kind: 'dataset', id: unit.parts.train }, digest: digest(random), role: 'train' }];
      set(unit, 'model_version', unit.parts.version, 'training_data_refs', value);
      return [rule('DAT-002', 'model_version', unit.parts.version)];
    },
  },
  {
    id: 'altered-dataset',
    title: 'A dataset changed under the same version',
    plant(unit, { random }) {
      const other = digest(random);
      bodyOf(unit.previous, 'dataset', unit.parts.test)['dataset_digest'] = other;
      return [rule('DAT-003', 'dataset', unit.parts.test), verdict('mutated', 'dataset', unit.parts.test)];
    },
  },
  {
    id: 'data-abroad',
    title: 'Data stored outside the permitted regions',
    plant(unit, { vocabulary }) {
      set(unit, 'dataset', unit.parts.train, 'storage_region', vocabulary.outsideRegion);
      return [rule('DAT-010', 'dataset', unit.parts.train)];
    },
  },
  {
    id: 'data-kept-too-long',
    title: 'Data kept past its retention date',
    plant(unit, { clock }) {
      set(unit, 'dataset', unit.parts.train, 'dataset_retention_until', clock.date(35));
      return [rule('DAT-011', 'dataset', unit.parts.train)];
    },
  },
  {
    id: 'unencrypted-data',
    title: 'Confidential data not encrypted at rest',
    plant(unit) {
      set(unit, 'dataset', unit.parts.train, 'dataset_encrypted_at_rest', false);
      return [rule('DAT-017', 'dataset', unit.parts.train)];
    },
  },
  {
    id: 'no-data-licence',
    title: 'Purchased data without a licence',
    plant(unit) {
      const id = unit.parts.train.replace(/-train$/, '-source');
      blank(unit, 'dataset', id, 'dataset_licence');
      return [rule('DAT-008', 'dataset', id)];
    },
  },
  {
    id: 'open-endpoint',
    title: 'Internet-facing without caller authentication',
    plant(unit) {
      set(unit, 'deployment', unit.parts.deployment, 'exposure', 'internet');
      set(unit, 'deployment', unit.parts.deployment, 'authn_method', 'none');
      bodyOf(unit.discovery, 'deployment', unit.parts.observation)['exposure'] = 'internet';
      return [rule('DEP-005', 'deployment', unit.parts.deployment)];
    },
  },
  {
    id: 'logging-off',
    title: 'Event logging is off',
    plant(unit) {
      set(unit, 'deployment', unit.parts.deployment, 'logging_enabled', false);
      return [rule('DEP-006', 'deployment', unit.parts.deployment)];
    },
  },
  {
    id: 'no-way-back',
    title: 'Roll-back was never tested',
    fits: (unit) => unit.live && unit.tier <= 2,
    plant(unit) {
      blank(unit, 'deployment', unit.parts.deployment, 'rollback_tested_at');
      return [rule('DEP-007', 'deployment', unit.parts.deployment)];
    },
  },
  {
    id: 'no-stop',
    title: 'No way to stop it',
    fits: (unit) => unit.live && unit.tier <= 2,
    plant(unit) {
      blank(unit, 'model', unit.modelId, 'stop_mechanism');
      return [rule('DEP-012', 'model', unit.modelId)];
    },
  },
  {
    id: 'self-approval',
    title: 'Maker approved own request',
    plant(unit) {
      const approval = bodyOf(unit.registry, 'approval', unit.parts.approval);
      set(unit, 'approval', unit.parts.approval, 'requested_by', structuredClone(approval['decided_by'] ?? null));
      return [rule('APR-002', 'approval', unit.parts.approval), rule('APR-001', 'deployment', unit.parts.deployment)];
    },
  },
  {
    id: 'late-approval',
    title: 'Approved after the fact',
    plant(unit, { clock }) {
      set(unit, 'approval', unit.parts.approval, 'requested_at', clock.ago(38));
      set(unit, 'approval', unit.parts.approval, 'decided_at', clock.ago(35));
      return [
        rule('APR-007', 'deployment', unit.parts.deployment),
        rule('APR-001', 'deployment', unit.parts.deployment),
      ];
    },
  },
  {
    id: 'lapsed-approval',
    title: 'The approval has lapsed',
    plant(unit, { clock }) {
      set(unit, 'approval', unit.parts.approval, 'approval_expires_at', clock.date(31));
      return [rule('APR-003', 'deployment', unit.parts.deployment)];
    },
  },
  {
    id: 'no-evidence',
    title: 'No evidence behind the approval',
    plant(unit) {
      blank(unit, 'approval', unit.parts.approval, 'evidence_ref');
      return [rule('APR-008', 'approval', unit.parts.approval)];
    },
  },
  {
    id: 'unmonitored',
    title: 'In production without monitoring',
    plant(unit) {
      unit.registry.delete(`monitoring/${unit.parts.monitor}`);
      unit.previous.delete(`monitoring/${unit.parts.monitor}`);
      return [rule('MON-001', 'deployment', unit.parts.deployment)];
    },
  },
  {
    id: 'silent-monitor',
    title: 'Monitoring fell silent',
    plant(unit, { clock }) {
      set(unit, 'monitoring', unit.parts.monitor, 'last_seen_at', clock.ago(220));
      return [rule('MON-002', 'monitoring', unit.parts.monitor)];
    },
  },
  {
    id: 'ignored-breach',
    title: 'A breach without escalation',
    plant(unit, { clock }) {
      set(unit, 'monitoring', unit.parts.monitor, 'monitor_status', 'breached');
      set(unit, 'monitoring', unit.parts.monitor, 'last_breach_at', clock.ago(33));
      return [rule('MON-003', 'monitoring', unit.parts.monitor)];
    },
  },
  {
    id: 'overridden',
    title: 'People override it too often',
    plant(unit) {
      set(unit, 'monitoring', unit.parts.monitor, 'override_rate', 0.31);
      return [rule('MON-011', 'monitoring', unit.parts.monitor)];
    },
  },
];
