/**
 * The one table of what the application can do.
 *
 * Every host (window, CLI, tests) calls these methods and nothing else; the client proxy, the dispatcher, the engine's
 * handlers and `assay schema` are all derived from this table. `query` reads, `command` changes something in well under a
 * second, `job` streams progress and can be cancelled.
 *
 * A path never crosses this contract. Files and folders are named by a `grant`: an opaque id that a trusted host made when a
 * person picked a file or typed a path, and that only the host's grant table can turn back into a path.
 */
import { z } from 'zod';
import { artifactVerificationSchema } from '../domain/artifact.ts';
import { lineageGraphSchema } from '../domain/lineage.ts';
import { recordRefSchema } from '../domain/record.ts';
import { trustedKeySchema } from '../domain/trust.ts';
import { activitySchema } from './schemas/activity.ts';
import * as artifact from './schemas/artifact.ts';
import * as dashboard from './schemas/dashboard.ts';
import * as disclosure from './schemas/disclosure.ts';
import * as evidence from './schemas/evidence.ts';
import * as findings from './schemas/findings.ts';
import * as inventory from './schemas/inventory.ts';
import * as reconcile from './schemas/reconcile.ts';
import * as report from './schemas/report.ts';
import * as requests from './schemas/requests.ts';
import * as snapshots from './schemas/snapshots.ts';
import * as timeline from './schemas/timeline.ts';
import * as trust from './schemas/trust.ts';
import * as workspace from './schemas/workspace.ts';

export type MethodKind = 'query' | 'command' | 'job';

export interface Method {
  readonly kind: MethodKind;
  /** False for what needs no open workspace. */
  readonly workspace: boolean;
  readonly title: string;
  readonly input: z.ZodType;
  readonly output: z.ZodType;
}

const none = z.strictObject({});
const done = z.strictObject({ done: z.literal(true) });
const grant = workspace.grantSchema;

