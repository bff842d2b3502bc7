/**
 * The ReportModel: everything a report says, as JSON, before any page exists.
 *
 * The PDF is a picture of this value and carries it as an embedded file, so that a program can read what a person reads. Its
 * digest, SHA-256 over the JCS form (RFC 8785), stands in every footer (decisions.md 16): a document cannot print its own
 * digest, but it can print its content's. No clock and no machine enters it; the same inputs give the same digest.
 */
import { z } from 'zod';
import { templateIdSchema } from '../../../src-shared/contract/schemas/report.ts';
import { severitySchema } from '../../../src-shared/domain/finding.ts';
import { checkLineSchema } from '../../../src-shared/domain/trust.ts';
import { verdictSchema } from '../../../src-shared/domain/verdict.ts';
import { sha256Hex, toJcs } from '../canonical-json.ts';

/** Name of the embedded twin; verifiers look it up by this name. */
export const twinFileName = 'report-model.json';

/** Text of a cell or value. `data` holds what records say and is shown with escapes; `prose` is ours and must be printable. */
const spanSchema = z.strictObject({
  text: z.string(),
  kind: z.enum(['data', 'prose', 'code', 'number', 'muted', 'severity', 'state', 'strong']).default('data'),
  /** Anchor of a section, table or finding in this document. */
  link: z.string().optional(),
});
export type Span = z.infer<typeof spanSchema>;
const cellSchema = z.array(spanSchema);
export type Cell = z.infer<typeof cellSchema>;

const columnSchema = z.strictObject({
  label: z.string(),
  /** Share of the width relative to the other columns. */
  weight: z.number().positive(),
  align: z.enum(['left', 'right', 'center']).default('left'),
});
export type Column = z.infer<typeof columnSchema>;

const nodeBoxSchema = z.strictObject({
  id: z.string(),
  kind: z.string(),
  label: z.string(),
  detail: z.string(),
  x: z.number(),
  y: z.number(),
  width: z.number(),
  height: z.number(),
  findings: z.int(),
  dangling: z.boolean(),
  root: z.boolean(),
});

const blockSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('heading'),
    level: z.union([z.literal(2), z.literal(3)]),
    text: z.string(),
    anchor: z.string().optional(),
  }),
  z.strictObject({
    type: z.literal('paragraph'),
    spans: cellSchema,
    tone: z.enum(['lead', 'body', 'note']).default('body'),
  }),
  z.strictObject({ type: z.literal('list'), items: z.array(cellSchema) }),
  z.strictObject({
    type: z.literal('keyValue'),
    rows: z.array(z.strictObject({ label: z.string(), value: cellSchema })),
  }),
  z.strictObject({
    type: z.literal('table'),
    anchor: z.string(),
    caption: z.string(),
    columns: z.array(columnSchema),
    rows: z.array(z.array(cellSchema)),
    /** How many there are; `rows` may be fewer, and then `data` names the attached full set. */
    total: z.int(),
    unit: z.string(),
    data: z.string().optional(),
  }),
  z.strictObject({
    type: z.literal('totals'),
    items: z.array(
      z.strictObject({
        label: z.string(),
        value: z.int(),
        of: z.int().nullable(),
        ofLabel: z.string(),
        link: z.string().optional(),
      }),
    ),
  }),
  z.strictObject({
    type: z.literal('finding'),
    anchor: z.string(),
    ruleId: z.string(),
    severity: severitySchema,
    title: z.string(),
    /** e.g. "14 of 120 records evaluated". */
    extent: z.string(),
    rows: z.array(z.strictObject({ label: z.string(), value: z.array(cellSchema) })),
    subjects: z.strictObject({
      columns: z.array(columnSchema),
      rows: z.array(z.array(cellSchema)),
      total: z.int(),
      data: z.string(),
    }),
  }),
  z.strictObject({
    type: z.literal('verdicts'),
    anchor: z.string(),
    total: z.int(),
    data: z.string(),
    rows: z.array(
      z.strictObject({
        rowId: z.string(),
        verdict: verdictSchema,
        severity: severitySchema,
        title: z.string(),
        sentence: z.string(),
        facts: z.array(z.strictObject({ label: z.string(), value: cellSchema })),
      }),
    ),
  }),
  z.strictObject({
    type: z.literal('lineage'),
    anchor: z.string(),
    caption: z.string(),
    width: z.number(),
    height: z.number(),
    nodes: z.array(nodeBoxSchema),
    edges: z.array(z.strictObject({ from: z.string(), to: z.string(), relation: z.string() })),
    /** Nodes reachable from the root, the denominator of `nodes`. */
    reachable: z.int(),
  }),
  z.strictObject({
    type: z.literal('notice'),
    tone: z.enum(['info', 'good', 'warning', 'critical']),
    title: z.string(),
    text: cellSchema,
  }),
  z.strictObject({ type: z.literal('empty'), text: z.string() }),
  z.strictObject({
    type: z.literal('signOff'),
    lines: z.array(z.strictObject({ role: z.string(), name: z.string(), note: z.string() })),
  }),
]);
export type Block = z.infer<typeof blockSchema>;

