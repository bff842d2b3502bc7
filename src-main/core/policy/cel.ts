/**
 * The one CEL environment in which rules are written.
 *
 * Every kind is a CEL type with its dictionary fields and relations, so a misspelt field is an error when a pack is loaded and
 * not a rule that silently passes. Macros look at a field's state, not only at its value:
 *
 *     blank(x)        supplied and empty (regulation reference 0.2); unknown when no source supplies it
 *     known(x)        the value of x; a blank is as unknown as a missing field
 *     yes(x), no(x)   stated true, stated false; a blank is neither
 *     statedNone(x)   says "none" in so many words
 *     anyBlank([…])   one of the fields is blank; blanks([…]) lists their labels
 *     param(n), param(n, tier)   a parameter of the pack, or its entry for a risk tier
 *
 * Plain access to a blank reads as '', not-a-number or the empty list, which no comparison holds for.
 */
import { type ASTNode, Environment } from '@marcbachmann/cel-js';
import { entityOf, fieldLabel, type Kind, kinds } from '../../../src-shared/domain/dictionary.ts';
import { type FieldPlan, type FieldRef, fieldPlan } from './field-plan.ts';
import * as fn from './functions.ts';
import { sameParty } from './parties.ts';
import { RecordView, VanishedView } from './record-views.ts';
import { relations } from './relations.ts';
import { ObservationView, SnapshotView, scannedWithin } from './snapshot-views.ts';
import { orUndefined, Probe, some3 } from './unknown.ts';
import { celType, DataRef } from './values.ts';
import { blankRef, knownRef, saysRef, statedNoneRef, View, type ViewClass, viewClass } from './view.ts';
import type { World } from './world.ts';

/** What the environment's functions look at while a run goes on. */
export interface Runtime {
  readonly probe: Probe;
  readonly plan: FieldPlan;
  readonly classOf: (kind: Kind) => ViewClass;
  world: World | null;
}

/** State of one run. Packs that are evaluated together share it, and with it the classes of their views. */
export function newRuntime(): Runtime {
  const plan = fieldPlan();
  const classes = new Map<Kind, ViewClass>();
  for (const kind of kinds) {
    const followed = Object.entries(relations[kind] ?? {}).map(([name, { follow }]) => [name, follow] as const);
    classes.set(kind, viewClass(kind, plan, followed));
  }
  const classOf = (kind: Kind): ViewClass => {
    const ofKind = classes.get(kind);
    if (!ofKind) throw new Error(`no view class for ${kind}`);
    return ofKind;
  };
  return { probe: new Probe(), plan, classOf, world: null };
}

export type ParameterValue =
  | number
  | string
  | boolean
  | readonly string[]
  | null
  | Readonly<Record<string, number | readonly string[]>>;

/** Variables by what a rule runs over; a rule sees its own and `as_of`. */
export const subjectTypes = {
  snapshot: 'Snapshot',
  record: 'Record',
  vanished: 'Vanished',
  observation: 'Observation',
} as const;

const typeName = (kind: Kind): string =>
  kind
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

export function celEnvironment(runtime: Runtime, parameters: ReadonlyMap<string, ParameterValue>): Environment {
  const env = new Environment();
  env.registerType('DataRef', { ctor: DataRef, fields: { dataset: 'string', digest: 'string', role: 'string' } });
  for (const kind of kinds) {
    const fields: Record<string, string> = { found: 'bool', id: 'string', key: 'string', kind: 'string' };
    for (const { name, type } of entityOf(kind).fields) fields[name] = celType(type);
    for (const [name, { type }] of Object.entries(relations[kind] ?? {})) fields[name] = type;
    env.registerType(typeName(kind), { ctor: runtime.classOf(kind), fields });
  }
  env.registerType(subjectTypes.snapshot, {
    ctor: SnapshotView,
    fields: { role: 'string', taken_at: 'string', count_differences: 'list<string>', altered: 'list<string>' },
  });
  env.registerType(subjectTypes.record, {
    ctor: RecordView,
    fields: { has_links: 'bool', dangling: 'list<string>', has_dates: 'bool', bad_dates: 'list<string>' },
  });
  env.registerType(subjectTypes.vanished, {
    ctor: VanishedView,
    fields: { present: 'bool', approvals: 'list<Approval>', merged: 'bool' },
  });
  env.registerType(subjectTypes.observation, {
    ctor: ObservationView,
    fields: { seen_running: 'bool', verdict: 'string', sentence: 'string' },
  });
  registerFunctions(env, runtime);
  registerFieldMacros(env, runtime);
  registerParameters(env, runtime, parameters);
  return env;
}

