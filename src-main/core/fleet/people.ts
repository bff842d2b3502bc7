/** Organisation, people and suppliers of the sample fleet. */
import type { RecordRef } from '../../../src-shared/domain/record.ts';
import type { FleetClock } from './clock.ts';
import type { Random } from './random.ts';
import { put, type Side } from './unit.ts';
import type { Vocabulary } from './vocabulary.ts';

export interface People {
  readonly owners: readonly RecordRef[];
  readonly sponsors: readonly RecordRef[];
  readonly developers: readonly RecordRef[];
  readonly validators: readonly RecordRef[];
  readonly approvers: readonly RecordRef[];
  readonly stewards: readonly RecordRef[];
  readonly operators: readonly RecordRef[];
  readonly overseers: readonly RecordRef[];
  /** Somebody who left: active is false, so nobody clean refers to them. */
  readonly leaver: RecordRef;
  readonly hosting: RecordRef;
}

/** What every unit's source extract is drawn from. Sorts before the units' own datasets. */
export const archiveId = 'archive-deliveries';

/** Adds the records that every unit refers to. `size` is the number of people per role. */
export function addPeople(side: Side, vocabulary: Vocabulary, random: Random, clock: FleetClock, size: number): People {
  let serial = 0;
  const person = (role: string, line: string, reportsTo: RecordRef | null, active = true): RecordRef => {
    serial += 1;
    const id = `p-${String(serial).padStart(4, '0')}`;
    const name = `${random.pick(vocabulary.givenNames)} ${random.pick(vocabulary.familyNames)}`;
    return put(side, 'party', id, {
      party_id: id,
      party_name: name,
      party_kind: 'person',
      party_active: active,
      party_line_of_defence: line,
      party_roles: [role],
      party_competence_ref: `https://hr.example/competence/${id}`,
      party_contact: `${name.toLowerCase().replace(' ', '.')}.${serial}@meridian.example`,
      ...(reportsTo ? { party_reports_to: { ...reportsTo } } : {}),
    });
  };
  const executive = person('chief_risk_officer', 'second', null);
  const custodian = person('inventory_custodian', 'second', executive);
  const attester = person('head_of_model_risk', 'second', executive);
  const heads = {
    business: person('head_of_business', 'first', null),
    science: person('head_of_data_science', 'first', null),
    data: person('head_of_data', 'first', null),
    platform: person('head_of_platform', 'first', null),
  };
  const team = (role: string, line: string, head: RecordRef) =>
    Array.from({ length: size }, () => person(role, line, head));
  const people = {
    owners: team('model_owner', 'first', heads.business),
    sponsors: team('business_sponsor', 'first', heads.business),
    developers: team('developer', 'first', heads.science),
    validators: team('validator', 'second', attester),
    approvers: team('approver', 'second', executive),
    stewards: team('data_steward', 'first', heads.data),
    operators: team('release_engineer', 'first', heads.platform),
    overseers: team('human_overseer', 'first', heads.business),
    leaver: person('former_owner', 'none', heads.business, false),
  };
  const hosting = put(side, 'third_party', 'tp-hosting', {
    third_party_id: 'tp-hosting',
    third_party_name: 'Nordwolke Hosting (sample)',
    service_kind: 'hosting',
    pinned_version: 'contract-2025',
    contract_ref: 'https://contracts.example/nordwolke',
    contract_ends_at: clock.date(-900),
    ai_supply_agreement_ref: 'https://contracts.example/nordwolke/ai',
    due_diligence_at: clock.date(120),
    supports_critical: true,
    exit_plan_ref: 'https://contracts.example/nordwolke/exit',
    service_regions: [...vocabulary.regions],
  });
  const [steward] = people.stewards;
  const [owner] = people.owners;
  put(side, 'dataset', archiveId, {
    dataset_id: archiveId,
    dataset_name: 'Provider deliveries, archive',
    dataset_version: '2026.1',
    dataset_roles: ['reference'],
    ...(owner ? { dataset_owner: { ...owner } } : {}),
    ...(steward ? { dataset_steward: { ...steward } } : {}),
    dataset_source: 'Deliveries of the contracted data provider, unchanged.',
    source_kind: 'internal',
    collection_method: 'Contractual data feed, kept as received.',
    original_collection_purpose: 'Running the customer relationship.',
    storage_mode: 'stored',
    dataset_uri: 's3://archive/deliveries',
    dataset_digest: `sha256:${random.hex(64)}`,
    dataset_licence: 'LicenseRef-data-contract',
    dataset_licence_restrictions: ['attribution'],
    dataset_tags: ['raw source'],
    lineage_upstream: [],
    quality_report_ref: 'https://quality.example/archive',
    quality_checked_at: clock.date(90),
    bias_statement: 'Unprocessed deliveries; examined in each derived set.',
    bias_examined_at: clock.date(100),
    contains_personal_data: false,
    dataset_special_categories: ['none'],
    classification: 'confidential',
    storage_region: vocabulary.regions[0] ?? 'eu-central-1',
    permitted_regions: [...vocabulary.regions],
    dataset_retention_class: 'data-7y',
    dataset_retention_until: clock.date(-2000),
    authorised_roles: ['data_science', 'validation'],
    dataset_encrypted_at_rest: true,
  });
  put(side, 'organisation', 'org-1', {
    organisation_id: 'org-1',
    org_name: vocabulary.organisation,
    org_legal_entity_id: vocabulary.legalEntity,
    org_regimes: ['eu_ai_act', 'gdpr', 'dora', 'iso_42001', 'uk_ss1_23', 'ca_e23'],
    org_size_class: 'large',
    accountable_executive: { ...executive },
    inventory_custodian: { ...custodian },
    mrm_policy_ref: 'https://policies.example/model-risk/7',
    mrm_policy_approved_at: clock.date(140),
    inventory_attested_at: clock.date(45),
    inventory_attested_by: { ...attester },
    naming_pattern: '^[a-z][a-z0-9-]+$',
    permitted_regions_default: [...vocabulary.regions],
  });
  return { ...people, hosting };
}
