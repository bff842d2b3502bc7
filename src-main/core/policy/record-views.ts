/** Any record in the light of its links and dates (INV-009, REC-006), and a record of the baseline that should still be there (REC-001). */
import { entityOf, type Field, isKind, type Kind } from '../../../src-shared/domain/dictionary.ts';
import type { FieldPlan, FieldRef } from './field-plan.ts';
import { isBefore, parseMoment } from './instants.ts';
import { approvalsOf, kindOfKey, lookUp } from './joins.ts';
import { orUndefined } from './unknown.ts';
import { DataRef, missing } from './values.ts';
import { text, texts, type View } from './view.ts';
import { perWorld, type World } from './world.ts';

/** Dates that lie ahead by their meaning: due, next, until, expiry, end, plan. All others must not be after the snapshot. */
const ahead = /(_due_|next_|_until$|expires_|ends_|planned_|expected_|post_review_at$)/;

const isRef = ({ type }: Field): boolean =>
  type.kind === 'ref' || (type.kind === 'list' && (type.of.kind === 'ref' || type.of.kind === 'data_ref'));
const isDate = ({ type }: Field): boolean => type.kind === 'date' || type.kind === 'datetime';

/** Fields of every kind that a rule over any record reads. */
export function planAnyRecord(plan: FieldPlan, kind: Kind): void {
  for (const field of entityOf(kind).fields) if (isRef(field) || isDate(field)) plan.use(kind, field.name);
}

interface Fields {
  readonly refs: readonly FieldRef[];
  readonly dates: readonly FieldRef[];
}

const fieldsOf = perWorld((world: World) => {
  const byKind = new Map<Kind, Fields>();
  return (kind: Kind): Fields => {
    const found = byKind.get(kind);
    if (found) return found;
    const pick = (test: (field: Field) => boolean) =>
      entityOf(kind)
        .fields.filter(test)
        .map((field) => world.plan.use(kind, field.name));
    const fields = { refs: pick(isRef), dates: pick(isDate) };
    byKind.set(kind, fields);
    return fields;
  };
});

export class RecordView {
  readonly view: View;

  constructor(view: View) {
    this.view = view;
  }

  /** Links that the record states, as field and target. Unknown when no source supplies any link field of the kind. */
  private links(): readonly { readonly ref: FieldRef; readonly key: string }[] {
    const { view } = this;
    const { refs } = fieldsOf(view.world)(view.kind);
    this.requireSome(refs);
    return refs.flatMap((ref) => {
      const value = view.slots[ref.index];
      if (typeof value === 'string') return [{ ref, key: value }];
      if (!Array.isArray(value)) return [];
      return value.map((item) => ({ ref, key: item instanceof DataRef ? item.dataset : String(item) }));
    });
  }

  private requireSome(refs: readonly FieldRef[]): void {
    const [first] = refs;
    if (first && refs.every((ref) => this.view.slots[ref.index] === missing)) this.view.world.probe.miss(first.path);
  }

  get has_links(): boolean {
    return this.links().length > 0;
  }

  /** Links whose target is in no record. Unknown when none is surely dangling and some lead to a kind that nobody supplies. */
  get dangling(): readonly string[] {
    const { world } = this.view;
    let gap: FieldRef | undefined;
    const found = this.links().filter(({ ref, key }) => {
      const kind = kindOf(key);
      const there = kind ? orUndefined(() => lookUp(world, kind, key).found) : false;
      if (there === undefined) gap ??= ref;
      return there === false;
    });
    if (found.length === 0 && gap) return world.probe.miss(`target of ${gap.path}`);
    this.trace(found.map(({ ref }) => ref));
    return found.map(({ ref, key }) => `${ref.name} → ${key}`);
  }

  get has_dates(): boolean {
    const { dates } = fieldsOf(this.view.world)(this.view.kind);
    this.requireSome(dates);
    return dates.some((ref) => typeof this.view.slots[ref.index] === 'string');
  }

  /** Dates after their source was read that are meant to lie in the past, and dates or times that cannot be placed in time. */
  get bad_dates(): readonly string[] {
    const { view } = this;
    const taken = parseMoment(collectedAt(view));
    if (!taken) return view.world.probe.miss('snapshot.taken_at');
    const bad = fieldsOf(view.world)(view.kind).dates.filter((ref) => {
      const value = view.slots[ref.index];
      if (typeof value !== 'string') return false;
      const moment = parseMoment(value);
      return moment === null || (!ahead.test(ref.name) && isBefore(taken, moment));
    });
    this.trace(bad);
    return bad.map((ref) => `${ref.name} = ${String(view.slots[ref.index])}`);
  }

  private trace(refs: readonly FieldRef[]): void {
    const { probe, side } = this.view.world;
    if (probe.tracing) for (const ref of refs) probe.reads.push({ key: this.view.key, side, field: ref.path });
  }
}

/** When the source of this record was read: a snapshot may unite sources of very different age. */
function collectedAt(view: View): string {
  const meta = view.world.snapshots.get(view.snapshot);
  if (!meta || meta.sources.length < 2) return meta?.takenAt ?? '';
  return meta.sources[view.source]?.collectedAt ?? meta.takenAt;
}

function kindOf(key: string): Kind | undefined {
  const kind = kindOfKey(key);
  return isKind(kind) ? kind : undefined;
}

/** Ids that some current model carries as an alias: a note that a record was merged into it. Where aliases are not supplied there is no note. */
const aliases = perWorld(
  (world: World) =>
    new Set(
      world.supplies('model', 'model_aliases')
        ? world.all('model').flatMap((model) => orUndefined(() => texts(model, 'model_aliases')) ?? [])
        : [],
    ),
);

/** A record of the baseline, looked for in the current registry. */
export class VanishedView {
  readonly kind: Kind;
  readonly id: string;
  readonly world: World;
  readonly baseline: World;

  constructor(kind: Kind, id: string, world: World, baseline: World) {
    this.kind = kind;
    this.id = id;
    this.world = world;
    this.baseline = baseline;
  }

  /** The record as the baseline had it; read only for those that are gone. */
  get before(): View {
    return this.baseline.find(this.kind, `${this.kind}/${this.id}`);
  }

  /** Still there? Unknown when the current sources supply nothing of that kind any more. */
  get present(): boolean {
    const { world, kind, id } = this;
    if (world.find(kind, `${kind}/${id}`).found) return true;
    return world.suppliesKind(kind) ? false : world.probe.miss(`${kind}.${entityOf(kind).idField}`);
  }

  /** Approvals about the record, or about the model or version that it belonged to. */
  get approvals(): readonly View[] {
    const keys = [`${this.kind}/${this.id}`, ...this.parents()];
    return keys.flatMap((key) => approvalsOf(this.world, key));
  }

  private parents(): readonly string[] {
    const parent = (view: View, field: string): string => orUndefined(() => text(view, field)) ?? '';
    const version = this.kind === 'deployment' ? parent(this.before, 'version_ref') : '';
    const owner = version === '' ? this.before : this.baseline.find('model_version', version);
    const model = owner.found && owner.kind === 'model_version' ? parent(owner, 'model_ref') : '';
    return [version, model].filter((key) => key !== '');
  }

  get merged(): boolean {
    return this.kind === 'model' && aliases(this.world).has(this.id);
  }
}
