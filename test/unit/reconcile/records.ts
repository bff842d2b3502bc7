/** Record sets for tests: short to write, with provenance and digests as imported snapshots have them. */
import { bodyDigest } from '../../../src-main/core/canonical-json.ts';
import {
  type RecordSet,
  recordSetOf,
  type SnapshotMeta,
  type StoredRecord,
} from '../../../src-main/core/record-set.ts';
import { entityOf, type Kind } from '../../../src-shared/domain/dictionary.ts';
import type { RecordBody } from '../../../src-shared/domain/record.ts';
import type { Source } from '../../../src-shared/domain/snapshot.ts';

export type Drafts = readonly (readonly [Kind, string, RecordBody])[];

export interface SetOptions {
  readonly snapshot?: number;
  readonly takenAt?: string;
  readonly complete?: boolean;
  readonly scope?: readonly string[];
  readonly type?: string;
  readonly registryId?: string;
  readonly reportedTotals?: Readonly<Record<string, number>>;
  readonly sources?: readonly Source[];
}

export function sourceOf(kinds: readonly Kind[], options: SetOptions): Source {
  return {
    type: options.type ?? 'test',
    uri: 'urn:test',
    collectedAt: options.takenAt ?? '2026-11-01T00:00:00Z',
    complete: options.complete ?? true,
    coverage: {
      inputsSeen: 1,
      inputsUsed: 1,
      inputsSkipped: 0,
      reasons: {},
      denied: [],
      errors: [],
      scope: [...(options.scope ?? ['*'])],
      ...(options.reportedTotals ? { reportedTotals: { ...options.reportedTotals } } : {}),
    },
    suppliedFields: Object.fromEntries(kinds.map((kind) => [kind, entityOf(kind).fields.map((field) => field.name)])),
  };
}

export function setOf(role: 'registry' | 'discovery', drafts: Drafts, options: SetOptions = {}): RecordSet {
  const snapshot = options.snapshot ?? (role === 'registry' ? 1 : 2);
  const counts: Record<string, number> = {};
  const records = drafts.map(([kind, id, body]): StoredRecord => {
    counts[kind] = (counts[kind] ?? 0) + 1;
    return {
      kind,
      id,
      body,
      snapshot,
      prov: { source: 0, default: { confidence: 'declared', locator: `evidence/test.json#/${kind}/${id}` } },
      digest: bodyDigest({ kind, id, body }),
    };
  });
  const meta: SnapshotMeta = {
    snapshot,
    snapshotId: `snapshot-${snapshot}`,
    registryId: options.registryId ?? role,
    registryName: role,
    role,
    sequence: snapshot,
    takenAt: options.takenAt ?? '2026-11-01T00:00:00Z',
    statementSha256: String(snapshot).repeat(64).slice(0, 64),
    counts,
    sources: options.sources ?? [sourceOf(Object.keys(counts) as Kind[], options)],
  };
  return recordSetOf([meta], records);
}

export const weights = (letter: string): string => `sha256:${letter.repeat(64)}`;

/** A model with one version and, unless told otherwise, one live production deployment. */
export function registered(
  name: string,
  fields: {
    digest?: string;
    uri?: string;
    label?: string;
    status?: string;
    deployment?: RecordBody | null;
    version?: RecordBody;
  } = {},
): Drafts {
  const model: Drafts[number] = [
    'model',
    name,
    { model_id: name, model_name: name, owner: { kind: 'party', id: 'ada' } },
  ];
  const version: Drafts[number] = [
    'model_version',
    `${name}:1`,
    {
      version_id: `${name}:1`,
      model_ref: { kind: 'model', id: name },
      version_label: fields.label ?? '1',
      version_status: fields.status ?? 'deployed',
      ...(fields.digest === undefined ? {} : { artefact_digest: fields.digest }),
      ...(fields.uri === undefined ? {} : { model_uri: fields.uri }),
      ...fields.version,
    },
  ];
  if (fields.deployment === null) return [model, version];
  return [
    model,
    version,
    [
      'deployment',
      `${name}-prod`,
      {
        deployment_id: `${name}-prod`,
        version_ref: { kind: 'model_version', id: `${name}:1` },
        environment: 'production',
        deployment_status: 'active',
        region: 'eu-west-1',
        location_ref: 'eu/ml',
        ...fields.deployment,
      },
    ],
  ];
}

export const observed = (id: string, body: RecordBody): Drafts[number] => [
  'deployment',
  id,
  {
    deployment_id: id,
    deployment_status: 'active',
    environment: 'production',
    region: 'eu-west-1',
    location_ref: 'eu/ml',
    observation_basis: 'api_dump',
    ...body,
  },
];
