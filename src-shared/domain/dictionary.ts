/**
 * The inventory's vocabulary as data: one JSON file per entity under `resources/dictionary`.
 *
 * Validators, labels, help, facets, mandatory-field templates and the documentation table are all derived from it, so that a
 * field is added in one place. The entities and most fields restate regulation reference part 2; fields without a clause
 * that begin with what a runtime shows (image digest, namespace, …) are Assay's own, added for discovery.
 */
import { z } from 'zod';
import accessEvent from '../../resources/dictionary/access_event.json' with { type: 'json' };
import accessGrant from '../../resources/dictionary/access_grant.json' with { type: 'json' };
import adjustment from '../../resources/dictionary/adjustment.json' with { type: 'json' };
import approval from '../../resources/dictionary/approval.json' with { type: 'json' };
import assessment from '../../resources/dictionary/assessment.json' with { type: 'json' };
import changeRecord from '../../resources/dictionary/change_record.json' with { type: 'json' };
import dataset from '../../resources/dictionary/dataset.json' with { type: 'json' };
import deployment from '../../resources/dictionary/deployment.json' with { type: 'json' };
import exception from '../../resources/dictionary/exception.json' with { type: 'json' };
import feature from '../../resources/dictionary/feature.json' with { type: 'json' };
import incident from '../../resources/dictionary/incident.json' with { type: 'json' };
import issue from '../../resources/dictionary/issue.json' with { type: 'json' };
import metric from '../../resources/dictionary/metric.json' with { type: 'json' };
import model from '../../resources/dictionary/model.json' with { type: 'json' };
import modelVersion from '../../resources/dictionary/model_version.json' with { type: 'json' };
import monitoring from '../../resources/dictionary/monitoring.json' with { type: 'json' };
import organisation from '../../resources/dictionary/organisation.json' with { type: 'json' };
import party from '../../resources/dictionary/party.json' with { type: 'json' };
import pipeline from '../../resources/dictionary/pipeline.json' with { type: 'json' };
import thirdParty from '../../resources/dictionary/third_party.json' with { type: 'json' };
import validation from '../../resources/dictionary/validation.json' with { type: 'json' };

/** Record kinds, in the order in which they are listed to people. */
export const kinds = [
  'organisation',
  'party',
  'model',
  'model_version',
  'dataset',
  'feature',
  'pipeline',
  'deployment',
  'approval',
  'validation',
  'issue',
  'exception',
  'adjustment',
  'metric',
  'monitoring',
  'access_event',
  'access_grant',
  'incident',
  'change_record',
  'third_party',
  'assessment',
] as const;
export type Kind = (typeof kinds)[number];
export const kindSchema = z.enum(kinds);

/** Groups by meaning, the order in which a diff and a dossier show them. */
export const fieldGroups = ['ownership', 'purpose', 'data', 'artifacts', 'approvals', 'deployment'] as const;
export type FieldGroup = (typeof fieldGroups)[number];
export const fieldGroupLabels: Readonly<Record<FieldGroup, string>> = {
  ownership: 'Ownership',
  purpose: 'Purpose and risk',
  data: 'Data and lineage',
  artifacts: 'Artefacts and versions',
  approvals: 'Approvals and reviews',
  deployment: 'Deployment and operation',
};

export type FieldType =
  | {
      readonly kind:
        | 'string'
        | 'text'
        | 'uri'
        | 'date'
        | 'datetime'
        | 'bool'
        | 'int'
        | 'decimal'
        | 'digest'
        | 'region'
        | 'country'
        | 'regex'
        | 'data_ref'
        | 'artefact_file'
        | 'counts';
    }
  | { readonly kind: 'enum'; readonly values: readonly string[] }
  | { readonly kind: 'ref'; readonly to: Kind | 'any' }
  | { readonly kind: 'list'; readonly of: FieldType };

const fieldTypeSchema: z.ZodType<FieldType> = z.lazy(() =>
  z.union([
    z.strictObject({
      kind: z.enum([
        'string',
        'text',
        'uri',
        'date',
        'datetime',
        'bool',
        'int',
        'decimal',
        'digest',
        'region',
        'country',
        'regex',
        'data_ref',
        'artefact_file',
        'counts',
      ]),
    }),
    z.strictObject({ kind: z.literal('enum'), values: z.array(z.string()).min(1) }),
    z.strictObject({ kind: z.literal('ref'), to: z.union([kindSchema, z.literal('any')]) }),
    z.strictObject({ kind: z.literal('list'), of: fieldTypeSchema }),
  ]),
);

const fieldSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]*$/),
  label: z.string(),
  type: fieldTypeSchema,
  /** core: every record; conditional: when the facts or a switched-on pack call for it; optional. */
  need: z.enum(['core', 'conditional', 'optional']),
  group: z.enum(fieldGroups),
  help: z.string(),
  facet: z.boolean().optional(),
  clauses: z.array(z.string()).optional(),
});
export type Field = z.infer<typeof fieldSchema>;

const entitySchema = z.strictObject({
  entity: kindSchema,
  label: z.string(),
  plural: z.string(),
  idField: z.string(),
  nameField: z.string(),
  fields: z.array(fieldSchema),
});
export type Entity = z.infer<typeof entitySchema> & { readonly byName: ReadonlyMap<string, Field> };

const parsed = [
  organisation,
  party,
  model,
  modelVersion,
  dataset,
  feature,
  pipeline,
  deployment,
  approval,
  validation,
  issue,
  exception,
  adjustment,
  metric,
  monitoring,
  accessEvent,
  accessGrant,
  incident,
  changeRecord,
  thirdParty,
  assessment,
].map((file): Entity => {
  const entity = entitySchema.parse(file);
  return { ...entity, byName: new Map(entity.fields.map((field) => [field.name, field])) };
});

const byKind = new Map(parsed.map((entity) => [entity.entity, entity]));

/** The dictionary entry of a kind; every kind has one. */
export function entityOf(kind: Kind): Entity {
  const entity = byKind.get(kind);
  if (!entity) throw new Error(`no dictionary entry for ${kind}`);
  return entity;
}

export const entities: readonly Entity[] = parsed;

export function fieldOf(kind: Kind, name: string): Field | undefined {
  return entityOf(kind).byName.get(name);
}

/** Label for people; an unknown field is shown by its own name. */
export function fieldLabel(kind: Kind, name: string): string {
  return fieldOf(kind, name)?.label ?? name;
}

export function isKind(value: string): value is Kind {
  return (kinds as readonly string[]).includes(value);
}
