/** Realistic report inputs: a mid-sized bank, with the strings that break naive reports. */
import type {
  FindingDetail,
  ModelFacts,
  ReportInputs,
  ReportSnapshot,
  RuleResult,
} from '../../../src-main/core/report/inputs.ts';
import type { CitedClause, Severity } from '../../../src-shared/domain/finding.ts';
import type { LineageGraph, LineageNode } from '../../../src-shared/domain/lineage.ts';
import type { SnapshotRole } from '../../../src-shared/domain/snapshot.ts';
import { type Verdict, type VerdictRow, verdicts } from '../../../src-shared/domain/verdict.ts';

/** What must survive: markup, right-to-left, CJK, emoji, invisible marks, formulas, endless ids. */
export const nasty = {
  markup: '<b>bold</b> & "quoted" </script>',
  rightToLeft: 'نموذج مخاطر الائتمان',
  hebrew: 'מודל סיכון אשראי',
  cjk: '信用リスク監査',
  emoji: 'rocket 🚀 flag 🇨🇭',
  invisible: 'pay\u202Eload\u200Bzero\u0007bell',
  formula: '=HYPERLINK("x")',
  longId: `team/${'very-long-model-identifier-'.repeat(11)}end`,
} as const;

const digest = (n: number): string =>
  (BigInt(n + 1) * 0x9e3779b97f4a7c15f39cc0605cedc8341082276bf3a27251n).toString(16).padStart(64, '0').slice(0, 64);

const clauses: readonly CitedClause[] = [
  { id: 'SS1-1.2', cite: 'Principle 1.2', regime: 'UK: PRA SS1/23', mode: 'expectation_gap', applies: '17 May 2024' },
  { id: 'AIA-11', cite: 'Art. 11', regime: 'EU AI Act', mode: 'readiness', applies: '2 Dec 2027' },
  { id: 'GDPR-30', cite: 'Art. 30', regime: 'GDPR', mode: 'breach', applies: '25 May 2018' },
  { id: 'RMF-MP1.1', cite: 'MAP 1.1', regime: 'NIST AI RMF', mode: 'standard_gap', applies: 'chosen' },
  { id: 'HOUSE-7', cite: 'Model policy 7', regime: 'House', mode: 'house', applies: 'always' },
];

const ruleList: readonly (readonly [string, string, Severity, number, number])[] = [
  ['REC-001', 'Record vanished between snapshots', 'critical', 0, 0],
  ['REC-002', 'Control totals do not agree', 'high', 0, 0],
  ['REC-003', 'Evidence altered', 'critical', 0, 0],
  ['REC-004', 'Scan does not cover what is declared', 'medium', 1, 0],
  ['DEP-001', 'Deployment without an inventory entry', 'critical', 0, 0],
  ['DEP-002', 'Scan found a model the inventory does not know', 'critical', 3, 0],
  ['DEP-004', 'Running version differs from the approved one', 'high', 4, 6],
  ['OWN-001', 'No accountable owner', 'high', 14, 0],
  ['VAL-001', 'Validation overdue', 'high', 9, 3],
  ['DOC-001', 'Documentation missing or older than the live version', 'high', 22, 40],
  ['DOC-002', 'Assumptions, limits or explanation not written down', 'medium', 31, 0],
  ['VER-002', 'Digest changed under the same version', 'critical', 0, 0],
  ['APR-002', 'Maker approved the own change', 'high', 2, 0],
  ['ACS-001', 'Access to a model without a grant', 'medium', 0, 118],
  ['MON-003', 'No drift monitor on a live model', 'medium', 17, 12],
  ['DOC-004', 'No note on energy or environmental effect', 'info', 40, 0],
  ['FIN-001', 'No cost centre', 'low', 12, 0],
];

const population = 120;

const rules: readonly RuleResult[] = ruleList.map(([ruleId, title, severity, fires, cannot]) => ({
  ruleId,
  packId: 'core-inventory',
  title,
  severity,
  entity: 'model',
  firesWhen: `${title}: model.owner, model.documentation_ref or a digest is blank, stale or contradicts another source.`,
  counts: { pass: population - fires - cannot - 2, fires, cannot_evaluate: cannot, not_applicable: 2 },
  missing: cannot > 0 ? ['model.explainability_method', 'access_grant.granted_at'] : [],
}));