export const contract = {
  // Workspace and session
  'workspace.create': {
    kind: 'job',
    workspace: false,
    title: 'Create a workspace',
    input: workspace.createInput,
    output: workspace.createOutput,
  },
  'workspace.unlock': {
    kind: 'job',
    workspace: false,
    title: 'Unlock a workspace',
    input: workspace.unlockInput,
    output: workspace.infoSchema,
  },
  'workspace.lock': { kind: 'command', workspace: true, title: 'Lock the workspace', input: none, output: done },
  'workspace.info': {
    kind: 'query',
    workspace: true,
    title: 'Workspace information',
    input: none,
    output: workspace.infoSchema,
  },
  'workspace.state': {
    kind: 'query',
    workspace: false,
    title: 'Is a workspace open?',
    input: none,
    output: workspace.stateSchema,
  },

  // Keys and trust
  'keys.generate': {
    kind: 'job',
    workspace: false,
    title: 'Generate a publisher key',
    input: snapshots.generateKeyInput,
    output: snapshots.generatedKeySchema,
  },
  'keys.generateIdentity': {
    kind: 'job',
    workspace: false,
    title: 'Generate an identity for encrypted bundles',
    input: snapshots.generateIdentityInput,
    output: snapshots.generatedIdentitySchema,
  },
  'trust.list': {
    kind: 'query',
    workspace: true,
    title: 'Trusted keys',
    input: none,
    output: trust.trustListSchema,
  },
  'trust.read': {
    kind: 'query',
    workspace: false,
    title: 'Read a public key and show its fingerprint',
    input: trust.readKeyInput,
    output: trust.keyPreviewSchema,
  },
  'trust.add': {
    kind: 'command',
    workspace: true,
    title: 'Trust a publisher key',
    input: trust.trustAddInput,
    output: trustedKeySchema,
  },
  'trust.revoke': {
    kind: 'command',
    workspace: true,
    title: 'Revoke a publisher key',
    input: trust.revokeInput,
    output: trustedKeySchema,
  },
  'trust.revokePreview': {
    kind: 'query',
    workspace: true,
    title: 'What would become untrusted',
    input: trust.revokePreviewInput,
    output: trust.revokePreviewSchema,
  },
  'trust.setThreshold': {
    kind: 'command',
    workspace: true,
    title: 'Set how many signatures a snapshot needs',
    input: trust.setThresholdInput,
    output: trust.setThresholdSchema,
  },
  'trust.confirm': {
    kind: 'command',
    workspace: true,
    title: 'Confirm that the publishers revoked nothing',
    input: trust.confirmInput,
    output: trust.confirmSchema,
  },
  'trust.export': {
    kind: 'command',
    workspace: true,
    title: 'Write the trust store to a file',
    input: trust.exportInput,
    output: trust.exportSchema,
  },
  'trust.import': {
    kind: 'command',
    workspace: true,
    title: 'Take over a signed trust file',
    input: trust.importTrustInput,
    output: trust.importTrustSchema,
  },
  'trust.rotatePrepare': {
    kind: 'job',
    workspace: false,
    title: 'Write and sign a key rotation',
    input: trust.rotatePrepareInput,
    output: trust.rotationFileSchema,
  },
  'trust.rotateCosign': {
    kind: 'job',
    workspace: false,
    title: 'Sign a key rotation as well',
    input: trust.rotateCosignInput,
    output: trust.rotationFileSchema,
  },
  'trust.rotateApply': {
    kind: 'command',
    workspace: true,
    title: 'Apply a key rotation',
    input: trust.rotateApplyInput,
    output: trust.rotateApplySchema,
  },

  // Collecting and packing
  'collect.run': {
    kind: 'job',
    workspace: false,
    title: 'Collect records',
    input: snapshots.collectInput,
    output: snapshots.collectOutput,
  },
  'records.lint': {
    kind: 'job',
    workspace: false,
    title: 'Check records against the templates',
    input: snapshots.lintInput,
    output: snapshots.lintOutput,
  },
  'snapshot.pack': {
    kind: 'job',
    workspace: false,
    title: 'Pack and sign',
    input: snapshots.packInput,
    output: snapshots.packOutput,
  },
  'snapshot.cosign': {
    kind: 'job',
    workspace: false,
    title: 'Add a signature to a bundle',
    input: trust.snapshotCosignInput,
    output: trust.snapshotCosignSchema,
  },
  'snapshot.inspect': {
    kind: 'job',
    workspace: false,
    title: 'Inspect a bundle, without a trust decision',
    input: z.strictObject({ file: grant, identity: snapshots.identitySchema.optional() }),
    output: snapshots.inspectSchema,
  },
  'snapshot.verify': {
    kind: 'job',
    workspace: false,
    title: 'Verify a bundle',
    input: snapshots.verifyInput,
    output: snapshots.verifyOutput,
  },

  // Selective disclosure
  'snapshot.prove': {
    kind: 'job',
    workspace: false,
    title: 'Prove records of a bundle',
    input: disclosure.proveInput,
    output: disclosure.provenSchema,
  },
  'snapshot.redact': {
    kind: 'job',
    workspace: false,
    title: 'Redact a bundle',
    input: disclosure.redactInput,
    output: disclosure.redactOutput,
  },
  'proof.create': {
    kind: 'job',
    workspace: true,
    title: 'Prove records of an imported snapshot',
    input: disclosure.createProofInput,
    output: disclosure.provenSchema,
  },
  'proof.verify': {
    kind: 'job',
    workspace: false,
    title: 'Verify a proof',
    input: disclosure.verifyProofInput,
    output: disclosure.proofVerificationSchema,
  },
  'evidence.cite': {
    kind: 'query',
    workspace: true,
    title: 'Where a record stands in the signed bytes',
    input: disclosure.citeInput,
    output: disclosure.citationSchema,
  },

  // Snapshots in the store
  'snapshots.import': {
    kind: 'job',
    workspace: true,
    title: 'Import a bundle',
    input: snapshots.importInput,
    output: snapshots.importOutput,
  },
  'snapshots.list': {
    kind: 'query',
    workspace: true,
    title: 'Imported snapshots',
    input: none,
    output: snapshots.snapshotListSchema,
  },
  'snapshots.show': {
    kind: 'query',
    workspace: true,
    title: 'One snapshot',
    input: z.strictObject({ snapshot: z.int() }),
    output: snapshots.snapshotDetailSchema,
  },
  'snapshots.diff': {
    kind: 'query',
    workspace: true,
    title: 'Differences between two snapshots',
    input: snapshots.diffInput,
    output: snapshots.diffOutput,
  },

  'registries.timeline': {
    kind: 'query',
    workspace: true,
    title: "History of each registry's snapshots",
    input: timeline.timelineInput,
    output: timeline.timelineOutput,
  },

  // Inventory
  'inventory.list': {
    kind: 'query',
    workspace: true,
    title: 'List and search records',
    input: inventory.listInput,
    output: inventory.listOutput,
  },
  'inventory.facets': {
    kind: 'query',
    workspace: true,
    title: 'Facet counts',
    input: inventory.facetsInput,
    output: inventory.facetsOutput,
  },
  'inventory.show': {
    kind: 'query',
    workspace: true,
    title: 'One record with its relations',
    input: inventory.showInput,
    output: inventory.dossierSchema,
  },
  'inventory.reviewQueue': {
    kind: 'query',
    workspace: true,
    title: 'Incomplete records',
    input: inventory.reviewQueueInput,
    output: inventory.reviewQueueOutput,
  },
  'evidence.show': {
    kind: 'query',
    workspace: true,
    title: 'Evidence behind a value',
    input: evidence.evidenceInput,
    output: evidence.evidenceSchema,
  },
  'lineage.graph': {
    kind: 'query',
    workspace: true,
    title: 'Lineage around one record',
    input: z.strictObject({
      root: recordRefSchema,
      snapshot: z.int().optional(),
      compareTo: z.int().optional(),
      up: z.int().min(0).max(50),
      down: z.int().min(0).max(50),
      maxNodes: z.int().min(1).max(5000).default(500),
    }),
    output: lineageGraphSchema,
  },

  // Files on disk
  'artifact.verify': {
    kind: 'job',
    workspace: false,
    title: 'Verify files on disk',
    input: artifact.verifyArtifactInput,
    output: artifactVerificationSchema,
  },
  'artifact.check': {
    kind: 'job',
    workspace: true,
    title: 'Verify the files of a record',
    input: artifact.checkArtifactInput,
    output: artifact.checkArtifactOutput,
  },

  // Reconciliation
  'reconcile.run': {
    kind: 'job',
    workspace: true,
    title: 'Reconcile',
    input: reconcile.runInput,
    output: reconcile.runSchema,
  },
  'reconcile.runs': {
    kind: 'query',
    workspace: true,
    title: 'Reconciliation runs',
    input: none,
    output: z.strictObject({ runs: z.array(reconcile.runSchema) }),
  },
  'reconcile.rows': {
    kind: 'query',
    workspace: true,
    title: 'Verdict rows',
    input: reconcile.rowsInput,
    output: reconcile.rowsOutput,
  },

  // Policy and findings
  'check.run': {
    kind: 'job',
    workspace: true,
    title: 'Evaluate policy packs',
    input: findings.checkInput,
    output: findings.checkRunSchema,
  },
  'check.latest': {
    kind: 'query',
    workspace: true,
    title: 'Latest evaluation',
    input: none,
    output: z.strictObject({ run: findings.checkRunSchema.nullable(), rules: z.array(findings.ruleResultSchema) }),
  },
  'packs.list': {
    kind: 'query',
    workspace: false,
    title: 'Policy packs',
    input: none,
    output: findings.packListSchema,
  },
  'findings.list': {
    kind: 'query',
    workspace: true,
    title: 'Findings',
    input: findings.listInput,
    output: findings.listOutput,
  },
  'findings.show': {
    kind: 'query',
    workspace: true,
    title: 'One finding',
    input: z.strictObject({ id: z.int() }),
    output: findings.findingDetailSchema,
  },
  'findings.annotate': {
    kind: 'command',
    workspace: true,
    title: 'Add a note',
    input: findings.annotateInput,
    output: findings.findingDetailSchema,
  },
  'findings.decide': {
    kind: 'command',
    workspace: true,
    title: 'Decide',
    input: findings.decideInput,
    output: z.strictObject({ changed: z.int() }),
  },
  'findings.assign': {
    kind: 'command',
    workspace: true,
    title: 'Assign',
    input: findings.assignInput,
    output: z.strictObject({ changed: z.int() }),
  },

  // Requests to registries and their answers
  'request.create': {
    kind: 'command',
    workspace: true,
    title: 'Ask a registry for records',
    input: requests.createRequestInput,
    output: requests.requestDetailSchema,
  },
  'request.list': {
    kind: 'query',
    workspace: true,
    title: 'Requests',
    input: none,
    output: z.strictObject({ requests: z.array(requests.requestRowSchema) }),
  },
  'request.show': {
    kind: 'query',
    workspace: true,
    title: 'One request with its answers',
    input: z.strictObject({ id: z.string() }),
    output: requests.requestDetailSchema,
  },
  'request.save': {
    kind: 'command',
    workspace: true,
    title: 'Write a request to a file again',
    input: z.strictObject({ id: z.string(), file: grant }),
    output: z.strictObject({ sha256: z.string() }),
  },
  'request.close': {
    kind: 'command',
    workspace: true,
    title: 'Close a request',
    input: z.strictObject({ id: z.string(), reason: z.string().trim().min(1).max(2000) }),
    output: requests.requestDetailSchema,
  },
  'request.inspect': {
    kind: 'query',
    workspace: false,
    title: 'Check a request file and show what it asks',
    input: z.strictObject({ file: grant }),
    output: requests.requestFileSchema,
  },
  'request.fulfil': {
    kind: 'job',
    workspace: false,
    title: 'Collect the answer to a request',
    input: requests.fulfilInput,
    output: requests.fulfilOutput,
  },

  // Reports
  'report.templates': {
    kind: 'query',
    workspace: false,
    title: 'Report templates',
    input: none,
    output: report.templateListSchema,
  },
  'report.readiness': {
    kind: 'query',
    workspace: true,
    title: 'Checks before building',
    input: z.strictObject({ template: z.string() }),
    output: report.readinessSchema,
  },
  'report.build': {
    kind: 'job',
    workspace: true,
    title: 'Build a report',
    input: report.buildInput,
    output: report.reportSchema,
  },
  'report.sign': {
    kind: 'job',
    workspace: true,
    title: 'Sign a report',
    input: report.signInput,
    output: report.reportSchema,
  },
  'report.verify': {
    kind: 'job',
    workspace: false,
    title: 'Verify a report',
    input: report.verifyInput,
    output: report.verificationSchema,
  },
  'report.replay': {
    kind: 'job',
    workspace: false,
    title: 'Render a report again from its own data',
    input: report.replayInput,
    output: report.replaySchema,
  },
  'report.list': {
    kind: 'query',
    workspace: true,
    title: 'Reports',
    input: none,
    output: z.strictObject({ reports: z.array(report.reportSchema) }),
  },
  'report.pdf': {
    kind: 'query',
    workspace: true,
    title: 'PDF bytes of a stored report',
    input: z.strictObject({ id: z.int() }),
    output: z.strictObject({ name: z.string(), bytes: z.instanceof(Uint8Array) }),
  },
  'report.save': {
    kind: 'command',
    workspace: true,
    title: 'Write a stored report to a file',
    input: z.strictObject({ id: z.int(), file: grant }),
    output: z.strictObject({ bytes: z.int(), sha256: z.string() }),
  },

  // Overview
  'dashboard.show': {
    kind: 'query',
    workspace: true,
    title: 'Dashboard',
    input: none,
    output: dashboard.dashboardSchema,
  },
  'activity.list': {
    kind: 'query',
    workspace: true,
    title: 'Activity',
    input: z.strictObject({ before: z.int().optional(), limit: z.int().min(1).max(500).default(100) }),
    output: z.strictObject({ entries: z.array(activitySchema), total: z.int(), next: z.int().nullable() }),
  },
  'activity.verify': {
    kind: 'query',
    workspace: true,
    title: 'Verify the activity chain',
    input: none,
    output: z.strictObject({
      ok: z.boolean(),
      entries: z.int(),
      head: z.string(),
      firstBad: z.int().nullable(),
      text: z.string(),
    }),
  },
} as const satisfies Record<string, Method>;

export type Contract = typeof contract;
export type MethodName = keyof Contract;
export type InputOf<M extends MethodName> = z.input<Contract[M]['input']>;
export type ParsedInputOf<M extends MethodName> = z.output<Contract[M]['input']>;
export type OutputOf<M extends MethodName> = z.output<Contract[M]['output']>;
export type JobName = { [M in MethodName]: Contract[M]['kind'] extends 'job' ? M : never }[MethodName];

export function isMethod(name: string): name is MethodName {
  return Object.hasOwn(contract, name);
}
