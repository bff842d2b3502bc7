/**
 * The two sides of reconciliation in one shape: what the registry claims and what discovery observed.
 *
 * A claim is a deployment record, or a version that has none. "Live" (regulation reference 0.2): a production deployment that
 * is active or canary, or a version with status `deployed`. Only live claims can be orphaned.
 */
import type { RecordRef } from '../../../src-shared/domain/record.ts';
import type { MatchKey } from '../../../src-shared/domain/verdict.ts';
import { type ModelReference, parseModelReference, referenceKeys } from '../model-reference.ts';
import type { RecordSet, StoredRecord } from '../record-set.ts';
import { digestOf, fold, foldName, refOf, textOf, textsOf } from './values.ts';

/** Keys of one side, by kind of key; the values of two sides that are equal match. */
export interface Identity {
  readonly weights: string | undefined;
  readonly image: string | undefined;
  readonly references: readonly ModelReference[];
  readonly ids: readonly string[];
  readonly names: readonly string[];
  readonly versionLabel: string | undefined;
  /** Join values under each key, the most particular first: with the version, then without. */
  readonly joins: Readonly<Record<MatchKey, readonly string[]>>;
}

export interface Place {
  /** Cluster/namespace, account, site: every spelling the record gives, folded. */
  readonly locations: readonly string[];
  /** Those of the locations that begin at a cluster, account or site: what a scan's scope is compared with. */
  readonly paths: readonly string[];
  /** Where it is all that says which part of which cluster it is. */
  readonly namespace: string | undefined;
  readonly region: string | undefined;
  readonly environment: string | undefined;
  /** All of it in one string, for joins of equal places; empty when no place is stated. */
  readonly key: string;
}

export interface Claim {
  readonly ref: RecordRef;
  readonly deployment: StoredRecord | undefined;
  readonly version: StoredRecord | undefined;
  readonly model: StoredRecord | undefined;
  readonly live: boolean;
  readonly identity: Identity;
  readonly place: Place;
}

export interface Observation {
  readonly ref: RecordRef;
  readonly record: StoredRecord;
  readonly version: StoredRecord | undefined;
  readonly identity: Identity;
  readonly place: Place;
  /** `live_api`, `api_dump`, `manifest`, or `unknown`. */
  readonly basis: string;
  readonly runs: boolean;
}

/** Version labels compare without case, separators and a leading `v`. */
export const foldLabel = (label: string): string => foldName(label).replace(/^v(?=\d)/, '');

const unique = (values: readonly (string | undefined)[]): string[] => [
  ...new Set(values.filter((value): value is string => value !== undefined && value !== '')),
];

function referencesOf(...pairs: readonly (readonly [StoredRecord | undefined, string])[]): ModelReference[] {
  const found = new Map<string, ModelReference>();
  for (const [record, field] of pairs) {
    const text = textOf(record, field);
    const parsed = text === undefined ? null : parseModelReference(text);
    // A path or a claim name only means something beside its own host or cluster, so it joins nothing here.
    if (parsed !== null && parsed.scope === 'global') found.set(parsed.text, parsed);
  }
  return [...found.values()];
}

export const nowhere: Place = {
  locations: [],
  paths: [],
  namespace: undefined,
  region: undefined,
  environment: undefined,
  key: '',
};

export function placeOf(deployment: StoredRecord | undefined): Place {
  const cluster = textOf(deployment, 'cluster');
  const namespace = textOf(deployment, 'namespace');
  const locations = unique([
    textOf(deployment, 'location_ref'),
    cluster !== undefined && namespace !== undefined ? `${cluster}/${namespace}` : undefined,
    cluster ?? (namespace === undefined ? undefined : `namespace:${namespace}`),
  ]).map(fold);
  const region = textOf(deployment, 'region')?.toLowerCase();
  const environment = textOf(deployment, 'environment');
  const parts = [locations[0], region, environment];
  const stated = parts.some((part) => part !== undefined);
  // A location that begins with the namespace leaves the cluster out, and must not pass for a cluster of that name.
  const bare = namespace !== undefined && namespace !== cluster ? fold(namespace) : undefined;
  const paths = locations.filter(
    (location) => !location.startsWith('namespace:') && (bare === undefined || location.split('/')[0] !== bare),
  );
  return {
    locations,
    paths,
    namespace: paths.length === 0 && namespace !== undefined ? fold(namespace) : undefined,
    region,
    environment,
    key: stated ? parts.map((part) => part ?? '').join('\u0000') : '',
  };
}

/** Version label that a pinned reference carries, e.g. 7 of `models:/credit/7`. */
const labelIn = (references: readonly ModelReference[]): string | undefined =>
  references.find(
    (reference) => reference.revisionKind === 'pinned' && /^(models|azureml|vertex):/.test(reference.text),
  )?.revision ?? undefined;

/** An identity with its join values worked out once: every key of every claim and observation is looked up several times. */
function identityOf(facts: Omit<Identity, 'joins'>): Identity {
  const { weights, image, references, ids, names, versionLabel } = facts;
  const keys = references.map(referenceKeys);
  const label = versionLabel === undefined ? undefined : foldLabel(versionLabel);
  return {
    ...facts,
    joins: {
      weight_digest: weights === undefined ? [] : [weights],
      image_digest: image === undefined ? [] : [image],
      model_reference: unique([...keys.map(({ exact }) => exact), ...keys.map(({ model }) => model)]),
      id: ids,
      name: label === undefined ? names : [...names.map((name) => `${name}@${label}`), ...names],
    },
  };
}