const names = [
  'Credit PD retail',
  'Fraud score cards',
  'Churn propensity',
  'KYC name match',
  'Mortgage LGD',
  'Chat assistant',
  'AML alert ranking',
];

export const models: readonly ModelFacts[] = Array.from({ length: population }, (_, n) => ({
  id: n === 3 ? nasty.longId : `mdl-${String(n).padStart(4, '0')}`,
  name: [nasty.markup, nasty.rightToLeft, nasty.cjk, nasty.emoji][n] ?? `${names[n % names.length]} ${n}`,
  riskTier: ['1', '2', '2', '3', '3', '4', ''][n % 7] ?? '',
  lifecycleStatus: ['in_use', 'in_use', 'in_development', 'retired', 'in_use'][n % 5] ?? '',
  origin: ['internal', 'vendor', 'open_source'][n % 3] ?? '',
  businessLine: ['Retail', 'Markets', 'Operations', 'Risk', 'Wealth', 'Treasury', 'HR', 'Legal'][n % 8] ?? '',
  euClass: ['minimal', 'high_risk_annex_iii', 'limited', ''][n % 4] ?? '',
  icfrRelevant: ['true', 'false', ''][n % 3] ?? '',
}));

function finding(id: number, rule: RuleResult, n: number): FindingDetail {
  const model = models[(id * 7 + n) % models.length];
  const state = (['open', 'open', 'open', 'accepted_risk', 'remediated', 'false_positive'] as const)[id % 6] ?? 'open';
  return {
    kind: 'finding',
    id,
    name: rule.title,
    ruleId: rule.ruleId,
    severity: rule.severity,
    state,
    message:
      id % 9 === 0
        ? `${nasty.markup} ${nasty.cjk} ${nasty.invisible}`
        : `${rule.title} on ${model?.name ?? 'the model'}.`,
    subject: { kind: 'model', id: model?.id ?? 'x', name: model?.name ?? 'x' },
    assignee: id % 3 === 0 ? null : (['Maria Keller', 'Ottó Szabó', nasty.hebrew][id % 3] ?? null),
    dueAt: id % 4 === 0 ? '2026-10-01' : id % 4 === 1 ? '2027-01-31' : null,
    firstSeenAt: ['2026-11-01T08:00:00Z', '2026-09-20T08:00:00Z', '2026-06-01T08:00:00Z'][id % 3] ?? '',
    changedSinceReview: id % 12 === 3,
    annotations: id % 2,
    packId: rule.packId,
    packVersion: '2026.11',
    firesWhen: rule.firesWhen,
    expected: 'Name an accountable owner and record where the documentation of the running version lies.',
    values: [
      {
        field: 'model.owner',
        label: 'Owner',
        state: 'empty',
        value: '',
        snapshot: 1,
        locator: 'evidence/mlflow/models.json#/3/owner',
      },
    ],
    clauses: clauses.slice(id % 3, (id % 3) + 2),
    snapshots: [{ snapshot: 1, statementSha256: digest(1) }],
    thread: [
      ...(id % 5 === 0
        ? [
            {
              id: id * 10,
              at: '2026-11-10T10:00:00Z',
              by: 'Maria Keller',
              type: 'note' as const,
              text: 'Owner left in July; the desk head was not told.',
              state: null,
            },
          ]
        : []),
      ...(state === 'open'
        ? []
        : [
            {
              id: id * 10 + 1,
              at: '2026-11-12T09:30:00Z',
              by: 'Ottó Szabó',
              type: 'decision' as const,
              text: `Checked against the change log. ${nasty.formula}`,
              state,
            },
          ]),
    ],
  };
}

const findings: readonly FindingDetail[] = rules.flatMap((rule, at) =>
  Array.from({ length: rule.counts.fires }, (_, n) => finding(at * 50 + n + 1, rule, n)),
);

