/** A canonical record: what one line of a snapshot says, and where each value came from. */
import { z } from 'zod';
import type { Kind } from './dictionary.ts';
import { kindSchema } from './dictionary.ts';

/** Reference from one record to another (decisions.md 2). */
export const recordRefSchema = z.strictObject({ kind: kindSchema, id: z.string().min(1) });
export type RecordRef = z.infer<typeof recordRefSchema>;

/** `model/credit-pd`: how a reference is written in files, URLs and on the command line. Ids may contain slashes. */
export const formatRef = (ref: RecordRef): string => `${ref.kind}/${ref.id}`;

export function parseRef(text: string): RecordRef | null {
  const slash = text.indexOf('/');
  const parsed = recordRefSchema.safeParse({ kind: text.slice(0, slash), id: text.slice(slash + 1) });
  return slash > 0 && parsed.success ? parsed.data : null;
}

/** How far a value can be relied on: stated by the source, concluded by a mapper, or seen and not resolvable. */
export const confidenceSchema = z.enum(['declared', 'inferred', 'unresolved']);
export type Confidence = z.infer<typeof confidenceSchema>;

/** Where one value came from: evidence member of the same bundle plus a JSON pointer (RFC 6901) or line into it. */
export const fieldProvenanceSchema = z.strictObject({
  confidence: confidenceSchema,
  /** `<evidence member>#<json pointer>`, e.g. `evidence/mlflow/model.json#/mlflow/registered_model/name`. */
  locator: z.string(),
});
export type FieldProvenance = z.infer<typeof fieldProvenanceSchema>;

/**
 * Provenance of a record. `default` holds for every field that `fields` does not name, which keeps a line short.
 * `source` is the index into `predicate.sources` of the snapshot.
 */
export const provenanceSchema = z.strictObject({
  source: z.int().min(0),
  default: fieldProvenanceSchema,
  fields: z.record(z.string(), fieldProvenanceSchema).optional(),
});
export type Provenance = z.infer<typeof provenanceSchema>;

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };
export type RecordBody = { readonly [field: string]: JsonValue };

/** One record. `body` holds dictionary fields by name; a field the dictionary does not know is kept as it came. */
export interface CanonicalRecord {
  readonly kind: Kind;
  readonly id: string;
  readonly body: RecordBody;
  readonly prov: Provenance;
}

/** One entry of `training_data_refs` / `test_data_refs`. */
export const dataRefSchema = z.strictObject({
  dataset_ref: recordRefSchema,
  digest: z.string().optional(),
  role: z.string().optional(),
});

/** One file of an artefact, digest as `alg:hex`. */
export const artefactFileSchema = z.strictObject({
  name: z.string(),
  size: z.int().optional(),
  digest: z.string().optional(),
  uri: z.string().optional(),
});
