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

/** True when both scopes reach a common place, or are word for word the same. */
export function overlaps(a: string, b: string): boolean {
  if (a === b || a === '*' || b === '*') return true;
  const [left, right] = [reachOf(a, ''), reachOf(b, '')];
  return left.some((x) => right.some((y) => x === y || x.startsWith(`${y}/`) || y.startsWith(`${x}/`)));
}