export function snapshotOf(snapshot: number, role: SnapshotRole, takenAt: string, name: string): ReportSnapshot {
  return {
    meta: {
      snapshot,
      snapshotId: `snap-${snapshot}`,
      registryId: `reg-${snapshot}`,
      registryName: name,
      role,
      sequence: snapshot + 3,
      takenAt,
      statementSha256: digest(snapshot),
      counts: { model: population, model_version: 341, deployment: 96, dataset: 58 },
      sources: [
        {
          type: role === 'registry' ? 'mlflow-export' : 'kubernetes-manifests',
          uri: 'file:export',
          collectedAt: takenAt,
          complete: role === 'registry',
          coverage: {
            inputsSeen: 412,
            inputsUsed: role === 'registry' ? 412 : 377,
            inputsSkipped: role === 'registry' ? 0 : 35,
            reasons: role === 'registry' ? {} : { 'not a model workload': 31, 'malformed YAML': 4 },
            denied: role === 'registry' ? [] : ['namespace payments-prod (forbidden)'],
            errors: [],
            scope: role === 'registry' ? ['*'] : ['cluster eu-west-1', 'namespace scoring', 'namespace fraud'],
          },
          suppliedFields: { model: ['model_name', 'owner'] },
        },
      ],
    },
    signer: role === 'registry' ? 'Registry team 2026' : nasty.markup,
    history: { chain: 'continues', link: 'linked', unseen: null, disownedBelow: 0 },
    verification: {
      content: {
        state: 'pass',
        code: 'content.unchanged',
        text: 'Every signed member is present with its digest; counts and Merkle root agree.',
      },
      signer: {
        state: 'pass',
        code: 'signer.trusted',
        text: '1 of 1 required signature by a trusted key.',
        threshold: 1,
        signers: [],
      },
      freshness: {
        state: role === 'registry' ? 'pass' : 'warn',
        code: 'freshness',
        text: role === 'registry' ? 'Not expired.' : 'Expired 2 days before import.',
      },
      container: { state: 'pass', code: 'container.exact', text: 'Byte for byte what a packer writes.' },
    },
  };
}

const value = (text: string) => ({ state: 'value' as const, value: text });
const missing = { state: 'missing' as const, value: '' };

function row(n: number, verdict: Verdict): VerdictRow {
  const differs = ['mutated', 'metadata_drift', 'stage_mismatch'].includes(verdict);
  const model = models[n % models.length];
  return {
    rowId: digest(1000 + n).slice(0, 16),
    verdict,
    severity:
      (
        {
          unregistered: 'critical',
          mutated: 'critical',
          orphaned: 'high',
          vanished: 'high',
          cannot_determine: 'info',
          matched: 'info',
        } as const
      )[verdict as 'matched'] ?? 'medium',
    title: `${model?.name ?? 'model'} in scoring`,
    sentence:
      verdict === 'unregistered'
        ? 'A model server runs in namespace scoring and no registry entry describes it.'
        : 'Registry and runtime do not say the same.',
    ...(verdict === 'unregistered' ? {} : { claim: { kind: 'deployment', id: `dep-${n}` } }),
    ...(verdict === 'orphaned' || verdict === 'vanished'
      ? {}
      : { observation: { kind: 'deployment', id: n % 5 === 0 ? nasty.longId : `eu-west-1/scoring/pd-${n}` } }),
    ...(verdict === 'unregistered' || !model ? {} : { model: { kind: 'model', id: model.id } }),
    region: 'eu-west-1',
    segment: 'production',
    ...(verdict === 'unregistered' || verdict === 'orphaned'
      ? {}
      : { match: { key: 'image_digest', value: digest(n), confidence: 'high' } }),
    fields: differs
      ? [
          {
            field: 'deployment.running_digest',
            label: 'Running digest',
            group: 'artifacts',
            claim: value(`sha256:${digest(n)}`),
            observed: value(`sha256:${digest(n + 1)}`),
            previous: missing,
            agrees: false,
          },
          {
            field: 'deployment.owner',
            label: 'Owner',
            group: 'ownership',
            claim: value(nasty.rightToLeft),
            observed: value(nasty.markup),
            previous: value('Risk Ops'),
            agrees: false,
          },
        ]
      : [],
    missingEvidence: verdict === 'cannot_determine' ? ['image digest of the running pod'] : [],
  };
}

