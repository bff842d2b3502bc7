/**
 * A record as CEL sees it: typed fields, relations that are followed by name, and an exact answer to "do we know this?".
 *
 * Every kind gets a class, because the CEL environment recognises a type by its constructor. Fields are getters on the
 * prototype over a flat array that holds only what the rules of a run read, so that a million records stay small.
 */
import type { Kind } from '../../../src-shared/domain/dictionary.ts';
import { entityOf } from '../../../src-shared/domain/dictionary.ts';
import type { FieldPlan, FieldRef } from './field-plan.ts';
import { type Empty, type FieldValue, missing, statedNone } from './values.ts';
import type { World } from './world.ts';

export type Slots = readonly (FieldValue | Empty)[];

export class View {
  readonly world: World;
  readonly kind: Kind;
  /** `kind/id`; empty for the stand-in of a record that was not found. */
  readonly key: string;
  readonly id: string;
  readonly snapshot: number;
  readonly slots: Slots;
  /** Body digest, kept where a rule compares whole records with the baseline; else ''. */
  readonly digest: string;
  /** Which of the snapshot's sources it was read from; -1 where that was not read. */
  readonly source: number;

  constructor(world: World, kind: Kind, id: string, snapshot: number, slots: Slots, digest: string, source: number) {
    this.world = world;
    this.kind = kind;
    this.key = id === '' ? '' : `${kind}/${id}`;
    this.id = id;
    this.snapshot = snapshot;
    this.slots = slots;
    this.digest = digest;
    this.source = source;
  }

  /** False for the stand-in behind a reference that is blank or leads nowhere. */
  get found(): boolean {
    return this.key !== '';
  }
}

function slotValue(view: View, ref: FieldRef): FieldValue | Empty {
  const { probe } = view.world;
  if (view.key === '') return probe.miss(`${ref.path} (record not found)`);
  if (probe.tracing) probe.reads.push({ key: view.key, side: view.world.side, field: ref.path });
  return view.slots[ref.index] ?? missing;
}

/** Value of a field; a blank reads as the empty value of its type, and a blank bool cannot be read at all. */
export function readRef(view: View, ref: FieldRef): FieldValue {
  const value = slotValue(view, ref);
  if (typeof value !== 'symbol') return value;
  if (value === missing) return view.world.probe.miss(ref.path);
  return ref.empty ?? view.world.probe.miss(`${ref.path} (blank)`);
}

/** Is the field blank? Unknown when no source supplies it. */
export function blankRef(view: View, ref: FieldRef): boolean {
  const value = slotValue(view, ref);
  return value === missing ? view.world.probe.miss(ref.path) : typeof value === 'symbol';
}

/** Does the field say "none" in so many words? */
export function statedNoneRef(view: View, ref: FieldRef): boolean {
  const value = slotValue(view, ref);
  if (value === missing) return view.world.probe.miss(ref.path);
  return (
    value === statedNone || value === 'none' || (Array.isArray(value) && value.length === 1 && value[0] === 'none')
  );
}

/** Value of a field that must have one for the rule to say anything: a blank is as unknown as a missing field. */
export function knownRef(view: View, ref: FieldRef): FieldValue {
  const value = slotValue(view, ref);
  if (typeof value !== 'symbol') return value;
  return view.world.probe.miss(value === missing ? ref.path : `${ref.path} (blank)`);
}

/** Stated `true` (or `false`); a blank is neither. */
export function saysRef(view: View, ref: FieldRef, answer: boolean): boolean {
  const value = slotValue(view, ref);
  return value === missing ? view.world.probe.miss(ref.path) : value === answer;
}

const refOf = (view: View, field: string): FieldRef => {
  const ref = view.world.plan.ref(view.kind, field);
  if (!ref || ref.index < 0) throw new Error(`${view.kind}.${field} was not planned for this run`);
  return ref;
};

// The same by name, for relations written in TypeScript. What they read is declared beside them.
export const text = (view: View, field: string): string => {
  const value = readRef(view, refOf(view, field));
  return typeof value === 'string' ? value : '';
};
export const texts = (view: View, field: string): readonly string[] => {
  const value = readRef(view, refOf(view, field));
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
};
export const values = (view: View, field: string): FieldValue => readRef(view, refOf(view, field));
export const known = (view: View, field: string): string => String(knownRef(view, refOf(view, field)));
export const isBlank = (view: View, field: string): boolean => blankRef(view, refOf(view, field));
export const says = (view: View, field: string, answer: boolean): boolean => saysRef(view, refOf(view, field), answer);

export type ViewClass = new (
  world: World,
  kind: Kind,
  id: string,
  snapshot: number,
  slots: Slots,
  digest: string,
  source: number,
) => View;

/** The class of one kind: a getter per dictionary field and per relation. */
export function viewClass(
  kind: Kind,
  plan: FieldPlan,
  relations: Iterable<readonly [string, (view: View) => unknown]>,
): ViewClass {
  const ofKind = class extends View {};
  const define = (name: string, get: (view: View) => unknown) =>
    Object.defineProperty(ofKind.prototype, name, {
      get(this: View) {
        return get(this);
      },
    });
  for (const { name } of entityOf(kind).fields) {
    const ref = plan.ref(kind, name);
    if (ref) define(name, (view) => readRef(view, ref));
  }
  for (const [name, follow] of relations) define(name, follow);
  return ofKind;
}