/** An environment in which only one subject (and `as_of`) can be named. */
export function forSubject(env: Environment, variable: string): Environment {
  const kind = kinds.find((name) => name === variable);
  const type = kind ? typeName(kind) : Object.entries(subjectTypes).find(([name]) => name === variable)?.[1];
  if (!type) throw new Error(`no CEL type for ${variable}`);
  return env.clone({}).registerVariable(variable, type).registerVariable('as_of', 'string');
}

function registerFunctions(env: Environment, runtime: Runtime): void {
  const { probe } = runtime;
  const world = (): World => {
    if (!runtime.world) throw new Error('rules are evaluated only within a run');
    return runtime.world;
  };
  env
    .registerFunction('days(string, string): double', (a: string, b: string) => fn.days(probe, a, b))
    .registerFunction('before(string, string): bool', (a: string, b: string) => fn.before(probe, a, b))
    .registerFunction('after(string, string): bool', (a: string, b: string) => fn.before(probe, b, a))
    .registerFunction('addDays(string, double): string', (a: string, n: number) => fn.addDays(probe, a, n))
    .registerFunction('digestsDiffer(string, string): bool', (a: string, b: string) => fn.digestsDiffer(probe, a, b))
    .registerFunction('digestsEqual(string, string): bool', fn.digestsEqual)
    .registerFunction('digestAlg(string): string', fn.digestAlg)
    .registerFunction('ratingRank(string): double', fn.ratingRank)
    .registerFunction('outside(list<string>, list<string>): list<string>', fn.outside)
    .registerFunction('inside(list<string>, list<string>): list<string>', fn.inside)
    .registerFunction('opensToAll(list<string>): bool', fn.opensToAll)
    .registerFunction('matchesPattern(string, string): bool', (a: string, b: string) => fn.matchesPattern(probe, a, b))
    .registerFunction('sameParty(string, string): bool', (a: string, b: string) => sameParty(world(), a, b))
    .registerFunction('uncovered(Snapshot, double, string): list<string>', (s: SnapshotView, n: number, asOf: string) =>
      s.uncovered(n, asOf),
    )
    .registerFunction('scannedWithin(Deployment, double, string): bool', scannedWithin);
}

/** What the library hands to a macro; its own types leave this open. */
interface Checker {
  check(ast: ASTNode, context: unknown): { readonly name: string };
  getType(name: string): unknown;
  createError(code: string, message: string, ast: ASTNode): Error;
}
interface Evaluator {
  run(ast: ASTNode, context: unknown): unknown;
}
interface MacroCall {
  readonly args: readonly ASTNode[];
}
interface FieldNode {
  readonly owner: ASTNode;
  readonly ref: FieldRef;
}

