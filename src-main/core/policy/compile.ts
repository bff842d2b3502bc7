/** From a pack's text to programs: each expression is parsed and type-checked once, and its fields get a slot in the views. */
import type { Environment, ParseResult } from '@marcbachmann/cel-js';
import { type Kind, kinds } from '../../../src-shared/domain/dictionary.ts';
import type { Severity } from '../../../src-shared/domain/finding.ts';
import { celEnvironment, forSubject, newRuntime, type Runtime } from './cel.ts';
import type { FieldPlan } from './field-plan.ts';
import { type Pack, type Rule, refuse } from './pack-schema.ts';
import { planAnyRecord } from './record-views.ts';
import { relations } from './relations.ts';
import { orUndefined } from './unknown.ts';

/** Evaluates on one subject; throws `Unknown` when the answer depends on something that is not known. */
export type Program = (context: Readonly<Record<string, unknown>>) => unknown;

export interface CompiledRule {
  readonly rule: Rule;
  readonly pack: Pack;
  /** Name under which the subject is known to the expressions. */
  readonly variable: string;
  readonly applies: Program | null;
  readonly fires: Program;
  readonly raise: readonly { readonly when: Program; readonly severity: Severity }[];
  readonly message: (context: Readonly<Record<string, unknown>>) => string;
}

/** The name of what a rule runs over. */
export function variableOf(rule: Rule): string {
  if (rule.over === 'vanished') return 'vanished';
  if (rule.over === 'observations') return 'observation';
  return rule.entity === 'any' ? 'record' : rule.entity;
}

/** Compiles a pack. Anything that does not parse, type-check or is not declared under `reads` raises `pack.invalid`. */
export function compilePack(
  pack: Pack,
  file = `${pack.id}.json`,
  runtime: Runtime = newRuntime(),
): readonly CompiledRule[] {
  const parameters = new Map(Object.entries(pack.parameters).map(([name, { value }]) => [name, value]));
  const base = celEnvironment(runtime, parameters);
  planRelations(runtime.plan);
  const environments = new Map<string, Environment>();
  const envFor = (variable: string): Environment => {
    const env = environments.get(variable) ?? forSubject(base, variable);
    environments.set(variable, env);
    return env;
  };
  return pack.rules.map((rule): CompiledRule => {
    const variable = variableOf(rule);
    const env = envFor(variable);
    const program = (source: string, type: string): Program => {
      planFields(runtime.plan, source, rule, file);
      return compile(env, source, type, (why) => refuse(file, why, rule.id));
    };
    return {
      rule,
      pack,
      variable,
      applies: rule.appliesWhen === undefined ? null : program(rule.appliesWhen, 'bool'),
      fires: program(rule.firesWhen, 'bool'),
      raise: (rule.raise ?? []).map(({ when, severity }) => ({ when: program(when, 'bool'), severity })),
      message: compileMessage(rule.message, (source) => program(source, 'any')),
    };
  });
}

function compile(env: Environment, source: string, type: string, fail: (why: string) => never): Program {
  let parsed: ParseResult;
  try {
    parsed = env.parse(source);
  } catch (error) {
    return fail(`"${source}" does not parse (${firstLine(error)})`);
  }
  const checked = parsed.check();
  if (!checked.valid) return fail(`"${source}" does not type-check (${firstLine(checked.error)})`);
  if (type !== 'any' && checked.type !== type) return fail(`"${source}" is of type ${checked.type}, not ${type}`);
  return parsed;
}

const firstLine = (error: unknown): string =>
  error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'unreadable';

/** `Owner is ${model.owner}.` → text; what is not known reads "not supplied", a blank reads "blank". */
function compileMessage(template: string, program: (source: string) => Program): CompiledRule['message'] {
  const parts = template.split(/\$\{([^}]*)\}/).map((part, index) => (index % 2 === 0 ? part : program(part)));
  return (context) =>
    parts.map((part) => (typeof part === 'string' ? part : show(orUndefined(() => part(context))))).join('');
}

/** A value in a sentence. */
export function show(value: unknown): string {
  if (value === undefined) return 'not supplied';
  if (value === '' || (typeof value === 'number' && Number.isNaN(value))) return 'blank';
  if (Array.isArray(value)) {
    const shown = value.slice(0, 5).map(show).join(', ');
    return value.length === 0 ? 'none' : value.length > 5 ? `${shown} and ${value.length - 5} more` : shown;
  }
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return String(value).replace(/^([a-z_]+)\/(?=[^/])/, (prefix, kind: string) => (isKindName(kind) ? '' : prefix));
}

const isKindName = (name: string): boolean => kinds.some((kind) => kind === name);

const kindsByField = new Map<string, readonly Kind[]>();

/** Gives every dictionary field that an expression names a slot, and checks that the rule declares it under `reads`. */
function planFields(plan: FieldPlan, source: string, rule: Rule, file: string): void {
  const bare = source.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  for (const [, name = ''] of bare.matchAll(/\.([a-z][a-z0-9_]*)\b(?!\()/g)) {
    const owners = kindsByField.get(name) ?? kinds.filter((kind) => plan.ref(kind, name));
    kindsByField.set(name, owners);
    if (owners.length === 0) continue;
    for (const kind of owners) plan.use(kind, name);
    if (!owners.some((kind) => rule.reads.includes(`${kind}.${name}`))) {
      refuse(file, `it uses ${name} and does not list it under "reads"`, rule.id);
    }
  }
  if (rule.entity === 'any') for (const kind of kinds) planAnyRecord(plan, kind);
}

/** Slots for what relations read by themselves. */
function planRelations(plan: FieldPlan): void {
  for (const kind of kinds) {
    for (const { reads } of Object.values(relations[kind] ?? {})) for (const path of reads) planPath(plan, path);
  }
  for (const path of alwaysRead) planPath(plan, path);
}

function planPath(plan: FieldPlan, path: string): void {
  const [entity = '', field = ''] = path.split('.');
  const kind = kinds.find((name) => name === entity);
  if (!kind) throw new Error(`no entity ${entity}`);
  plan.use(kind, field);
}

/** What party resolution, snapshot views and the clause modes look at whatever the rules say. */
const alwaysRead: readonly string[] = [
  'party.party_kind',
  'party.party_contact',
  'party.party_reports_to',
  'deployment.location_ref',
  'deployment.cluster',
  'deployment.namespace',
  'deployment.region',
  'model.model_aliases',
  'organisation.org_regimes',
  'model.eu_in_scope',
  'model.eu_class',
  'model.placed_on_eu_market_at',
  'model.significant_design_change_at',
  'model.for_public_authority',
  'model.gpai_role',
  'model.gpai_release_at',
  'model.scope_decision',
  'model.model_type',
  'model.processes_personal_data',
  'model.admt_significant_decision',
  'model.contains_phi',
  'model.icfr_relevant',
  'model.lifecycle_status',
  'dataset.contains_personal_data',
  'dataset.dataset_contains_phi',
  'approval.subject_ref',
  'metric.metric_version_ref',
  'validation.validated_version_ref',
  'change_record.change_subject_ref',
  'issue.issue_subject_ref',
  'exception.exception_subject_ref',
  'adjustment.adjustment_model_ref',
  'assessment.assessment_subject_ref',
];
