/** Which fields a run reads, and where each lies in a view: decided once, when the rules are compiled. */
import { entities, type FieldType, type Kind } from '../../../src-shared/domain/dictionary.ts';
import { blankOf, type FieldValue } from './values.ts';

export interface FieldRef {
  readonly kind: Kind;
  readonly name: string;
  /** `entity.field`, as rules, findings and `missing` lists name it. */
  readonly path: string;
  readonly type: FieldType;
  /** What a blank reads as; undefined for a bool. */
  readonly empty: FieldValue | undefined;
  /** Slot in a view's values; -1 until something reads the field. */
  index: number;
}

export interface FieldPlan {
  /** The field, without claiming a slot. Undefined when the dictionary does not know it. */
  ref(kind: Kind, name: string): FieldRef | undefined;
  /** The field with a slot. A name that the dictionary does not know is a bug of the caller. */
  use(kind: Kind, name: string): FieldRef;
  /** Fields of a kind that have a slot, by slot. */
  used(kind: Kind): readonly FieldRef[];
}

export function fieldPlan(): FieldPlan {
  const byKind = new Map<Kind, Map<string, FieldRef>>();
  const used = new Map<Kind, FieldRef[]>();
  for (const entity of entities) {
    const kind = entity.entity;
    const refs = entity.fields.map(({ name, type }): [string, FieldRef] => [
      name,
      { kind, name, path: `${kind}.${name}`, type, empty: blankOf(type), index: -1 },
    ]);
    byKind.set(kind, new Map(refs));
    used.set(kind, []);
  }
  return {
    ref: (kind, name) => byKind.get(kind)?.get(name),
    use(kind, name) {
      const ref = byKind.get(kind)?.get(name);
      const slots = used.get(kind);
      if (!ref || !slots) throw new Error(`the dictionary has no ${kind}.${name}`);
      if (ref.index < 0) {
        ref.index = slots.length;
        slots.push(ref);
      }
      return ref;
    },
    used: (kind) => used.get(kind) ?? [],
  };
}