const sectionSchema = z.strictObject({
  id: z.string(),
  /** As numbered by the template: "1" to "13", or "A". */
  number: z.string(),
  title: z.string(),
  blocks: z.array(blockSchema),
});
export type Section = z.infer<typeof sectionSchema>;

const dataValue = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const dataSetSchema = z.strictObject({
  name: z.string(),
  title: z.string(),
  columns: z.array(z.string()),
  rows: z.array(z.array(dataValue)),
});
export type DataSet = z.infer<typeof dataSetSchema>;

const gateLineSchema = z.strictObject({
  level: z.enum(['block', 'qualify', 'note']),
  text: z.string(),
  link: z.string(),
});
export type GateLine = z.infer<typeof gateLineSchema>;

export const reportModelSchema = z.strictObject({
  format: z.literal('urn:assay:report-model:v1'),
  template: templateIdSchema,
  title: z.string(),
  /** Printed small above the title: what kind of document this is. */
  documentKind: z.string(),
  cover: z.strictObject({
    organisation: z.string(),
    workspace: z.string(),
    reportId: z.string(),
    /** The report this issue replaces, or null. */
    supersedes: z.string().nullable(),
    asOf: z.string(),
    classification: z.string(),
    preparedBy: z.string(),
    reviewedBy: z.string(),
    reader: z.string(),
  }),
  qualification: z.array(gateLineSchema),
  packs: z.array(z.strictObject({ id: z.string(), version: z.string(), title: z.string(), rules: z.int() })),
  parameters: z.array(z.strictObject({ name: z.string(), value: z.string(), source: z.string() })),
  snapshots: z.array(
    z.strictObject({
      snapshot: z.int(),
      snapshotId: z.string(),
      source: z.string(),
      role: z.enum(['registry', 'discovery']),
      sequence: z.int(),
      takenAt: z.string(),
      digest: z.string(),
      records: z.int(),
      signer: z.string(),
      checks: z.array(z.strictObject({ label: z.string(), line: checkLineSchema })),
    }),
  ),
  /** What the figures are about and every denominator they are taken over. */
  scope: z.strictObject({
    statement: z.string(),
    denominators: z.array(z.strictObject({ label: z.string(), value: z.int() })),
    limits: z.array(z.string()),
  }),
  conclusion: z.strictObject({
    /** Machine name, e.g. `certified_with_exceptions`. */
    state: z.string(),
    label: z.string(),
    tone: z.enum(['good', 'warning', 'critical', 'info']),
    text: z.string(),
    reasons: z.array(z.string()),
  }),
  sections: z.array(sectionSchema),
  data: z.array(dataSetSchema),
});
export type ReportModel = z.infer<typeof reportModelSchema>;

/** hex SHA-256 over the JCS form of the model: the digest in every footer. */
export const modelDigest = (model: ReportModel): string => sha256Hex(toJcs(model));