const verdictCounts: Readonly<Record<Verdict, number>> = {
  matched: 70,
  unregistered: 3,
  orphaned: 6,
  mutated: 2,
  metadata_drift: 9,
  stage_mismatch: 3,
  vanished: 2,
  duplicate: 2,
  cannot_determine: 5,
};

const rows: readonly VerdictRow[] = verdicts.flatMap((verdict, at) =>
  Array.from({ length: verdictCounts[verdict] }, (_, n) => row(at * 200 + n, verdict)),
);

function lineage(): LineageGraph {
  const node = (
    id: string,
    kind: string,
    label: string,
    depth: number,
    findingsOn = 0,
    dangling = false,
  ): LineageNode => ({
    id,
    kind,
    label,
    detail: '',
    depth,
    hiddenUp: 0,
    hiddenDown: 0,
    dangling,
    findings: findingsOn,
    change: 'same',
  });
  const edge = (from: string, to: string, relation: string) => ({
    from,
    to,
    relation,
    evidence: 'model_version.training_data_refs',
    change: 'same' as const,
  });
  const deployments = Array.from({ length: 11 }, (_, n) =>
    node(
      `deployment/d${n}`,
      'deployment',
      n === 0 ? nasty.rightToLeft : `eu-west-1/scoring/pd-serving-${n}`,
      2,
      n === 1 ? 2 : 0,
    ),
  );
  return {
    root: 'model/mdl-0000',
    nodes: [
      node('external/core-bank', 'external', 'Core banking extract', -3, 0, true),
      node('dataset/ds-loans', 'dataset', 'Loan book 2019 to 2025', -2),
      node('dataset/ds-bureau', 'dataset', 'Bureau file, monthly', -2, 1),
      node('dataset/ds-cjk', 'dataset', nasty.cjk, -2),
      node('model_version/v3', 'model_version', 'Credit PD retail 3.2.0', -1),
      node('model_version/v4', 'model_version', nasty.markup, -1, 4),
      node('model/mdl-0000', 'model', 'Credit PD retail', 0, 3),
      node('model/strategy', 'model', 'Limit strategy', 1),
      ...deployments,
    ],
    edges: [
      edge('external/core-bank', 'dataset/ds-loans', 'derived_from'),
      edge('dataset/ds-loans', 'model_version/v3', 'trained_on'),
      edge('dataset/ds-bureau', 'model_version/v3', 'trained_on'),
      edge('dataset/ds-bureau', 'model_version/v4', 'trained_on'),
      edge('dataset/ds-cjk', 'model_version/v4', 'trained_on'),
      edge('model_version/v3', 'model/mdl-0000', 'version_of'),
      edge('model_version/v4', 'model/mdl-0000', 'version_of'),
      edge('model/mdl-0000', 'model/strategy', 'feeds'),
      ...deployments.map((deployment) => edge('model/strategy', deployment.id, 'deployed_as')),
    ],
    reachable: 24,
    cycles: [],
  };
}

