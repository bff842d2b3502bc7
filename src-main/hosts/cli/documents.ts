/**
 * The JSON document of every command, as zod schemas: what `--json` prints, what `assay schema COMMAND` describes, what the
 * tests parse with. Most are a method's output; lists get the three fields that every row begins with (decisions.md 19).
 */
import { z } from 'zod';
import { contract, type OutputOf } from '../../../src-shared/contract/contract.ts';
import { reportSchema, templateListSchema } from '../../../src-shared/contract/schemas/report.ts';
import { snapshotListSchema } from '../../../src-shared/contract/schemas/snapshots.ts';
import { trustListSchema } from '../../../src-shared/contract/schemas/trust.ts';
import { trustedKeySchema } from '../../../src-shared/domain/trust.ts';
import { verdictRowSchema } from '../../../src-shared/domain/verdict.ts';

const outputs = Object.fromEntries(Object.entries(contract).map(([name, { output }]) => [name, output]));
const shape = {
  check: contract['check.run'].output.shape,
  rules: contract['check.latest'].output.shape.rules,
  collect: contract['collect.run'].output,
  diff: contract['snapshots.diff'].output,
  findings: contract['findings.list'].output.shape,
  info: contract['workspace.info'].output.shape,
  inventory: contract['inventory.list'].output.shape,
  key: contract['keys.generate'].output.shape,
  pack: contract['snapshot.pack'].output.shape,
  reconcile: contract['reconcile.run'].output.shape,
  review: contract['inventory.reviewQueue'].output.shape,
};

export const snapshotRow = (s: OutputOf<'snapshots.list'>['snapshots'][number]) => {
  const { snapshot, name, ...rest } = s;
  return { kind: 'snapshot' as const, id: snapshot, name, ...rest };
};
export const keyRow = <K extends { readonly hint: string; readonly label: string }>(key: K) => {
  const { hint, label, ...rest } = key;
  return { kind: 'publisher_key' as const, id: hint, name: label, ...rest };
};
export const templateRow = ({ id, title, ...rest }: OutputOf<'report.templates'>['templates'][number]) => ({
  kind: 'report_template' as const,
  id,
  name: title,
  ...rest,
});
export const reportRow = ({ id, name, ...rest }: OutputOf<'report.list'>['reports'][number]) => ({
  kind: 'report' as const,
  id,
  name,
  ...rest,
});
export const verdictRow = ({ rowId, title, ...rest }: OutputOf<'reconcile.rows'>['rows'][number]) => ({
  kind: 'verdict' as const,
  id: rowId,
  name: title,
  ...rest,
});
export const activityRow = ({ seq, action, ...rest }: OutputOf<'activity.list'>['entries'][number]) => ({
  kind: 'activity' as const,
  id: seq,
  name: action,
  ...rest,
});

const row = <K extends string, I extends z.ZodType, S extends z.ZodRawShape>(kind: K, id: I, rest: S) =>
  z.strictObject({ kind: z.literal(kind), id, name: z.string(), ...rest });

const { snapshot: _snapshot, name: _name, ...snapshotRest } = snapshotListSchema.shape.snapshots.element.shape;
const { hint: _hint, label: _label, ...keyRest } = trustListSchema.shape.keys.element.shape;
const { hint: _hint2, label: _label2, ...trustedRest } = trustedKeySchema.shape;
const { id: _id, title: _title, ...templateRest } = templateListSchema.shape.templates.element.shape;
const { id: _id2, name: _name2, ...reportRest } = reportSchema.shape;
const { rowId: _rowId, title: _title2, ...verdictRest } = verdictRowSchema.shape;
const { seq: _seq, action: _action, ...activityRest } = contract['activity.list'].output.shape.entries.element.shape;

const changed = z.strictObject({ changed: z.int() });
const rowsOf = <T extends z.ZodType>(rows: T) => z.strictObject({ total: z.int(), rows });

const demoDocument = z.strictObject({
  ok: z.boolean(),
  seconds: z.number(),
  stages: z.array(z.strictObject({ name: z.string(), seconds: z.number(), result: z.string() })),
  models: z.int(),
  seed: z.int(),
  records: z.int(),
  verdicts: shape.reconcile.totals.shape.byVerdict,
  outcomes: shape.check.outcomes,
  /** Planted against found. */
  score: z.strictObject({
    agrees: z.boolean(),
    planted: z.int(),
    found: z.int(),
    faults: z.array(z.strictObject({ fault: z.string(), title: z.string(), planted: z.int(), found: z.int() })),
    missed: z.array(z.string()),
    invented: z.array(z.string()),
  }),
  workspace: z.string(),
  report: z.string(),
  reportSha256: z.string(),
  statements: z.array(z.string()),
  /** Null when it came from ASSAY_PASSPHRASE. */
  passphrase: z.string().nullable(),
  recoveryCode: z.string(),
});

