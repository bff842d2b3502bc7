/** Inventory lists, facets, dossiers, review queue. */
import { z } from 'zod';
import { fieldGroups, kindSchema } from '../../domain/dictionary.ts';
import { recordRefSchema } from '../../domain/record.ts';
import { cellSchema } from '../../domain/verdict.ts';
import { artifactStateSchema } from './artifact.ts';

/** One chip of the filter bar. Several values of `is` are alternatives. */
export const filterSchema = z.strictObject({
  field: z.string(),
  op: z.enum(['is', 'is_not', 'empty', 'not_empty', 'contains', 'before', 'after']),
  values: z.array(z.string()).default([]),
});
export type Filter = z.infer<typeof filterSchema>;

const scope = {
  kind: kindSchema,
  /** Absent: the newest registry snapshot of every registry. */
  snapshot: z.int().optional(),
  search: z.string().max(400).default(''),
  filters: z.array(filterSchema).max(20).default([]),
};

export const listInput = z.strictObject({
  ...scope,
  sort: z.enum(['id', 'name', 'findings']).default('id'),
  descending: z.boolean().default(false),
  /** Keyset cursor from the page before; absent: first page. */
  cursor: z.string().optional(),
  limit: z.int().min(1).max(500).default(100),
});

export const rowSchema = z.strictObject({
  kind: kindSchema,
  id: z.string(),
  name: z.string(),
  snapshot: z.int(),
  digest: z.string(),
  /** Values as shown, by field; only fields that have one. */
  values: z.record(z.string(), z.string()),
  findings: z.strictObject({ critical: z.int(), high: z.int(), medium: z.int(), low: z.int(), info: z.int() }),
  verdict: z.string().nullable(),
  /** Share of core fields of the template that are filled, 0..1. */
  completeness: z.number(),
});
export const listOutput = z.strictObject({
  rows: z.array(rowSchema),
  total: z.int(),
  next: z.string().nullable(),
});

export const facetsInput = z.strictObject({ ...scope, fields: z.array(z.string()).max(20).optional() });
export const facetsOutput = z.strictObject({
  facets: z.array(
    z.strictObject({
      field: z.string(),
      label: z.string(),
      values: z.array(z.strictObject({ value: z.string(), count: z.int() })),
      empty: z.int(),
    }),
  ),
});

export const showInput = z.strictObject({
  ref: recordRefSchema,
  snapshot: z.int().optional(),
  compareTo: z.int().optional(),
});
export const dossierSchema = z.strictObject({
  ref: recordRefSchema,
  name: z.string(),
  snapshot: z.int(),
  statementSha256: z.string(),
  digest: z.string(),
  verdict: z.string().nullable(),
  completeness: z.number(),
  facts: z.array(
    z.strictObject({
      field: z.string(),
      label: z.string(),
      help: z.string(),
      group: z.enum(fieldGroups),
      need: z.enum(['core', 'conditional', 'optional']),
      cell: cellSchema,
      /** Present when compared with another snapshot. */
      previous: cellSchema.optional(),
      refs: z.array(recordRefSchema),
    }),
  ),
  relations: z.array(
    z.strictObject({ relation: z.string(), ref: recordRefSchema, name: z.string(), detail: z.string() }),
  ),
  /** Files on disk: signature and digests. Null for kinds that have none. */
  artifact: artifactStateSchema.nullable(),
  /** Every snapshot that holds this record, oldest first; `changed` against the one before. */
  history: z.array(
    z.strictObject({ snapshot: z.int(), takenAt: z.string(), digest: z.string(), changed: z.boolean() }),
  ),
  findings: z.array(
    z.strictObject({ id: z.int(), ruleId: z.string(), title: z.string(), severity: z.string(), state: z.string() }),
  ),
});

export const reviewQueueInput = z.strictObject({
  snapshot: z.int().optional(),
  kind: kindSchema.optional(),
  cursor: z.string().optional(),
  limit: z.int().min(1).max(500).default(100),
});
export const reviewQueueOutput = z.strictObject({
  total: z.int(),
  /** Records that were checked: the denominator. */
  checked: z.int(),
  rows: z.array(
    z.strictObject({
      kind: kindSchema,
      id: z.string(),
      name: z.string(),
      snapshot: z.int(),
      missing: z.array(z.string()),
    }),
  ),
  next: z.string().nullable(),
});