function claimIdentity(
  deployment: StoredRecord | undefined,
  version: StoredRecord | undefined,
  model: StoredRecord | undefined,
): Identity {
  const references = referencesOf(
    [version, 'model_uri'],
    [version, 'artefact_uri'],
    [deployment, 'model_uri'],
    [model, 'model_uri'],
  );
  return identityOf({
    weights: digestOf(version, 'artefact_digest'),
    image: digestOf(version, 'image_digest') ?? digestOf(deployment, 'image_digest'),
    references,
    ids: unique([deployment?.id, version?.id, model?.id, textOf(deployment, 'registered_model_id')]),
    names: unique([
      textOf(deployment, 'deployment_name'),
      textOf(deployment, 'declared_model_name'),
      textOf(deployment, 'workload_name'),
      textOf(model, 'model_name'),
      ...textsOf(model, 'aliases'),
      ...textsOf(model, 'model_aliases'),
    ]).map(foldName),
    versionLabel:
      textOf(version, 'version_label') ?? textOf(deployment, 'declared_version_label') ?? labelIn(references),
  });
}

/** Every claim of the registry: deployments, then versions without one. `tick` looks at the cancel flag. */
export function claimsOf(registry: RecordSet, tick: () => void = () => {}): Claim[] {
  const claims: Claim[] = [];
  const deployedVersions = new Set<string>();
  const modelOf = (version: StoredRecord | undefined) => {
    const ref = refOf(version, 'model_ref');
    return ref && registry.get(ref);
  };
  for (const deployment of registry.all('deployment')) {
    tick();
    const versionRef = refOf(deployment, 'version_ref');
    const version = versionRef && registry.get(versionRef);
    if (version) deployedVersions.add(version.id);
    const model = modelOf(version);
    const status = textOf(deployment, 'deployment_status');
    claims.push({
      ref: { kind: 'deployment', id: deployment.id },
      deployment,
      version,
      model,
      live: textOf(deployment, 'environment') === 'production' && (status === 'active' || status === 'canary'),
      identity: claimIdentity(deployment, version, model),
      place: placeOf(deployment),
    });
  }
  for (const version of registry.all('model_version')) {
    tick();
    if (deployedVersions.has(version.id)) continue;
    const model = modelOf(version);
    claims.push({
      ref: { kind: 'model_version', id: version.id },
      deployment: undefined,
      version,
      model,
      live: textOf(version, 'version_status') === 'deployed',
      identity: claimIdentity(undefined, version, model),
      place: nowhere,
    });
  }
  return claims;
}

const running = new Set(['active', 'canary', 'shadow']);

export function observationsOf(discovery: RecordSet, tick: () => void = () => {}): Observation[] {
  const observations: Observation[] = [];
  for (const record of discovery.all('deployment')) {
    tick();
    const versionRef = refOf(record, 'version_ref');
    const version = versionRef && discovery.get(versionRef);
    const modelRef = refOf(version, 'model_ref');
    const references = referencesOf([record, 'model_uri'], [version, 'model_uri'], [version, 'artefact_uri']);
    observations.push({
      ref: { kind: 'deployment', id: record.id },
      record,
      version,
      identity: identityOf({
        weights: digestOf(record, 'running_digest') ?? digestOf(version, 'artefact_digest'),
        image: digestOf(record, 'image_digest') ?? digestOf(version, 'image_digest'),
        references,
        ids: unique([
          textOf(record, 'source_registered_version_id'),
          versionRef?.id,
          textOf(record, 'registered_model_id'),
          record.id,
          modelRef?.id,
        ]),
        names: unique([
          textOf(record, 'declared_model_name'),
          textOf(record, 'deployment_name'),
          textOf(record, 'workload_name'),
        ]).map(foldName),
        versionLabel:
          textOf(record, 'declared_version_label') ?? labelIn(references) ?? textOf(version, 'version_label'),
      }),
      place: placeOf(record),
      basis: textOf(record, 'observation_basis') ?? 'unknown',
      runs: running.has(textOf(record, 'deployment_status') ?? 'active'),
    });
  }
  return observations;
}

/** True when nothing that was observed says which model it is: only a server, or a reference that does not resolve. */
export function isUnresolved(observation: Observation): boolean {
  const { identity, record } = observation;
  if (identity.weights !== undefined || identity.references.length > 0) return false;
  if (
    textOf(record, 'registered_model_id') !== undefined ||
    textOf(record, 'source_registered_version_id') !== undefined
  )
    return false;
  if (textOf(record, 'declared_model_name') !== undefined || observation.version !== undefined) return false;
  if (textOf(record, 'model_uri') !== undefined) return false;
  // A custom image is the model's own; the image of a shared server says nothing about what it loads.
  const runtime = textOf(record, 'serving_runtime');
  const ownImage =
    textOf(record, 'image_ref') !== undefined && (runtime === undefined || runtime === 'KServe custom predictor');
  return !ownImage;
}