function registerFieldMacros(env: Environment, { plan }: Runtime): void {
  /** Reads `owner.field` off the syntax tree and finds the field in the dictionary. */
  function fieldNode(checker: Checker, ast: ASTNode | undefined, context: unknown): FieldNode {
    if (ast?.op !== '.') throw new Error('expected entity.field');
    checker.check(ast, context);
    const [owner, name] = ast.args;
    const type = checker.check(owner, context).name;
    const kind = kinds.find((candidate) => typeName(candidate) === type);
    const ref = kind ? plan.ref(kind, name) : undefined;
    if (!ref) throw checker.createError('no_such_field', `${type}.${name} is no field of the dictionary`, ast);
    return { owner, ref };
  }

  const viewOf = (evaluator: Evaluator, node: FieldNode, context: unknown): View => {
    const view = evaluator.run(node.owner, context);
    if (!(view instanceof View)) throw new Error('expected a record');
    return view;
  };

  /** A macro over one field; `read` decides what it answers, `returns` its type (absent: the field's own). */
  const overField = (name: string, returns: string | null, read: (view: View, ref: FieldRef) => unknown) =>
    env.registerFunction(`${name}(ast): ${returns ?? 'dyn'}`, ({ args }: MacroCall) => {
      let node: FieldNode;
      return {
        typeCheck(checker: Checker, _macro: unknown, context: unknown) {
          node = fieldNode(checker, args[0], context);
          return checker.getType(returns ?? celType(node.ref.type));
        },
        evaluate: (evaluator: Evaluator, _macro: unknown, context: unknown) =>
          read(viewOf(evaluator, node, context), node.ref),
      };
    });

  overField('blank', 'bool', blankRef);
  overField('known', null, knownRef);
  overField('statedNone', 'bool', statedNoneRef);
  overField('yes', 'bool', (view, ref) => saysRef(view, ref, true));
  overField('no', 'bool', (view, ref) => saysRef(view, ref, false));

  /** A macro over a literal list of fields. */
  const overFields = (name: string, returns: string, read: (fields: readonly (() => FieldState)[]) => unknown) =>
    env.registerFunction(`${name}(ast): ${returns}`, ({ args }: MacroCall) => {
      let nodes: readonly FieldNode[] = [];
      return {
        typeCheck(checker: Checker, _macro: unknown, context: unknown) {
          const [literal] = args;
          if (literal?.op !== 'list') throw new Error(`${name} expects a list of fields`);
          nodes = literal.args.map((ast) => fieldNode(checker, ast, context));
          return checker.getType(returns);
        },
        evaluate: (evaluator: Evaluator, _macro: unknown, context: unknown) =>
          read(
            nodes.map((node) => () => ({ ref: node.ref, blank: blankRef(viewOf(evaluator, node, context), node.ref) })),
          ),
      };
    });

  overFields('anyBlank', 'bool', (fields) => some3(fields, (field) => field().blank));
  overFields('blanks', 'list<string>', (fields) =>
    fields.flatMap((field) => {
      const state = orUndefined(field);
      return state?.blank ? [fieldLabel(state.ref.kind, state.ref.name)] : [];
    }),
  );
}

interface FieldState {
  readonly ref: FieldRef;
  readonly blank: boolean;
}

function registerParameters(
  env: Environment,
  { probe }: Runtime,
  parameters: ReadonlyMap<string, ParameterValue>,
): void {
  const literal = (
    checker: Checker,
    ast: ASTNode | undefined,
  ): { readonly name: string; readonly value: ParameterValue } => {
    if (ast?.op !== 'value' || typeof ast.args !== 'string') throw new Error('param expects a name in quotes');
    const value = parameters.get(ast.args);
    if (value === undefined)
      throw checker.createError('no_such_parameter', `the pack has no parameter "${ast.args}"`, ast);
    return { name: ast.args, value };
  };

  env.registerFunction('param(ast): dyn', ({ args }: MacroCall) => {
    let parameter: ReturnType<typeof literal>;
    return {
      typeCheck(checker: Checker) {
        parameter = literal(checker, args[0]);
        return checker.getType(scalarType(parameter.value));
      },
      evaluate: () => parameter.value ?? probe.miss(`parameter ${parameter.name}`),
    };
  });

  env.registerFunction('param(ast, ast): dyn', ({ args }: MacroCall) => {
    const [, tier] = args;
    let parameter: ReturnType<typeof literal>;
    return {
      typeCheck(checker: Checker, _macro: unknown, context: unknown) {
        parameter = literal(checker, args[0]);
        if (tier) checker.check(tier, context);
        return checker.getType(tableType(parameter.value));
      },
      evaluate(evaluator: Evaluator, _macro: unknown, context: unknown) {
        const key = tier ? evaluator.run(tier, context) : '';
        const { name, value } = parameter;
        const entry = isTable(value) && typeof key === 'string' ? value[key] : undefined;
        return entry ?? probe.miss(`parameter ${name}${isTable(value) ? ` for tier "${String(key)}"` : ''}`);
      },
    };
  });
}

const isTable = (value: ParameterValue): value is Readonly<Record<string, number | readonly string[]>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const scalarType = (value: ParameterValue): string => {
  if (typeof value === 'number') return 'double';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'string' ? 'string' : 'list<string>';
};

const tableType = (value: ParameterValue): string =>
  isTable(value) && typeof Object.values(value)[0] === 'number' ? 'double' : 'list<string>';