/** By command, as it is typed. */
export const documents: Readonly<Record<string, z.ZodType>> = {
  check: z.strictObject({ ...shape.check, rules: shape.rules }),
  collect: shape.collect,
  demo: demoDocument,
  diff: z.strictObject({
    from: z.int(),
    to: z.int(),
    kinds: shape.diff.shape.kinds,
    rows: shape.diff.shape.rows,
    truncated: z.boolean(),
  }),
  'findings accept': changed,
  'findings annotate': contract['findings.annotate'].output,
  'findings assign': changed,
  'findings bulk': changed,
  'findings close': changed,
  'findings dismiss': changed,
  'findings list': rowsOf(shape.findings.rows),
  'findings reopen': changed,
  'findings show': contract['findings.show'].output,
  import: z.union([contract['snapshots.import'].output, z.array(contract['snapshots.import'].output).min(2)]),
  'inventory evidence': contract['evidence.show'].output,
  'inventory list': rowsOf(shape.inventory.rows),
  'inventory review': z.strictObject({ total: z.int(), checked: z.int(), rows: shape.review.rows }),
  'inventory search': rowsOf(shape.inventory.rows),
  'inventory show': contract['inventory.show'].output,
  'keys generate': z.strictObject({ ...shape.key, privateKey: z.string(), publicKey: z.string() }),
  'ledger show': z.strictObject({ total: z.int(), entries: z.array(row('activity', z.int(), activityRest)) }),
  'ledger verify': contract['activity.verify'].output,
  lineage: contract['lineage.graph'].output,
  lint: contract['records.lint'].output,
  'proof create': z.strictObject({ file: z.string(), ...contract['proof.create'].output.shape }),
  'proof verify': contract['proof.verify'].output,
  reconcile: z.strictObject({
    ...shape.reconcile,
    total: z.int(),
    rows: z.array(row('verdict', z.string(), verdictRest)),
  }),
  'report build': z.strictObject({ file: z.string(), ...reportSchema.shape }),
  'report list': z.strictObject({ reports: z.array(row('report', z.int(), reportRest)) }),
  'report replay': contract['report.replay'].output,
  'report sign': z.strictObject({ file: z.string(), ...reportSchema.shape }),
  'report templates': z.strictObject({ templates: z.array(row('report_template', z.string(), templateRest)) }),
  'report verify': contract['report.verify'].output,
  'snapshot cosign': z.strictObject({ file: z.string(), ...contract['snapshot.cosign'].output.shape }),
  'snapshot inspect': contract['snapshot.inspect'].output,
  'snapshot pack': z.strictObject({ file: z.string(), ...shape.pack }),
  'snapshot prove': z.strictObject({ file: z.string(), ...contract['snapshot.prove'].output.shape }),
  'snapshot redact': z.strictObject({ file: z.string(), ...contract['snapshot.redact'].output.shape }),
  'snapshot verify': contract['snapshot.verify'].output,
  snapshots: z.strictObject({
    snapshots: z.array(row('snapshot', z.int(), snapshotRest)),
    ...contract['registries.timeline'].output.shape,
  }),
  'trust add': row('publisher_key', z.string(), { ...trustedRest, fingerprint: z.string() }),
  'trust confirm': contract['trust.confirm'].output,
  'trust export': z.strictObject({ file: z.string(), ...contract['trust.export'].output.shape }),
  'trust import': contract['trust.import'].output,
  'trust list': z.strictObject({
    ...trustListSchema.shape,
    keys: z.array(row('publisher_key', z.string(), keyRest)),
  }),
  // With --dry-run what would become untrusted.
  'trust revoke': z.union([row('publisher_key', z.string(), trustedRest), contract['trust.revokePreview'].output]),
  'trust rotate apply': contract['trust.rotateApply'].output,
  'trust rotate cosign': z.strictObject({ file: z.string(), ...contract['trust.rotateCosign'].output.shape }),
  'trust rotate prepare': z.strictObject({ file: z.string(), ...contract['trust.rotatePrepare'].output.shape }),
  'trust show': row('publisher_key', z.string(), keyRest),
  'trust threshold': contract['trust.setThreshold'].output,
  'workspace create': z.strictObject({ ...shape.info, recoveryCode: z.string() }),
  'workspace info': contract['workspace.info'].output,
};

/** What every failing command prints with --json. */
export const errorDocument = z.strictObject({
  error: z.strictObject({ code: z.string(), message: z.string(), details: z.record(z.string(), z.unknown()) }),
});

/** A command's document, or a method's output. */
export const documentOf = (name: string): z.ZodType | undefined => documents[name] ?? outputs[name];
