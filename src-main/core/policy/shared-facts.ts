/** Facts that need a look at many records at once: same id, same bytes, same label, shared dependencies, edits since the baseline. */
import type { JsonValue } from '../../../src-shared/domain/record.ts';
import { toJcs } from '../canonical-json.ts';
import { parseDigest } from './digests.ts';
import { lookUp, previousOf, versionsOf } from './joins.ts';
import { orUndefined } from './unknown.ts';
import { DataRef } from './values.ts';
import { isBlank, known, text, texts, type View, values } from './view.ts';
import { perWorld, type World } from './world.ts';

const fold = (value: string): string => value.trim().toLowerCase();

function groupBy(views: readonly View[], keyOf: (view: View) => string): ReadonlyMap<string, readonly View[]> {
  const groups = new Map<string, View[]>();
  for (const view of views) {
    // One unreadable value leaves out its own record, not the whole table.
    const key = orUndefined(() => keyOf(view)) ?? '';
    if (key === '') continue;
    const group = groups.get(key);
    if (group) group.push(view);
    else groups.set(key, [view]);
  }
  return groups;
}

const modelsById = perWorld((world) => groupBy(world.all('model'), (model) => fold(model.id)));

/** Other models whose id is the same after trimming and case-folding. */
export const sameId = (model: View): readonly View[] =>
  (modelsById(model.world).get(fold(model.id)) ?? []).filter((other) => other !== model);

const digestKey = (version: View): string => {
  const digest = parseDigest(text(version, 'artefact_digest'));
  return digest ? `${digest.alg}:${digest.hex}` : '';
};

const versionsByDigest = perWorld((world) =>
  world.supplies('model_version', 'artefact_digest') ? groupBy(world.all('model_version'), digestKey) : null,
);

/** Versions of other models with the same artefact digest. */
export function sameDigest(version: View): readonly View[] {
  const groups = versionsByDigest(version.world);
  if (!groups) return version.world.probe.miss('model_version.artefact_digest');
  const model = text(version, 'model_ref');
  return (groups.get(digestKey(version)) ?? []).filter(
    (other) => other !== version && text(other, 'model_ref') !== model,
  );
}

const labelKey = (version: View): string => {
  const model = text(version, 'model_ref');
  const label = text(version, 'version_label');
  return model === '' || label === '' ? '' : `${model} ${label}`;
};

const versionsByLabel = perWorld((world) => {
  const gap = ['model_ref', 'version_label'].find((field) => !world.supplies('model_version', field));
  return gap === undefined ? groupBy(world.all('model_version'), labelKey) : gap;
});

/** Other versions of the same model under the same label. */
export function sameLabel(version: View): readonly View[] {
  const groups = versionsByLabel(version.world);
  if (typeof groups === 'string') return version.world.probe.miss(`model_version.${groups}`);
  return (groups.get(labelKey(version)) ?? []).filter((other) => other !== version);
}

const mayChange = new Set(['version_status', 'signature_verified_at']);

/**
 * Fields of a version that differ from the baseline, other than those that may move after a freeze. Unknown when nothing
 * stated differs but a field that the baseline has is no longer supplied, or the artefact digest is not known at all.
 */
export function changedFields(version: View): readonly string[] {
  const { world } = version;
  const before = previousOf(version);
  if (!before.found) return [];
  // Equal digests mean equal bodies: only what changed is read from the store.
  if (before.digest === version.digest && before.digest !== '') return unchanged(version, before);
  const ref = { kind: version.kind, id: version.id };
  const now = world.records.get(ref)?.body ?? {};
  const then = world.baseline?.records.get(ref)?.body ?? {};
  const names = [...new Set([...Object.keys(now), ...Object.keys(then)])].filter((name) => !mayChange.has(name)).sort();
  const gaps: string[] = [];
  const changed = names.filter((name) => {
    if (same(now[name], then[name])) return false;
    const unsupplied =
      (now[name] === undefined && !world.supplies('model_version', name)) ||
      (then[name] === undefined && !world.baseline?.supplies('model_version', name));
    if (unsupplied) gaps.push(name);
    return !unsupplied;
  });
  if (changed.length > 0) return changed;
  const [gap] = gaps;
  if (gap !== undefined) return world.probe.miss(`model_version.${gap}`);
  return unchanged(version, before);
}

/** Nothing stated differs; that says something only where the artefact digest is known on both sides. */
function unchanged(version: View, before: View): readonly string[] {
  if (!isBlank(version, 'artefact_digest')) text(before, 'artefact_digest');
  return [];
}

const same = (a: JsonValue | undefined, b: JsonValue | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && toJcs(a) === toJcs(b));

const sharing = perWorld((world: World) => {
  const users = new Map<string, Set<string>>();
  const use = (dependency: string, model: View) => {
    const set = users.get(dependency) ?? new Set<string>();
    users.set(dependency, set.add(model.key));
  };
  const of = new Map<string, Set<string>>();
  for (const model of world.all('model')) {
    const mine = orUndefined(() => dependenciesOf(model)) ?? new Set<string>();
    of.set(model.key, mine);
    const counts = orUndefined(() => text(model, 'lifecycle_status') === 'in_use' && text(model, 'risk_tier') === '1');
    if (counts !== true) continue;
    for (const dependency of mine) use(dependency, model);
  }
  return { users, of };
});

/** Datasets, base model and third parties (by concentration tag where there is one) that a model rests on. */
function dependenciesOf(model: View): Set<string> {
  const found = new Set<string>();
  const base = text(model, 'base_model_ref');
  if (base !== '') found.add(`base model ${base}`);
  for (const key of texts(model, 'external_dependencies')) {
    const record = lookUp(model.world, 'third_party', key);
    const tag = record.found ? text(record, 'concentration_tag') : '';
    found.add(tag === '' ? key : `third parties tagged ${tag}`);
  }
  for (const version of versionsOf(model.world, model.key)) {
    const refs = values(version, 'training_data_refs');
    for (const ref of Array.isArray(refs) ? refs : []) if (ref instanceof DataRef) found.add(ref.dataset);
  }
  return found;
}

/** How many in-use tier-1 models use the dependency that this model shares most widely (INV-013). */
export const concentration = {
  reads: [
    'model.lifecycle_status',
    'model.risk_tier',
    'model.base_model_ref',
    'model.external_dependencies',
    'model_version.training_data_refs',
    'model_version.model_ref',
    'third_party.concentration_tag',
  ],
  of(model: View): { readonly count: number; readonly dependency: string } {
    for (const path of concentration.reads) {
      const [kind, field] = path.split('.');
      if ((kind === 'model' || kind === 'model_version') && field && !model.world.supplies(kind, field)) {
        return model.world.probe.miss(path);
      }
    }
    known(model, 'risk_tier');
    const { users, of } = sharing(model.world);
    let best = { count: 0, dependency: '' };
    for (const dependency of [...(of.get(model.key) ?? [])].sort()) {
      const count = users.get(dependency)?.size ?? 0;
      if (count > best.count) best = { count, dependency };
    }
    return best;
  },
};
