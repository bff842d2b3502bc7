/** What a dump looked at: the denominator of every later "not found". */
import type { InputFile } from '../mapper.ts';
import type { FileView } from './cluster.ts';
import type { Surroundings } from './describe.ts';
import { isModelKind, rank } from './grouping.ts';
import type { ParsedFile } from './objects.ts';
import { isWorkload } from './workloads.ts';

/**
 * Scope of a dump: `cluster/namespace` for every namespace whose workloads were listed, and the cluster itself once all of
 * its namespaces were, or one list spans several. A manifest looks at no cluster and adds none.
 */
export function addScopes(
  root: string,
  parsed: ReadonlyMap<InputFile, ParsedFile>,
  files: ReadonlyMap<InputFile, FileView>,
  place: Surroundings,
): void {
  const prefix = place.cluster?.name ?? '';
  const listed = new Set<string>();
  let spansAll = false;
  for (const [file, content] of parsed) {
    const view = files.get(file);
    if (!view) continue;
    if (content.cutShort > 0)
      view.denied.push(`${file.path}: the list ends with a continue token, later pages are missing`);
    const namespaces = new Set<string>();
    for (const object of content.objects) {
      if (object.basis === 'api_dump' && (isWorkload(object) || isModelKind(object)) && object.namespace !== undefined)
        namespaces.add(object.namespace);
    }
    const workloadList = content.listedKinds.some((kind) => rank.includes(kind) && kind !== 'Service');
    const stem = file.path.slice(file.path.lastIndexOf('/') + 1).replace(/\.(json|ya?ml)$/, '');
    // An empty list of a support bundle still says that the namespace it is named after was looked at.
    if (workloadList && namespaces.size === 0 && /(^|\/)cluster-resources\/[^/]+\/[^/]+$/.test(file.path))
      namespaces.add(stem);
    if (namespaces.size > 1) spansAll = true;
    for (const namespace of namespaces) listed.add(namespace);
    for (const namespace of [...namespaces].sort())
      view.scopes.push(prefix === '' ? `namespace:${namespace}` : `${prefix}/${namespace}`);
  }
  const everyNamespace =
    place.namespaces.size > 0 && [...place.namespaces.keys()].every((namespace) => listed.has(namespace));
  const first = [...files].find(([, view]) => view.scopes.length > 0)?.[1];
  if (first && (spansAll || everyNamespace))
    first.scopes.push(prefix === '' ? `cluster:${root === '' ? 'unnamed' : root}` : prefix);
}
