/**
 * What a scope of a scan reaches, as typed names, so that a namespace is never taken for a cluster of the same name.
 *
 * A scope is `*` for everything; a path of names (`cluster`, `cluster/namespace`, `account/region`), with or without `cluster:`,
 * `account:` or `location:` before it; a region, with or without `region:`; or `namespace:x`, a namespace of a cluster that
 * nobody names. The last reaches no registered place: which cluster it lies in is not known.
 */
import type { Source } from '../../src-shared/domain/snapshot.ts';

/** `path:…` or `region:…`, folded; empty for a namespace of a cluster without a name. */
export function reachOf(scope: string, type: string): readonly string[] {
  const text = scope.trim().toLowerCase();
  if (text === '' || text.startsWith('namespace:')) return [];
  if (text.startsWith('region:')) return [text];
  const path = text.replace(/^(cluster|account|location):/, '');
  // A cluster dump names clusters only: one that is called like a region is not the region.
  return path !== text || type === 'kubernetes' ? [`path:${path}`] : [`path:${path}`, `region:${path}`];
}

/** The places that a source says it looked at; where it stands for nothing but its own files (`uri`), it says none. */
export const scopesOf = (source: Source): readonly string[] =>
  source.coverage.scope.filter((scope) => scope !== source.uri);

/** Tells whether a scope reaches a common place with any of `scopes`, or is word for word one of them. */
export type ScopeTest = (scope: string) => boolean;

/**
 * Folds the scopes once into a tree of names, so that each question costs no more than reading the scope: a publisher may list as
 * many as a statement holds.
 */
export function scopeTest(scopes: readonly string[]): ScopeTest {
  const texts = new Set(scopes);
  const root: Place = { reached: false, within: new Map() };
  for (const scope of scopes) for (const reach of reachOf(scope, '')) reachPlace(root, reach.split('/'));
  return (scope) =>
    texts.has(scope) ||
    (scopes.length > 0 && (scope === '*' || texts.has('*'))) ||
    reachOf(scope, '').some((reach) => meets(root, reach.split('/')));
}

interface Place {
  /** One of the scopes is this place, and so everything in it. */
  reached: boolean;
  readonly within: Map<string, Place>;
}

function reachPlace(root: Place, names: readonly string[]): void {
  let place = root;
  for (const name of names) {
    const next = place.within.get(name) ?? { reached: false, within: new Map() };
    place.within.set(name, next);
    place = next;
  }
  place.reached = true;
}

/** True where one of the scopes is this place, lies around it, or lies in it. */
function meets(root: Place, names: readonly string[]): boolean {
  let place = root;
  for (const name of names) {
    const next = place.within.get(name);
    if (!next) return false;
    if (next.reached) return true;
    place = next;
  }
  return true;
}