/** A full set of inputs; override what a test is about. */
export function reportInputs(overrides: Partial<ReportInputs> = {}): ReportInputs {
  const outcomes = { pass: 0, fires: 0, cannot_evaluate: 0, not_applicable: 0 };
  for (const { counts } of rules) {
    outcomes.pass += counts.pass;
    outcomes.fires += counts.fires;
    outcomes.cannot_evaluate += counts.cannot_evaluate;
    outcomes.not_applicable += counts.not_applicable;
  }
  return {
    title: null,
    reportId: 'IA-2026-0007',
    supersedes: null,
    organisation: 'Bank Meridian & Söhne AG',
    workspace: 'Annual model audit 2026',
    asOf: '2026-11-20T06:00:00Z',
    preparedBy: 'Jana Nováková',
    reviewedBy: 'Paul Okafor',
    classification: 'Confidential',
    parameters: [
      { name: 'review_days_tier_1', value: '365', source: 'house' },
      { name: 'scan_coverage_share', value: '95 %', source: 'default' },
    ],
    snapshots: [
      snapshotOf(1, 'registry', '2026-11-19T22:00:00Z', 'Model registry EU'),
      snapshotOf(2, 'discovery', '2026-11-20T06:00:00Z', 'Cluster scan eu-west-1'),
    ],
    disowned: [],
    staleRuns: [],
    reconcile: {
      run: {
        run: 4,
        startedAt: '2026-11-20T07:00:00Z',
        startedBy: 'Jana Nováková',
        asOf: '2026-11-20T06:00:00Z',
        registry: [1],
        discovery: [2],
        baseline: [],
        totals: {
          claimsLive: 97,
          claimsTotal: 120,
          observations: 94,
          matchedClaims: 88,
          matchedObservations: 89,
          byVerdict: verdictCounts,
          byMatchKey: { weight_digest: 12, image_digest: 63, model_reference: 9, id: 4, name: 1 },
          observationBasis: { api_dump: 84, manifest: 10 },
          control: {
            claims: { total: 120, matched: 88, orphaned: 6, cannotDetermine: 5, notLive: 21 },
            observations: { total: 94, matched: 89, unregistered: 3, duplicate: 2, cannotDetermine: 0 },
            declaredOnly: { claimsMatched: 5, observationsMatched: 7, unregistered: 1 },
          },
          matchRate: 88 / 104,
          byTier: [
            { tier: '1', matched: 30, claimsUnmatched: 2, observationsUnmatched: 0 },
            { tier: '2', matched: 58, claimsUnmatched: 9, observationsUnmatched: 0 },
            { tier: '', matched: 0, claimsUnmatched: 0, observationsUnmatched: 5 },
          ],
          coverage: {
            complete: false,
            scope: ['cluster eu-west-1'],
            gaps: ['namespace payments-prod was denied'],
            inputsSeen: 412,
            inputsUsed: 377,
            inputsSkipped: 35,
          },
        },
        conclusion: { state: 'certified_with_exceptions', reasons: ['3 observations are not registered.'] },
      },
      rows,
    },
    check: {
      run: {
        run: 9,
        startedAt: '2026-11-20T07:10:00Z',
        startedBy: 'Jana Nováková',
        asOf: '2026-11-20T06:00:00Z',
        packs: [
          { id: 'core-inventory', version: '2026.11', title: 'Core inventory', rules: rules.length },
          { id: 'uk-ss1-23', version: '2026.11', title: 'UK PRA SS1/23', rules: 22 },
        ],
        snapshots: [1, 2],
        reconcileRun: 1,
        evaluations: rules.length * population,
        outcomes,
        bySeverity: { critical: 3, high: 51, medium: 49, low: 12, info: 40 },
        findings: { new: 20, unchanged: 135, closed: 0, open: 80 },
      },
      rules,
    },
    findings,
    criteria: clauses,
    models,
    changes: {
      from: '2026-08-19T22:00:00Z',
      to: '2026-11-19T22:00:00Z',
      kinds: [
        { kind: 'model', records: 120, added: 7, changed: 31, removed: 2, unchanged: 82 },
        { kind: 'deployment', records: 96, added: 12, changed: 9, removed: 4, unchanged: 75 },
      ],
    },
    lineage: {
      model: { kind: 'model', id: 'mdl-0000' },
      name: 'Credit PD retail',
      why: 'tier 1 with 3 open findings, most of all models',
      graph: lineage(),
    },
    activity: { head: digest(77), entries: 212, ok: true, text: '212 entries, chain unbroken.' },
    previousCertificate: null,
    ...overrides,
  };
}

/** Nothing at all was supplied. */
export const emptyInputs = (): ReportInputs =>
  reportInputs({
    organisation: '',
    workspace: '',
    preparedBy: '',
    reviewedBy: '',
    parameters: [],
    snapshots: [],
    disowned: [],
    staleRuns: [],
    reconcile: null,
    check: null,
    findings: [],
    criteria: null,
    models: null,
    changes: null,
    lineage: null,
    activity: null,
  });
